//! A note: the project's own sender address is on a domain that is not verified, so Atlassian's default sender is used.
//! Does not know what recipients' servers make of that; so it never speaks about one person's invitation.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, ExpectedMail, Gap, Level, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "sender_domain_unverified",
    level: Level::Project,
    severity: Severity::Warning,
    remedy: Remedy {
        who: Who::OrgAdmin,
        steps: &[
            Step { text: "sender_domain_unverified-step-verify", hangs_on: &[] },
            Step { text: "sender_domain_unverified-step-recipient", hangs_on: &[] },
        ],
        copy: Some("sender_domain_unverified-copy"),
    },
    needs: &[FactKey::SenderVerified],
    still_sent: ExpectedMail::Invitation,
    note: true,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let verified = facts.project.sender_verified.known()?;
    Ok(if verified.value {
        Outcome::Clears(vec![Evidence::new(
            FactKey::SenderVerified,
            "sender_domain_unverified-seen-verified",
            verified,
        )])
    } else {
        let seen = Evidence::new(FactKey::SenderVerified, "sender_domain_unverified-seen-unverified", verified);
        Outcome::Blocks(vec![seen.at_most(Confidence::Likely)])
    })
}
