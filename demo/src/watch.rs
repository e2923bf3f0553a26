//! Waiting until the app has done what the demo shows, and saying what is missing if it does not.
//! Reads the app's store as an operator could; changes nothing.

use crate::site::SUPPORT;
use anyhow::{Context as _, bail};
use invite_guard::domain::tenant::Tenant;
use invite_guard::domain::{AccountId, project::Project};
use invite_guard::store::Store;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(100);

/// Waits until every project was read twice: only then is somebody who was there before known for certain to be.
pub(crate) async fn taken_over(store: &dyn Store) -> anyhow::Result<()> {
    let first = until("the app has read the customers of both projects", || async {
        let projects = read_projects(store).await?;
        Ok((projects.len() >= 2).then_some(projects))
    })
    .await?;
    let before = first.iter().filter_map(|project| project.last_pass).max();
    until("the app has read the customers a second time", || async {
        let projects = read_projects(store).await?;
        let again = projects.len() >= 2 && projects.iter().all(|project| project.last_pass > before);
        Ok(again.then_some(()))
    })
    .await
}

/// Waits until the add shows on the page.
pub(crate) async fn noticed(store: &dyn Store, account: &str) -> anyhow::Result<()> {
    let account = AccountId(account.to_owned());
    until("the app has noticed the first customer", || async {
        let tenant = tenant(store).await?.context("the tenant is gone")?;
        let project = store.projects(tenant.id).await?.into_iter().find(|project| project.key == SUPPORT);
        let project = project.context("the project is gone")?;
        let case = store.case(tenant.id, project.id, &account).await?;
        Ok(case.filter(|case| case.primary().is_some()).map(|_| ()))
    })
    .await
}

async fn tenant(store: &dyn Store) -> anyhow::Result<Option<Tenant>> {
    Ok(store.tenants().await?.into_iter().find(Tenant::is_active))
}

/// The projects of which a pass has been completed.
async fn read_projects(store: &dyn Store) -> anyhow::Result<Vec<Project>> {
    let Some(tenant) = tenant(store).await? else { return Ok(Vec::new()) };
    let projects = store.projects(tenant.id).await?;
    Ok(projects.into_iter().filter(|project| project.last_pass.is_some()).collect())
}

async fn until<T, F>(what: &str, look: impl Fn() -> F) -> anyhow::Result<T>
where
    F: Future<Output = anyhow::Result<Option<T>>>,
{
    let looking = async {
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    match tokio::time::timeout(PATIENCE, looking).await {
        Ok(found) => found,
        Err(_) => bail!(
            "waited {} s and still not: {what}. Set INVITE_GUARD__TELEMETRY__LOG=debug to see why.",
            PATIENCE.as_secs()
        ),
    }
}
