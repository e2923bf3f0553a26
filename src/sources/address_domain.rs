//! Whether mail to the domain of a person's address can arrive at all, where Jira shows the address.
//! Tells blocks only: that a domain takes mail clears nothing, and a resolver in trouble says nothing about anybody.

use super::{Asked, Reach, Reader, Spec, Told};
use crate::mail::dns::Answer;
use diagnosis::{Confidence, DomainMail, Fact, FactKey, Origin, Source, key};
use futures::{StreamExt as _, stream};
use jiff::SignedDuration;

pub(super) struct AddressDomain;

/// Read after the account, whose answer is remembered; it asks Jira nothing more.
static SPEC: Spec = Spec { name: "dns", supplies: &[FactKey::AddressDomainMail], authority: 40, calls: 1 };

/// Look-ups at a time; each domain is asked for once.
const AT_ONCE: usize = 8;
/// An answer speaks in full for adds that are no older; domains change hands.
const NEAR: SignedDuration = SignedDuration::from_hours(1);

#[async_trait::async_trait]
impl Reader for AddressDomain {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let looks: Vec<_> = who.iter().map(|asked| one(at, asked)).collect();
        stream::iter(looks).buffered(AT_ONCE).collect().await
    }
}

async fn one(at: &Reach<'_>, asked: &Asked<'_>) -> Told {
    let mut told = Told::default();
    let Some(dns) = at.mail.dns.as_ref().filter(|dns| dns.is_on()) else { return told };
    // An account that could not be read is told as a gap by `user`.
    let Ok((user, _)) = at.remembered.user(at.site, at.tenant.id, asked.account, at.now, false).await else {
        return told;
    };
    let Some(domain) = user.address.as_ref().and_then(|address| address.domain()) else { return told };
    let young = at.now.duration_since(asked.added.not_after) <= NEAR;
    match dns.mail_to(at.tenant.id, domain).await {
        Answer::Said { mail: DomainMail::Receives, .. } => {}
        Answer::Said { mail, at: said_at, at_most } => {
            let near = said_at.duration_since(asked.added.not_after).abs() <= NEAR;
            let worth = if near { at_most } else { at_most.min(Confidence::Likely) };
            told.put::<key::AddressDomainMail>(Fact::of(mail, Origin::new(Source::Dns, said_at).at_most(worth)));
        }
        // "No such domain" counts when a second look says so too; of an old add nobody waits for it.
        Answer::Gap(_, again_at) => told.look_again(again_at.filter(|_| young)),
    }
    told
}
