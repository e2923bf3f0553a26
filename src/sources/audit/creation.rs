//! When and by whom an account was made, by the log's record "User created": was the person known before this add?
//! That there is no record tells nothing: Atlassian accounts are named by another key there, and old records are gone.

use super::super::{Asked, Reach, Reader, Spec, Told, soon, store_gap};
use crate::domain::audit::AccountCreated;
use crate::domain::roster::Seat;
use crate::domain::{AccountId, ProjectId};
use crate::jira::{AUTOMATION_ACCOUNT, JiraError};
use diagnosis::{Confidence, Creator, CreatorKind, Fact, FactKey, Gap, Kind, Moment, Origin, Source, key};
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;

pub(in super::super) struct Creation;

static SPEC: Spec =
    Spec { name: "audit_log", supplies: &[FactKey::KnownBefore, FactKey::Creator], authority: 95, calls: 1 };

/// Calls at a time.
const AT_ONCE: usize = 4;

/// Bounds are taken from whole seconds of one clock and fractions of another.
const SKEW: SignedDuration = SignedDuration::from_secs(2);

/// Seen in the project so soon after the account was made, it was made by this add. Later it may as well have been made by an
/// add elsewhere that left no trace: in a project that we cannot read, or that the person was taken out of again.
const SAME_ADD: SignedDuration = SignedDuration::from_mins(5);

/// A record, and when the log said so.
type Found = Option<(AccountCreated, Timestamp)>;

#[async_trait::async_trait]
impl Reader for Creation {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let stored = recorded(at, who).await;
        let calls: Vec<_> = who.iter().map(|asked| one(at, asked, &stored)).collect();
        stream::iter(calls).buffered(AT_ONCE).collect().await
    }
}

/// The records we have, by account: the earliest counts.
async fn recorded(at: &Reach<'_>, who: &[Asked<'_>]) -> Result<HashMap<AccountId, AccountCreated>, Gap> {
    let accounts: Vec<AccountId> = who.iter().map(|asked| asked.account.clone()).collect();
    let stored = at.store.created(at.tenant.id, &accounts).await.map_err(store_gap)?;
    let mut earliest: HashMap<AccountId, AccountCreated> = HashMap::new();
    for created in stored.into_iter().chain(at.log.created.iter().cloned()) {
        let known = earliest.entry(created.account.clone()).or_insert_with(|| created.clone());
        if created.at < known.at {
            *known = created;
        }
    }
    Ok(earliest)
}

async fn one(at: &Reach<'_>, asked: &Asked<'_>, stored: &Result<HashMap<AccountId, AccountCreated>, Gap>) -> Told {
    let mut told = Told::default();
    match find(at, asked, stored, &mut told).await {
        Ok(Some((created, read_at))) => {
            let before = known_before(&created, read_at, asked.added, asked.seats, at.project);
            told.put::<key::KnownBefore>(before);
            let creator = creator(at, &created, read_at, &mut told).await;
            told.put::<key::Creator>(creator);
        }
        other => {
            let gap = other.err().unwrap_or(Gap::NotAsked);
            told.put::<key::KnownBefore>(Fact::Unknown(gap));
            told.put::<key::Creator>(Fact::Unknown(gap));
        }
    }
    told
}

/// The record: from what was read, else asked for by the account's id, unless the roster knows the person anyway.
async fn find(
    at: &Reach<'_>,
    asked: &Asked<'_>,
    stored: &Result<HashMap<AccountId, AccountCreated>, Gap>,
    told: &mut Told,
) -> Result<Found, Gap> {
    let read_at = at.log.mark.coverage.map_or(at.now, |coverage| coverage.until);
    match stored {
        Ok(records) => {
            if let Some(created) = records.get(asked.account) {
                return Ok(Some((created.clone(), read_at)));
            }
        }
        Err(gap) => {
            told.look_again(soon(at.now));
            return Err(*gap);
        }
    }
    if let Some(gap) = at.log.trouble() {
        told.look_again(at.log.again_at);
        return Err(gap);
    }
    if asked.so_far.person.known_before.known().is_ok_and(|seen| seen.value) {
        return Ok(None);
    }
    match at.remembered.creation(at.site, at.tenant.id, asked.account, at.fresh).await {
        Ok((found, asked_at)) => Ok(found.map(|created| (created, asked_at))),
        Err(error) => {
            told.failed(&error, at.now);
            Err(error.gap())
        }
    }
}

/// Whether the account was there before the add. Its creation before the window means yes, inside it no. At the window's very
/// start, long before the window's end, or when the person was added to another project in the same window, it may have been
/// another invitation.
fn known_before(
    created: &AccountCreated,
    read_at: Timestamp,
    added: Moment,
    seats: Result<&[Seat], Gap>,
    project: ProjectId,
) -> Fact<bool> {
    let mut origin = Origin::new(Source::AuditLog, read_at.max(created.at)).since(created.at);
    origin.by = created.author.as_ref().map(|author| author.0.clone());
    let early = added.not_before.saturating_sub(SKEW).unwrap_or(added.not_before);
    let late = added.not_after.saturating_add(SKEW).unwrap_or(added.not_after);
    if created.at < early {
        return Fact::of(true, origin);
    }
    if created.at > late {
        // Seen before it was made: one of the clocks is wrong.
        return Fact::Unknown(Gap::Unavailable);
    }
    let meanwhile = |seat: &Seat| {
        seat.project != project && seat.added.not_after > added.not_before && seat.added.not_before <= added.not_after
    };
    let elsewhere = seats.map_or(true, |seats| seats.iter().any(meanwhile));
    let sure = !elsewhere && added.not_before <= created.at && added.not_after.duration_since(created.at) <= SAME_ADD;
    let ceiling = if sure { Confidence::Confirmed } else { Confidence::Likely };
    Fact::of(false, origin.at_most(ceiling))
}

/// Who made the account, by the record's author.
async fn creator(at: &Reach<'_>, created: &AccountCreated, read_at: Timestamp, told: &mut Told) -> Fact<Creator> {
    let Some(author) = &created.author else { return Fact::Unknown(Gap::NotAsked) };
    let kind = match author_kind(at, created, author).await {
        Ok(Some(kind)) => kind,
        Ok(None) => return Fact::Unknown(Gap::Unavailable),
        Err(error) => {
            told.failed(&error, at.now);
            return Fact::Unknown(error.gap());
        }
    };
    let origin = Origin::new(Source::AuditLog, read_at.max(created.at)).since(created.at).by(&author.0);
    Fact::of(Creator { account: author.0.clone(), kind }, origin)
}

/// What the author is to the customer; `None` when Jira tells no type that we know.
async fn author_kind(
    at: &Reach<'_>,
    created: &AccountCreated,
    author: &AccountId,
) -> Result<Option<CreatorKind>, JiraError> {
    if author.0 == AUTOMATION_ACCOUNT {
        return Ok(Some(CreatorKind::Automation));
    }
    if *author == created.account {
        return Ok(Some(CreatorKind::Themselves));
    }
    // An author's type is shared by everybody they made, so "check again" about one person does not ask for it again.
    let user = at.remembered.user(at.site, at.tenant.id, author, at.now, false).await?.0;
    Ok(match user.kind {
        _ if user.is_automation => Some(CreatorKind::Automation),
        Some(Kind::App) => Some(CreatorKind::App),
        Some(Kind::Atlassian | Kind::Customer) => Some(CreatorKind::Person),
        None => None,
    })
}

#[cfg(test)]
mod tests;
