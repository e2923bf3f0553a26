//! The site's *Customer access* keeps portal-only accounts out, all of them or those of other domains.
//! Does not know a desk's own access: a restricted desk is normal and keeps nobody from being invited.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{ExpectedMail, Gap, Kind, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "access_restricted",
    level: Level::Site,
    severity: Severity::Error,
    remedy: Remedy {
        who: Who::JiraAdmin,
        steps: &[
            Step { text: "access_restricted-step-open", hangs_on: &[] },
            Step { text: "access_restricted-step-allow", hangs_on: &[] },
            Step { text: "access_restricted-step-add-again", hangs_on: &[] },
        ],
        copy: Some("access_restricted-copy"),
    },
    needs: &[
        FactKey::PortalOnlyAccountsAllowed,
        FactKey::AddressDomainListed,
        FactKey::MailRoute,
        FactKey::AccountKind,
    ],
    still_sent: ExpectedMail::None,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let kind = facts.person.account_kind.known();
    // The rule is about accounts for the portal only, and what was made silently or by the person asked for no invitation.
    if kind.as_ref().is_ok_and(|kind| kind.value != Kind::Customer)
        || !matches!(facts.person.route(), Route::PortalInvite | Route::Unknown)
    {
        return Ok(Outcome::NotApplicable);
    }
    let allowed = facts.site.portal_only_accounts_allowed.known();
    let listed = facts.person.address_domain_listed.known();
    let off = allowed
        .as_ref()
        .ok()
        .filter(|allowed| !allowed.value)
        .map(|seen| Evidence::new(FactKey::PortalOnlyAccountsAllowed, "access_restricted-seen-off", seen));
    let unlisted = listed
        .as_ref()
        .ok()
        .filter(|listed| !listed.value)
        .map(|seen| Evidence::new(FactKey::AddressDomainListed, "access_restricted-seen-unlisted", seen));
    // Either is enough, so the surer one is told.
    if let Some(seen) = off.into_iter().chain(unlisted).max_by_key(Evidence::blocks_at_most) {
        kind?;
        return Ok(Outcome::Blocks(vec![seen]));
    }
    Ok(Outcome::Clears(vec![
        Evidence::new(FactKey::PortalOnlyAccountsAllowed, "access_restricted-seen-on", allowed?),
        Evidence::new(FactKey::AddressDomainListed, "access_restricted-seen-listed", listed?),
    ]))
}
