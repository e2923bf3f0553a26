//! Where we saw somebody ourselves: how we know of this add, an earlier stay here, presence by organisation or request.
//! That we did not see somebody tells nothing. Presence in other projects' customers' role is `role`.

use super::{Asked, Reach, Reader, Spec, Told, soon};
use crate::domain::ProjectId;
use crate::domain::roster::Seat;
use diagnosis::{Fact, FactKey, Moment, Origin, Source, Via, key};
use jiff::Timestamp;

pub(super) struct OwnRoster;

static SPEC: Spec =
    Spec { name: "own_roster", supplies: &[FactKey::KnownBefore, FactKey::AddedVia], authority: 50, calls: 0 };

#[async_trait::async_trait]
impl Reader for OwnRoster {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        who.iter().map(|asked| one(at, asked)).collect()
    }
}

fn one(at: &Reach<'_>, asked: &Asked<'_>) -> Told {
    let mut told = Told::default();
    told.put::<key::AddedVia>(Fact::of(asked.via, Origin::new(witness(asked.via), asked.added.not_after)));
    match asked.seats {
        Ok(seats) => {
            let stayed = stayed_before(seats, asked.added, at.project, asked.via);
            let seen = present_before(seats, asked.added, at.project, asked.via, &[Via::Organisation, Via::Request]);
            if let Some(since) = [stayed, seen].into_iter().flatten().min() {
                told.put::<key::KnownBefore>(was_here(since));
            }
        }
        Err(gap) => {
            told.look_again(soon(at.now));
            told.put::<key::KnownBefore>(Fact::Unknown(gap));
        }
    }
    told
}

/// Who tells by this way that somebody was added.
fn witness(via: Via) -> Source {
    match via {
        Via::Role | Via::Organisation => Source::Roster,
        Via::Rule => Source::AutomationRule,
        Via::Audit => Source::AuditLog,
        Via::Request => Source::Webhook,
        Via::ListOnly => Source::JiraRest,
    }
}

/// Known on the site since then, seen in a completed pass.
pub(super) fn was_here(since: Timestamp) -> Fact<bool> {
    Fact::of(true, Origin::new(Source::Roster, since).since(since))
}

/// Whether this is the seat of the add that is judged.
fn is_this_add(seat: &Seat, project: ProjectId, via: Via) -> bool {
    seat.project == project && seat.via == via
}

/// When somebody was last here before they were removed and added again.
fn stayed_before(seats: &[Seat], added: Moment, project: ProjectId, via: Via) -> Option<Timestamp> {
    let own = seats.iter().filter(|seat| is_this_add(seat, project, via));
    own.filter_map(|seat| seat.stayed_before).filter(|since| *since <= added.not_before).min()
}

/// The first time somebody was seen elsewhere by one of these ways, if that was before the add's window began.
pub(super) fn present_before(
    seats: &[Seat],
    added: Moment,
    project: ProjectId,
    via: Via,
    ways: &[Via],
) -> Option<Timestamp> {
    let elsewhere = seats.iter().filter(|seat| ways.contains(&seat.via) && !is_this_add(seat, project, via));
    elsewhere.map(|seat| seat.added.not_after).filter(|seen| *seen <= added.not_before).min()
}
