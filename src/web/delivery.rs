//! From the doors into the inbox: one delivery, its identity, and what came of it.
//! Knows no envelope and no token.

use super::State;
use super::problem::Problem;
use crate::domain::TenantId;
use crate::domain::work::{NewWork, Work};
use crate::store::inbox::Delivery;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Something that arrived.
pub(super) struct Arrival {
    pub(super) tenant: TenantId,
    /// The same on every retry. Never empty: that would make one delivery of all.
    pub(super) identity: String,
    pub(super) at: Timestamp,
    pub(super) works: Vec<Work>,
}

/// Identity by the body's hash, where nothing better is told.
pub(super) fn by_body(body: &[u8]) -> String {
    Sha256::digest(body).iter().fold("body:".to_owned(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // writing to a String cannot fail
        hex
    })
}

/// Identity by what an event is about: one event of a site with two doors comes through both.
pub(super) fn by_content(about: String) -> String {
    format!("event:{about}")
}

/// Puts it into the inbox; back when it is on disk.
pub(super) async fn accept(state: &State, arrival: Arrival) -> Result<&'static str, Problem> {
    let Arrival { tenant, identity, at, works } = arrival;
    let mut outcome = "duplicate";
    // One after the other: after a failure it is sent again, and what is on disk by then is known.
    for (place, work) in works.into_iter().enumerate() {
        let identity = if place == 0 { identity.clone() } else { format!("{identity}#{place}") };
        if state.inbox.accept(NewWork::delivery(tenant, identity, at, work)).await? == Delivery::Fresh {
            state.wake.notify_one();
            outcome = "accepted";
        }
    }
    Ok(outcome)
}
