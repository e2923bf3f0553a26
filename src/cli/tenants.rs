//! `invite-guard tenants`: installations and their state.
//! Shows no secret.

use super::{CliError, Output, print, print_json};
use crate::app;
use crate::config::Settings;
use crate::domain::tenant::{State, Tenant};
use serde_json::json;

pub(super) async fn run(settings: &Settings, output: Output) -> Result<(), CliError> {
    let tenants = app::open_store(settings).await?.tenants().await?;
    if output.json {
        return print_json(&tenants.iter().map(row).collect::<Vec<_>>());
    }
    if tenants.is_empty() {
        return print("no installation yet");
    }
    for tenant in &tenants {
        let (state, since) = state(tenant);
        print(&format!("{:>4}  {:<12} {since}  {}", tenant.id, state, tenant.installation.base_url))?;
    }
    Ok(())
}

fn row(tenant: &Tenant) -> serde_json::Value {
    let (state, since) = state(tenant);
    json!({
        "id": tenant.id,
        "baseUrl": tenant.installation.base_url.as_str(),
        "clientKey": tenant.installation.client_key,
        "appKey": tenant.installation.app_key,
        "installationId": tenant.installation.installation_id,
        "state": state,
        "since": since,
        "installedAt": tenant.installed_at,
    })
}

fn state(tenant: &Tenant) -> (&'static str, jiff::Timestamp) {
    match tenant.state {
        State::Active => ("active", tenant.installed_at),
        State::Uninstalled(at) => ("uninstalled", at),
        State::Frozen(at) => ("frozen", at),
    }
}
