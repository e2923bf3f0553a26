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
        let doors = doors(tenant).join("+");
        print(&format!("{:>4}  {:<12} {doors:<13} {since}  {}", tenant.id, state, tenant.base_url))?;
    }
    Ok(())
}

fn row(tenant: &Tenant) -> serde_json::Value {
    let (state, since) = state(tenant);
    let (connect, forge) = (tenant.connect.as_ref(), tenant.forge.as_ref());
    json!({
        "id": tenant.id,
        "baseUrl": tenant.base_url.as_str(),
        "cloudId": tenant.cloud_id,
        "clientKey": connect.map(|connect| &connect.client_key),
        "appKey": connect.map(|connect| &connect.app_key),
        "installationId": forge.map(|forge| &forge.installation_id),
        "doors": doors(tenant),
        "tokenUntil": forge.and_then(|forge| forge.token.as_ref()).map(|token| token.expires_at),
        "licenseActive": forge.and_then(|forge| forge.license_active),
        "state": state,
        "since": since,
        "installedAt": tenant.installed_at,
    })
}

/// By which doors the site is reached.
fn doors(tenant: &Tenant) -> Vec<&'static str> {
    let doors = [("connect", tenant.connect.is_some()), ("forge", tenant.forge.is_some())];
    doors.into_iter().filter(|(_, open)| *open).map(|(door, _)| door).collect()
}

fn state(tenant: &Tenant) -> (&'static str, jiff::Timestamp) {
    match tenant.state {
        State::Active => ("active", tenant.installed_at),
        State::Uninstalled(at) => ("uninstalled", at),
        State::Frozen(at) => ("frozen", at),
    }
}
