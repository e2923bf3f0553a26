//! The person was added through *People* or *Access*, which sends Atlassian's invitation and not the portal's.
//! Does not know by itself: the customer role is filled by either door, so only an admin's word tells, and that of no one add.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, ExpectedMail, Gap, Kind, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "wrong_door",
    level: Level::Person,
    severity: Severity::Information,
    remedy: Remedy {
        who: Who::Agent,
        steps: &[
            Step { text: "wrong_door-step-look", hangs_on: &[] },
            Step { text: "wrong_door-step-send-link", hangs_on: &[] },
            Step { text: "wrong_door-step-next-time", hangs_on: &[] },
        ],
        copy: Some("wrong_door-copy"),
    },
    needs: &[FactKey::WrongDoor, FactKey::MailRoute, FactKey::AccountKind],
    still_sent: ExpectedMail::AtlassianInvitation,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let kind = facts.person.account_kind.known();
    // Nobody gets a portal-only account through that door.
    if kind.as_ref().is_ok_and(|kind| kind.value == Kind::Customer)
        || !matches!(facts.person.route(), Route::AccountInvite | Route::Unknown)
    {
        return Ok(Outcome::NotApplicable);
    }
    let door = facts.project.wrong_door.known()?;
    if !door.value {
        let seen = Evidence::new(FactKey::WrongDoor, "wrong_door-seen-customers", door);
        return Ok(Outcome::Clears(vec![seen.at_most(Confidence::Likely)]));
    }
    kind?;
    let seen = Evidence::new(FactKey::WrongDoor, "wrong_door-seen-people", door);
    Ok(Outcome::Blocks(vec![seen.at_most(Confidence::Likely)]))
}
