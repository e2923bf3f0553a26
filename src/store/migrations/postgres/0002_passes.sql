-- Passes that are read in many answers, and what a pass leaves to tell.

-- A pass under way, at most one of a way in a project; it counts for nothing until it is complete.
CREATE TABLE roster_run (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    via TEXT NOT NULL,
    -- Tells one run from another, for queue rows of one that is over.
    run BIGINT NOT NULL,
    -- Pages taken in; a page is taken in once.
    step BIGINT NOT NULL,
    -- Where the next page begins (JSON).
    cursor TEXT NOT NULL,
    began BIGINT,
    ended BIGINT,
    reseed BIGINT NOT NULL,
    -- People on the pages so far.
    people BIGINT NOT NULL,
    points BIGINT NOT NULL,
    PRIMARY KEY (tenant, project, via)
);

-- Whom the run under way found so far; silent 1: only where everybody is taken over silently.
CREATE TABLE roster_found (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    via TEXT NOT NULL,
    account TEXT NOT NULL,
    silent BIGINT NOT NULL,
    PRIMARY KEY (tenant, project, via, account)
);

-- Organisations that the run under way found on the project.
CREATE TABLE roster_listed (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    organisation BIGINT NOT NULL,
    silent BIGINT NOT NULL,
    PRIMARY KEY (tenant, project, organisation)
);

-- Organisations that the last completed pass found on the project.
CREATE TABLE roster_organisation (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    organisation BIGINT NOT NULL,
    PRIMARY KEY (tenant, project, organisation)
);

-- A pass that found very many new people at once: an import.
CREATE TABLE roster_batch (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    via TEXT NOT NULL,
    at BIGINT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (tenant, project, via, at)
);

-- Why a way of a project cannot be read now.
CREATE TABLE roster_gap (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    via TEXT NOT NULL,
    why TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, project, via)
);

-- 1: its list came in several answers, so it may have skipped somebody.
ALTER TABLE roster_pass ADD COLUMN several BIGINT NOT NULL DEFAULT 0;
-- Beginning of the completed pass before it.
ALTER TABLE roster_pass ADD COLUMN before_began BIGINT;
-- How many passes in a row took people over silently.
ALTER TABLE roster_pass ADD COLUMN silent_passes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE roster_pass ADD COLUMN people BIGINT NOT NULL DEFAULT 0;
-- What it cost of Jira's quota.
ALTER TABLE roster_pass ADD COLUMN points BIGINT NOT NULL DEFAULT 0;
