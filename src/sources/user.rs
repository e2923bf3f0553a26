//! The account itself, from `GET user`: its type, and whether it is active now. Never evidence of having been here before.
//! Does not know who made it.

use super::seen_now::as_of_add;
use super::{Asked, Reach, Reader, Spec, Told};
use crate::jira::JiraError;
use diagnosis::{Fact, FactKey, Gap, Origin, Source, key};
use futures::{StreamExt, stream};
use jiff::Timestamp;

pub(super) struct UserReader;

static SPEC: Spec =
    Spec { name: "user", supplies: &[FactKey::AccountKind, FactKey::AccountActive], authority: 90, calls: 1 };

/// Calls at a time; Jira allows 150 a second.
const AT_ONCE: usize = 8;

#[async_trait::async_trait]
impl Reader for UserReader {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let calls: Vec<_> = who.iter().map(|asked| one(at, asked)).collect();
        stream::iter(calls).buffered(AT_ONCE).collect().await
    }
}

async fn one(at: &Reach<'_>, asked: &Asked<'_>) -> Told {
    let mut told = Told::default();
    let (kind, active) = match at.remembered.user(at.site, at.tenant.id, asked.account, at.now, at.fresh).await {
        Ok((user, seen_at)) => (told_of(user.kind, seen_at), as_of_add(told_of(user.active, seen_at), asked.added)),
        // Nobody there is no answer about somebody who was seen.
        Err(error @ JiraError::NotFound) => (Fact::Unknown(error.gap()), Fact::Unknown(error.gap())),
        Err(error) => {
            told.failed(&error, at.now);
            (Fact::Unknown(error.gap()), Fact::Unknown(error.gap()))
        }
    };
    told.put::<key::AccountKind>(kind);
    told.put::<key::AccountActive>(active);
    told
}

fn told_of<T>(value: Option<T>, seen_at: Timestamp) -> Fact<T> {
    match value {
        Some(value) => Fact::of(value, Origin::new(Source::JiraRest, seen_at)),
        None => Fact::Unknown(Gap::NotExposed),
    }
}
