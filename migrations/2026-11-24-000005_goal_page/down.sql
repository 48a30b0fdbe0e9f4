DROP TRIGGER keep_group_members ON municipalities;
DROP TABLE municipality_groups;
DROP FUNCTION keep_group_members();
DROP FUNCTION require_group_members();
DROP TABLE achievements;
DROP TABLE investments;
DROP TABLE assessments;
DROP TABLE reports;
CREATE OR REPLACE VIEW goal_indicator_roles AS
    SELECT goal_id, indicator_code, position, 'keyFigure'::text AS role, created_at, updated_at, version
      FROM goal_indicators;
DROP TABLE targets;
DROP FUNCTION record_role();
DROP FUNCTION target_is_to_reach(numeric, text);
