//! The webhook door: what Jira says goes to the inbox, and is answered when it is on disk.
//! Knows no verdict; what an event comes to stands in `heard`.

use super::event;
use super::token::SignedWebhook;
use crate::jira;
use crate::web::State;
use crate::web::delivery::{self, Arrival};
use crate::web::heard::{self, Heard};
use crate::web::problem::Problem;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};

const IDENTIFIER: &str = "x-atlassian-webhook-identifier";
const TRACE: &str = "x-atlassian-webhook-trace";

fn count(outcome: &'static str) {
    metrics::counter!("invite_guard_webhooks_total", "door" => "connect", "outcome" => outcome).increment(1);
}

/// Counts a delivery that its proof or its size did not let in.
pub(super) fn count_refusal(problem: &Problem) {
    count(if problem.status_code().is_server_error() { "failed" } else { "refused" });
}

/// `POST /connect/webhooks`
pub(in crate::web) async fn receive(
    call: SignedWebhook,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let outcome = take(&call, request.headers(), &state).await.inspect_err(count_refusal)?;
    count(outcome);
    Ok(HttpResponse::NoContent().finish())
}

async fn take(call: &SignedWebhook, headers: &HeaderMap, state: &State) -> Result<&'static str, Problem> {
    let now = state.clock.now();
    let broken =
        || Problem::bad_request("The body must be the JSON object of a webhook with all that its event needs.");
    let Some(told) = event::read(call.body(), now).map_err(|_| broken())? else { return Ok("ignored") };
    let Heard::Work(works) = heard::hear(&told).map_err(|_| broken())? else { return Ok("ignored") };
    if is_ours(headers) {
        return Ok("ignored");
    }
    // A site with both doors sends everything twice: then the event itself is what is known.
    let twofold = call.tenant().forge.as_ref().and_then(|_| heard::about(&told)).map(delivery::by_content);
    let identity = twofold.unwrap_or_else(|| identity(headers, call.body()));
    delivery::accept(state, Arrival { tenant: call.tenant().id, identity, at: now, works }).await
}

/// Whether a write of ours caused the event.
fn is_ours(headers: &HeaderMap) -> bool {
    headers.get(TRACE).is_some_and(|value| value.as_bytes().starts_with(jira::TRACE.as_bytes()))
}

/// The sender's identity of the delivery, the same on every retry; without one, the body's hash. Never empty: that would
/// make one delivery of all.
fn identity(headers: &HeaderMap, body: &[u8]) -> String {
    let told = headers.get(IDENTIFIER).and_then(|value| value.to_str().ok()).map(str::trim);
    match told.filter(|told| (1..=200).contains(&told.len()) && told.bytes().all(|byte| byte.is_ascii_graphic())) {
        Some(told) => format!("id:{told}"),
        None => delivery::by_body(body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn with(name: &str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let name = HeaderName::try_from(name).expect("a header name");
        headers.insert(name, HeaderValue::from_str(value).expect("a header value"));
        headers
    }

    #[test]
    fn a_delivery_without_a_usable_identifier_is_known_by_its_body() {
        assert_eq!(identity(&with(IDENTIFIER, "abc-1"), b"x"), "id:abc-1");
        for odd in ["", "   ", "a b", &"x".repeat(201)] {
            let by_body = identity(&with(IDENTIFIER, odd), b"x");
            assert!(by_body.starts_with("body:") && by_body.len() == 69, "{odd:?} gave {by_body}");
            assert_ne!(by_body, identity(&with(IDENTIFIER, odd), b"y"));
        }
    }

    #[test]
    fn only_our_own_trace_is_ours() {
        assert!(is_ours(&with(TRACE, "invite-guard:x:1")));
        assert!(!is_ours(&with(TRACE, "another-app:invite-guard:")));
        assert!(!is_ours(&HeaderMap::new()));
    }
}
