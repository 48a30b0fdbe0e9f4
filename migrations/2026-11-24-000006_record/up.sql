-- The record of changes as others read it: entries chained by hash, an order
-- that can be followed, and the tables as they were at an earlier moment.

-- Where the record ends: the place, time and hash of the last change set. One
-- row, held from a transaction's last moment until its commit is visible.
CREATE TABLE record_head (
    is_only boolean PRIMARY KEY DEFAULT true CONSTRAINT record_head_one_row CHECK (is_only),
    commit_position bigint NOT NULL,
    committed_at timestamptz,
    hash bytea NOT NULL
);

-- The SHA-256 of what an entry says. The text of a jsonb has no line breaks, so its
-- parts cannot run into each other.
CREATE FUNCTION entry_digest(resource text, key jsonb, action text, before jsonb, after jsonb) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(
        resource || E'\n' || key::text || E'\n' || action || E'\n'
        || coalesce(before::text, '') || E'\n' || coalesce(after::text, ''), 'UTF8'))
$$;

-- A link of the chain: the hash of the change set before, then this one's place,
-- time and origin, then the digests of its entries, hashed in their order.
CREATE FUNCTION change_set_hash(previous bytea, placed change_sets, digests bytea) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT sha256(previous || convert_to(
        placed.commit_position::text || E'\n'
        || (extract(epoch FROM placed.committed_at) * 1000000)::bigint::text || E'\n'
        || coalesce(placed.actor_role, '') || E'\n' || coalesce(placed.actor_key_id::text, '') || E'\n'
        || coalesce(placed.trace_id, '') || E'\n', 'UTF8') || digests)
$$;

-- Which resources a transaction changed, between which entries its own are, and its
-- link of the chain. Others' entries may lie between the two; what matters is that
-- nobody has to look for a change set's entries in the whole record.
ALTER TABLE change_sets
    ADD COLUMN resources text[] NOT NULL DEFAULT '{}',
    ADD COLUMN first_entry bigint,
    ADD COLUMN last_entry bigint,
    ADD COLUMN hash bytea;
ALTER TABLE history ADD COLUMN digest bytea;

-- The digests of a change set's entries, hashed in their order, ten thousand at a
-- time: a value of PostgreSQL's has an end. The plan must be one by index, whatever
-- is thought of the table.
CREATE FUNCTION digests_of(change_set bigint, first_entry bigint, last_entry bigint) RETURNS bytea
LANGUAGE sql STABLE SET search_path = public, pg_temp SET enable_seqscan = off AS $$
    SELECT sha256(coalesce(string_agg(piece, ''::bytea ORDER BY number), ''::bytea))
      FROM (SELECT number, sha256(string_agg(digest, ''::bytea ORDER BY entry_id)) AS piece
              FROM (SELECT entry_id, digest, (row_number() OVER (ORDER BY entry_id) - 1) / 10000 AS number
                      FROM history
                     WHERE change_set_id = $1 AND entry_id BETWEEN $2 AND $3) AS entries
             GROUP BY number) AS pieces
$$;

-- What is there already is chained in the order in which it was committed.
UPDATE history SET digest = entry_digest(resource, key, action, before, after);
ALTER TABLE history ALTER COLUMN digest SET NOT NULL;
UPDATE change_sets c
   SET resources = own.resources, first_entry = own.first_entry, last_entry = own.last_entry
  FROM (SELECT change_set_id, array_agg(DISTINCT resource) AS resources,
               min(entry_id) AS first_entry, max(entry_id) AS last_entry
          FROM history GROUP BY change_set_id) AS own
 WHERE own.change_set_id = c.change_set_id;
DROP INDEX history_change_set_id;
CREATE INDEX history_change_set ON history (change_set_id, entry_id);
DO $$
DECLARE
    last bytea := ''::bytea;
    placed change_sets;
BEGIN
    FOR placed IN SELECT * FROM change_sets WHERE commit_position IS NOT NULL ORDER BY commit_position LOOP
        last := change_set_hash(last, placed, digests_of(placed.change_set_id, placed.first_entry, placed.last_entry));
        UPDATE change_sets SET hash = last WHERE change_set_id = placed.change_set_id;
    END LOOP;
    INSERT INTO record_head (commit_position, committed_at, hash)
    SELECT coalesce(max(commit_position), 0), max(committed_at), last FROM change_sets;
END
$$;
DROP SEQUENCE commit_position;

-- The entries of one thing. Values have an index of their own: far smaller, and
-- in the order in which values are listed.
DROP INDEX history_of_one;
CREATE INDEX history_of_one ON history (resource, key, entry_id) WHERE resource <> 'values';
CREATE INDEX history_of_value ON history (
    ((key ->> 'indicator_code') COLLATE "C"), ((key ->> 'municipality_code') COLLATE "C"),
    ((key ->> 'year')::integer), ((key ->> 'gender') COLLATE "C"), entry_id DESC
) WHERE resource = 'values';
-- When something was known: the last change set of a moment.
CREATE INDEX change_sets_committed_at ON change_sets (committed_at);
-- Who follows something else need not go through all loads of values.
CREATE INDEX change_sets_besides_values ON change_sets (commit_position) WHERE resources <> '{values}';

