DROP TABLE indicator_values;
DROP FUNCTION record_values();
DROP FUNCTION refuse_truncate();
DROP VIEW goal_indicator_roles;
DROP TABLE goal_indicators;
DROP TABLE indicators;
CREATE OR REPLACE FUNCTION place_change_set() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(6221338910451761);
    UPDATE change_sets
       SET commit_position = nextval('commit_position'), committed_at = clock_timestamp()
     WHERE change_set_id = NEW.change_set_id AND commit_position IS NULL;
    RETURN NULL;
END
$$;
ALTER TABLE change_sets DROP COLUMN values_added;
DROP TABLE row_totals;
CREATE OR REPLACE PROCEDURE grant_runtime(runtime text)
LANGUAGE plpgsql AS $$
DECLARE
    granted regclass;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', runtime);
    FOR granted IN
        SELECT c.oid FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %I', granted, runtime);
        IF granted::text IN ('history', 'change_sets', 'api_keys', '__diesel_schema_migrations') THEN
            EXECUTE format('GRANT SELECT ON %s TO %I', granted, runtime);
        ELSE
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', granted, runtime);
        END IF;
    END LOOP;
    EXECUTE format('GRANT UPDATE (last_used_on) ON api_keys TO %I', runtime);
END
$$;
