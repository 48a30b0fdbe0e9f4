-- Indicators (nyckeltal; indikatorer where a goal has a target for them).
CREATE TABLE indicators (
    indicator_code text COLLATE "C" PRIMARY KEY
        CONSTRAINT indicators_code_form CHECK (indicator_code ~ '^[A-Z0-9-]{1,40}$'),
    title text NOT NULL COLLATE swedish,
    definition text COLLATE swedish,
    unit text NOT NULL COLLATE swedish,
    decimals integer NOT NULL CONSTRAINT indicators_decimals CHECK (decimals BETWEEN 0 AND 12),
    direction text NOT NULL CONSTRAINT indicators_direction
        CHECK (direction IN ('higherIsBetter', 'lowerIsBetter', 'none')),
    divided_by_gender boolean NOT NULL,
    sdgs integer[] NOT NULL,
    responsible_board_id text COLLATE "C" CONSTRAINT indicators_responsible_board_id_fkey REFERENCES boards,
    publisher text COLLATE swedish,
    publisher_id text COLLATE swedish,
    operating_area text COLLATE swedish,
    perspective text COLLATE swedish,
    publication_period text COLLATE swedish,
    next_publication date,
    values_due text COLLATE "C" CONSTRAINT indicators_values_due_form CHECK (values_due ~ '^--[0-9]{2}-[0-9]{2}$'),
    discontinued_on date,
    replaced_by_code text COLLATE "C" CONSTRAINT indicators_replaced_by_code_fkey REFERENCES indicators,
    source_url text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT indicators_not_its_own_replacement CHECK (replaced_by_code <> indicator_code)
);
CREATE INDEX indicators_responsible_board_id ON indicators (responsible_board_id);
CREATE INDEX indicators_replaced_by_code ON indicators (replaced_by_code);
CALL keep_record('indicators', 'indicators', 'indicator_code');

-- Which indicators follow which goal.
CREATE TABLE goal_indicators (
    goal_id uuid CONSTRAINT goal_indicators_goal_id_fkey REFERENCES goals,
    indicator_code text COLLATE "C" CONSTRAINT goal_indicators_indicator_code_fkey REFERENCES indicators,
    position integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (goal_id, indicator_code)
);
CREATE INDEX goal_indicators_indicator_code ON goal_indicators (indicator_code);
CALL keep_record('goal_indicators', 'goal-indicators', 'goal_id', 'indicator_code');

-- The same with the role (nyckeltal or indikator), which is derived and never
-- stored: the one place that decides it.
CREATE VIEW goal_indicator_roles AS
    SELECT goal_id, indicator_code, position, 'keyFigure'::text AS role, created_at, updated_at, version
      FROM goal_indicators;

-- Values (utfall, årsvärden): the hot table, made for 150 million rows.
-- The key's index carries value and status, for whoever reads only those. The numeric type has no scale: with one, PostgreSQL would round what
-- does not fit and print zeros that nobody wrote. The check refuses instead.
CREATE TABLE indicator_values (
    indicator_code text COLLATE "C" CONSTRAINT indicator_values_indicator_code_fkey REFERENCES indicators,
    municipality_code text COLLATE "C" CONSTRAINT indicator_values_municipality_code_fkey REFERENCES municipalities,
    year integer CONSTRAINT indicator_values_year_range CHECK (year BETWEEN 1900 AND 2200),
    gender text COLLATE "C" CONSTRAINT indicator_values_gender CHECK (gender IN ('T', 'K', 'M')),
    value numeric CONSTRAINT indicator_values_value_range CHECK (abs(value) < 1e15 AND scale(value) <= 12),
    status text NOT NULL CONSTRAINT indicator_values_status
        CHECK (status IN ('final', 'preliminary', 'missing', 'confidential')),
    provenance text NOT NULL CONSTRAINT indicator_values_provenance
        CHECK (provenance IN ('reported', 'kolada', 'derived')),
    note text COLLATE swedish,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT indicator_values_pkey
        PRIMARY KEY (indicator_code, municipality_code, year, gender) INCLUDE (value, status),
    CONSTRAINT indicator_values_value_by_status
        CHECK ((value IS NOT NULL) = (status IN ('final', 'preliminary')))
);
-- One municipality's values of all indicators, in the default order.
CREATE INDEX indicator_values_municipality
    ON indicator_values (municipality_code, indicator_code, year, gender);
-- What was changed lately: a few kilobytes for what would else be a look at every row.
CREATE INDEX indicator_values_updated_at ON indicator_values USING brin (updated_at) WITH (autosummarize = on);

