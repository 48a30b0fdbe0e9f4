-- Targets (målvärden): what is to be reached, by when, from where.
CREATE TABLE targets (
    target_id uuid PRIMARY KEY,
    goal_id uuid NOT NULL CONSTRAINT targets_goal_id_fkey REFERENCES goals,
    indicator_code text COLLATE "C",
    kind text NOT NULL CONSTRAINT targets_kind CHECK (kind IN ('numeric', 'share', 'boolean', 'rank', 'trend')),
    gender text COLLATE "C" NOT NULL CONSTRAINT targets_gender CHECK (gender IN ('T', 'K', 'M')),
    operator text CONSTRAINT targets_operator
        CHECK (operator IN ('atLeast', 'atMost', 'equals', 'between', 'increase', 'decrease')),
    value numeric CONSTRAINT targets_value_range CHECK (abs(value) < 1e15 AND scale(value) <= 12),
    upper_value numeric CONSTRAINT targets_upper_value_range CHECK (abs(upper_value) < 1e15 AND scale(upper_value) <= 12),
    unit text COLLATE swedish,
    target_year integer CONSTRAINT targets_target_year_range CHECK (target_year BETWEEN 1900 AND 2200),
    baseline_year integer CONSTRAINT targets_baseline_year_range CHECK (baseline_year BETWEEN 1900 AND 2200),
    baseline_value numeric CONSTRAINT targets_baseline_value_range
        CHECK (abs(baseline_value) < 1e15 AND scale(baseline_value) <= 12),
    statement text NOT NULL COLLATE swedish,
    anchor text COLLATE swedish,
    outcome jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    -- A target is for an indicator that follows the goal.
    CONSTRAINT targets_goal_indicator_fkey FOREIGN KEY (goal_id, indicator_code) REFERENCES goal_indicators,
    CONSTRAINT targets_baseline CHECK ((baseline_year IS NULL) = (baseline_value IS NULL)),
    CONSTRAINT targets_years CHECK (target_year >= baseline_year),
    CONSTRAINT targets_upper_value CHECK ((upper_value IS NOT NULL) = (operator IS NOT DISTINCT FROM 'between')),
    CONSTRAINT targets_bounds CHECK (upper_value >= value),
    CONSTRAINT targets_outcome CHECK (outcome IS NULL OR kind = 'boolean')
);
CREATE INDEX targets_goal_indicator ON targets (goal_id, indicator_code);
CREATE INDEX targets_indicator_code ON targets (indicator_code);
CALL keep_record('targets', 'targets', 'target_id');

