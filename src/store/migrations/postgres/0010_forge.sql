-- A site may come by Forge alone: then it has neither a client key nor a shared secret.
ALTER TABLE tenant ALTER COLUMN client_key DROP NOT NULL;
ALTER TABLE tenant ALTER COLUMN app_key DROP NOT NULL;
-- Missing as well once Jira said that Connect is uninstalled while Forge goes on.
ALTER TABLE tenant ALTER COLUMN secret DROP NOT NULL;

-- The second door of a site. The cloud id stays for ever, an installation id until the app is uninstalled.
CREATE TABLE forge_installation (
    cloud_id TEXT PRIMARY KEY,
    -- NULL only within the transaction that makes the row.
    tenant BIGINT,
    installation_id TEXT NOT NULL UNIQUE,
    api_base_url TEXT NOT NULL,
    license_active BIGINT,
    -- Sealed; the last system token that an invocation brought.
    token BYTEA,
    token_until BIGINT,
    since BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX forge_installation_tenant ON forge_installation (tenant);
