//! A project's settings: any part of them may be put; what does not work yet is refused, not kept silently.
//! Knows no publishing.

use super::cases::queue;
use super::on_purpose::{self, Checked, Mark};
use super::trail;
use crate::domain::project::{Canary, CommentMode, Notice, OnPurpose, Settings};
use crate::domain::trail::{Deed, Entry};
use crate::domain::work::{NewWork, Work};
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::web::State;
use crate::web::gate::{AdministerProjects, Agent, In};
use crate::web::head;
use crate::web::problem::Problem;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const EXPECTED: &str = r#"The body must hold any of commentMode ("off", "request"), notice ("none"), onPurpose (a list of {"scenario", "why", "until"}) and retentionDays (7 to 90), and nothing else."#;
/// At most so many undecided people are judged again at once; the rest is when they are looked at next.
const AGAIN: u32 = 10_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    comment_mode: CommentMode,
    notice: String,
    on_purpose: Vec<OnPurpose>,
    retention_days: u16,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Part {
    comment_mode: Option<CommentMode>,
    notice: Option<String>,
    on_purpose: Option<Vec<Mark>>,
    retention_days: Option<i64>,
}

fn shown(settings: &Settings, state: &State) -> HttpResponse {
    HttpResponse::Ok().json(Shown {
        comment_mode: settings.comment_mode,
        notice: settings.notice.as_text(),
        on_purpose: settings.on_purpose.clone(),
        retention_days: settings.retention_days.unwrap_or(state.settings.retention_days),
    })
}

async fn stored(state: &State, tenant: TenantId, project: ProjectId) -> Result<Settings, Problem> {
    Ok(state.store.project(tenant, project).await?.map(|project| project.settings).unwrap_or_default())
}

/// `GET /projects/{p}/settings`
pub(in crate::web) async fn show(by: In<Agent>, state: State) -> Result<HttpResponse, Problem> {
    let sharing = state.clone();
    let settings = state.run(async move { stored(&sharing, by.tenant().id, by.project().id).await }).await?;
    Ok(shown(&settings, &state))
}

/// `PUT /projects/{p}/settings`
pub(in crate::web) async fn put(
    by: In<AdministerProjects>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    let part: Part = head::json(&request, payload, EXPECTED).await?;
    let change = check(part, state.clock.now())?;
    let (sets_mode, marks) = (change.comment_mode.is_some(), change.on_purpose.is_some());
    let entry = change.told(&by, &state);
    let sharing = state.clone();
    let settings = state.run(async move {
        let (tenant, project) = (by.tenant().id, by.project());
        let mut settings = stored(&sharing, tenant, project.id).await?;
        change.apply(&mut settings, by.visitor().account());
        sharing.store.see_project(tenant, project.id, &project.key, sharing.clock.now()).await?;
        sharing.store.set_settings(tenant, project.id, &settings).await?;
        if sets_mode {
            prove_anew(&sharing, tenant, project.id).await?;
        }
        if marks {
            judge_anew(&sharing, tenant, project.id).await?;
        }
        if let Some(entry) = entry {
            trail::note(&sharing, tenant, entry).await?;
        }
        Ok(settings)
    });
    Ok(shown(&settings.await?, &state))
}

/// Choosing the mode is the moment to prove once more that comments are internal, and to show the open cases by it.
async fn prove_anew(state: &State, tenant: TenantId, project: ProjectId) -> Result<(), Problem> {
    let now = state.clock.now();
    state.store.set_canary(tenant, project, Canary::Untried, now).await?;
    queue(state, vec![NewWork::wish(tenant, now, Work::Publish { project })]).await
}

/// Whoever is warned about now may be so on purpose, and the other way round for who comes after.
async fn judge_anew(state: &State, tenant: TenantId, project: ProjectId) -> Result<(), Problem> {
    let now = state.clock.now();
    let undecided = state.store.undecided(tenant, Some(project), AGAIN).await?;
    let again =
        |(project, account)| NewWork::wish(tenant, now, Work::Examine { project, account, fresh: false, quiet: true });
    queue(state, undecided.into_iter().map(again).collect()).await
}

struct Change {
    comment_mode: Option<CommentMode>,
    notice: Option<Notice>,
    retention_days: Option<u16>,
    on_purpose: Option<Vec<Checked>>,
}

fn check(part: Part, now: Timestamp) -> Result<Change, Problem> {
    let on_purpose = part.on_purpose.map(|marks| on_purpose::check(marks, now)).transpose()?;
    // A choice that nothing acts on would be a promise; the notice item belongs to a later version.
    if part.comment_mode == Some(CommentMode::RequestAndNotice) {
        return Err(Problem::bad_request("request_and_notice can't be chosen yet; choose request."));
    }
    let notice = part.notice.map(|text| match Notice::parse(&text) {
        Some(Notice::None) => Ok(Notice::None),
        Some(_) => Err(Problem::bad_request("A notice item can't be chosen yet; notice must be \"none\".")),
        None => Err(Problem::bad_request(r#"notice must be "none"."#)),
    });
    let days = part.retention_days.map(|days| {
        let days = u16::try_from(days).ok().filter(|days| (7..=90).contains(days));
        days.ok_or(Problem::bad_request("retentionDays must be a number from 7 to 90."))
    });
    Ok(Change {
        comment_mode: part.comment_mode,
        notice: notice.transpose()?,
        retention_days: days.transpose()?,
        on_purpose,
    })
}

impl Change {
    /// What the trail tells of it: what is set now, and how many causes are intended, never why. Nothing put, nothing told.
    fn told(&self, by: &In<AdministerProjects>, state: &State) -> Option<Entry> {
        let settings = self.comment_mode.is_some() || self.notice.is_some() || self.retention_days.is_some();
        let what = match (settings, &self.on_purpose) {
            (true, _) => Deed::SettingsChanged,
            (false, Some(_)) => Deed::OnPurpose,
            (false, None) => return None,
        };
        let mut entry = trail::entry(state, Some(by.project().id), by.visitor().account(), what);
        if let Some(mode) = self.comment_mode {
            entry = entry.with("commentMode", mode.name());
        }
        if let Some(notice) = &self.notice {
            entry = entry.with("notice", *notice != Notice::None);
        }
        if let Some(days) = self.retention_days {
            entry = entry.with("retentionDays", u64::from(days));
        }
        if let Some(marks) = &self.on_purpose {
            entry = entry.with("onPurpose", marks.len());
        }
        Some(entry)
    }

    fn apply(self, settings: &mut Settings, by: &AccountId) {
        settings.comment_mode = self.comment_mode.unwrap_or(settings.comment_mode);
        if let Some(notice) = self.notice {
            settings.notice = notice;
        }
        settings.retention_days = self.retention_days.or(settings.retention_days);
        if let Some(marks) = self.on_purpose {
            settings.on_purpose = on_purpose::marked(marks, &settings.on_purpose, by);
        }
    }
}
