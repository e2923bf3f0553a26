//! Passes that come page by page: members of organisations, and customer lists. Each page is a row of the queue that settles
//! into the next. Judges nothing, and keeps nothing between two pages but what the store holds.

use super::super::Inner;
use super::super::outcome::{Outcome, Trouble};
use super::told;
use crate::domain::roster::{Cursor, Page, Run, quota};
use crate::domain::tenant::Tenant;
use crate::domain::throttle::Scope;
use crate::domain::work::{MAX_ATTEMPTS, NewWork, Work};
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::jira::{Answer, CustomersPage, JiraError};
use diagnosis::Via;
use jiff::{SignedDuration, Timestamp};

/// Nobody's: long runs of all sites keep one pace.
const EVERYBODY: TenantId = TenantId(0);

impl Inner {
    /// Begins a pass, or makes sure that the one under way goes on: its row may have been lost.
    pub(in crate::worker) async fn read_pass(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        via: Via,
        reseed: bool,
        attempt: u32,
    ) -> Result<Outcome, Trouble> {
        let run = self.store.begin_pass(tenant.id, project, via, reseed, self.clock.now()).await?;
        match run.step {
            0 => self.go_on(tenant, run, attempt).await,
            _ => Ok(self.next_row(tenant, &run).await),
        }
    }

    /// The next page of a run. A stop may have come between a page and its row's end; then the page is not read again.
    pub(in crate::worker) async fn read_page(
        &self,
        tenant: &Tenant,
        (project, via): (ProjectId, Via),
        (id, step): (i64, u32),
        attempt: u32,
    ) -> Result<Outcome, Trouble> {
        match self.store.run(tenant.id, project, via).await? {
            Some(run) if run.id == id && run.step == step => self.go_on(tenant, run, attempt).await,
            Some(run) if run.id == id => Ok(self.next_row(tenant, &run).await),
            // It may have ended in the attempt before, which was cut off with what was to follow from it.
            _ if attempt > 1 => Ok(self.after_lost_end(tenant, project, via)),
            _ => Ok(Outcome::done()),
        }
    }

    /// The row of the next page. While it waits already, this adds nothing.
    async fn next_row(&self, tenant: &Tenant, run: &Run) -> Outcome {
        let work = Work::ReadPage { project: run.project, via: run.via, run: run.id, step: run.step };
        Outcome::then(vec![NewWork::wish(tenant.id, self.next_at(run).await, work)])
    }

    async fn go_on(&self, tenant: &Tenant, run: Run, attempt: u32) -> Result<Outcome, Trouble> {
        let read = match self.next_page(tenant, &run).await {
            Ok(read) => read,
            Err(Trouble::Jira(error)) => return self.unread(tenant, &run, error, attempt).await,
            Err(trouble) => return Err(trouble),
        };
        let run = match read {
            None => run,
            Some(page) => match self.store.take_page(tenant.id, &run, &page).await? {
                Some(run) => {
                    self.tell_scan(tenant.id, run.project, told::so_far(&run)).await?;
                    run
                }
                None => return Ok(Outcome::done()),
            },
        };
        if self.is_read(tenant, &run).await? {
            return self.finish(tenant, &run, attempt).await;
        }
        Ok(self.next_row(tenant, &run).await)
    }

    /// A page that cannot be read ends the run where asking again is of no use. A lasting trouble leaves it for the next turn.
    async fn unread(&self, tenant: &Tenant, run: &Run, error: JiraError, attempt: u32) -> Result<Outcome, Trouble> {
        if !self.note_unread(tenant.id, run.project, run.via, &error, attempt >= MAX_ATTEMPTS).await? {
            return Err(error.into());
        }
        if !error.is_passing() {
            self.store.drop_pass(tenant.id, run.project, run.via).await?;
        }
        let again = self.tell_scan(tenant.id, run.project, told::unreadable(run.via, told::begun(run))).await?;
        Ok(Outcome::then(again.into_iter().collect()))
    }

