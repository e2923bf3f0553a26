//! Another app or a script made the account at this add, which sends nothing by itself.
//! Does not know whether that app sends a welcome of its own; some do, so this is never sure.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, CreatorKind, ExpectedMail, Gap, Level, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "created_by_api",
    level: Level::Person,
    severity: Severity::Information,
    remedy: Remedy {
        who: Who::Agent,
        steps: &[
            Step { text: "created_by_api-step-send-link", hangs_on: &[] },
            Step { text: "created_by_api-step-own-notice", hangs_on: &[] },
        ],
        copy: Some("created_by_api-copy"),
    },
    needs: &[FactKey::Creator, FactKey::KnownBefore],
    still_sent: ExpectedMail::None,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let before = facts.person.known_before.known();
    // Whoever made the account before this add did not make it at this add.
    if before.as_ref().is_ok_and(|seen| seen.value) {
        return Ok(Outcome::NotApplicable);
    }
    let creator = facts.person.creator.known()?;
    if creator.value.kind != CreatorKind::App {
        // A script may call with a person's token.
        let seen = Evidence::new(FactKey::Creator, "created_by_api-seen-other", creator);
        return Ok(Outcome::Clears(vec![seen.at_most(Confidence::Likely)]));
    }
    let before = before?;
    Ok(Outcome::Blocks(vec![
        Evidence::new(FactKey::Creator, "created_by_api-seen-app", creator).at_most(Confidence::Likely),
        Evidence::new(FactKey::KnownBefore, "account-seen-new", before),
    ]))
}
