//! Webhooks and Forge events: what is queued for the installed apps, and how it is delivered, retried, doubled or lost.
//! Does not know why an event happened; whoever changes the state queues it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::forge::Invocation;
use crate::lifecycle::SignedRequest;
use crate::site::Site;
use crate::state::State;

/// Jira's two delivery lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// A person's own doing: within 30 seconds.
    Primary,
    /// Bulk and cascades: within 15 minutes.
    Secondary,
}

impl Flow {
    fn word(self) -> &'static str {
        match self {
            Self::Primary => "Primary",
            Self::Secondary => "Secondary",
        }
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Not yet taken by the app.
    Pending,
    /// Answered with 2xx.
    Delivered,
    /// Answered with a status that Jira does not retry, or all retries used up.
    GivenUp,
    /// Lost on purpose.
    Dropped,
}

/// One event on its way to the app.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Number in this sandbox.
    pub id: u64,
    /// `X-Atlassian-Webhook-Identifier`: the same on every retry.
    pub identifier: String,
    /// Event name.
    pub event: String,
    /// Declared URL or route, relative to the app's base URL or remote.
    pub path: String,
    /// Key of the endpoint of the Forge manifest that it is for; `None` for a webhook of Connect.
    pub endpoint: Option<String>,
    /// Body, as it is sent.
    pub body: String,
    /// Lane.
    pub flow: Flow,
    /// The trace header of the app's own call that caused it.
    pub trace: Option<String>,
    /// When the event happened.
    pub created: Timestamp,
    /// When it is to be sent next.
    pub due: Timestamp,
    /// How often it has been retried.
    pub retries: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// Answers so far; 0 where there was none.
    pub answers: Vec<u16>,
}

/// Retries of a webhook after the first attempt.
const MOST_RETRIES: u32 = 5;
/// Retries of a Forge event after the first attempt.
const MOST_FORGE_RETRIES: u32 = 4;
/// How long Jira waits for the answer to a webhook, and Forge for the answer to an event.
const PATIENCE: Duration = Duration::from_secs(20);
const FORGE_PATIENCE: Duration = Duration::from_secs(5);

impl State {
    /// Queues one event for each webhook of the app that asks for it.
    pub(crate) fn queue_event(&mut self, event: &str, mut body: Value, flow: Flow) {
        let Some(app) = self.app.as_ref().filter(|app| app.enabled) else { return };
        let paths: Vec<String> = app.webhooks.iter().filter(|(e, _)| e == event).map(|(_, url)| url.clone()).collect();
        let now = self.now();
        body["timestamp"] = json!(now.as_millisecond());
        body["webhookEvent"] = json!(event);
        for path in paths {
            self.queue_delivery(event, path, None, body.to_string(), flow);
        }
    }

    /// Puts a call of an app among the deliveries, due at once. Gives its number.
    pub(crate) fn queue_delivery(
        &mut self,
        event: &str,
        path: String,
        endpoint: Option<String>,
        body: String,
        flow: Flow,
    ) -> u64 {
        let now = self.now();
        self.next_delivery += 1;
        self.deliveries.push(Delivery {
            id: self.next_delivery,
            identifier: uuid::Uuid::new_v4().to_string(),
            event: event.to_owned(),
            path,
            body,
            flow,
            trace: self.trace.clone().filter(|_| endpoint.is_none()),
            endpoint,
            created: now,
            due: now,
            retries: 0,
            state: DeliveryState::Pending,
            answers: Vec::new(),
        });
        self.next_delivery
    }

    pub(crate) fn queue_user_event(&mut self, event: &str, account: &str, flow: Flow) {
        let Some(user) = self.person(account).map(|person| person.in_webhook(&self.base_url)) else { return };
        self.queue_event(event, json!({"user": user}), flow);
        self.queue_forge_user_event(event, account);
    }

    /// Loses everything that waits. Gives how many.
    pub(crate) fn drop_waiting(&mut self) -> usize {
        let waiting = self.deliveries.iter_mut().filter(|delivery| delivery.state == DeliveryState::Pending);
        waiting.map(|delivery| delivery.state = DeliveryState::Dropped).count()
    }

    fn note_answer(&mut self, id: u64, status: u16) {
        let now = self.now();
        let Some(delivery) = self.deliveries.iter_mut().find(|delivery| delivery.id == id) else { return };
        delivery.answers.push(status);
        if (200..300).contains(&status) {
            delivery.state = DeliveryState::Delivered;
        } else if delivery.endpoint.is_some() && delivery.retries < MOST_FORGE_RETRIES {
            delivery.retries += 1;
            // Two seconds, then four, eight, sixteen.
            delivery.due = now + SignedDuration::from_secs(1 << delivery.retries);
        } else if delivery.endpoint.is_none() && retried(status) && delivery.retries < MOST_RETRIES {
            delivery.retries += 1;
            // Five to fifteen minutes; spread by the number, so that a test can be repeated.
            let minutes = 5 + i64::try_from(delivery.id * 7 % 11).unwrap_or(0);
            delivery.due = now + SignedDuration::from_mins(minutes);
        } else if delivery.state == DeliveryState::Pending {
            delivery.state = DeliveryState::GivenUp;
        }
    }
}

/// Whether Jira tries again after this answer; 0 stands for a refused connection or a timeout.
fn retried(status: u16) -> bool {
    matches!(status, 0 | 408 | 409 | 425 | 429 | 500..)
}

impl Site {
    /// The signed request of a delivery, with its headers, as it is sent now.
    pub(crate) fn delivery_request(&self, delivery: &Delivery) -> Option<SignedRequest> {
        if let Some(endpoint) = &delivery.endpoint {
            let (path, body) = (delivery.path.as_str(), Some(delivery.body.as_str()));
            let about = Invocation { endpoint, module: endpoint, account: None, method: "POST", path, body };
            return self.invocation(&about);
        }
        let mut request = self.signed_post(&delivery.path, &delivery.body)?;
        request.header("X-Atlassian-Webhook-Identifier", &delivery.identifier);
        request.header("X-Atlassian-Webhook-Flow", delivery.flow.word());
        if delivery.retries > 0 {
            request.header("X-Atlassian-Webhook-Retry", &delivery.retries.to_string());
        }
        if let Some(trace) = &delivery.trace {
            request.header("X-Atlassian-Webhook-Trace", trace);
        }
        Some(request)
    }

    /// Sends one delivery now, whatever its state, and notes the answer. 0 stands for no answer.
    pub(crate) async fn deliver(&self, id: u64) -> u16 {
        let delivery = self.lock().deliveries.iter().find(|delivery| delivery.id == id).cloned();
        let Some(delivery) = delivery else { return 0 };
        let Some(request) = self.delivery_request(&delivery) else { return 0 };
        let patience = if delivery.endpoint.is_some() { FORGE_PATIENCE } else { PATIENCE };
        let status = request.send_within(&self.client, patience).await.map_or(0, |answer| answer.status);
        self.lock().note_answer(id, status);
        status
    }

    /// Numbers of the deliveries that wait, oldest first; only those that are due if asked.
    pub(crate) fn waiting(&self, only_due: bool) -> Vec<u64> {
        let state = self.lock();
        let now = state.now();
        let waiting = state.deliveries.iter().filter(|delivery| delivery.state == DeliveryState::Pending);
        waiting.filter(|delivery| !only_due || delivery.due <= now).map(|delivery| delivery.id).collect()
    }
}
