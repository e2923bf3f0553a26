//! `selftest`: what each source can and cannot see on a site, compared with what somebody says is so right now.
//! Marks sources proven or refuted there. An operator is no Jira admin: what they say is compared and not recorded.

use super::{CliError, Output, Verdict, print, print_json};
use crate::app;
use crate::config::Settings;
use crate::domain::clock::SystemClock;
use crate::domain::history::Line;
use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, Clock as _, ProjectId};
use crate::examine::{SelfTest, SourceReport, statements};
use crate::store::Store;
use crate::words::Words;
use clap::Args;
use diagnosis::FactKey;
use serde_json::{Value, json};
use url::Url;

/// What each source sees on a site, compared with what you know is so right now.
#[derive(Debug, Args)]
pub(super) struct Selftest {
    /// Base URL of the site; needed where more than one is installed.
    #[arg(long, value_name = "BASE_URL")]
    tenant: Option<Url>,
    /// What is so right now: outgoing_mail_on=true, or of a project KEY:invite_notification_on=false. May be repeated.
    #[arg(long, value_name = "[PROJECT:]FACT=VALUE")]
    say: Vec<String>,
    #[command(flatten)]
    output: Output,
}

impl Selftest {
    pub(super) async fn run(self, settings: &Settings) -> Result<Verdict, CliError> {
        let store = app::open_store(settings).await?;
        let tenant = tenant(store.as_ref(), self.tenant.as_ref()).await?;
        let mut said = Vec::new();
        for word in &self.say {
            said.push(read(store.as_ref(), &tenant, word).await?);
        }
        let tested = app::examiner(settings, &store)?.self_test(&tenant, &said, None).await?;
        let words = Words::for_locale("en");
        match self.output.json {
            true => print_json(&in_json(&tested, &words))?,
            false => print(&table(&tested, &words))?,
        }
        let blind = tested.sources.iter().any(|report| report.trouble.is_some());
        Ok(if blind { Verdict::Unchecked } else { Verdict::Fine })
    }
}

/// The installation that is meant: by its address, or the only active one.
async fn tenant(store: &dyn Store, wanted: Option<&Url>) -> Result<Tenant, CliError> {
    let active: Vec<Tenant> = store.tenants().await?.into_iter().filter(Tenant::is_active).collect();
    let place = |url: &Url| format!("{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/'));
    let Some(wanted) = wanted else {
        let only = <[Tenant; 1]>::try_from(active).map_err(|found| match found.len() {
            0 => "no site has Invite Guard installed".to_owned(),
            count => format!("{count} sites have Invite Guard installed: name one with --tenant (see `tenants`)"),
        });
        let [tenant] = only.map_err(CliError::Usage)?;
        return Ok(tenant);
    };
    let is_it = |tenant: &Tenant| place(&tenant.base_url) == place(wanted);
    let found = active.into_iter().find(is_it);
    found.ok_or_else(|| CliError::Usage("no site with this address has Invite Guard installed (see `tenants`)".into()))
}

/// `FACT=VALUE` or `PROJECT:FACT=VALUE`, the project by key or id.
async fn read(store: &dyn Store, tenant: &Tenant, word: &str) -> Result<Line, CliError> {
    let names = |keys: &[FactKey]| keys.iter().map(|key| key.name()).collect::<Vec<_>>().join(", ");
    let wrong = || {
        CliError::Usage(format!(
            "--say takes FACT=VALUE with one of {}, or PROJECT:FACT=VALUE with one of {}",
            names(statements::OF_THE_SITE),
            names(statements::OF_A_PROJECT)
        ))
    };
    let (what, value) = word.split_once('=').ok_or_else(wrong)?;
    let (project, fact) = match what.split_once(':') {
        Some((project, fact)) => (Some(known(store, tenant, project).await?), fact),
        None => (None, what),
    };
    let value: Value = serde_json::from_str(value).map_err(|_| wrong())?;
    let operator = AccountId("operator".to_owned());
    let line = statements::line(fact, value, project, &operator, SystemClock.now()).ok_or_else(wrong)?;
    Ok(Line { by: None, ..line })
}

async fn known(store: &dyn Store, tenant: &Tenant, named: &str) -> Result<ProjectId, CliError> {
    let projects = store.projects(tenant.id).await?;
    let is_it = |key: &str, id: ProjectId| key.eq_ignore_ascii_case(named) || id.to_string() == named;
    let found = projects.into_iter().find(|project| is_it(&project.key, project.id));
    found.map(|project| project.id).ok_or_else(|| CliError::Usage("--say names a project that is not known".into()))
}

fn facts(report: &SourceReport) -> Vec<&'static str> {
    report.sees.iter().copied().map(FactKey::name).collect()
}

/// The same as `POST /site/selftest` answers.
fn in_json(tested: &SelfTest, words: &Words) -> Value {
    let one = |report: &SourceReport| {
        json!({
            "name": report.source.name(),
            "state": report.state.name(),
            "sees": facts(report),
            "why": words.told(&report.why),
        })
    };
    json!({"sources": tested.sources.iter().map(one).collect::<Vec<_>>()})
}

fn table(tested: &SelfTest, words: &Words) -> String {
    let row = |report: &SourceReport| {
        let (name, state, why) = (report.source.name(), report.state.name(), words.told(&report.why));
        let sees = match facts(report) {
            facts if facts.is_empty() => "–".to_owned(),
            facts => facts.join(", "),
        };
        format!("{name:<16} {state:<12} {why}\n{:<16} {:<12} sees: {sees}", "", "")
    };
    tested.sources.iter().map(row).collect::<Vec<_>>().join("\n")
}
