DROP TABLE assignments;
DROP FUNCTION require_addressees();
DROP TABLE goals;
DROP FUNCTION require_predecessors();
DROP FUNCTION keep_predecessors();
DROP TABLE boards;
DROP FUNCTION keep_addressees();
DROP TABLE budgets;
