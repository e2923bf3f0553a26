//! One reading of the log: whole, page by page, or an error. What came is vouched for only if nothing can be missing.
//! Keeps nothing and stores nothing.

use super::OVERLAP;
use crate::domain::ProjectId;
use crate::domain::audit::{AccountCreated, Coverage};
use crate::domain::history::Line;
use crate::domain::tenant::Tenant;
use crate::jira::{AuditRecord, JiraError, RolesChanged, Site};
use diagnosis::{FactKey, Source};
use jiff::Timestamp;
use serde_json::Value;

/// Summaries of the records we read, as Jira's filter finds them.
const TOGGLED: &str = "Customer invited notification changed";
const CREATED: &str = "User created";
const PERMISSIONS: &str = "Customer permissions changed";

/// Up to so many pages are read without a filter; a busier log is read by the three summaries.
const PAGES_UNFILTERED: usize = 5;
/// A log that has more pages of one summary than this is not read at all.
const PAGES: usize = 200;

/// What one reading brought.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    /// What is vouched for from now on.
    pub(super) coverage: Coverage,
    /// From when on the records here are all there are; what is vouched for before lies in the store.
    pub(super) since: Timestamp,
    pub(super) created: Vec<AccountCreated>,
    pub(super) lines: Vec<Line>,
    pub(super) permissions_changed: Vec<ProjectId>,
    /// A busy log is not asked for these: the passes find whom they tell of.
    pub(super) roles_changed: Vec<RolesChanged>,
}

impl Batch {
    /// No record; what it vouches for is not looked at.
    pub(super) fn nothing() -> Self {
        let coverage = Coverage { from: Timestamp::MAX, until: Timestamp::MIN };
        Self {
            coverage,
            since: Timestamp::MAX,
            created: Vec::new(),
            lines: Vec::new(),
            permissions_changed: Vec::new(),
            roles_changed: Vec::new(),
        }
    }
}

/// Reads on from what is known, or everything there is about switches and the accounts made since the install.
pub(super) async fn read(site: &Site, tenant: &Tenant, known: Option<Coverage>) -> Result<Batch, JiraError> {
    let mut reading = Reading { site, batch: Batch::nothing(), asked_at: None };
    let (from, since) = match known {
        Some(known) => {
            let from = known.until.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN);
            if !reading.pages(Some(from), None, PAGES_UNFILTERED).await? {
                for summary in [TOGGLED, CREATED, PERMISSIONS] {
                    reading.whole(Some(from), summary).await?;
                }
            }
            (known.from, from)
        }
        None => {
            let installed = tenant.installed_at.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN);
            reading.whole(None, TOGGLED).await?;
            reading.whole(Some(installed), CREATED).await?;
            // The log was asked for all there is: what it no longer holds, it cannot tell otherwise either.
            (Timestamp::MIN, Timestamp::MIN)
        }
    };
    let asked_at = reading.asked_at.ok_or(JiraError::Garbage("audit_unread"))?;
    let until = known.map_or(asked_at, |known| known.until.max(asked_at));
    let mut batch = reading.batch;
    (batch.coverage, batch.since) = (Coverage { from, until }, since);
    batch.permissions_changed.sort();
    batch.permissions_changed.dedup();
    Ok(batch)
}

struct Reading<'a> {
    site: &'a Site,
    batch: Batch,
    /// When the earliest page was asked for: later records may be missing.
    asked_at: Option<Timestamp>,
}

impl Reading<'_> {
    async fn whole(&mut self, from: Option<Timestamp>, summary: &str) -> Result<(), JiraError> {
        if self.pages(from, Some(summary), PAGES).await? { Ok(()) } else { Err(JiraError::Garbage("audit_too_large")) }
    }

    /// Reads all pages; false when there are more than `most`, and then nothing counts as read.
    async fn pages(&mut self, from: Option<Timestamp>, filter: Option<&str>, most: usize) -> Result<bool, JiraError> {
        let (mut offset, mut promised, mut asked_at) = (0, None, None);
        let mut records = Vec::new();
        for _ in 0..most {
            let answer = self.site.audit_page(from, None, filter, offset).await?;
            // Newer records push older ones to later pages, so what was promised first must at least have come.
            promised = promised.or(answer.value.total);
            asked_at = asked_at.or(Some(answer.asked_at));
            let end = offset + answer.value.records.len();
            records.extend(answer.value.records);
            match answer.value.next {
                Some(next) => offset = next,
                None => {
                    if promised.is_some_and(|promised| (end as u64) < promised) {
                        return Err(JiraError::Garbage("audit_hole"));
                    }
                    self.asked_at = self.asked_at.into_iter().chain(asked_at).min();
                    records.into_iter().for_each(|record| self.take(record));
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn take(&mut self, record: AuditRecord) {
        match record {
            AuditRecord::AccountCreated(created) if !self.batch.created.contains(&created) => {
                self.batch.created.push(created);
            }
            AuditRecord::InviteToggle(toggle) => {
                let line = Line {
                    key: FactKey::InviteNotificationOn,
                    project: Some(toggle.project),
                    value: Value::Bool(toggle.after),
                    before: toggle.before.map(Value::Bool),
                    source: Source::AuditLog,
                    since: Some(toggle.at),
                    observed_at: toggle.at,
                    by: toggle.by.map(|by| by.0),
                };
                if !self.batch.lines.iter().any(|known| super::is_same(known, &line)) {
                    self.batch.lines.push(line);
                }
            }
            AuditRecord::CustomerPermissionsChanged(change) => self.batch.permissions_changed.push(change.project),
            AuditRecord::RolesChanged(change) => self.batch.roles_changed.push(change),
            AuditRecord::AccountCreated(_) | AuditRecord::Other => {}
        }
    }
}