-- The number of the last entry that anybody has begun.
CREATE FUNCTION entries_so_far() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM history_entry_id_seq
$$;
REVOKE EXECUTE ON FUNCTION entries_so_far() FROM PUBLIC;

-- As before, and the change set gets its link of the chain. What it holds is
-- hashed before the lock, so that others wait for little. The time never goes
-- backwards, whatever the clock does. Whoever listens is told.
CREATE OR REPLACE FUNCTION place_change_set() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    digests bytea;
    head record_head;
    placed change_sets;
BEGIN
    UPDATE change_sets SET last_entry = entries_so_far()
     WHERE change_set_id = NEW.change_set_id RETURNING * INTO placed;
    digests := digests_of(placed.change_set_id, placed.first_entry, placed.last_entry);
    PERFORM pg_advisory_xact_lock(6221338910451761);
    SELECT * INTO head FROM record_head FOR UPDATE;
    placed.commit_position := head.commit_position + 1;
    placed.committed_at := greatest(clock_timestamp(), head.committed_at);
    placed.hash := change_set_hash(head.hash, placed, digests);
    UPDATE change_sets
       SET commit_position = placed.commit_position, committed_at = placed.committed_at, hash = placed.hash
     WHERE change_set_id = placed.change_set_id;
    UPDATE record_head
       SET commit_position = placed.commit_position, committed_at = placed.committed_at, hash = placed.hash;
    IF placed.values_added <> 0 THEN
        UPDATE row_totals SET total = total + placed.values_added WHERE table_name = 'indicator_values';
    END IF;
    PERFORM pg_notify('malbild_changes', '');
    RETURN NULL;
END
$$;

