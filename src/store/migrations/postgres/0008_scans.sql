-- Somebody's wish to look at the customers of one project now. At most one goes on in a project.
CREATE TABLE scan (
    tenant BIGINT NOT NULL,
    id TEXT NOT NULL,
    project BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'stopped', 'failed')),
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX scan_going_on ON scan (tenant, project) WHERE state IN ('queued', 'running');

-- How far the pass over each way is.
CREATE TABLE scan_way (
    tenant BIGINT NOT NULL,
    scan TEXT NOT NULL,
    via TEXT NOT NULL,
    seen BIGINT NOT NULL,
    total BIGINT NOT NULL,
    found BIGINT NOT NULL,
    is_over BIGINT NOT NULL,
    is_gap BIGINT NOT NULL,
    PRIMARY KEY (tenant, scan, via)
);
