//! A hint that an account is new, without a project: the roles of the service projects are read, and where the account stands
//! in one, the add is noticed and judged.
//! Judges nothing itself, and dates nothing by the hint: it may come late, twice or never. Also how other hints look into a
//! project's role.

use super::Inner;
use super::outcome::{Outcome, Trouble};
use super::presence::Known;
use crate::domain::roster::Seat;
use crate::domain::tenant::Tenant;
use crate::domain::work::{End, NewWork, Work};
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::jira::{Answer, JiraError, Site};
use diagnosis::{Moment, Via};
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use std::sync::Arc;

/// A new account stands in the role of the project it was invited to; that is among the busiest, nearly always.
const PROJECTS: usize = 10;
/// The account is made before it is put into the role, and Jira's caches are not ours to know.
pub(super) const LOOK_AGAIN: [SignedDuration; 3] =
    [SignedDuration::from_secs(30), SignedDuration::from_mins(2), SignedDuration::from_mins(10)];
/// Installed so long before, an app may have missed an add that it was told of afterwards.
pub(super) const BEFORE_INSTALL: SignedDuration = SignedDuration::from_mins(5);

impl Inner {
    pub(super) async fn locate(
        &self,
        tenant: &Tenant,
        account: &AccountId,
        hinted_at: Timestamp,
        looked: u8,
    ) -> Result<Outcome, Trouble> {
        let site = self.jira.site(tenant);
        let (mut then, mut trouble) = (Vec::new(), None);
        let must_be_after = self.not_seen_before(hinted_at);
        for project in site.service_projects(PROJECTS, true).await? {
            let role = match self.glances.role(&site, tenant.id, project.id, must_be_after).await {
                Ok(role) => role,
                // One project that cannot be read says nothing about the others.
                Err(error) => {
                    trouble = trouble.filter(|_| !error.is_passing()).or(Some(error));
                    continue;
                }
            };
            if role.value.contains(account) {
                self.store.see_project(tenant.id, project.id, &project.key, self.clock.now()).await?;
                then.extend(self.notice(tenant, project.id, account, hinted_at, &role).await?);
            }
        }
        let end = match trouble {
            Some(error) if error.is_passing() => error.end(),
            _ => End::Done,
        };
        if then.is_empty() && end == End::Done && self.is_there(tenant, account, looked).await? {
            then.extend(self.look_again(tenant.id, account, hinted_at, looked));
        }
        Ok(Outcome { end, then })
    }

    /// Nobody is looked for a third time whom Jira does not know. At the first look it may not know them yet.
    pub(super) async fn is_there(&self, tenant: &Tenant, account: &AccountId, looked: u8) -> Result<bool, JiraError> {
        Ok(looked == 0 || self.known(tenant, account).await? != Known::NoAccount)
    }

    fn look_again(&self, tenant: TenantId, account: &AccountId, hinted_at: Timestamp, looked: u8) -> Option<NewWork> {
        let wait = *LOOK_AGAIN.get(usize::from(looked))?;
        let work = Work::Locate { account: account.clone(), hinted_at, looked: looked + 1 };
        Some(NewWork::wish(tenant, self.clock.now() + wait, work))
    }

    /// How new a reading of a role must be to tell about somebody hinted at then.
    fn not_seen_before(&self, hinted_at: Timestamp) -> Timestamp {
        let after_hint = hinted_at.checked_add(OLDER).unwrap_or(Timestamp::MAX);
        after_hint.max(self.clock.now() - KEEP)
    }

    /// The role of one project, if the person stands in it; perhaps as it was read a moment ago.
    pub(super) async fn in_role(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        account: &AccountId,
        hinted_at: Timestamp,
    ) -> Result<Option<Arc<Answer<Vec<AccountId>>>>, JiraError> {
        let site = self.jira.site(tenant);
        let role = self.glances.role(&site, tenant.id, project, self.not_seen_before(hinted_at)).await?;
        Ok(Some(role).filter(|role| role.value.contains(account)))
    }

    /// The add, if it is one that nobody has judged yet.
    pub(super) async fn notice(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        account: &AccountId,
        hinted_at: Timestamp,
        role: &Answer<Vec<AccountId>>,
    ) -> Result<Option<NewWork>, Trouble> {
        let (now, store) = (self.clock.now(), &self.store);
        let seats = store.seats(tenant.id, account).await?;
        let seated =
            seats.iter().find(|seat| seat.project == project && seat.via == Via::Role && seat.gone_at.is_none());
        let last_pass = store.last_pass(tenant.id, project, Via::Role).await?;
        let added = window(tenant, last_pass, seated, role);
        let seat = store.notice(tenant.id, project, account, Via::Role, added, hinted_at).await?;
        Ok(seat.map(|seat| {
            let work = Work::Examine { project: seat.project, account: seat.account, fresh: false, quiet: false };
            NewWork::wish(tenant.id, now, work)
        }))
    }
}

/// When the person was added, by what we have seen: after the last pass that lacked them, before this reading. A pass that
/// took them over silently did not lack them, so before it only the install bounds the window: earlier adds came earlier
/// than the account.
fn window(
    tenant: &Tenant,
    last_pass: Option<Timestamp>,
    seated: Option<&Seat>,
    role: &Answer<Vec<AccountId>>,
) -> Moment {
    let installed = tenant.installed_at - BEFORE_INSTALL;
    match seated {
        Some(seat) if seat.seeded => Moment { not_before: installed, not_after: seat.added.not_after },
        Some(seat) => seat.added,
        None => Moment { not_before: last_pass.unwrap_or(installed), not_after: role.answered_at },
    }
}

/// Readings of roles a moment ago: an import that makes a thousand accounts does not read every role a thousand times.
pub(super) struct Glances(Cache<(TenantId, ProjectId), Arc<Answer<Vec<AccountId>>>>);

/// A reading serves hints that are at least so much older than it; who is not in it is looked for again anyway.
const OLDER: SignedDuration = SignedDuration::from_secs(2);
/// An older reading serves nobody.
const KEEP: SignedDuration = SignedDuration::from_secs(20);

impl Default for Glances {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(256).time_to_live(KEEP.unsigned_abs()).build())
    }
}

impl Glances {
    async fn role(
        &self,
        site: &Site,
        tenant: TenantId,
        project: ProjectId,
        must_be_after: Timestamp,
    ) -> Result<Arc<Answer<Vec<AccountId>>>, JiraError> {
        let key = (tenant, project);
        if let Some(glance) = self.0.get(&key).await.filter(|glance| glance.asked_at > must_be_after) {
            return Ok(glance);
        }
        let fresh = Arc::new(site.role_members(project).await?);
        self.0.insert(key, fresh.clone()).await;
        Ok(fresh)
    }
}
