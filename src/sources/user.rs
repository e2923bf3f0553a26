//! The account itself: its type, from `GET user`. Never evidence of having been here before.
//! Does not know who made it.

use super::{Asked, Reach, Reader, Spec, Told};
use crate::jira::JiraError;
use diagnosis::{Fact, FactKey, Gap, Origin, Source, key};
use futures::{StreamExt, stream};

pub(super) struct UserReader;

static SPEC: Spec = Spec { name: "user", supplies: &[FactKey::AccountKind], authority: 90, calls: 1 };

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
    let fact = match at.remembered.user(at.site, at.tenant.id, asked.account, at.fresh).await {
        Ok(user) => match user.kind {
            Some(kind) => Fact::of(kind, Origin::new(Source::JiraRest, at.now)),
            None => Fact::Unknown(Gap::NotExposed),
        },
        // Nobody there is no answer about somebody who was seen.
        Err(error @ JiraError::NotFound) => Fact::Unknown(error.gap()),
        Err(error) => {
            told.failed(&error, at.now);
            Fact::Unknown(error.gap())
        }
    };
    told.put::<key::AccountKind>(fact);
    told
}
