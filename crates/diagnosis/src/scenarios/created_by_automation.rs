//! Automation's "add customer" action made the account at this add, which sends nothing.
//! Does not know whether the flow mails the customer afterwards; a source that knows says so in the creator's origin.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{CreatorKind, ExpectedMail, Gap, Level, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "created_by_automation",
    level: Level::Person,
    severity: Severity::Warning,
    remedy: Remedy {
        who: Who::FlowOwner,
        steps: &[
            Step { text: "created_by_automation-step-send-link", hangs_on: None },
            Step { text: "created_by_automation-step-open-flow", hangs_on: None },
            Step { text: "created_by_automation-step-add-mail", hangs_on: None },
            Step { text: "created_by_automation-step-run-once", hangs_on: None },
        ],
        copy: Some("created_by_automation-copy"),
    },
    needs: &[FactKey::Creator, FactKey::KnownBefore],
    still_sent: ExpectedMail::None,
    tickets: &["JSDCLOUD-14353"],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let before = facts.person.known_before.known();
    // Whoever made the account before this add did not make it at this add.
    if before.is_ok_and(|seen| seen.value) {
        return Ok(Outcome::NotApplicable);
    }
    let creator = facts.person.creator.known()?;
    if creator.value.kind != CreatorKind::Automation {
        let seen = Evidence::new(FactKey::Creator, "created_by_automation-seen-other", creator);
        return Ok(Outcome::Clears(vec![seen]));
    }
    let before = before?;
    Ok(Outcome::Blocks(vec![
        Evidence::new(FactKey::Creator, "created_by_automation-seen-automation", creator),
        Evidence::new(FactKey::KnownBefore, "account-seen-new", before),
    ]))
}
