//! `scan`: looks through the customers of one tenant or all now, and shows how far it is.
//! Reads no customer itself: it asks for passes and does its share of the queue meanwhile.

use super::{CliError, Output, Verdict, print, print_json};
use crate::app::{self, Rooms};
use crate::config::Settings;
use crate::domain::clock::SystemClock;
use crate::domain::scan::{Scan as Stand, ScanState};
use crate::domain::tenant::Tenant;
use crate::domain::work::look_through;
use crate::domain::{Clock as _, TenantId};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// A site with more service projects is looked through in its most recent ones.
const PROJECTS: usize = 2_000;
/// How often the bar moves.
const LOOK: Duration = Duration::from_millis(200);

/// Looks through the customers of one tenant or all now.
#[derive(Debug, Args)]
pub(super) struct Scan {
    /// Only this site, by its base URL; all that have us installed when not given.
    #[arg(long, value_name = "BASE_URL")]
    tenant: Option<Url>,
    #[command(flatten)]
    output: Output,
}

/// One project being looked through.
struct Going {
    tenant: TenantId,
    site: String,
    key: String,
    stand: Stand,
}

impl Scan {
    pub(super) fn run(self, settings: &Settings) -> Result<Verdict, CliError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async { app::work_while(settings, async |rooms: &Rooms| self.look(rooms).await).await? })
    }

    async fn look(&self, rooms: &Rooms) -> Result<Verdict, CliError> {
        let mut going = Vec::new();
        for tenant in tenants(rooms, self.tenant.as_ref()).await? {
            going.extend(start(rooms, &tenant).await?);
        }
        let bar = bar(going.len());
        let looked = watch(rooms, &mut going, &bar);
        tokio::select! {
            looked = looked => looked?,
            stopped = app::stop_signal() => { stopped?; stop(rooms, &mut going).await?; }
        }
        bar.finish_and_clear();
        self.tell(&going)
    }

    fn tell(&self, going: &[Going]) -> Result<Verdict, CliError> {
        if self.output.json {
            print_json(&going.iter().map(as_json).collect::<Vec<_>>())?;
        } else {
            for Going { site, key, stand, .. } in going {
                let Stand { done, found, .. } = stand;
                print(&format!("{site} {key}: {}, {done} people read, {found} adds found", stand.state.name()))?;
            }
            if going.is_empty() {
                print("No service project to look through.")?;
            }
        }
        let whole = going.iter().all(|one| one.stand.state == ScanState::Done);
        Ok(if whole { Verdict::Fine } else { Verdict::Unchecked })
    }
}

fn as_json(one: &Going) -> Value {
    let Going { site, key, stand, .. } = one;
    json!({
        "tenant": site, "project": key, "projectId": stand.project, "id": stand.id, "state": stand.state.name(),
        "done": stand.done, "total": stand.total, "found": stand.found,
    })
}

/// The tenants that may be called; one that was named must be among them.
async fn tenants(rooms: &Rooms, named: Option<&Url>) -> Result<Vec<Tenant>, CliError> {
    let base = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
    let mut all = rooms.store.tenants().await?;
    all.retain(|tenant| tenant.is_active());
    if let Some(url) = named {
        all.retain(|tenant| base(&tenant.base_url) == base(url));
        if all.is_empty() {
            return Err(CliError::Usage(format!("{url} has not installed us; see `invite-guard tenants`")));
        }
    }
    Ok(all)
}

async fn start(rooms: &Rooms, tenant: &Tenant) -> Result<Vec<Going>, CliError> {
    let site = tenant.base_url.as_str().trim_end_matches('/').to_owned();
    let mut started = Vec::new();
    for project in rooms.jira.site(tenant).service_projects(PROJECTS, true).await? {
        let now = SystemClock.now();
        rooms.store.see_project(tenant.id, project.id, &project.key, now).await?;
        let (stand, _) = rooms.store.start_scan(tenant.id, project.id, &Uuid::now_v7().to_string(), now).await?;
        rooms.store.accept(&look_through(tenant.id, project.id, now)).await?;
        started.push(Going { tenant: tenant.id, site: site.clone(), key: project.key, stand });
    }
    Ok(started)
}

/// Returns when every scan is over.
async fn watch(rooms: &Rooms, going: &mut [Going], bar: &ProgressBar) -> Result<(), CliError> {
    while going.iter().any(|one| !one.stand.state.is_over()) {
        tokio::time::sleep(LOOK).await;
        look_again(rooms, going).await?;
        bar.set_length(going.iter().map(|one| one.stand.total).sum());
        bar.set_position(going.iter().map(|one| one.stand.done).sum());
        let over = going.iter().filter(|one| one.stand.state.is_over()).count();
        bar.set_message(format!("{over} of {} projects", going.len()));
    }
    Ok(())
}

async fn look_again(rooms: &Rooms, going: &mut [Going]) -> Result<(), CliError> {
    for one in going.iter_mut().filter(|one| !one.stand.state.is_over()) {
        if let Some(stand) = rooms.store.scan(one.tenant, one.stand.project, &one.stand.id).await? {
            one.stand = stand;
        }
    }
    Ok(())
}

async fn stop(rooms: &Rooms, going: &mut [Going]) -> Result<(), CliError> {
    for one in going.iter().filter(|one| !one.stand.state.is_over()) {
        let (project, id) = (one.stand.project, Some(one.stand.id.as_str()));
        rooms.store.end_scan(one.tenant, project, id, ScanState::Stopped, SystemClock.now()).await?;
    }
    look_again(rooms, going).await
}

/// Seen on a terminal only.
fn bar(projects: usize) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(format!("0 of {projects} projects"));
    match ProgressStyle::with_template("{bar:30} {pos}/{len} people, {msg}, {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
