//! A note: a site whose products are all Free sends at most 100 mails a day, of every kind.
//! Does not know today's count, which Jira tells nobody; so it never speaks about one person's invitation.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, ExpectedMail, Gap, Level, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "daily_mail_limit",
    level: Level::Site,
    severity: Severity::Information,
    remedy: Remedy {
        who: Who::JiraAdmin,
        steps: &[
            Step { text: "daily_mail_limit-step-notice", hangs_on: &[] },
            Step { text: "daily_mail_limit-step-trim", hangs_on: &[] },
            Step { text: "daily_mail_limit-step-again", hangs_on: &[] },
            Step { text: "daily_mail_limit-step-support", hangs_on: &[] },
        ],
        copy: None,
    },
    needs: &[FactKey::OnFreePlan],
    still_sent: ExpectedMail::Unknown,
    note: true,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    let free = facts.site.on_free_plan.known()?;
    Ok(if free.value {
        let seen = Evidence::new(FactKey::OnFreePlan, "daily_mail_limit-seen-free", free);
        Outcome::Blocks(vec![seen.at_most(Confidence::Likely)])
    } else {
        Outcome::Clears(vec![Evidence::new(FactKey::OnFreePlan, "daily_mail_limit-seen-paid", free)])
    })
}
