-- Secrets of rules' web request steps. Of the secret itself only its hash is here.
CREATE TABLE ingest_secret (
    id TEXT PRIMARY KEY,
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX ingest_secret_project ON ingest_secret (tenant, project);

-- How many web requests of a project's rules were taken since `began`.
CREATE TABLE ingest_pace (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    began BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (tenant, project)
);
