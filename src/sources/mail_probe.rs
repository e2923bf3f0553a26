//! Whether the site's outgoing mail is on, told by how Jira refuses a call that can never send: at most once in six hours a
//! site, whoever asks, and never again once Jira did not refuse.
//! Does not know what the answer is worth here (`optional`), nor whether anybody was added.

use super::optional::Seen;
use super::{Sources, store_gap};
use crate::domain::calibration::fresh_for;
use crate::domain::tenant::Tenant;
use crate::jira::Notified;
use diagnosis::{FactKey, Gap, Source};
use jiff::{SignedDuration, Timestamp};

const SOURCE: Source = Source::MailProbe;

/// Looks if it is due and allowed; says whether something was seen.
pub(super) async fn look(sources: &Sources, tenant: &Tenant) -> bool {
    if sources.stopped.contains_key(&tenant.id) {
        // The store did not take it when it happened.
        stop(sources, tenant).await;
        return false;
    }
    let now = sources.clock.now();
    let Some(key) = due(sources, tenant, now).await else { return false };
    let answer = sources.jira.site(tenant).notify_nobody(&key).await;
    let seen = match answer {
        Ok(answer) => match answer.value {
            Notified::MailOn => Seen::between(true, answer.asked_at, answer.answered_at),
            Notified::MailOff => Seen::between(false, answer.asked_at, answer.answered_at),
            Notified::Queued => {
                stop(sources, tenant).await;
                Seen::Nothing(Gap::NotExposed)
            }
            Notified::Unclear(status) => {
                tracing::warn!(tenant = %tenant.id, status, "the mail probe's answer says nothing about mail");
                Seen::Nothing(Gap::Unavailable)
            }
        },
        Err(error) => Seen::Nothing(error.gap()),
    };
    sources.keep(tenant, SOURCE, FactKey::OutgoingMailOn, None, seen).await;
    matches!(seen, Seen::Said(..))
}

/// Key of a service project whose turn it is; `None` when it was asked within six hours or nothing can be asked about.
async fn due(sources: &Sources, tenant: &Tenant, now: Timestamp) -> Option<String> {
    let every = fresh_for(SOURCE).unwrap_or(SignedDuration::MAX);
    let unless_after = now.saturating_sub(every).unwrap_or(Timestamp::MIN);
    let looks = sources.store.looks(tenant.id, SOURCE).await.map_err(store_gap).ok()?;
    if looks.iter().any(|look| look.project.is_none() && look.asked_at > unless_after) {
        return None;
    }
    let key = sources.store.projects(tenant.id).await.map_err(store_gap).ok()?.into_iter().next()?.key;
    let mine = sources.store.begin_look(tenant.id, SOURCE, None, now, unless_after).await.map_err(store_gap).ok()?;
    mine.then_some(key)
}

/// Jira took a mail to nobody: the probe is not what we think, and is over on this site. Remembered here as well, so that a
/// store which does not answer now cannot bring about another.
async fn stop(sources: &Sources, tenant: &Tenant) {
    tracing::error!(
        tenant = %tenant.id,
        "Jira queued a mail for the mail probe, which must never happen; the probe is switched off for good on this site"
    );
    sources.stopped.insert(tenant.id, ()).await;
    match sources.store.stop_source(tenant.id, SOURCE, sources.clock.now()).await {
        Ok(()) => sources.stopped.invalidate(&tenant.id).await,
        Err(error) => {
            store_gap(error);
        }
    }
}
