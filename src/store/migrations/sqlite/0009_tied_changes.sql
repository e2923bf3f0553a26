-- Two changes may be recorded at one instant; both are kept, so that neither is taken for the only one. A list is told apart by
-- its beginning: an index takes no text of any length.
DROP INDEX fact_line_once;
CREATE UNIQUE INDEX fact_line_once ON fact_line (tenant, project, fact, source, at, substr(value, 1, 64));
