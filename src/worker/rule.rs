//! A rule's web request said that it added somebody: they are looked for in its project, and the rule's word is kept.
//! Judges nothing. The word is a hint like every other: whoever was known here before it was not added by that rule.

use super::Inner;
use super::examine::Asked;
use super::locate::{BEFORE_INSTALL, LOOK_AGAIN};
use super::outcome::{Outcome, Trouble};
use super::presence::Known;
use crate::domain::address::AddressMark;
use crate::domain::ingest::WORD_AFTER;
use crate::domain::person_line::PersonLine;
use crate::domain::roster::Seat;
use crate::domain::tenant::Tenant;
use crate::domain::work::{Added, NewWork, Work};
use crate::domain::{AccountId, ProjectId};
use crate::jira::{AUTOMATION_ACCOUNT, JiraError};
use crate::store::CaseFilter;
use diagnosis::{Creator, CreatorKind, FactKey, Moment, Source, Via};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::json;

/// Newcomers whose addresses are compared with a mark; where there are more, an import is going on.
const NEWCOMERS: usize = 3;
/// They are among the newest.
const LATEST: u32 = 10;

/// What a rule said.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) project: ProjectId,
    pub(super) who: &'a Added,
    pub(super) at: Timestamp,
    pub(super) looked: u8,
}

impl Step<'_> {
    /// Whether an add was over before what the rule did just before it spoke.
    fn came_before(&self, added: Moment) -> bool {
        added.not_after < self.at.saturating_sub(WORD_AFTER).unwrap_or(self.at)
    }

    fn knew(&self, seat: &Seat) -> bool {
        seat.project == self.project && seat.gone_at.is_none() && self.came_before(seat.added)
    }

    fn stands(&self, seat: &Seat) -> bool {
        seat.project == self.project && seat.gone_at.is_none() && matches!(seat.via, Via::Role | Via::Organisation)
    }

    /// The same step about an account; or about the same as before, at another look.
    fn again(&self, tenant: &Tenant, who: Added, looked: u8, run_at: Timestamp) -> NewWork {
        let work = Work::RuleStep { project: self.project, who, at: self.at, looked };
        NewWork::wish(tenant.id, run_at, work)
    }
}

impl Inner {
    pub(super) async fn rule_step(&self, tenant: &Tenant, step: &Step<'_>) -> Result<Outcome, Trouble> {
        match step.who {
            Added::Account(account) => self.added_by_rule(tenant, step, account).await,
            Added::Mark(mark) => self.added_by_address(tenant, step, mark).await,
        }
    }

    async fn added_by_rule(&self, tenant: &Tenant, step: &Step<'_>, account: &AccountId) -> Result<Outcome, Trouble> {
        let seats = self.store.seats(tenant.id, account).await?;
        if seats.iter().any(|seat| step.knew(seat)) {
            return Ok(Outcome::done());
        }
        // Who is seated by this very word may be in the role by now.
        let mut found = seats.iter().any(|seat| step.stands(seat));
        if !found {
            found = self.found_in_role(tenant, step, account).await?;
        }
        if !found {
            match self.known(tenant, account).await? {
                Known::App => return Ok(Outcome::done()),
                // The account may be younger than what Jira tells us.
                Known::NoAccount => return Ok(Outcome::then(self.later(tenant, step).into_iter().collect())),
                Known::PortalOnly | Known::Perhaps => self.seat_by_word(tenant, step, account).await?,
            }
        }
        self.keep_word(tenant, step, account).await?;
        let asked = Asked { fresh: false, quiet: false };
        let mut judged = Box::pin(self.judge(tenant, step.project, account, asked)).await?;
        if !found {
            judged.then.extend(self.later(tenant, step));
        }
        Ok(judged)
    }

    fn later(&self, tenant: &Tenant, step: &Step<'_>) -> Option<NewWork> {
        let wait = *LOOK_AGAIN.get(usize::from(step.looked))?;
        Some(step.again(tenant, step.who.clone(), step.looked + 1, self.clock.now() + wait))
    }

    /// Whether the person stands in the role; then that is noticed as well. A role that is kept from us tells nothing.
    async fn found_in_role(&self, tenant: &Tenant, step: &Step<'_>, account: &AccountId) -> Result<bool, Trouble> {
        match self.in_role(tenant, step.project, account, step.at).await {
            Ok(Some(role)) => {
                self.notice(tenant, step.project, account, step.at, &role).await?;
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(JiraError::NotFound | JiraError::Forbidden | JiraError::Refused(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// An add by the rule's word alone.
    async fn seat_by_word(&self, tenant: &Tenant, step: &Step<'_>, account: &AccountId) -> Result<(), Trouble> {
        let last_pass = self.store.last_pass(tenant.id, step.project, Via::Role).await?;
        let not_before = last_pass.unwrap_or(tenant.installed_at - BEFORE_INSTALL).min(step.at);
        let added = Moment { not_before, not_after: step.at };
        self.store.notice(tenant.id, step.project, account, Via::Rule, added, step.at).await?;
        Ok(())
    }

    async fn keep_word(&self, tenant: &Tenant, step: &Step<'_>, account: &AccountId) -> Result<(), Trouble> {
        let creator = Creator { account: AUTOMATION_ACCOUNT.to_owned(), kind: CreatorKind::Automation };
        let line = PersonLine {
            project: step.project,
            account: account.clone(),
            key: FactKey::Creator,
            value: json!(creator),
            source: Source::AutomationRule,
            since: None,
            observed_at: step.at,
            by: None,
        };
        self.store.record_person_lines(tenant.id, &[line]).await?;
        Ok(())
    }

    /// Of those who were noticed lately, the one whose address has the mark. Addresses are in memory for the comparison alone.
    async fn added_by_address(&self, tenant: &Tenant, step: &Step<'_>, mark: &AddressMark) -> Result<Outcome, Trouble> {
        let filter = CaseFilter { limit: LATEST, ..CaseFilter::default() };
        let latest = self.store.cases(tenant.id, step.project, &filter).await?;
        let newcomers =
            latest.into_iter().filter(|case| case.added.not_before <= step.at && !step.came_before(case.added));
        let key = self.store.marking_key().await?;
        for case in newcomers.take(NEWCOMERS) {
            let address = match self.examiner.account(tenant, &case.account).await {
                Ok(user) => user.address,
                Err(error) if error.is_passing() => return Err(error.into()),
                Err(_) => None,
            };
            if address.is_some_and(|address| address.mark(key.expose_secret(), tenant.id) == *mark) {
                let named = step.again(tenant, Added::Account(case.account), 0, self.clock.now());
                return Ok(Outcome::then(vec![named]));
            }
        }
        // The pass notices whoever it is; the next look may know them by their address then.
        let pass = NewWork::wish(tenant.id, self.clock.now(), Work::ReadRole { project: step.project, reseed: false });
        let first = (step.looked == 0).then_some(pass);
        Ok(Outcome::then(first.into_iter().chain(self.later(tenant, step)).collect()))
    }
}
