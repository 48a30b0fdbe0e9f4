DROP INDEX change_sets_of_values;
DROP INDEX change_sets_of_goals;
