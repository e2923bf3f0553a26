//! The person already had an account on the site: Jira invites a person once.
//! Does not know whether that first invitation ever arrived.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{ExpectedMail, Gap, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "existing_customer",
    level: Level::Person,
    severity: Severity::Information,
    remedy: Remedy {
        who: Who::Agent,
        steps: &[
            // Whoever was noticed as an add is there.
            Step { text: "existing_customer-step-add", hangs_on: Some(FactKey::AddedVia) },
            Step { text: "existing_customer-step-send-link", hangs_on: None },
            // The portal hides the link while the site sends no mail.
            Step { text: "existing_customer-step-forgot-password", hangs_on: Some(FactKey::OutgoingMailOn) },
            Step { text: "existing_customer-step-set-password", hangs_on: None },
        ],
        copy: Some("existing_customer-copy"),
    },
    needs: &[FactKey::KnownBefore, FactKey::MailRoute],
    still_sent: ExpectedMail::None,
    tickets: &["JSDCLOUD-6329", "JSDCLOUD-2296"],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    // Who signed up or wrote in was not invited.
    if matches!(facts.person.route(), Route::SelfSignup | Route::EmailChannel) {
        return Ok(Outcome::NotApplicable);
    }
    let before = facts.person.known_before.known()?;
    if before.value {
        let seen = Evidence::new(FactKey::KnownBefore, "account-seen-before", before);
        return Ok(Outcome::Blocks(vec![seen]));
    }
    let seen = Evidence::new(FactKey::KnownBefore, "account-seen-new", before);
    Ok(Outcome::Clears(vec![seen]))
}
