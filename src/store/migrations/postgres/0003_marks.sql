-- What was said about one person in one project: statements of its admins, hints of its rules.
CREATE TABLE person_line (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    account TEXT NOT NULL,
    fact TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    since BIGINT,
    observed_at BIGINT NOT NULL,
    by_account TEXT,
    -- `since`, else `observed_at`.
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX person_line_once ON person_line (tenant, account, project, fact, source, at);

-- Rows of imported notification logs. The address is a keyed hash: nobody can read it or try addresses against it.
CREATE TABLE address_mark (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    mark TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- The row's date lies in here: a time without its zone leaves a day open.
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    imported_at BIGINT NOT NULL,
    by_account TEXT NOT NULL,
    PRIMARY KEY (tenant, project, mark, kind, not_before)
);
CREATE INDEX address_mark_known ON address_mark (tenant, mark);
CREATE INDEX address_mark_old ON address_mark (tenant, not_after);
