//! Automation's "add customer" action made the account at this add, which sends nothing.
//! Knows that the flow mails the customer afterwards only from an imported export that shows no silent path in the project.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    source::Source,
    table::{FactKey, Facts},
    vocabulary::{Confidence, CreatorKind, ExpectedMail, Gap, Level, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "created_by_automation",
    level: Level::Person,
    severity: Severity::Warning,
    remedy: Remedy {
        who: Who::FlowOwner,
        steps: &[
            Step { text: "created_by_automation-step-send-link", hangs_on: &[] },
            Step { text: "created_by_automation-step-open-flow", hangs_on: &[] },
            Step { text: "created_by_automation-step-add-mail", hangs_on: &[] },
            Step { text: "created_by_automation-step-run-once", hangs_on: &[] },
        ],
        copy: Some("created_by_automation-copy"),
    },
    needs: &[FactKey::Creator, FactKey::KnownBefore, FactKey::SilentRule],
    still_sent: ExpectedMail::None,
    note: false,
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
    if let Some(mails) = mails_afterwards(facts) {
        return Ok(Outcome::Clears(vec![mails]));
    }
    let by_word = creator.origin.source == Source::AutomationRule;
    let said = if by_word { "created_by_automation-seen-flow" } else { "created_by_automation-seen-automation" };
    let made = Evidence::new(FactKey::Creator, said, creator);
    match before {
        Ok(before) => {
            let new = Evidence::new(FactKey::KnownBefore, "account-seen-new", before);
            Ok(Outcome::Blocks(vec![made, new]))
        }
        // A flow says that it added them. It sent nothing, whether it made the account or found it: which, is not sure.
        Err(_) if by_word => Ok(Outcome::Blocks(vec![made.at_most(Confidence::Likely)])),
        Err(gap) => Err(gap),
    }
}

/// That every flow which adds customers here mails them afterwards, if that was told by somebody who may clear. A silent flow says
/// nothing about one person: it neither makes nor strengthens a block.
fn mails_afterwards(facts: Facts<'_>) -> Option<Evidence> {
    let silent = facts.project.silent_rule.known().ok().filter(|silent| !silent.value)?;
    let seen = Evidence::new(FactKey::SilentRule, "created_by_automation-seen-flow-mails", silent);
    let seen = seen.at_most(Confidence::Likely);
    (seen.clears_at_most() > Confidence::Unknown).then_some(seen)
}
