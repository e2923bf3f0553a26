-- A site may come by Forge alone: then it has neither a client key nor a shared secret. SQLite drops a NOT NULL only with the table.
CREATE TABLE tenant_by_any_door (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_key TEXT UNIQUE,
    app_key TEXT,
    base_url TEXT NOT NULL,
    display_url TEXT,
    help_center_url TEXT,
    installation_id TEXT,
    cloud_id TEXT,
    -- Missing as well once Jira said that Connect is uninstalled while Forge goes on.
    secret BLOB,
    previous_secret BLOB,
    previous_until BIGINT,
    state TEXT NOT NULL CHECK (state IN ('active', 'uninstalled', 'frozen')),
    state_since BIGINT NOT NULL,
    enabled BIGINT,
    enabled_at BIGINT,
    installed_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
INSERT INTO tenant_by_any_door SELECT id, client_key, app_key, base_url, display_url, help_center_url, installation_id, cloud_id,
    secret, previous_secret, previous_until, state, state_since, enabled, enabled_at, installed_at, changed_at FROM tenant;
-- Ids of tenants that were erased must not come again.
INSERT INTO sqlite_sequence (name, seq) SELECT 'tenant_by_any_door', 0
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'tenant_by_any_door');
UPDATE sqlite_sequence SET seq = COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'tenant'), 0)
    WHERE name = 'tenant_by_any_door';
DROP TABLE tenant;
ALTER TABLE tenant_by_any_door RENAME TO tenant;
CREATE UNIQUE INDEX tenant_active_base_url ON tenant (base_url) WHERE state = 'active';

-- The second door of a site. The cloud id stays for ever, an installation id until the app is uninstalled.
CREATE TABLE forge_installation (
    cloud_id TEXT PRIMARY KEY,
    -- NULL only within the transaction that makes the row.
    tenant BIGINT,
    installation_id TEXT NOT NULL UNIQUE,
    api_base_url TEXT NOT NULL,
    license_active BIGINT,
    -- Sealed; the last system token that an invocation brought.
    token BLOB,
    token_until BIGINT,
    since BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX forge_installation_tenant ON forge_installation (tenant);
