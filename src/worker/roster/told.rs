//! What a pass tells whoever asked for a scan: how far it is, and how it ended.
//! Does not know who asked, nor whether anybody did.

use super::super::Inner;
use super::super::outcome::Trouble;
use super::Way;
use crate::domain::roster::{PassOutcome, Run};
use crate::domain::scan::{PassEnd, Progress, ScanState};
use crate::domain::work::NewWork;
use crate::domain::{ProjectId, TenantId};
use diagnosis::Via;
use jiff::Timestamp;

/// How far a run is.
pub(super) fn so_far(run: &Run) -> Progress {
    Progress { via: run.via, began: begun(run), read: run.read, total: None, found: 0, end: None }
}

/// A completed run.
pub(super) fn complete(run: &Run, outcome: &PassOutcome) -> Progress {
    Progress { total: Some(run.read), found: outcome.found, end: Some(PassEnd::Complete), ..so_far(run) }
}

/// A role, which comes in one answer.
pub(super) fn role(began: Timestamp, outcome: &PassOutcome) -> Progress {
    let (read, found) = (outcome.total, outcome.found);
    Progress { via: Via::Role, began, read, total: Some(read), found, end: Some(PassEnd::Complete) }
}

/// A way that cannot be read here.
pub(super) fn unreadable(via: Via, began: Timestamp) -> Progress {
    Progress { via, began, read: 0, total: Some(0), found: 0, end: Some(PassEnd::Unreadable) }
}

/// A run is named by the moment in which it began, by our clock.
pub(super) fn begun(run: &Run) -> Timestamp {
    Timestamp::from_millisecond(run.id).unwrap_or(Timestamp::MIN)
}

impl Inner {
    /// Tells the scan that goes on in the project, if there is one. One that was asked for while this pass was under way may
    /// have missed somebody in it, so it gets a pass of its own.
    pub(super) async fn tell_scan(
        &self,
        tenant: TenantId,
        project: ProjectId,
        progress: Progress,
    ) -> Result<Option<NewWork>, Trouble> {
        let now = self.clock.now();
        let again = self.store.scan_progress(tenant, project, &progress, now).await?;
        let way = Way::ALL.into_iter().find(|way| way.via() == progress.via);
        Ok(way.filter(|_| again).map(|way| NewWork::wish(tenant, now, way.start(project, false))))
    }

    /// Ends the scan that waits for a pass which was given up.
    pub(in crate::worker) async fn fail_scan(&self, tenant: TenantId, project: ProjectId) {
        if let Err(error) = self.store.end_scan(tenant, project, None, ScanState::Failed, self.clock.now()).await {
            tracing::warn!(tenant = tenant.0, project = project.0, %error, "a scan could not be ended; the next pass ends it");
        }
    }
}
