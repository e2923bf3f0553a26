//! What Jira's events come to, whichever door they came through: work. Names, addresses and the rest of a body are never read.
//! Knows no envelope, token or queue; nothing is judged by an event, it is only a hint where to look.

use crate::domain::work::Work;
use crate::domain::{AccountId, ProjectId};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;

/// Events that mean something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    UserCreated,
    /// Updated or deleted.
    UserChanged,
    IssueCreated,
    IssueUpdated,
    CommentCreated,
}

/// An event without its envelope: what happened when, by whom and to what, as Jira shapes people and work items in every event.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) event: Event,
    pub(super) at: Timestamp,
    /// Whom it is about, or who acted.
    pub(super) user: Value,
    pub(super) issue: Value,
    pub(super) comment: Value,
    pub(super) changelog: Value,
}

/// What an event comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something to do: the first is what the event is about, the others are about further people.
    Work(Vec<Work>),
    /// Nothing to do: an event we know and do not use, of another kind of project, or one we do not know.
    Nothing,
}

/// Not JSON, or a known event without what makes it one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// What an event comes to.
pub(super) fn hear(told: &Told) -> Result<Heard, Broken> {
    match told.event {
        Event::UserCreated => {
            let account = account(&told.user)?;
            Ok(heard(vec![Work::Locate { account, hinted_at: told.at, looked: 0 }]))
        }
        Event::UserChanged => account(&told.user).map(|_| Heard::Nothing),
        Event::IssueCreated => created(told),
        Event::IssueUpdated => updated(told),
        Event::CommentCreated => commented(told),
    }
}

/// What an event is about, the same through either door and on every retry; `None` where it does not say.
pub(super) fn about(told: &Told) -> Option<String> {
    let id = |value: &Value| value.as_str().map(str::to_owned).or_else(|| Some(value.as_i64()?.to_string()));
    let plain = |id: &String| (1..=150).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    let (kind, id) = match told.event {
        Event::UserCreated | Event::UserChanged => ("user", Some(account(&told.user).ok()?.0)),
        Event::IssueCreated => ("issue", id(&told.issue["id"])),
        Event::IssueUpdated => ("change", id(&told.changelog["id"])),
        Event::CommentCreated => ("comment", id(&told.comment["id"])),
    };
    id.filter(plain).map(|id| format!("{kind}:{id}"))
}

/// People who take part in one request; more are left to the passes.
const PARTICIPANTS: usize = 20;

fn heard(works: Vec<Work>) -> Heard {
    if works.is_empty() { Heard::Nothing } else { Heard::Work(works) }
}

/// By so much the two clocks may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(atlassian_jwt::EXP_LEEWAY);

/// Milliseconds since the epoch, as a number or as text.
pub(super) fn time(told: &Value, now: Timestamp) -> Timestamp {
    let milliseconds = told.as_i64().or_else(|| told.as_str()?.trim().parse().ok());
    let told = milliseconds.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    // Jira's clock may be ahead of ours by as much as a token is forgiven: then its time is the one by which things happened.
    let latest = now.saturating_add(CLOCKS_DIFFER).unwrap_or(now);
    told.map_or(now, |at| if at <= latest { at } else { now })
}

/// A time in Jira's own way of writing it, such as `2026-01-20T15:58:12.797+1100`, if it is one and not still to come.
pub(super) fn written_time(told: &Value, now: Timestamp) -> Option<Timestamp> {
    let latest = now.saturating_add(CLOCKS_DIFFER).unwrap_or(now);
    let at = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", told.as_str()?).ok()?.to_timestamp().ok()?;
    (at <= latest).then_some(at)
}

/// Jira's own documentation spells the field in two ways.
fn account(user: &Value) -> Result<AccountId, Broken> {
    let told = user["accountId"].as_str().or_else(|| user["accoundId"].as_str());
    told.and_then(AccountId::parse).ok_or(Broken)
}

/// Automation and apps act, but are nobody's customer.
fn is_app(user: &Value) -> bool {
    user["accountType"].as_str() == Some("app")
}

/// A work item of an event.
struct Item<'a> {
    key: &'a str,
    project: Option<ProjectId>,
    fields: &'a Value,
}

