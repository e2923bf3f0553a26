//! The *Customer invited* switch of a project, from the resource that Jira's own page reads.
//! Does not know what the answer is worth here (`optional`). Any answer but the switch itself is a gap, never "off".

use super::optional::Seen;
use super::{Sources, store_gap};
use crate::domain::ProjectId;
use crate::domain::calibration::fresh_for;
use crate::domain::tenant::Tenant;
use crate::jira::JiraError;
use diagnosis::{FactKey, Gap, Source};
use jiff::{SignedDuration, Timestamp};

const SOURCE: Source = Source::JiraInternal;

/// However many people are added to a project, it is asked at most this often.
const AT_MOST_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Looks if the last look no longer counts, or was before somebody was added.
pub(super) async fn look(sources: &Sources, tenant: &Tenant, project: ProjectId, upto: Timestamp) {
    let looks = match sources.store.looks(tenant.id, SOURCE).await {
        Ok(looks) => looks,
        Err(error) => {
            store_gap(error);
            return;
        }
    };
    let last = looks.iter().find(|look| look.project == Some(project));
    let every = match last {
        Some(last) if last.asked_at > upto => fresh_for(SOURCE).unwrap_or(AT_MOST_EVERY),
        _ => AT_MOST_EVERY,
    };
    look_every(sources, tenant, project, sources.clock.now(), every).await;
}

/// Looks now, unless somebody did within this time.
pub(super) async fn look_every(
    sources: &Sources,
    tenant: &Tenant,
    project: ProjectId,
    now: Timestamp,
    every: SignedDuration,
) {
    let Some(key) = turn(sources, tenant, project, now, every).await else { return };
    let seen = match sources.jira.site(tenant).invite_toggle(&key).await {
        Ok(answer) => Seen::between(answer.value, answer.asked_at, answer.answered_at),
        // The resource is not there, or has moved on.
        Err(JiraError::NotFound | JiraError::Refused(_)) => Seen::Nothing(Gap::NotExposed),
        Err(error) => Seen::Nothing(error.gap()),
    };
    sources.keep(tenant, SOURCE, FactKey::InviteNotificationOn, Some(project), seen).await;
}

/// Key of the project, if it is its turn.
async fn turn(
    sources: &Sources,
    tenant: &Tenant,
    project: ProjectId,
    now: Timestamp,
    every: SignedDuration,
) -> Option<String> {
    let unless_after = now.saturating_sub(every).unwrap_or(Timestamp::MIN);
    let key = sources.store.project(tenant.id, project).await.map_err(store_gap).ok()??.key;
    let mine = sources.store.begin_look(tenant.id, SOURCE, Some(project), now, unless_after);
    mine.await.map_err(store_gap).ok()?.then_some(key)
}
