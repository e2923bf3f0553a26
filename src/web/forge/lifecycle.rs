//! What Forge says about the installation itself: installed, upgraded, ticking, about to go.
//! The proof has opened the installation and kept its token before a handler runs.

use super::token::{ForgeCall, ForgeInstalled};
use crate::web::State;
use crate::web::problem::Problem;
use actix_web::HttpResponse;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    event_type: Option<String>,
}

const EVENTS: [&str; 2] = ["avi:forge:installed:app", "avi:forge:upgraded:app"];

/// `POST /forge/lifecycle`
pub(in crate::web) async fn installed(call: ForgeInstalled) -> Result<HttpResponse, Problem> {
    let body: Body = serde_json::from_slice(call.body())
        .map_err(|_| Problem::bad_request("The body must be the JSON object of a lifecycle event."))?;
    // Some captured events do not name themselves; what comes here is about the installation in any case.
    if body.event_type.is_some_and(|event| !EVENTS.contains(&event.as_str())) {
        return Err(Problem::bad_request("The body's eventType is not what this address is for."));
    }
    tracing::info!(tenant = %call.tenant().id, "installed or upgraded by forge");
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /forge/tick`: brings a token, and with it life to what waits for one.
pub(in crate::web) async fn tick(call: ForgeCall, state: State) -> Result<HttpResponse, Problem> {
    tracing::debug!(tenant = %call.tenant().id, bytes = call.body().len(), "tick");
    metrics::counter!("invite_guard_webhooks_total", "door" => "forge", "outcome" => "tick").increment(1);
    state.wake.notify_one();
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /forge/uninstall`: the last call of an installation. A site with the other door stays by that.
pub(in crate::web) async fn uninstall(call: ForgeCall, state: State) -> Result<HttpResponse, Problem> {
    let tenant = call.tenant().id;
    let installation = call.tenant().forge.as_ref().map(|forge| forge.installation_id.clone()).unwrap_or_default();
    let sharing = state.clone();
    let closed = state.run(async move { Ok(sharing.installations().close(&sharing, &installation).await?) }).await?;
    tracing::info!(%tenant, closed, "uninstalled by forge");
    Ok(HttpResponse::NoContent().finish())
}