-- The change set of the transaction under way, made at its first change, with
-- the resource among those it has changed. It is placed at the commit, even
-- where somebody has made the constraints immediate.
CREATE FUNCTION current_change_set(changed text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found bigint;
    known text[];
BEGIN
    SELECT change_set_id, resources INTO found, known FROM change_sets
     WHERE transaction_id = pg_current_xact_id() AND commit_position IS NULL;
    IF found IS NULL THEN
        SET CONSTRAINTS place_change_set DEFERRED;
        INSERT INTO change_sets (transaction_id, actor_role, actor_key_id, trace_id, resources, first_entry)
        VALUES (
            pg_current_xact_id(),
            nullif(current_setting('malbild.role', true), ''),
            nullif(current_setting('malbild.key_id', true), '')::uuid,
            nullif(current_setting('malbild.trace_id', true), ''),
            ARRAY[changed],
            entries_so_far() + 1
        )
        RETURNING change_set_id INTO found;
    ELSIF changed <> ALL (known) THEN
        UPDATE change_sets SET resources = resources || changed WHERE change_set_id = found;
    END IF;
    RETURN found;
END
$$;
REVOKE EXECUTE ON FUNCTION current_change_set(text) FROM PUBLIC;

-- One entry of the record. Its change set comes first: it notes where its entries begin.
CREATE FUNCTION record_entry(changed text, row_key jsonb, did text, old_row jsonb, new_row jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    change_set bigint := current_change_set(changed);
BEGIN
    INSERT INTO history (change_set_id, resource, key, action, before, after, digest)
    VALUES (change_set, changed, row_key, did, old_row, new_row,
            entry_digest(changed, row_key, did, old_row, new_row));
END
$$;
REVOKE EXECUTE ON FUNCTION record_entry(text, jsonb, text, jsonb, jsonb) FROM PUBLIC;

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
    PERFORM record_entry(
        TG_ARGV[0],
        row_key,
        CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END,
        old_row,
        new_row
    );
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION record_values() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    change_set bigint;
    added bigint := 0;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT count(*) INTO added FROM new_rows;
        IF added = 0 THEN RETURN NULL; END IF;
        change_set := current_change_set('values');
        INSERT INTO history (change_set_id, resource, key, action, before, after, digest)
        SELECT change_set, 'values', key, 'created', NULL, after, entry_digest('values', key, 'created', NULL, after)
          FROM (SELECT jsonb_build_object('indicator_code', n.indicator_code, 'municipality_code', n.municipality_code,
                                          'year', n.year, 'gender', n.gender) AS key,
                       to_jsonb(n) AS after
                  FROM new_rows n
                OFFSET 0) AS entries;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT -count(*) INTO added FROM old_rows;
        IF added = 0 THEN RETURN NULL; END IF;
        change_set := current_change_set('values');
        INSERT INTO history (change_set_id, resource, key, action, before, after, digest)
        SELECT change_set, 'values', key, 'deleted', before, NULL, entry_digest('values', key, 'deleted', before, NULL)
          FROM (SELECT jsonb_build_object('indicator_code', o.indicator_code, 'municipality_code', o.municipality_code,
                                          'year', o.year, 'gender', o.gender) AS key,
                       to_jsonb(o) AS before
                  FROM old_rows o
                OFFSET 0) AS entries;
    ELSE
        -- An update of the key, which only SQL can do, is a deletion and a creation.
        IF NOT EXISTS (
            SELECT FROM old_rows o FULL JOIN new_rows n USING (indicator_code, municipality_code, year, gender)
             WHERE o IS DISTINCT FROM n) THEN RETURN NULL; END IF;
        change_set := current_change_set('values');
        INSERT INTO history (change_set_id, resource, key, action, before, after, digest)
        SELECT change_set, 'values', key, action, before, after, entry_digest('values', key, action, before, after)
          FROM (SELECT jsonb_build_object('indicator_code', indicator_code, 'municipality_code', municipality_code,
                                          'year', year, 'gender', gender) AS key,
                       CASE WHEN o.version IS NULL THEN 'created' WHEN n.version IS NULL THEN 'deleted' ELSE 'updated' END AS action,
                       to_jsonb(o) AS before, to_jsonb(n) AS after
                  FROM old_rows o FULL JOIN new_rows n USING (indicator_code, municipality_code, year, gender)
                 WHERE o IS DISTINCT FROM n
                OFFSET 0) AS entries;
    END IF;
    IF added <> 0 THEN
        UPDATE change_sets SET values_added = values_added + added WHERE change_set_id = change_set;
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
            PERFORM record_entry(
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
DROP FUNCTION current_change_set();

-- What was erased from the record because the law asked for it: of which entry,
-- which members, why, and the digest of what is left. An erasure is itself recorded.
CREATE TABLE erasures (
    entry_id bigint PRIMARY KEY REFERENCES history,
    columns text[] NOT NULL,
    reason text NOT NULL,
    digest bytea NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CALL keep_record('erasures', 'erasures', 'entry_id');

-- Erases what one member of one thing has said, from all its entries; what it
-- says now stays. So the thing is changed through the API first. The owner's alone.
CREATE FUNCTION erase_from_record(erased_resource text, erased_key jsonb, erased_column text, why text) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    says text := (SELECT after ->> erased_column FROM history
                   WHERE resource = erased_resource AND key = erased_key ORDER BY entry_id DESC LIMIT 1);
    entry history;
    number bigint := 0;
BEGIN
    FOR entry IN
        SELECT * FROM history
         WHERE resource = erased_resource AND key = erased_key
           AND (before ->> erased_column NOT IN ('[raderat]', coalesce(says, ''))
                OR after ->> erased_column NOT IN ('[raderat]', coalesce(says, '')))
         ORDER BY entry_id FOR UPDATE
    LOOP
        IF entry.before ->> erased_column <> coalesce(says, '') THEN
            entry.before := jsonb_set(entry.before, ARRAY[erased_column], '"[raderat]"');
        END IF;
        IF entry.after ->> erased_column <> coalesce(says, '') THEN
            entry.after := jsonb_set(entry.after, ARRAY[erased_column], '"[raderat]"');
            -- Another version than caches have under the ETag of the old one.
            entry.after := jsonb_set(entry.after, '{version}', to_jsonb(nextval('row_version')));
        END IF;
        UPDATE history SET before = entry.before, after = entry.after WHERE entry_id = entry.entry_id;
        INSERT INTO erasures AS there (entry_id, columns, reason, digest)
        VALUES (entry.entry_id, ARRAY[erased_column], why,
                entry_digest(entry.resource, entry.key, entry.action, entry.before, entry.after))
        ON CONFLICT (entry_id) DO UPDATE
           SET columns = there.columns || excluded.columns, reason = excluded.reason, digest = excluded.digest;
        number := number + 1;
    END LOOP;
    RETURN number;
END
$$;
REVOKE EXECUTE ON FUNCTION erase_from_record(text, jsonb, text, text) FROM PUBLIC;

-- The tables as they were: a view of the same name and columns in the schema
-- past, for whoever has it first in his search path. It shows what the commits
-- up to malbild.past_position left.
CREATE SCHEMA past;

CREATE FUNCTION past_position() RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT current_setting('malbild.past_position')::bigint $$;

-- One line per table: CALL keep_past('goals', 'goals', 'goal_id'). An entry shows
-- unless a later one of the same thing does: asked that way round, a page of a list
-- reads no more of the record than itself. The values' keys are compared as the
-- index of values has them.
CREATE PROCEDURE keep_past(kept text, resource text, VARIADIC key_columns text[])
LANGUAGE plpgsql AS $$
DECLARE
    keys text[];
    same text := 'n.key = h.key';
    columns text;
BEGIN
    SELECT array_agg(
               CASE WHEN a.atttypid = 'text'::regtype
                    THEN format('((h.key ->> %L) COLLATE %I)', k.name, c.collname)
                    ELSE format('((h.key ->> %L)::%s)', k.name, format_type(a.atttypid, a.atttypmod))
               END ORDER BY k.place)
      INTO keys
      FROM unnest(key_columns) WITH ORDINALITY AS k (name, place)
      JOIN pg_attribute a ON a.attrelid = format('public.%I', kept)::regclass AND a.attname = k.name
      LEFT JOIN pg_collation c ON c.oid = a.attcollation;
    SELECT string_agg(coalesce(keys[array_position(key_columns, attname::text)], format('r.%I', attname))
                      || format(' AS %I', attname), ', ' ORDER BY attnum)
      INTO columns
      FROM pg_attribute
     WHERE attrelid = format('public.%I', kept)::regclass AND attnum > 0 AND NOT attisdropped;
    IF resource = 'values' THEN
        SELECT string_agg(replace(k, 'h.key', 'n.key') || ' = ' || k, ' AND ') INTO same FROM unnest(keys) AS k;
    END IF;
    EXECUTE format(
        'CREATE VIEW past.%1$I AS
             SELECT %2$s
               FROM public.history h JOIN public.change_sets s USING (change_set_id)
              CROSS JOIN LATERAL jsonb_populate_record(NULL::public.%1$I, h.after) AS r
              WHERE h.resource = %3$L AND h.action <> ''deleted'' AND s.commit_position <= (SELECT public.past_position())
                AND NOT EXISTS (
                    SELECT FROM public.history n JOIN public.change_sets t USING (change_set_id)
                     WHERE n.resource = %3$L AND %4$s AND n.entry_id > h.entry_id
                       AND t.commit_position <= (SELECT public.past_position()))',
        kept, columns, resource, same);
END
$$;

-- A view of the service's own, over the tables as they were.
CREATE PROCEDURE keep_past_view(kept text)
LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    text text := pg_get_viewdef(format('public.%I', kept)::regclass);
BEGIN
    SET LOCAL search_path = past, public;
    EXECUTE format('CREATE VIEW past.%I AS %s', kept, text);
END
$$;

CALL keep_past('budgets', 'budgets', 'budget_year');
CALL keep_past('boards', 'boards', 'board_id');
CALL keep_past('goals', 'goals', 'goal_id');
CALL keep_past('assignments', 'assignments', 'assignment_id');
CALL keep_past('municipalities', 'municipalities', 'municipality_code');
CALL keep_past('indicators', 'indicators', 'indicator_code');
CALL keep_past('goal_indicators', 'goal-indicators', 'goal_id', 'indicator_code');
CALL keep_past('indicator_values', 'values', 'indicator_code', 'municipality_code', 'year', 'gender');
CALL keep_past('targets', 'targets', 'target_id');
CALL keep_past('reports', 'reports', 'assignment_id', 'board_id', 'year', 'period');
CALL keep_past('assessments', 'assessments', 'goal_id', 'year', 'period');
CALL keep_past('investments', 'investments', 'investment_id');
CALL keep_past('achievements', 'achievements', 'achievement_id');
CALL keep_past('municipality_groups', 'municipality-groups', 'group_id');
CALL keep_past_view('goal_indicator_roles');
-- What a list notes as the version of the data that it counted.
CREATE VIEW past.change_sets AS
    SELECT * FROM public.change_sets WHERE commit_position <= (SELECT public.past_position());
CREATE VIEW past.row_totals AS
    SELECT 'indicator_values'::text AS table_name, coalesce(sum(values_added), 0)::bigint AS total
      FROM public.change_sets WHERE commit_position <= (SELECT public.past_position());

-- As before, with the past, and the tables of the record, which are only read.
CREATE OR REPLACE PROCEDURE grant_runtime(runtime text)
LANGUAGE plpgsql AS $$
DECLARE
    granted regclass;
    kind "char";
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public, past TO %I', runtime);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA past TO %I', runtime);
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), runtime);
    FOR granted, kind IN
        SELECT c.oid, c.relkind FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %I', granted, runtime);
        IF kind = 'v' OR granted::text IN
            ('history', 'change_sets', 'record_head', 'erasures', 'row_totals', 'api_keys', '__diesel_schema_migrations') THEN
            EXECUTE format('GRANT SELECT ON %s TO %I', granted, runtime);
        ELSE
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', granted, runtime);
        END IF;
    END LOOP;
    EXECUTE format('GRANT UPDATE (last_used_on) ON api_keys TO %I', runtime);
END
$$;
