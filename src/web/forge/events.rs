//! Forge's events go to the inbox, and are answered when they are on disk: Forge waits five seconds and comes again four times.
//! Knows no verdict; what an event comes to stands in `heard`.

use super::event;
use super::token::ForgeEvent;
use crate::web::State;
use crate::web::delivery::{self, Arrival};
use crate::web::heard::{self, Heard};
use crate::web::problem::Problem;
use actix_web::{HttpResponse, ResponseError as _};

fn count(outcome: &'static str) {
    metrics::counter!("invite_guard_webhooks_total", "door" => "forge", "outcome" => outcome).increment(1);
}

/// Counts an event that its proof or its size did not let in.
pub(super) fn count_refusal(problem: &Problem) {
    count(if problem.status_code().is_server_error() { "failed" } else { "refused" });
}

/// `POST /forge/events`
pub(in crate::web) async fn receive(call: ForgeEvent, state: State) -> Result<HttpResponse, Problem> {
    let outcome = take(&call, &state).await.inspect_err(count_refusal)?;
    count(outcome);
    Ok(HttpResponse::NoContent().finish())
}

async fn take(call: &ForgeEvent, state: &State) -> Result<&'static str, Problem> {
    let now = state.clock.now();
    let broken = || Problem::bad_request("The body must be the JSON object of an event with all that it needs.");
    let event = event::unwrapped(call.body()).map_err(|_| broken())?;
    let Some(told) = event::read(&event, now).map_err(|_| broken())? else { return Ok("ignored") };
    let Heard::Work(works) = heard::hear(&told).map_err(|_| broken())? else { return Ok("ignored") };
    let identity =
        heard::about(&told).map_or_else(|| delivery::by_body(event.to_string().as_bytes()), delivery::by_content);
    let arrival = Arrival { tenant: call.tenant().id, identity, at: now, works };
    delivery::accept(state, arrival).await
}
