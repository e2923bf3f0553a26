//! The project's *Customer invited* notification is off: a verification mail may go, an invitation does not.
//! Does not know whether somebody turned it off on purpose.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, ExpectedMail, Gap, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "notification_disabled",
    level: Level::Project,
    severity: Severity::Warning,
    remedy: Remedy {
        who: Who::ProjectAdmin,
        steps: &[
            Step { text: "notification_disabled-step-open", hangs_on: &[] },
            Step { text: "notification_disabled-step-turn-on", hangs_on: &[] },
            Step { text: "notification_disabled-step-send-link", hangs_on: &[] },
        ],
        copy: Some("notification_disabled-copy"),
    },
    needs: &[FactKey::InviteNotificationOn, FactKey::MailRoute],
    still_sent: ExpectedMail::Verification,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let route = facts.person.route();
    // Only the portal's own invitation hangs on this switch.
    if !matches!(route, Route::PortalInvite | Route::Unknown) {
        return Ok(Outcome::NotApplicable);
    }
    let on = facts.project.invite_notification_on.known()?;
    if on.value {
        let seen = Evidence::new(FactKey::InviteNotificationOn, "notification_disabled-seen-on", on);
        return Ok(Outcome::Clears(vec![seen]));
    }
    let off = Evidence::new(FactKey::InviteNotificationOn, "notification_disabled-seen-off", on);
    // By an unknown route another mail may have gone.
    let worth = if route == Route::PortalInvite { Confidence::Confirmed } else { Confidence::Likely };
    Ok(Outcome::Blocks(vec![off.at_most(worth)]))
}
