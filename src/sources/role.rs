//! Presence in the *Service Desk Customers* role of another project of the site, as our passes saw it.
//! Reads the roster, not Jira: one person's seats are kept up by the passes. Absence from a role tells nothing.

use super::own_roster::{present_before, was_here};
use super::{Asked, Reach, Reader, Spec, Told};
use diagnosis::{FactKey, Via, key};

pub(super) struct Role;

static SPEC: Spec = Spec { name: "role", supplies: &[FactKey::KnownBefore], authority: 60, calls: 0 };

#[async_trait::async_trait]
impl Reader for Role {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let one = |asked: &Asked<'_>| {
            let mut told = Told::default();
            // Seats that could not be read are told as a gap by `own_roster`.
            let seats = asked.seats.unwrap_or_default();
            if let Some(since) = present_before(seats, asked.added, at.project, asked.via, &[Via::Role]) {
                told.put::<key::KnownBefore>(was_here(since));
            }
            told
        };
        who.iter().map(one).collect()
    }
}
