-- What every table shares: how a row is stamped, how every change is
-- recorded, and who may do what. ARCHITECTURE.md ("The record of changes")
-- says why it is built this way.

-- Human text is ordered as in Swedish (å, ä, ö last), numbers in it by value.
-- A PostgreSQL built without ICU orders it by code point; docs/operations.md
-- says what that means.
DO $$
BEGIN
    CREATE COLLATION swedish (provider = icu, locale = 'sv-SE-u-kn-true');
EXCEPTION WHEN feature_not_supported THEN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        CREATE COLLATION swedish (provider = builtin, locale = 'C.UTF-8');
    ELSE
        CREATE COLLATION swedish FROM "C";
    END IF;
END
$$;

-- No two states of any row ever share a version: a row that is deleted and
-- made again must not get an ETag back that some client still holds.
CREATE SEQUENCE row_version;

-- One number a transaction, in the order in which transactions committed.
CREATE SEQUENCE commit_position;

-- A transaction that changed something: when it committed, who asked for it.
CREATE TABLE change_sets (
    change_set_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id xid8 NOT NULL,
    commit_position bigint UNIQUE,
    committed_at timestamptz,
    actor_role text,
    actor_key_id uuid,
    trace_id text
);
-- Only transactions under way have no position, so this index stays tiny.
CREATE INDEX change_sets_under_way ON change_sets (transaction_id) WHERE commit_position IS NULL;

-- Every insert, update and delete of every table, with the row before and after.
CREATE TABLE history (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_set_id bigint NOT NULL REFERENCES change_sets,
    resource text NOT NULL,
    key jsonb NOT NULL,
    action text NOT NULL CONSTRAINT history_action CHECK (action IN ('created', 'updated', 'deleted')),
    before jsonb,
    after jsonb
);
CREATE INDEX history_change_set_id ON history (change_set_id);
CREATE INDEX history_of_one ON history (resource, key, entry_id);

-- Runs when the transaction commits. The lock is held from here until the
-- commit is visible to others, so a reader that sees position n has seen every
-- position below n. A transaction that stays open holds nobody up.
CREATE FUNCTION place_change_set() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(6221338910451761);
    UPDATE change_sets
       SET commit_position = nextval('commit_position'), committed_at = clock_timestamp()
     WHERE change_set_id = NEW.change_set_id AND commit_position IS NULL;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER place_change_set AFTER INSERT ON change_sets
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION place_change_set();

-- The change set of the transaction under way, made at its first change.
CREATE FUNCTION current_change_set() RETURNS bigint
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
-- Called by record_change alone, so that no change set is without a change.
REVOKE EXECUTE ON FUNCTION current_change_set() FROM PUBLIC;
-- Nobody else may hang these on a table of his own and so write the record.
REVOKE EXECUTE ON FUNCTION place_change_set() FROM PUBLIC;

-- Arguments: the resource's name in the API, then the key's columns.
-- A key's hash is nobody's history.
CREATE FUNCTION record_change() RETURNS trigger
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

-- created_at, updated_at and version are the database's to set. A write that
-- changes nothing leaves all three alone.
CREATE FUNCTION stamp_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.created_at := clock_timestamp();
        NEW.updated_at := NEW.created_at;
        NEW.version := nextval('row_version');
    ELSE
        NEW.created_at := OLD.created_at;
        NEW.updated_at := OLD.updated_at;
        NEW.version := OLD.version;
        IF NEW IS DISTINCT FROM OLD THEN
            NEW.updated_at := clock_timestamp();
            NEW.version := nextval('row_version');
        END IF;
    END IF;
    RETURN NEW;
END
$$;

REVOKE EXECUTE ON FUNCTION record_change() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION stamp_row() FROM PUBLIC;

-- One line per table: CALL keep_record('goals', 'goals', 'goal_id').
CREATE PROCEDURE keep_record(recorded regclass, resource text, VARIADIC key_columns text[])
LANGUAGE plpgsql AS $$
DECLARE
    arguments text := (SELECT string_agg(quote_literal(a), ', ') FROM unnest(resource || key_columns) AS a);
BEGIN
    EXECUTE format(
        'CREATE TRIGGER stamp_row BEFORE INSERT OR UPDATE ON %s
             FOR EACH ROW EXECUTE FUNCTION stamp_row()', recorded);
    EXECUTE format(
        'CREATE TRIGGER record_change AFTER INSERT OR DELETE ON %s
             FOR EACH ROW EXECUTE FUNCTION record_change(%s)', recorded, arguments);
    EXECUTE format(
        'CREATE TRIGGER record_update AFTER UPDATE ON %s
             FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
             EXECUTE FUNCTION record_change(%s)', recorded, arguments);
END
$$;

-- API keys (API-nycklar): the SHA-256 of each key, never the key.
CREATE TABLE api_keys (
    key_id uuid PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CONSTRAINT api_keys_role CHECK (role IN ('admin', 'editor', 'board')),
    board_id text,
    key_hash bytea NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_on date,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT api_keys_board CHECK ((role = 'board') = (board_id IS NOT NULL))
);
CREATE INDEX api_keys_name ON api_keys (name);
CALL keep_record('api_keys', 'api-keys', 'key_id');
-- That a key was used is noted on it every day; that is no change of the key.
DROP TRIGGER record_update ON api_keys;
CREATE TRIGGER record_update AFTER UPDATE OF name, role, board_id, expires_at, revoked_at ON api_keys
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION record_change('api-keys', 'key_id');

-- What the service's own role may do, run after every migration: read and
-- write resources, read the record, and of a key only note that it was used.
-- It owns nothing, so it cannot switch a trigger off.
CREATE PROCEDURE grant_runtime(runtime text)
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