impl<'a> Item<'a> {
    fn of(issue: &'a Value) -> Result<Self, Broken> {
        let key = issue["key"].as_str().filter(|key| crate::domain::project::is_item_key(key)).ok_or(Broken)?;
        let fields = &issue["fields"];
        let project = &fields["project"];
        // Without the type it may be one; the worker does nothing for people whom no service project ever showed.
        let service = project["projectTypeKey"].as_str().is_none_or(|kind| kind == "service_desk");
        let id = project["id"].as_i64().or_else(|| project["id"].as_str()?.parse().ok()).map(ProjectId);
        // Without its project an event of a work item cannot be placed at all.
        let id = id.ok_or(Broken)?;
        Ok(Self { key, project: service.then_some(id), fields })
    }

    /// Nobody may have reported it; somebody unreadable is a broken event.
    fn reporter(&self) -> Result<Option<AccountId>, Broken> {
        match &self.fields["reporter"] {
            Value::Null => Ok(None),
            reporter => account(reporter).map(Some),
        }
    }
}

impl Item<'_> {
    /// Customers who take part in the request. Which of a site's own fields holds them is told nowhere: any that lists
    /// people does, of whom only portal accounts are surely no agents.
    fn participants(&self, is_meant: impl Fn(&str) -> bool) -> BTreeSet<AccountId> {
        let fields = self.fields.as_object().into_iter().flatten();
        let lists = fields.filter(|(name, _)| name.starts_with("customfield_") && is_meant(name));
        let people = lists.filter_map(|(_, value)| value.as_array()).flatten();
        let customers = people.filter(|person| person["accountType"].as_str() == Some("customer"));
        customers.filter_map(|person| account(person).ok()).take(PARTICIPANTS).collect()
    }
}

fn taking_part(project: ProjectId, people: BTreeSet<AccountId>, at: Timestamp) -> impl Iterator<Item = Work> {
    people.into_iter().map(move |account| Work::Participant { project, account, at })
}

fn created(told: &Told) -> Result<Heard, Broken> {
    let item = Item::of(&told.issue)?;
    let reporter = item.reporter()?.filter(|_| !is_app(&item.fields["reporter"]));
    // Rules and apps create items without a user; then somebody else acted than the customer.
    let actor = match &told.user {
        Value::Null => account(&item.fields["creator"]).ok(),
        user => Some(account(user)?),
    };
    let Some(project) = item.project else { return Ok(Heard::Nothing) };
    let mut people = item.participants(|_| true);
    let mut works = Vec::new();
    if let (Some(reporter), Some(actor)) = (reporter, actor) {
        people.remove(&reporter);
        works.push(Work::Request { project, request: item.key.to_owned(), reporter, actor, at: told.at });
    }
    works.extend(taking_part(project, people, told.at));
    Ok(heard(works))
}

/// Only fields that the event says have changed: a request is updated all the time.
fn updated(told: &Told) -> Result<Heard, Broken> {
    let item = Item::of(&told.issue)?;
    let Some(project) = item.project else { return Ok(Heard::Nothing) };
    let changed = told.changelog["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_changed = |name: &str| changed.iter().any(|change| change["fieldId"].as_str() == Some(name));
    Ok(heard(taking_part(project, item.participants(is_changed), told.at).collect()))
}

/// An internal comment comes from the team and tells nothing about the customer. The reporter is often left out: then it
/// is about the one who commented.
fn commented(told: &Told) -> Result<Heard, Broken> {
    let item = Item::of(&told.issue)?;
    let author = &told.comment["author"];
    let actor = account(author)?;
    let internal = told.comment["jsdPublic"].as_bool() == Some(false);
    let Some(project) = item.project.filter(|_| !internal) else { return Ok(Heard::Nothing) };
    let reporter = match item.reporter()? {
        None if is_app(author) => return Ok(Heard::Nothing),
        reporter => reporter.unwrap_or_else(|| actor.clone()),
    };
    Ok(heard(vec![Work::Request { project, request: item.key.to_owned(), reporter, actor, at: told.at }]))
}
