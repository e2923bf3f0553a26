//! Whether the project's sender address is in order, from `GET project/email`: a note for the project's page.
//! Does not know the address, nor what recipients make of it.

use super::cache::Remembered;
use super::seen_now::Look;
use super::{Asked, Reach, Reader, Spec, Told};
use crate::domain::{ProjectId, TenantId};
use crate::jira::Site;
use diagnosis::{FactKey, Gap, key};
use jiff::Timestamp;

pub(super) struct Sender;

static SPEC: Spec = Spec { name: "project_email", supplies: &[FactKey::SenderVerified], authority: 90, calls: 0 };

#[async_trait::async_trait]
impl Reader for Sender {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let look = look(at.remembered, at.site, at.tenant.id, at.project, at.now, at.fresh).await;
        look.for_each::<key::SenderVerified>(who)
    }
}

pub(super) async fn look(
    remembered: &Remembered,
    site: &Site,
    tenant: TenantId,
    project: ProjectId,
    now: Timestamp,
    fresh: bool,
) -> Look {
    // Documented for a project without a sender of its own as well as for one that is hidden.
    Look::of(remembered.sender(site, tenant, project, now, fresh).await, Gap::NotExposed, now)
}
