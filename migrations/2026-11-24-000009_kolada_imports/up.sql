-- What imports of Kolada's figures have asked for, so that one that was interrupted
-- goes on, and the next asks only for what has changed. Not resources: nothing of it
-- is recorded. The first has the latest import of each command.
CREATE TABLE kolada_imports (
    command bytea PRIMARY KEY,
    import_id uuid NOT NULL,
    begun_at timestamptz NOT NULL,
    finished_at timestamptz
);
-- An indicator's figures for some municipalities and years: the day up to which they
-- have been asked for, of the key figure that it was then. One that is deleted and made
-- again, or becomes another key figure, begins anew.
CREATE TABLE kolada_parts (
    indicator_code text COLLATE "C" NOT NULL REFERENCES indicators ON DELETE CASCADE,
    source text COLLATE "C" NOT NULL,
    part text COLLATE "C" NOT NULL,
    -- Kolada's id of the key figure.
    kolada_id text COLLATE "C" NOT NULL,
    asked_on date NOT NULL,
    -- Whether reported values were to be written over.
    overwriting boolean NOT NULL,
    import_id uuid NOT NULL,
    -- The decimals that this import has set of the indicator, if it has made it.
    decimals integer,
    PRIMARY KEY (indicator_code, source, part)
);
