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
            Step { text: "existing_customer-step-add", hangs_on: &[FactKey::AddedVia] },
            Step { text: "existing_customer-step-send-link", hangs_on: &[] },
            // The portal hides the link while the site sends no mail, and a fresh invitation lets them choose a password.
            Step {
                text: "existing_customer-step-forgot-password",
                hangs_on: &[FactKey::OutgoingMailOn, FactKey::InvitedElsewhere],
            },
            Step { text: "existing_customer-step-set-password", hangs_on: &[FactKey::InvitedElsewhere] },
        ],
        copy: Some("existing_customer-copy"),
    },
    needs: &[FactKey::KnownBefore, FactKey::MailRoute, FactKey::InvitedElsewhere],
    still_sent: ExpectedMail::None,
    note: false,
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
        // How the account came to be is told, not weighed: that it was there before is what blocks.
        let elsewhere = facts.person.invited_elsewhere.known().is_ok_and(|seen| seen.value);
        let said = if elsewhere { "existing_customer-seen-elsewhere" } else { "account-seen-before" };
        let seen = Evidence::new(FactKey::KnownBefore, said, before);
        return Ok(Outcome::Blocks(vec![seen]));
    }
    let seen = Evidence::new(FactKey::KnownBefore, "account-seen-new", before);
    Ok(Outcome::Clears(vec![seen]))
}
