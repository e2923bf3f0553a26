-- What people did in our pages. Kept 90 days.
CREATE TABLE trail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant BIGINT NOT NULL,
    -- 0: the whole site. Jira's project ids begin at 10000.
    project BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_account TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX trail_page ON trail (tenant, project, id);
CREATE INDEX trail_age ON trail (tenant, at);
