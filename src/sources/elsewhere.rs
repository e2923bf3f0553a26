//! Whether the account was made shortly before this add by an invitation to another project, from its creation and its seats.
//! Reads nothing itself, and names no project. That no seat is known elsewhere tells nothing.

use super::{Asked, Reach, Reader, Spec, Told};
use crate::domain::ProjectId;
use crate::domain::roster::Seat;
use diagnosis::{Confidence, CreatorKind, Fact, FactKey, Origin, Source, Via, key};
use jiff::{SignedDuration, Timestamp};

pub(super) struct Elsewhere;

static SPEC: Spec = Spec { name: "invited_elsewhere", supplies: &[FactKey::InvitedElsewhere], authority: 50, calls: 0 };

/// An invitation older than this may be lost in a mailbox; then the steps for an old account are the right ones.
const SHORTLY: SignedDuration = SignedDuration::from_hours(1);

#[async_trait::async_trait]
impl Reader for Elsewhere {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let one = |asked: &Asked<'_>| {
            let mut told = Told::default();
            if let Some(made) = invited_elsewhere(asked, at.project) {
                let origin = Origin::new(Source::Inferred, at.now).since(made).at_most(Confidence::Likely);
                told.put::<key::InvitedElsewhere>(Fact::of(true, origin));
            }
            told
        };
        who.iter().map(one).collect()
    }
}

/// When a person made the account, if that was within the hour before this add and they were added elsewhere just then.
fn invited_elsewhere(asked: &Asked<'_>, project: ProjectId) -> Option<Timestamp> {
    let person = &asked.so_far.person;
    let before = person.known_before.known().ok()?;
    let made = before.origin.since.filter(|_| before.value && before.origin.source == Source::AuditLog)?;
    let by_person = person.creator.known().is_ok_and(|creator| creator.value.kind == CreatorKind::Person);
    let shortly = made < asked.added.not_before && asked.added.not_before.duration_since(made) <= SHORTLY;
    // A window's ends and a record's time are of different clocks and fractions.
    let around = |seat: &Seat| {
        let slack = SignedDuration::from_secs(2);
        let from = seat.added.not_before.saturating_sub(slack).unwrap_or(Timestamp::MIN);
        let until = seat.added.not_after.saturating_add(slack).unwrap_or(Timestamp::MAX);
        from <= made && made <= until
    };
    let added_then =
        |seat: &Seat| seat.project != project && matches!(seat.via, Via::Role | Via::Organisation) && around(seat);
    (by_person && shortly && asked.seats.ok()?.iter().any(added_then)).then_some(made)
}
