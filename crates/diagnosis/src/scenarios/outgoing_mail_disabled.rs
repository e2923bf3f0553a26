//! The site sends no mail at all, so no invitation either.
//! Does not know who turned it off, nor whom it kept from being invited earlier: nothing is queued while it is off.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, ExpectedMail, Gap, Kind, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "outgoing_mail_disabled",
    level: Level::Site,
    severity: Severity::Error,
    remedy: Remedy {
        who: Who::JiraAdmin,
        steps: &[
            Step { text: "outgoing_mail_disabled-step-open", hangs_on: &[] },
            Step { text: "outgoing_mail_disabled-step-ask", hangs_on: &[] },
            Step { text: "outgoing_mail_disabled-step-turn-on", hangs_on: &[] },
            Step { text: "outgoing_mail_disabled-step-send-link", hangs_on: &[] },
        ],
        copy: Some("outgoing_mail_disabled-copy"),
    },
    needs: &[FactKey::OutgoingMailOn, FactKey::MailRoute, FactKey::AccountKind],
    still_sent: ExpectedMail::None,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let route = facts.person.route();
    // A silent add sends nothing anyway; an invitation to an Atlassian account is not sent by this site; who signed up or
    // wrote in expects no invitation.
    if !matches!(route, Route::PortalInvite | Route::Unknown) {
        return Ok(Outcome::NotApplicable);
    }
    let on = facts.site.outgoing_mail_on.known()?;
    if on.value {
        let seen = Evidence::new(FactKey::OutgoingMailOn, "outgoing_mail_disabled-seen-on", on);
        return Ok(Outcome::Clears(vec![seen]));
    }
    let off = Evidence::new(FactKey::OutgoingMailOn, "outgoing_mail_disabled-seen-off", on);
    if route == Route::PortalInvite {
        return Ok(Outcome::Blocks(vec![off]));
    }
    // By an unknown route an Atlassian account may still be invited by Atlassian. All mail to a portal-only account leaves
    // through this switch, so only then is the block sure.
    Ok(Outcome::Blocks(match facts.person.account_kind.known() {
        Ok(kind) if kind.value == Kind::Customer => {
            vec![off, Evidence::new(FactKey::AccountKind, "account-seen-portal-only", kind)]
        }
        _ => vec![off.at_most(Confidence::Likely)],
    }))
}
