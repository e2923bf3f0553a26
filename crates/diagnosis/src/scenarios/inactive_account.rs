//! The account is deactivated: whoever it belongs to cannot log in, invited or not.
//! Does not know access to the portal, which may be revoked on an active account; an active one therefore clears nothing.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{ExpectedMail, Gap, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "inactive_account",
    level: Level::Person,
    severity: Severity::Warning,
    remedy: Remedy {
        who: Who::OrgAdmin,
        steps: &[
            Step { text: "inactive_account-step-grant", hangs_on: &[] },
            Step { text: "inactive_account-step-reactivate", hangs_on: &[] },
            Step { text: "inactive_account-step-send-link", hangs_on: &[] },
        ],
        copy: Some("inactive_account-copy"),
    },
    needs: &[FactKey::AccountActive, FactKey::MailRoute],
    still_sent: ExpectedMail::None,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    // Who signed up or wrote in was not invited.
    if matches!(facts.person.route(), Route::SelfSignup | Route::EmailChannel) {
        return Ok(Outcome::NotApplicable);
    }
    let active = facts.person.account_active.known()?;
    if active.value {
        // Whether access to the portal was revoked is told by nobody.
        return Err(Gap::NotExposed);
    }
    let seen = Evidence::new(FactKey::AccountActive, "inactive_account-seen-inactive", active);
    Ok(Outcome::Blocks(vec![seen]))
}
