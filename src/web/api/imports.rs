//! Files that admins upload: *Customer notification logs* and exported automation rules. Read, judged, never kept.
//! Knows no form of a file; what is stored of one is marks, dates and one yes or no.

use super::cases::queue;
use super::trail;
use crate::domain::address::Address;
use crate::domain::case::CaseState;
use crate::domain::history::Line;
use crate::domain::mark::{MARK_KEPT, MarkKind, MarkedRow};
use crate::domain::trail::Deed;
use crate::domain::work::{NewWork, Work};
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::store::CaseFilter;
use crate::web::State;
use crate::web::gate::{AdministerProjects, In};
use crate::web::head;
use crate::web::problem::Problem;
use crate::words::{Value, Words};
use actix_web::{HttpRequest, HttpResponse, web};
use diagnosis::{FactKey, Moment, Source};
use imports::automation::{self, Rule, Verdict};
use imports::notification_log::{self as log, Failure, Refusal, Row};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use std::collections::BTreeMap;

/// Largest file.
const MOST_BYTES: usize = 20 * 1024 * 1024;
/// What a file may be; which of them it is for its reader to find out.
const TYPES: [&str; 3] = ["application/json", "text/csv", "text/plain"];
/// So many people of each state are judged again after an import; whoever is further back is when they are looked at next.
const AGAIN: u32 = 500;
/// Who was clear longer ago than this has got in or is over.
const RECENT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What an upload is answered with.
#[derive(Serialize)]
struct Answer<F> {
    read: usize,
    findings: Vec<F>,
    skipped: Vec<Skipped>,
}

#[derive(Serialize)]
struct Skipped {
    #[serde(rename = "where")]
    place: String,
    why: String,
}

/// What a log says, by reason; never about whom.
#[derive(Serialize)]
struct Reason {
    reason: &'static str,
    count: u64,
    statement: String,
}

