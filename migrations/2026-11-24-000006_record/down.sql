DROP SCHEMA past CASCADE;
DROP PROCEDURE keep_past_view(text);
DROP PROCEDURE keep_past(text, text, text[]);
DROP FUNCTION past_position();
DROP FUNCTION erase_from_record(text, jsonb, text, text);
DROP TABLE erasures;
CREATE OR REPLACE FUNCTION current_change_set() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    SELECT change_set_id INTO found FROM change_sets
     WHERE transaction_id = pg_current_xact_id() AND commit_position IS NULL;
    IF found IS NULL THEN
        INSERT INTO change_sets (transaction_id, actor_role, actor_key_id, trace_id)
        VALUES (
            pg_current_xact_id(),
            nullif(current_setting('malbild.role', true), ''),
            nullif(current_setting('malbild.key_id', true), '')::uuid,
            nullif(current_setting('malbild.trace_id', true), '')
        )
        RETURNING change_set_id INTO found;
    END IF;
    RETURN found;
END
$$;
REVOKE EXECUTE ON FUNCTION current_change_set() FROM PUBLIC;
CREATE OR REPLACE FUNCTION record_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    old_row jsonb;
    new_row jsonb;
    row_key jsonb := '{}';
    i integer;
BEGIN
    IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - 'key_hash'; END IF;
    IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - 'key_hash'; END IF;
    FOR i IN 1 .. TG_NARGS - 1 LOOP
        row_key := row_key || jsonb_build_object(TG_ARGV[i], coalesce(new_row, old_row) -> TG_ARGV[i]);
    END LOOP;
    INSERT INTO history (change_set_id, resource, key, action, before, after)
    VALUES (
        current_change_set(),
        TG_ARGV[0],
        row_key,
        CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END,
        old_row,
        new_row
    );
    RETURN NULL;
END
$$;
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
CREATE OR REPLACE FUNCTION record_values() RETURNS trigger
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
CREATE OR REPLACE FUNCTION record_role() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    link goal_indicators;
    was boolean;
    is_now boolean;
BEGIN
    FOR link IN
        SELECT l.* FROM goal_indicators l
         WHERE (TG_OP <> 'DELETE' AND l.goal_id = NEW.goal_id AND l.indicator_code = NEW.indicator_code)
            OR (TG_OP <> 'INSERT' AND l.goal_id = OLD.goal_id AND l.indicator_code = OLD.indicator_code)
         ORDER BY l.goal_id, l.indicator_code
           FOR NO KEY UPDATE
    LOOP
        -- With another such target the role does not depend on this one.
        CONTINUE WHEN EXISTS (
            SELECT FROM targets t
             WHERE t.goal_id = link.goal_id AND t.indicator_code = link.indicator_code
               AND t.target_id <> coalesce(NEW.target_id, OLD.target_id)
               AND target_is_to_reach(t.value, t.operator));
        was := TG_OP <> 'INSERT' AND OLD.goal_id = link.goal_id
            AND OLD.indicator_code IS NOT DISTINCT FROM link.indicator_code
            AND target_is_to_reach(OLD.value, OLD.operator);
        is_now := TG_OP <> 'DELETE' AND NEW.goal_id = link.goal_id
            AND NEW.indicator_code IS NOT DISTINCT FROM link.indicator_code
            AND target_is_to_reach(NEW.value, NEW.operator);
        IF was <> is_now THEN
            INSERT INTO history (change_set_id, resource, key, action, before, after)
            VALUES (
                current_change_set(),
                'goal-indicators',
                jsonb_build_object('goal_id', link.goal_id, 'indicator_code', link.indicator_code),
                'updated',
                to_jsonb(link) || jsonb_build_object('role', CASE WHEN was THEN 'indicator' ELSE 'keyFigure' END),
                to_jsonb(link) || jsonb_build_object('role', CASE WHEN is_now THEN 'indicator' ELSE 'keyFigure' END)
            );
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
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
DROP FUNCTION record_entry(text, jsonb, text, jsonb, jsonb);
DROP FUNCTION current_change_set(text);
DROP INDEX change_sets_besides_values;
DROP INDEX change_sets_committed_at;
DROP INDEX history_of_value;
DROP INDEX history_of_one;
DROP INDEX history_change_set;
CREATE INDEX history_of_one ON history (resource, key, entry_id);
CREATE INDEX history_change_set_id ON history (change_set_id);
CREATE SEQUENCE commit_position;
SELECT setval('commit_position', greatest(commit_position, 1), commit_position > 0) FROM record_head;
DROP FUNCTION digests_of(bigint, bigint, bigint);
DROP FUNCTION entries_so_far();
DROP FUNCTION change_set_hash(bytea, change_sets, bytea);
DROP FUNCTION entry_digest(text, jsonb, text, jsonb, jsonb);
DROP TABLE record_head;
ALTER TABLE history DROP COLUMN digest;
ALTER TABLE change_sets DROP COLUMN hash, DROP COLUMN last_entry, DROP COLUMN first_entry, DROP COLUMN resources;
