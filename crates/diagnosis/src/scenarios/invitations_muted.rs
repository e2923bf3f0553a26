//! The person switched Atlassian's invitations off in their account; only they can see that.
//! Does not know a portal-only account to have that switch, and is never sure: it is told last, where the account is new.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, ExpectedMail, Gap, Kind, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "invitations_muted",
    level: Level::Person,
    severity: Severity::Information,
    remedy: Remedy {
        who: Who::Customer,
        steps: &[
            Step { text: "invitations_muted-step-open", hangs_on: &[] },
            Step { text: "invitations_muted-step-turn-on", hangs_on: &[] },
            Step { text: "invitations_muted-step-cancel", hangs_on: &[] },
            Step { text: "invitations_muted-step-again", hangs_on: &[] },
        ],
        copy: Some("invitations_muted-copy"),
    },
    needs: &[FactKey::InvitationsMuted, FactKey::MailRoute, FactKey::AccountKind, FactKey::KnownBefore],
    still_sent: ExpectedMail::None,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let person = facts.person;
    let portal_only = person.account_kind.known().is_ok_and(|kind| kind.value == Kind::Customer);
    if portal_only || !matches!(person.route(), Route::AccountInvite | Route::Unknown) {
        return Ok(Outcome::NotApplicable);
    }
    if person.mail_route.known()?.value == Route::Unknown {
        return Err(Gap::NotExposed);
    }
    let muted = person.invitations_muted.known()?;
    if !muted.value {
        let seen = Evidence::new(FactKey::InvitationsMuted, "invitations_muted-seen-on", muted);
        return Ok(Outcome::Clears(vec![seen.at_most(Confidence::Likely)]));
    }
    person.account_kind.known()?;
    let before = person.known_before.known()?;
    if before.value {
        // Nobody is invited twice, whatever they switched off.
        return Ok(Outcome::NotApplicable);
    }
    Ok(Outcome::Blocks(vec![
        Evidence::new(FactKey::InvitationsMuted, "invitations_muted-seen-off", muted).at_most(Confidence::Likely),
        Evidence::new(FactKey::KnownBefore, "account-seen-new", before),
    ]))
}
