//! The address is on the list of Atlassian's mail providers after a permanent bounce: nothing is sent to it.
//! Does not know that list, which nobody can read: only a row of an imported log, an admin's word or an earlier row tells.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, ExpectedMail, Gap, Kind, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "address_suppressed",
    level: Level::Person,
    severity: Severity::Warning,
    remedy: Remedy {
        who: Who::ProjectAdmin,
        steps: &[
            Step { text: "address_suppressed-step-mail-admin", hangs_on: &[] },
            Step { text: "address_suppressed-step-unblock", hangs_on: &[] },
            Step { text: "address_suppressed-step-email-audit", hangs_on: &[] },
            Step { text: "address_suppressed-step-support", hangs_on: &[] },
        ],
        copy: Some("address_suppressed-copy"),
    },
    needs: &[FactKey::AddressSuppressed, FactKey::MailRoute, FactKey::AccountKind],
    still_sent: ExpectedMail::None,
    note: false,
    tickets: &["JSDCLOUD-4479", "JSDCLOUD-7933", "ID-8728"],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let route = facts.person.route();
    // A silent add sends nothing anyway; who signed up or wrote in expects no invitation.
    if !matches!(route, Route::PortalInvite | Route::AccountInvite | Route::Unknown) {
        return Ok(Outcome::NotApplicable);
    }
    let suppressed = facts.person.address_suppressed.known()?;
    if !suppressed.value {
        let seen = Evidence::new(FactKey::AddressSuppressed, "address_suppressed-seen-delivered", suppressed);
        return Ok(Outcome::Clears(vec![seen]));
    }
    let blocked = Evidence::new(FactKey::AddressSuppressed, "address_suppressed-seen-blocked", suppressed);
    if route == Route::PortalInvite {
        return Ok(Outcome::Blocks(vec![blocked]));
    }
    // Atlassian's own invitations leave by another sender with a list of its own. All mail to a portal-only account leaves by
    // this one, so only then is the block sure.
    Ok(Outcome::Blocks(match facts.person.account_kind.known() {
        Ok(kind) if kind.value == Kind::Customer => {
            vec![blocked, Evidence::new(FactKey::AccountKind, "account-seen-portal-only", kind)]
        }
        _ => vec![blocked.at_most(Confidence::Likely)],
    }))
}
