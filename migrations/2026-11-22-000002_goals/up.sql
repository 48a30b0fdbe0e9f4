-- Budgets (budgetar): the council's decision for one year.
CREATE TABLE budgets (
    budget_year integer PRIMARY KEY CONSTRAINT budgets_year_range CHECK (budget_year BETWEEN 1900 AND 2200),
    title text NOT NULL COLLATE swedish,
    description text COLLATE swedish,
    decided_by text COLLATE swedish,
    decided_on date,
    source jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CALL keep_record('budgets', 'budgets', 'budget_year');

-- Boards (nämnder och styrelser). Slugs are ordered byte by byte.
CREATE TABLE boards (
    board_id text COLLATE "C" PRIMARY KEY CONSTRAINT boards_id_form CHECK (board_id ~ '^[a-z0-9-]{1,80}$'),
    name text NOT NULL COLLATE swedish,
    kind text NOT NULL CONSTRAINT boards_kind
        CHECK (kind IN ('council', 'executiveBoard', 'board', 'committee', 'company')),
    valid_from date,
    valid_to date,
    successor_board_id text COLLATE "C" CONSTRAINT boards_successor_board_id_fkey REFERENCES boards,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT boards_validity CHECK (valid_to >= valid_from)
);
CREATE INDEX boards_successor_board_id ON boards (successor_board_id);
CALL keep_record('boards', 'boards', 'board_id');

ALTER TABLE api_keys ADD CONSTRAINT api_keys_board_id_fkey FOREIGN KEY (board_id) REFERENCES boards;
CREATE INDEX api_keys_board_id ON api_keys (board_id);

-- Goals (kommunövergripande mål).
CREATE TABLE goals (
    goal_id uuid PRIMARY KEY,
    budget_year integer NOT NULL CONSTRAINT goals_budget_year_fkey REFERENCES budgets,
    number text COLLATE swedish,
    name text COLLATE swedish,
    statement text NOT NULL COLLATE swedish,
    political_text text COLLATE swedish,
    position integer NOT NULL,
    predecessor_ids uuid[] NOT NULL,
    sdgs integer[] NOT NULL,
    source jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT goals_budget_year_number_key UNIQUE (budget_year, number),
    CONSTRAINT goals_not_its_own_predecessor CHECK (NOT goal_id = ANY (predecessor_ids))
);
CREATE INDEX goals_default_order ON goals (budget_year, position, goal_id);
CREATE INDEX goals_predecessor_ids ON goals USING gin (predecessor_ids);
CALL keep_record('goals', 'goals', 'goal_id');

-- Assignments (uppdrag) from the council or a board, to all boards or to some.
CREATE TABLE assignments (
    assignment_id uuid PRIMARY KEY,
    goal_id uuid NOT NULL CONSTRAINT assignments_goal_id_fkey REFERENCES goals,
    title text NOT NULL COLLATE swedish,
    description text COLLATE swedish,
    origin text NOT NULL CONSTRAINT assignments_origin CHECK (origin IN ('council', 'board')),
    origin_board_id text COLLATE "C" CONSTRAINT assignments_origin_board_id_fkey REFERENCES boards,
    all_boards boolean NOT NULL,
    board_ids text[] COLLATE "C" NOT NULL,
    status text NOT NULL CONSTRAINT assignments_status
        CHECK (status IN ('notStarted', 'inProgress', 'completed', 'paused', 'cancelled')),
    starts_on date,
    due_on date,
    anchor text COLLATE swedish,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT assignments_origin_board CHECK ((origin = 'board') = (origin_board_id IS NOT NULL)),
    CONSTRAINT assignments_addressees CHECK (all_boards = (cardinality(board_ids) = 0)),
    CONSTRAINT assignments_dates CHECK (due_on >= starts_on)
);
CREATE INDEX assignments_default_order ON assignments (goal_id, origin DESC, title, assignment_id);
CREATE INDEX assignments_origin_board_id ON assignments (origin_board_id);
CREATE INDEX assignments_board_ids ON assignments USING gin (board_ids);
CALL keep_record('assignments', 'assignments', 'assignment_id');

-- An array cannot be a foreign key, so these triggers are: every element must
-- be there and stays locked until the commit, and a row that an array names
-- cannot go. They report themselves as the constraint they stand for.
CREATE FUNCTION require_predecessors() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM (
            SELECT 1 FROM goals WHERE goal_id = ANY (NEW.predecessor_ids) FOR KEY SHARE
        ) AS held) <> cardinality(NEW.predecessor_ids) THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'goals_predecessor_ids_fkey', TABLE = 'goals';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER require_predecessors AFTER INSERT OR UPDATE OF predecessor_ids ON goals
    FOR EACH ROW WHEN (cardinality(NEW.predecessor_ids) > 0)
    EXECUTE FUNCTION require_predecessors();

CREATE FUNCTION keep_predecessors() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM goals WHERE predecessor_ids @> ARRAY[OLD.goal_id]) THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'goals_predecessor_ids_fkey', TABLE = 'goals';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_predecessors AFTER DELETE OR UPDATE OF goal_id ON goals
    FOR EACH ROW EXECUTE FUNCTION keep_predecessors();

CREATE FUNCTION require_addressees() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM (
            SELECT 1 FROM boards WHERE board_id = ANY (NEW.board_ids) FOR KEY SHARE
        ) AS held) <> cardinality(NEW.board_ids) THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'assignments_board_ids_fkey', TABLE = 'assignments';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER require_addressees AFTER INSERT OR UPDATE OF board_ids ON assignments
    FOR EACH ROW WHEN (cardinality(NEW.board_ids) > 0)
    EXECUTE FUNCTION require_addressees();

CREATE FUNCTION keep_addressees() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM assignments WHERE board_ids @> ARRAY[OLD.board_id]) THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'assignments_board_ids_fkey', TABLE = 'assignments';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_addressees AFTER DELETE OR UPDATE OF board_id ON boards
    FOR EACH ROW EXECUTE FUNCTION keep_addressees();
