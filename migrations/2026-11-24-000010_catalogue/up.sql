-- When the catalogue's datasets were first and last changed, each by one look: the
-- statements that ask have the very same condition.
CREATE INDEX change_sets_of_goals ON change_sets (commit_position)
    WHERE resources && '{goals,assignments}'::text[];
CREATE INDEX change_sets_of_values ON change_sets (commit_position)
    WHERE resources && '{indicators,values}'::text[];