-- How many rows a table has that is too large to count, exact at every commit.
CREATE TABLE row_totals (
    table_name text PRIMARY KEY,
    total bigint NOT NULL
);
INSERT INTO row_totals (table_name, total) VALUES ('indicator_values', 0);
-- What the transaction has added to it so far; nobody else sees or locks this.
ALTER TABLE change_sets ADD COLUMN values_added bigint NOT NULL DEFAULT 0;

-- As before, and the total moves with the commit: under the lock that orders
-- the commits anyway, so that two loads never wait for each other's count.
CREATE OR REPLACE FUNCTION place_change_set() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    added bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(6221338910451761);
    UPDATE change_sets
       SET commit_position = nextval('commit_position'), committed_at = clock_timestamp()
     WHERE change_set_id = NEW.change_set_id AND commit_position IS NULL
    RETURNING values_added INTO added;
    IF added <> 0 THEN
        UPDATE row_totals SET total = total + added WHERE table_name = 'indicator_values';
    END IF;
    RETURN NULL;
END
$$;

-- The record of the hot table: once a statement and not once a row, which
-- makes a load several times faster. The same entries as record_change makes.
CREATE FUNCTION record_values() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    change_set bigint;
    added bigint := 0;
    placed bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT count(*) INTO added FROM new_rows;
        IF added = 0 THEN RETURN NULL; END IF;
        change_set := current_change_set();
        INSERT INTO history (change_set_id, resource, key, action, before, after)
        SELECT change_set, 'values',
               jsonb_build_object('indicator_code', n.indicator_code, 'municipality_code', n.municipality_code,
                                  'year', n.year, 'gender', n.gender),
               'created', NULL, to_jsonb(n)
          FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT -count(*) INTO added FROM old_rows;
        IF added = 0 THEN RETURN NULL; END IF;
        change_set := current_change_set();
        INSERT INTO history (change_set_id, resource, key, action, before, after)
        SELECT change_set, 'values',
               jsonb_build_object('indicator_code', o.indicator_code, 'municipality_code', o.municipality_code,
                                  'year', o.year, 'gender', o.gender),
               'deleted', to_jsonb(o), NULL
          FROM old_rows o;
    ELSE
        -- An update of the key, which only SQL can do, is a deletion and a creation.
        IF NOT EXISTS (
            SELECT FROM old_rows o FULL JOIN new_rows n USING (indicator_code, municipality_code, year, gender)
             WHERE o IS DISTINCT FROM n) THEN RETURN NULL; END IF;
        change_set := current_change_set();
        INSERT INTO history (change_set_id, resource, key, action, before, after)
        SELECT change_set, 'values',
               jsonb_build_object('indicator_code', indicator_code, 'municipality_code', municipality_code,
                                  'year', year, 'gender', gender),
               CASE WHEN o.version IS NULL THEN 'created' WHEN n.version IS NULL THEN 'deleted' ELSE 'updated' END,
               to_jsonb(o), to_jsonb(n)
          FROM old_rows o FULL JOIN new_rows n USING (indicator_code, municipality_code, year, gender)
         WHERE o IS DISTINCT FROM n;
    END IF;
    IF added <> 0 THEN
        UPDATE change_sets SET values_added = values_added + added
         WHERE change_set_id = change_set RETURNING commit_position INTO placed;
        -- Whoever has made the constraints immediate has it placed already.
        IF placed IS NOT NULL THEN
            UPDATE row_totals SET total = total + added WHERE table_name = 'indicator_values';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION record_values() FROM PUBLIC;

-- No row says that it is gone when all go at once.
CREATE FUNCTION refuse_truncate() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this table keeps a record of its rows: use DELETE';
END
$$;
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON indicator_values
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();

CREATE TRIGGER stamp_row BEFORE INSERT OR UPDATE ON indicator_values
    FOR EACH ROW EXECUTE FUNCTION stamp_row();
CREATE TRIGGER record_insert AFTER INSERT ON indicator_values
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_values();
CREATE TRIGGER record_update AFTER UPDATE ON indicator_values
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_values();
CREATE TRIGGER record_delete AFTER DELETE ON indicator_values
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_values();

-- As before, with views and the totals, which are only read, and the right to
-- temporary tables, in which a load is checked.
CREATE OR REPLACE PROCEDURE grant_runtime(runtime text)
LANGUAGE plpgsql AS $$
DECLARE
    granted regclass;
    kind "char";
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', runtime);
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), runtime);
    FOR granted, kind IN
        SELECT c.oid, c.relkind FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %I', granted, runtime);
        IF kind = 'v' OR granted::text IN
            ('history', 'change_sets', 'row_totals', 'api_keys', '__diesel_schema_migrations') THEN
            EXECUTE format('GRANT SELECT ON %s TO %I', granted, runtime);
        ELSE
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', granted, runtime);
        END IF;
    END LOOP;
    EXECUTE format('GRANT UPDATE (last_used_on) ON api_keys TO %I', runtime);
END
$$;
