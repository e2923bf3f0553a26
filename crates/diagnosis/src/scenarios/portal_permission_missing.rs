//! The project's permission scheme keeps portal customers out: Jira then adds nobody, whatever its dialog says.
//! Does not know a team-managed project's access, which no scheme tells.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, ExpectedMail, Gap, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "portal_permission_missing",
    level: Level::Project,
    severity: Severity::Error,
    remedy: Remedy {
        who: Who::JiraAdmin,
        steps: &[
            Step { text: "portal_permission_missing-step-fix", hangs_on: &[] },
            Step { text: "portal_permission_missing-step-scheme", hangs_on: &[] },
            Step { text: "portal_permission_missing-step-add-again", hangs_on: &[] },
        ],
        copy: Some("portal_permission_missing-copy"),
    },
    needs: &[FactKey::PortalPermissionGranted, FactKey::MailRoute],
    still_sent: ExpectedMail::None,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let route = facts.person.route();
    if !matches!(route, Route::PortalInvite | Route::Unknown) {
        return Ok(Outcome::NotApplicable);
    }
    let granted = facts.project.portal_permission_granted.known()?;
    if granted.value {
        let seen = Evidence::new(FactKey::PortalPermissionGranted, "portal_permission_missing-seen-granted", granted);
        return Ok(Outcome::Clears(vec![seen]));
    }
    let missing = Evidence::new(FactKey::PortalPermissionGranted, "portal_permission_missing-seen-missing", granted);
    // By an unknown route another mail may have gone.
    let worth = if route == Route::PortalInvite { Confidence::Confirmed } else { Confidence::Likely };
    Ok(Outcome::Blocks(vec![missing.at_most(worth)]))
}
