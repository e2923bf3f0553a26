-- What a source whose meaning must be proven is worth on a site.
CREATE TABLE calibration (
    tenant BIGINT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    by_account TEXT,
    -- Did what it must never do, and is switched off for good.
    stopped_at BIGINT,
    PRIMARY KEY (tenant, source)
);

-- The last time we looked through it.
CREATE TABLE look (
    tenant BIGINT NOT NULL,
    source TEXT NOT NULL,
    -- 0: the whole site. Jira's project ids begin at 10000.
    project BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    trouble TEXT,
    PRIMARY KEY (tenant, source, project)
);
