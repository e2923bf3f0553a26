//! Whether every product of the site is on the Free plan, from `GET instance/license`: a note for the project's page.
//! Does not know how many mails went today; Jira tells nobody.

use super::cache::Remembered;
use super::seen_now::Look;
use super::{Asked, Reach, Reader, Spec, Told};
use crate::domain::TenantId;
use crate::jira::Site;
use diagnosis::{FactKey, Gap, key};
use jiff::Timestamp;

pub(super) struct FreePlan;

static SPEC: Spec = Spec { name: "licence", supplies: &[FactKey::OnFreePlan], authority: 90, calls: 0 };

#[async_trait::async_trait]
impl Reader for FreePlan {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let look = look(at.remembered, at.site, at.tenant.id, at.now, at.fresh).await;
        look.for_each::<key::OnFreePlan>(who)
    }
}

pub(super) async fn look(remembered: &Remembered, site: &Site, tenant: TenantId, now: Timestamp, fresh: bool) -> Look {
    Look::of(remembered.all_free(site, tenant, now, fresh).await, Gap::NotExposed, now)
}
