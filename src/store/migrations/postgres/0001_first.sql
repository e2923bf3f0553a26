-- Times are epoch milliseconds, ids and JSON are text, flags are 0 or 1. No foreign keys: rows of a tenant that is
-- being erased may still arrive, and an erasure goes table by table.

CREATE TABLE tenant (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_key TEXT NOT NULL UNIQUE,
    app_key TEXT NOT NULL,
    base_url TEXT NOT NULL,
    display_url TEXT,
    help_center_url TEXT,
    installation_id TEXT,
    cloud_id TEXT,
    secret BYTEA NOT NULL,
    previous_secret BYTEA,
    previous_until BIGINT,
    state TEXT NOT NULL CHECK (state IN ('active', 'uninstalled', 'frozen')),
    state_since BIGINT NOT NULL,
    enabled BIGINT,
    enabled_at BIGINT,
    installed_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tenant_active_base_url ON tenant (base_url) WHERE state = 'active';

-- Sealed values of the whole app, by name.
CREATE TABLE keepsake (
    name TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE queue (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant BIGINT NOT NULL,
    -- A delivery's identity: taken until the row is swept.
    once TEXT,
    -- A wish's identity: taken only while the row waits.
    wish TEXT,
    lane TEXT NOT NULL,
    class BIGINT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- What merged wishes add to the payload, as bits (store/queue).
    urge BIGINT NOT NULL DEFAULT 0,
    -- How many wishes the row stands for.
    wishes BIGINT NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'leased', 'done', 'dead')),
    attempts BIGINT NOT NULL DEFAULT 0,
    run_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    leased_until BIGINT,
    token TEXT,
    done_at BIGINT,
    why TEXT
);
CREATE UNIQUE INDEX queue_once ON queue (tenant, once);
CREATE UNIQUE INDEX queue_wish ON queue (tenant, wish) WHERE state = 'queued' AND wish IS NOT NULL;
CREATE UNIQUE INDEX queue_lane ON queue (tenant, lane) WHERE state = 'leased';
CREATE INDEX queue_turn ON queue (class, tenant, run_at, id) WHERE state = 'queued';
CREATE INDEX queue_due ON queue (run_at) WHERE state = 'queued';
CREATE INDEX queue_lease ON queue (leased_until) WHERE state = 'leased';
CREATE INDEX queue_done ON queue (done_at) WHERE state = 'done';
CREATE INDEX queue_dead ON queue (id) WHERE state = 'dead';

CREATE TABLE fact_line (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant BIGINT NOT NULL,
    -- 0: a fact of the site. Jira's project ids begin at 10000.
    project BIGINT NOT NULL,
    fact TEXT NOT NULL,
    value TEXT NOT NULL,
    value_before TEXT,
    source TEXT NOT NULL,
    since BIGINT,
    observed_at BIGINT NOT NULL,
    by_account TEXT,
    -- `since`, else `observed_at`.
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX fact_line_once ON fact_line (tenant, project, fact, source, at);

CREATE TABLE audit_mark (
    tenant BIGINT PRIMARY KEY,
    covered_from BIGINT,
    covered_until BIGINT,
    trouble TEXT
);

CREATE TABLE account_created (
    tenant BIGINT NOT NULL,
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    author TEXT,
    PRIMARY KEY (tenant, account)
);

CREATE TABLE seat (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    via TEXT NOT NULL,
    account TEXT NOT NULL,
    -- The add happened in here; not_before 0: nobody can tell since when.
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    seeded BIGINT NOT NULL,
    gone_at BIGINT,
    -- While gone: when the person was last known to be here.
    last_here BIGINT,
    stayed_before BIGINT,
    -- 1: an add that no case tells of yet, so it is raised again until one does.
    case_due BIGINT NOT NULL,
    PRIMARY KEY (tenant, project, via, account)
);
CREATE INDEX seat_person ON seat (tenant, account);
CREATE INDEX seat_case_due ON seat (tenant, project, via) WHERE case_due = 1;
CREATE INDEX seat_gone ON seat (tenant, gone_at) WHERE gone_at IS NOT NULL;

CREATE TABLE roster_pass (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    via TEXT NOT NULL,
    began BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    seeded_at BIGINT,
    PRIMARY KEY (tenant, project, via)
);

CREATE TABLE customer_case (
    tenant BIGINT NOT NULL,
    project BIGINT NOT NULL,
    account TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    via TEXT NOT NULL,
    quiet BIGINT NOT NULL,
    route TEXT NOT NULL,
    findings TEXT NOT NULL,
    overall TEXT,
    checked_at BIGINT,
    standing TEXT NOT NULL,
    state TEXT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    published BIGINT NOT NULL,
    written TEXT NOT NULL,
    -- 1: a comment of ours is in Jira, so the row lives while the person is on the project.
    commented BIGINT NOT NULL DEFAULT 0,
    -- Order in which versions moved on, within the project.
    changed BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (tenant, project, account)
);
CREATE INDEX customer_case_page ON customer_case (tenant, project, not_after, account);
CREATE INDEX customer_case_state ON customer_case (tenant, project, state, not_after, account);
CREATE INDEX customer_case_changed ON customer_case (tenant, project, changed);
CREATE INDEX customer_case_outbox ON customer_case (tenant, project, changed) WHERE version > published;
CREATE INDEX customer_case_person ON customer_case (tenant, account);

CREATE TABLE project (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    key TEXT NOT NULL,
    comment_mode TEXT NOT NULL DEFAULT 'off',
    notice TEXT NOT NULL DEFAULT 'none',
    retention_days BIGINT,
    canary TEXT NOT NULL DEFAULT 'untried',
    canary_at BIGINT,
    missing TEXT NOT NULL DEFAULT '[]',
    summary_hash TEXT,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- Nobody calls in the scope before `until`. tenant 0: the whole app.
CREATE TABLE pause (
    scope TEXT PRIMARY KEY,
    tenant BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- When the next call of a paced scope may start.
CREATE TABLE pace (
    scope TEXT PRIMARY KEY,
    tenant BIGINT NOT NULL,
    next BIGINT NOT NULL
);
