//! Whether the project's permission scheme lets portal-only customers in, from `GET permissionscheme`.
//! Knows company-managed projects only: the access of a team-managed one is in no scheme.

use super::cache::Remembered;
use super::seen_now::Look;
use super::{Asked, Reach, Reader, Spec, Told};
use crate::domain::{ProjectId, TenantId};
use crate::jira::{PortalAccess, Site};
use diagnosis::{Fact, FactKey, Gap, key};
use jiff::Timestamp;

pub(super) struct PortalPermission;

static SPEC: Spec =
    Spec { name: "permission_scheme", supplies: &[FactKey::PortalPermissionGranted], authority: 90, calls: 0 };

#[async_trait::async_trait]
impl Reader for PortalPermission {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let look = look(at.remembered, at.site, at.tenant.id, at.project, at.now, at.fresh).await;
        look.for_each::<key::PortalPermissionGranted>(who)
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
    let access = remembered.portal_access(site, tenant, project, now, fresh).await;
    if let Ok((PortalAccess::NoScheme, _)) = access {
        return Look { fact: Fact::Unknown(Gap::NotExposed), again_at: None };
    }
    let granted = access.map(|(access, at)| (access == PortalAccess::Granted, at));
    // Jira says "not found" to whoever may not see the scheme of a project that is there.
    Look::of(granted, Gap::Forbidden, now)
}