    /// The first pages follow each other as fast as Jira allows; the others at the pace of all long runs.
    async fn next_at(&self, run: &Run) -> Timestamp {
        let now = self.clock.now();
        let mut wait = quota::PAGES_APART;
        if run.step >= quota::FAST_PAGES {
            let name = if run.via == Via::ListOnly { "customer lists" } else { "members of organisations" };
            let slot = self.store.slot(&Scope::Endpoint(EVERYBODY, name), quota::pace(run.via), now).await;
            wait = wait.max(SignedDuration::try_from(slot).unwrap_or(wait));
        }
        now.saturating_add(wait).unwrap_or(now)
    }

    async fn next_page(&self, tenant: &Tenant, run: &Run) -> Result<Option<Page>, Trouble> {
        let site = self.jira.site(tenant);
        Ok(match run.cursor {
            Cursor::End => None,
            Cursor::List(start) => {
                let desk = site.portal(run.project).await?;
                if run.via == Via::ListOnly {
                    let next = |next: Option<usize>| next.map_or(Cursor::End, Cursor::List);
                    Some(of_people(site.customers_page(&desk, start).await?, false, next))
                } else {
                    let answer = site.organisations_page(&desk, start).await?;
                    let points = 1 + answer.value.organisations.len() as u64;
                    let next = answer.value.next.map_or(Cursor::Members(0, 0), Cursor::List);
                    let nobody = (Vec::new(), next, points);
                    let page = of(nobody, answer.asked_at, answer.answered_at);
                    Some(Page { organisations: answer.value.organisations, ..page })
                }
            }
            Cursor::Members(from, start) => match self.store.listed(tenant.id, run.project, from).await? {
                None => None,
                Some((organisation, silent)) => {
                    let start = if organisation == from { start } else { 0 };
                    let next = |next: Option<usize>| match next {
                        Some(start) => Cursor::Members(organisation, start),
                        None => Cursor::Members(organisation + 1, 0),
                    };
                    Some(of_people(site.members_page(organisation, start).await?, silent, next))
                }
            },
        })
    }

    /// Whether nothing is left to read; that is found out here, so that no row is spent on it.
    async fn is_read(&self, tenant: &Tenant, run: &Run) -> Result<bool, Trouble> {
        Ok(match run.cursor {
            Cursor::End => true,
            Cursor::List(_) => false,
            Cursor::Members(from, _) => self.store.listed(tenant.id, run.project, from).await?.is_none(),
        })
    }

    async fn finish(&self, tenant: &Tenant, run: &Run, attempt: u32) -> Result<Outcome, Trouble> {
        let last = self.store.last_pass(tenant.id, run.project, run.via).await?;
        let began = run.began.unwrap_or_else(|| self.clock.now());
        let reseed = self.must_reseed(last, run.via, began).await?;
        match self.store.complete_pass(tenant.id, run, reseed).await? {
            Some(outcome) => {
                let again = self.tell_scan(tenant.id, run.project, told::complete(run, &outcome)).await?;
                let mut after = self.after_pass(tenant, run.project, run.via, outcome, attempt);
                after.then.extend(again);
                Ok(after)
            }
            None => Ok(Outcome::done()),
        }
    }
}

fn of_people(answer: Answer<CustomersPage>, silent: bool, next: impl FnOnce(Option<usize>) -> Cursor) -> Page {
    let CustomersPage { accounts, read, next: at } = answer.value;
    let page = of((accounts, next(at), quota::answer(read)), answer.asked_at, answer.answered_at);
    Page { silent, ..page }
}

fn of(read: (Vec<AccountId>, Cursor, u64), began: Timestamp, ended: Timestamp) -> Page {
    let (accounts, next, points) = read;
    Page { accounts, silent: false, organisations: Vec::new(), next, began, ended, points }
}
