-- Municipalities (kommuner), regions (regioner) and the country (riket): whom a figure is about.
CREATE TABLE municipalities (
    municipality_code text COLLATE "C" PRIMARY KEY
        CONSTRAINT municipalities_code_form CHECK (municipality_code ~ '^[0-9]{4}$'),
    name text NOT NULL COLLATE swedish,
    county_code text COLLATE "C" CONSTRAINT municipalities_county_code_form CHECK (county_code ~ '^[0-9]{2}$'),
    kind text NOT NULL CONSTRAINT municipalities_kind CHECK (kind IN ('municipality', 'region', 'country')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CALL keep_record('municipalities', 'municipalities', 'municipality_code');