/// `POST /projects/{p}/imports/notification-log`
pub(in crate::web) async fn notification_log(
    by: In<AdministerProjects>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    let file = head::file(&request, payload, &TYPES, MOST_BYTES).await?;
    let sharing = state.clone();
    let answer = state.run(async move {
        let (tenant, project, account) = (by.tenant().id, by.project().id, by.visitor().account().clone());
        let page = page_zone(&sharing, &by).await;
        let import = Import { tenant, project, by: account.clone(), now: sharing.clock.now() };
        let key = sharing.store.marking_key().await?;
        let reading = move || import.read_log(&file, key.expose_secret(), page.as_ref());
        let read = tokio::task::spawn_blocking(reading).await.map_err(|_| Problem::internal("panicked"))??;
        let entry = trail::entry(&sharing, Some(project), &account, Deed::Import)
            .with("kind", "notification_log")
            .with("read", read.reading.read)
            .with("kept", read.rows.len());
        if sharing.store.record_marks(tenant, &read.rows).await? > 0 {
            judged_again(&sharing, tenant, project).await?;
        }
        trail::note(&sharing, tenant, entry).await?;
        Ok(told_of_log(&read, &super::words()))
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

/// The log's page shows its times in the zone of whoever looks at it. One that Jira or this machine does not know leaves a day
/// open.
async fn page_zone(state: &State, by: &In<AdministerProjects>) -> Option<TimeZone> {
    let user = state.jira.site(by.tenant()).user(by.visitor().account()).await.ok()?;
    match user.time_zone?.as_str() {
        "UTC" | "Etc/UTC" | "GMT" | "Etc/GMT" => Some(TimeZone::UTC),
        name => TimeZone::get(name).ok(),
    }
}

struct Import {
    tenant: TenantId,
    project: ProjectId,
    by: AccountId,
    now: Timestamp,
}

/// What was made of a log: no address is left in it.
struct ReadLog {
    reading: log::Reading,
    rows: Vec<MarkedRow>,
    counts: BTreeMap<&'static str, u64>,
}

impl Import {
    fn read_log(&self, file: &[u8], marking_key: &[u8], page: Option<&TimeZone>) -> Result<ReadLog, Problem> {
        let mut rows = Vec::new();
        let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
        let reading = log::read(file, self.now, page, |row| {
            let (reason, kept) = match row {
                Row::Blocked { address, dated, of_request: false } => {
                    ("blocked", Some((address, dated, MarkKind::InvitationBlocked)))
                }
                Row::Blocked { address, dated, .. } => {
                    ("blocked", Some((address, dated, MarkKind::NotificationBlocked)))
                }
                Row::Unblocked { address, dated } => ("unblocked", Some((address, dated, MarkKind::Unblocked))),
                Row::Failed(failure) => (failure_name(failure), None),
            };
            *counts.entry(reason).or_default() += 1;
            // An older one says nothing any more.
            let kept = kept.filter(|(_, dated, _)| self.now.duration_since(dated.not_before) <= MARK_KEPT);
            rows.extend(kept.map(|(address, dated, kind)| MarkedRow {
                project: self.project,
                mark: Address::new(address).mark(marking_key, self.tenant),
                kind,
                dated: Moment { not_before: dated.not_before, not_after: dated.not_after },
                imported_at: self.now,
                by: self.by.clone(),
            }));
        });
        let reading = reading.map_err(|refusal| Problem::bad_request(refused(refusal)))?;
        Ok(ReadLog { reading, rows, counts })
    }
}

fn failure_name(failure: Failure) -> &'static str {
    match failure {
        Failure::InternalError => "internal_error",
        Failure::BadAddress => "bad_address",
        Failure::TemplateTooLarge => "template_too_large",
        Failure::Other => "other",
    }
}

fn refused(refusal: Refusal) -> String {
    let id = match refusal {
        Refusal::NotUtf8 => "import-log-not-utf8",
        Refusal::Archive => "import-log-archive",
        Refusal::NoLog => "import-log-no-log",
        Refusal::TooManyRows => "import-log-too-many-rows",
    };
    super::words().text(id, &[])
}

fn told_of_log(read: &ReadLog, words: &Words) -> Answer<Reason> {
    let finding = |(reason, count): (&&'static str, &u64)| Reason {
        reason,
        count: *count,
        statement: words.text(&format!("import-log-{reason}"), &[("count", Value::from(*count))]),
    };
    let skipped = |skipped: &log::Skipped| Skipped {
        place: words.text("import-log-line", &[("line", Value::from(skipped.line.to_string()))]),
        why: words.text(why(skipped.why), &[]),
    };
    let mut all: Vec<Skipped> = read.reading.skipped.iter().map(skipped).collect();
    if read.reading.skipped_more > 0 {
        let more = [("count", Value::from(read.reading.skipped_more))];
        all.push(Skipped {
            place: words.text("import-further-on", &[]),
            why: words.text("import-skipped-more", &more),
        });
    }
    Answer { read: read.reading.read, findings: read.counts.iter().map(finding).collect(), skipped: all }
}

fn why(why: log::Why) -> &'static str {
    match why {
        log::Why::NoAddress => "import-log-why-no-address",
        log::Why::NoDate => "import-log-why-no-date",
        log::Why::UnreadableDate => "import-log-why-unreadable-date",
        log::Why::RelativeDate => "import-log-why-relative-date",
        log::Why::AmbiguousDate => "import-log-why-ambiguous-date",
        log::Why::FutureDate => "import-log-why-future-date",
        log::Why::LongCell => "import-log-why-long-cell",
    }
}

/// Whoever is not over yet may be one of those whom the file tells of. Which of them, only Jira's answer to each can say.
async fn judged_again(state: &State, tenant: TenantId, project: ProjectId) -> Result<(), Problem> {
    let now = state.clock.now();
    let mut wishes = Vec::new();
    for kept in [CaseState::Open, CaseState::Unchecked, CaseState::Clear] {
        let filter = CaseFilter { state: Some(kept), limit: AGAIN, ..CaseFilter::default() };
        let cases = state.store.cases(tenant, project, &filter).await?;
        let recent = cases
            .into_iter()
            .filter(|case| kept != CaseState::Clear || now.duration_since(case.added.not_after) <= RECENT);
        wishes.extend(recent.map(|case| {
            let work = Work::Examine { project, account: case.account, fresh: false, quiet: true };
            NewWork::wish(tenant, now, work)
        }));
    }
    queue(state, wishes).await
}

/// A step that adds customers without a mail; only for whoever brought the file.
#[derive(Serialize)]
struct SilentPath {
    rule: String,
    path: Vec<automation::Step>,
    reason: &'static str,
    /// The file alone proves it.
    sure: bool,
    statement: String,
}

/// `POST /projects/{p}/imports/automation`
pub(in crate::web) async fn automation(
    by: In<AdministerProjects>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    let file = head::file(&request, payload, &TYPES, MOST_BYTES).await?;
    let sharing = state.clone();
    let answer = state.run(async move {
        let (tenant, project, account) = (by.tenant().id, by.project().id, by.visitor().account().clone());
        let reading = move || automation::read(&file);
        let read = tokio::task::spawn_blocking(reading).await.map_err(|_| Problem::internal("panicked"))?;
        let words = super::words();
        let read = read.map_err(|error| Problem::bad_request(words.unreadable_rules(&error)))?;
        let entry = trail::entry(&sharing, Some(project), &account, Deed::Import)
            .with("kind", "automation")
            .with("read", read.read)
            .with("silent", read.silent().count());
        let line = Line {
            key: FactKey::SilentRule,
            project: Some(project),
            value: silent_rule(&read).map_or(serde_json::Value::Null, serde_json::Value::Bool),
            before: None,
            source: Source::ImportedFile,
            since: None,
            observed_at: sharing.clock.now(),
            by: Some(account.0),
        };
        sharing.store.record(tenant, std::slice::from_ref(&line)).await?;
        judged_again(&sharing, tenant, project).await?;
        trail::note(&sharing, tenant, entry).await?;
        Ok(told_of_rules(&read, &words))
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

/// Whether a rule adds customers silently. A no needs rules that add some and mail them all, and a file that was understood to
/// its last step: what is not in it may be in another.
fn silent_rule(read: &automation::Reading) -> Option<bool> {
    let counts = || read.rules.iter().filter(|rule| rule.counts());
    if counts().any(|rule| rule.verdict == Verdict::Silent) {
        return Some(true);
    }
    let understood = read.skipped.is_empty() && read.unknown.is_empty() && read.silent().next().is_none();
    (understood && counts().any(|rule| rule.verdict == Verdict::Mailed)).then_some(false)
}

fn told_of_rules(read: &automation::Reading, words: &Words) -> Answer<SilentPath> {
    let name = |name: Option<&str>| name.map_or_else(|| words.text("automation-nameless", &[]), str::to_owned);
    let paths = |rule: &Rule| {
        let rule_name = name(rule.name.as_deref());
        let path = |finding: &automation::Finding| SilentPath {
            rule: rule_name.clone(),
            path: finding.path.clone(),
            reason: finding.reason.name(),
            sure: finding.is_sure(),
            statement: words.silent_path(finding),
        };
        rule.findings.iter().map(path).collect::<Vec<_>>()
    };
    let mut skipped: Vec<Skipped> = Vec::new();
    for rule in read.skipped.iter() {
        let place = format!("{} ({})", rule.place, name(rule.name.as_deref()));
        skipped.push(Skipped { place, why: words.text(&rule.why.message_id(), &[]) });
    }
    for unknown in &read.unknown {
        let count = [("count", Value::from(unknown.count))];
        skipped.push(Skipped { place: unknown.kind.clone(), why: words.text("import-unknown-step", &count) });
    }
    for rule in read.silent().filter(|rule| rule.unlisted > 0) {
        let count = [("count", Value::from(rule.unlisted))];
        skipped.push(Skipped { place: name(rule.name.as_deref()), why: words.text("automation-unlisted", &count) });
    }
    Answer { read: read.read, findings: read.silent().flat_map(paths).collect(), skipped }
}