-- Whether a target has a value or a direction to reach: a bare baseline has
-- not, and what is fulfilled or not has none either.
CREATE FUNCTION target_is_to_reach(value numeric, operator text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT value IS NOT NULL OR coalesce(operator IN ('increase', 'decrease'), false)
$$;

-- The role (nyckeltal or indikator) of a goal's link to an indicator: derived
-- and never stored, and this is the one place that decides it.
CREATE OR REPLACE VIEW goal_indicator_roles AS
    SELECT goal_id, indicator_code, position,
           CASE WHEN EXISTS (SELECT FROM targets t
                              WHERE t.goal_id = l.goal_id AND t.indicator_code = l.indicator_code
                                AND target_is_to_reach(t.value, t.operator))
                THEN 'indicator' ELSE 'keyFigure' END AS role,
           created_at, updated_at, version
      FROM goal_indicators l;

-- A target that comes, goes or changes can change the role of a link. That is
-- recorded as a change of the link, with the role before and after; the link's
-- own row, and so its ETag, stays as it is. Holding the link puts two such
-- changes in an order, so that each sees what the other has done.
CREATE FUNCTION record_role() RETURNS trigger
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
REVOKE EXECUTE ON FUNCTION record_role() FROM PUBLIC;
CREATE TRIGGER record_role AFTER INSERT OR DELETE OR UPDATE OF goal_id, indicator_code, value, operator ON targets
    FOR EACH ROW EXECUTE FUNCTION record_role();

-- Reports (återrapporteringar): one board's answer on one assignment.
CREATE TABLE reports (
    assignment_id uuid CONSTRAINT reports_assignment_id_fkey REFERENCES assignments,
    board_id text COLLATE "C" CONSTRAINT reports_board_id_fkey REFERENCES boards,
    year integer CONSTRAINT reports_year_range CHECK (year BETWEEN 1900 AND 2200),
    period text COLLATE "C" CONSTRAINT reports_period CHECK (period IN ('T1', 'T2', 'annual')),
    status text NOT NULL CONSTRAINT reports_status
        CHECK (status IN ('notStarted', 'inProgress', 'completed', 'paused', 'cancelled')),
    comment text COLLATE swedish,
    reported_on date NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (assignment_id, board_id, year, period)
);
CREATE INDEX reports_board_id ON reports (board_id);
CALL keep_record('reports', 'reports', 'assignment_id', 'board_id', 'year', 'period');

-- Assessments (bedömningar): a goal's judged status at one follow-up.
CREATE TABLE assessments (
    goal_id uuid CONSTRAINT assessments_goal_id_fkey REFERENCES goals,
    year integer CONSTRAINT assessments_year_range CHECK (year BETWEEN 1900 AND 2200),
    period text COLLATE "C" CONSTRAINT assessments_period CHECK (period IN ('T1', 'T2', 'annual')),
    status text NOT NULL CONSTRAINT assessments_status
        CHECK (status IN ('achieved', 'onTrack', 'atRisk', 'offTrack', 'notAssessed')),
    comment text COLLATE swedish,
    assessed_on date NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (goal_id, year, period)
);
CALL keep_record('assessments', 'assessments', 'goal_id', 'year', 'period');

-- Investments (investeringar): money set aside for a goal in a year, in SEK.
CREATE TABLE investments (
    investment_id uuid PRIMARY KEY,
    goal_id uuid NOT NULL CONSTRAINT investments_goal_id_fkey REFERENCES goals,
    year integer NOT NULL CONSTRAINT investments_year_range CHECK (year BETWEEN 1900 AND 2200),
    title text NOT NULL COLLATE swedish,
    amount numeric NOT NULL CONSTRAINT investments_amount_range CHECK (abs(amount) < 1e15 AND scale(amount) <= 12),
    board_id text COLLATE "C" CONSTRAINT investments_board_id_fkey REFERENCES boards,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX investments_goal_id ON investments (goal_id, year);
CREATE INDEX investments_board_id ON investments (board_id);
CALL keep_record('investments', 'investments', 'investment_id');

-- Achievements ("För att nå målet har vi bland annat"): what was done to reach a goal.
CREATE TABLE achievements (
    achievement_id uuid PRIMARY KEY,
    goal_id uuid NOT NULL CONSTRAINT achievements_goal_id_fkey REFERENCES goals,
    year integer NOT NULL CONSTRAINT achievements_year_range CHECK (year BETWEEN 1900 AND 2200),
    text text NOT NULL COLLATE swedish,
    assignment_id uuid CONSTRAINT achievements_assignment_id_fkey REFERENCES assignments,
    achieved_on date,
    position integer,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX achievements_goal_id ON achievements (goal_id, year);
CREATE INDEX achievements_assignment_id ON achievements (assignment_id);
CALL keep_record('achievements', 'achievements', 'achievement_id');

-- Municipality groups (kommungrupper): municipalities to compare with.
CREATE TABLE municipality_groups (
    group_id text COLLATE "C" PRIMARY KEY
        CONSTRAINT municipality_groups_id_form CHECK (group_id ~ '^[A-Z0-9-]{1,40}$'),
    title text NOT NULL COLLATE swedish,
    municipality_codes text[] COLLATE "C" NOT NULL
        CONSTRAINT municipality_groups_not_empty CHECK (cardinality(municipality_codes) > 0),
    source jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX municipality_groups_municipality_codes ON municipality_groups USING gin (municipality_codes);
CALL keep_record('municipality_groups', 'municipality-groups', 'group_id');

-- As for the boards of assignments: what an array names must be there and stay.
CREATE FUNCTION require_group_members() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM (
            SELECT 1 FROM municipalities WHERE municipality_code = ANY (NEW.municipality_codes)
             ORDER BY municipality_code FOR KEY SHARE
        ) AS held) <> cardinality(NEW.municipality_codes) THEN
        RAISE foreign_key_violation USING
            CONSTRAINT = 'municipality_groups_municipality_codes_fkey', TABLE = 'municipality_groups';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER require_group_members AFTER INSERT OR UPDATE OF municipality_codes ON municipality_groups
    FOR EACH ROW EXECUTE FUNCTION require_group_members();

CREATE FUNCTION keep_group_members() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM municipality_groups WHERE municipality_codes @> ARRAY[OLD.municipality_code]) THEN
        RAISE foreign_key_violation USING
            CONSTRAINT = 'municipality_groups_municipality_codes_fkey', TABLE = 'municipality_groups';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_group_members AFTER DELETE OR UPDATE OF municipality_code ON municipalities
    FOR EACH ROW EXECUTE FUNCTION keep_group_members();
