//! A project's settings: comments, answers to what no API shows, what is on purpose, the rule step, imports, and the trail.
//! Asks nobody: everything it shows is handed to it, names included. Who may only read gets no buttons.

use super::asked::{self, Asked};
use super::comments;
use super::fragment::{Button, Fragment, Look, Names, Say, api};
use super::rich::{As, Rich, plain};
use super::trail::{self, Did};
use crate::domain::history::Line;
use crate::domain::ingest::IngestSecret;
use crate::domain::project::{OnPurpose, Project};
use crate::domain::trail::Entry;
use crate::words::{Value, Words};
use askama::Template;
use diagnosis::{FactKey, Source, scenarios};
use jiff::Timestamp;
use serde_json::json;

/// What the page is made of.
#[derive(Clone, Debug)]
pub struct ProjectSettings {
    /// The project as we keep it.
    pub project: Project,
    /// Its name, fetched for this answer; its key where Jira tells none.
    pub space: String,
    /// Host of the site.
    pub site: String,
    /// *Administer projects* here.
    pub may: bool,
    /// When this is shown.
    pub now: Timestamp,
    /// The history of the project's facts.
    pub lines: Vec<Line>,
    /// Secrets of rule steps; empty for whoever may not change them.
    pub secrets: Vec<IngestSecret>,
    /// Days that ended cases are kept.
    pub retention_days: u16,
    /// Newest entries of the trail.
    pub trail: Vec<Entry>,
    /// Names of everybody who is mentioned.
    pub names: Names,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage<'a> {
    say: Say<'a>,
    may: bool,
    sub: String,
    choices: Vec<comments::Choice>,
    effects: Vec<Effect>,
    proven: Option<(Look, String)>,
    asked: Vec<Asked>,
    marks: Vec<Mark>,
    adding: Option<Adding>,
    secrets_path: String,
    secrets: Vec<Secret>,
    uploads: Vec<Upload>,
    retention: Retention,
    trail: Vec<Did>,
}

/// What a comment does to one thing.
struct Effect {
    on: String,
    what: String,
}

struct Mark {
    key: String,
    title: String,
    why: String,
    by: Rich,
    /// Over: it stands here until the next change.
    over: bool,
    end: Option<Button>,
}

/// The form for one more mark.
struct Adding {
    path: String,
    body: String,
    options: Vec<(&'static str, String)>,
    first_day: String,
}

struct Secret {
    key: String,
    made: Rich,
    used: Rich,
    delete: Button,
}

struct Upload {
    key: &'static str,
    path: String,
    accept: &'static str,
    title: String,
    about: String,
    label: String,
    last: Option<Rich>,
}

struct Retention {
    path: String,
    days: u16,
    told: String,
}

/// Renders the page.
///
/// # Errors
/// Only when the template cannot be written, which text in memory never refuses.
pub fn render(settings: &ProjectSettings, words: &Words) -> Result<Fragment, askama::Error> {
    let say = Say(words);
    let path = api(settings.project.id);
    let page = SettingsPage {
        say,
        may: settings.may,
        sub: say.with("settings-sub", &[("space", &settings.space), ("key", &settings.project.key)]),
        choices: comments::choices(say, &settings.project),
        effects: effects(say),
        proven: comments::proven(say, &settings.project),
        asked: questions(say, settings),
        marks: settings.project.settings.on_purpose.iter().map(|mark| shown(say, settings, mark)).collect(),
        adding: settings.may.then(|| adding(say, settings)),
        secrets_path: format!("{path}/ingest-secrets"),
        secrets: settings.secrets.iter().map(|secret| of_secret(say, settings, secret)).collect(),
        uploads: uploads(say, settings),
        retention: Retention {
            path: format!("{path}/settings"),
            days: settings.retention_days,
            told: days(say, settings.retention_days),
        },
        trail: trail::told(say, &settings.names, &settings.trail),
    };
    Ok(Fragment { title: say.t("settings-title"), html: page.render()?, poll_ms: 0 })
}

fn effects(say: Say<'_>) -> Vec<Effect> {
    let one = |on: &str| Effect {
        on: say.t(&format!("settings-effect-{on}")),
        what: say.t(&format!("settings-effect-{on}-what")),
    };
    ["customer", "watchers", "slas", "flows"].into_iter().map(one).collect()
}

fn questions(say: Say<'_>, settings: &ProjectSettings) -> Vec<Asked> {
    let path = format!("{}/statements", api(settings.project.id));
    let slots = [("space", settings.space.as_str()), ("site", settings.site.as_str())];
    let place =
        asked::Place { say, names: &settings.names, path: &path, may: settings.may, now: settings.now, slots: &slots };
    [FactKey::InviteNotificationOn, FactKey::WrongDoor].map(|key| place.asked(key, &settings.lines)).into()
}

fn counts(mark: &OnPurpose, now: Timestamp) -> bool {
    mark.until.is_none_or(|until| now < until)
}

/// Marks that still count, without one of them, as the API takes them; what is over would be refused.
fn remaining(settings: &ProjectSettings, without: Option<&str>) -> serde_json::Value {
    let kept = settings.project.settings.on_purpose.iter().filter(|mark| counts(mark, settings.now));
    let kept = kept.filter(|mark| Some(mark.scenario.as_str()) != without);
    json!({"onPurpose": kept.map(|mark| json!({
        "scenario": mark.scenario, "why": mark.why, "until": mark.until,
    })).collect::<Vec<_>>()})
}

fn cause(say: Say<'_>, slug: &str) -> String {
    match scenarios::by_slug(slug) {
        Some(scenario) => say.t(&format!("{}-what", scenario.slug)),
        None => say.t("settings-mark-unknown"),
    }
}

fn shown(say: Say<'_>, settings: &ProjectSettings, mark: &OnPurpose) -> Mark {
    let over = !counts(mark, settings.now);
    let by = say.who(&settings.names, &mark.by.0);
    let by = match mark.until {
        Some(until) if over => say.at("settings-mark-over", until, As::Date, &[("by", &by)]),
        Some(until) => say.at("settings-mark-until", until, As::Date, &[("by", &by)]),
        None => Rich::of(&say.with("settings-mark-open", &[("by", &by)]), say.0),
    };
    let end = settings.may.then(|| Button {
        label: say.t("settings-mark-end"),
        method: "PUT",
        path: format!("{}/settings", api(settings.project.id)),
        body: remaining(settings, Some(&mark.scenario)).to_string(),
        done: say.t("settings-mark-ended"),
    });
    Mark {
        key: format!("mark-{}", mark.scenario),
        title: cause(say, &mark.scenario),
        why: plain(&mark.why),
        by,
        over,
        end,
    }
}

fn adding(say: Say<'_>, settings: &ProjectSettings) -> Adding {
    let marked = |slug: &str| settings.project.settings.on_purpose(slug, settings.now).is_some();
    let free = scenarios::REGISTRY.iter().filter(|scenario| !scenario.note && !marked(scenario.slug));
    Adding {
        path: format!("{}/settings", api(settings.project.id)),
        body: remaining(settings, None).to_string(),
        options: free.map(|scenario| (scenario.slug, cause(say, scenario.slug))).collect(),
        first_day: settings.now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
    }
}

fn of_secret(say: Say<'_>, settings: &ProjectSettings, secret: &IngestSecret) -> Secret {
    let by = say.who(&settings.names, &secret.created_by.0);
    Secret {
        key: format!("secret-{}", secret.id),
        made: say.at("settings-secret-made", secret.created_at, As::Date, &[("by", &by), ("id", &secret.id)]),
        used: match secret.last_used_at {
            Some(at) => say.at("settings-secret-used", at, As::Ago, &[]),
            None => Rich::of(&say.t("settings-secret-unused"), say.0),
        },
        delete: Button {
            label: say.t("settings-secret-delete"),
            method: "DELETE",
            path: format!("{}/ingest-secrets/{}", api(settings.project.id), secret.id),
            body: String::new(),
            done: say.t("settings-secret-deleted"),
        },
    }
}

fn uploads(say: Say<'_>, settings: &ProjectSettings) -> Vec<Upload> {
    let one = |key: &'static str, path: &str, accept: &'static str, last: Option<Rich>| Upload {
        key,
        path: format!("{}/imports/{path}", api(settings.project.id)),
        accept,
        title: say.t(&format!("settings-import-{key}")),
        about: say.t(&format!("settings-import-{key}-about")),
        label: say.t(&format!("settings-import-{key}-file")),
        last,
    };
    let rules = settings.lines.iter().filter(|line| line.key == FactKey::SilentRule);
    let newest = rules.filter(|line| line.source == Source::ImportedFile).max_by_key(|line| line.observed_at);
    let last = newest.map(|line| {
        let id = match line.value.as_bool() {
            Some(true) => "settings-import-last-silent",
            Some(false) => "settings-import-last-mailed",
            None => "settings-import-last-unsure",
        };
        let by = line.by.as_deref().map_or_else(|| say.t("page-someone"), |by| say.who(&settings.names, by));
        say.at(id, line.observed_at, As::Date, &[("by", &by)])
    });
    vec![
        one("automation", "automation", ".json,application/json", last),
        one("log", "notification-log", ".csv,.txt,text/csv,text/plain", None),
    ]
}

fn days(say: Say<'_>, days: u16) -> String {
    say.0.text("settings-retention-days", &[("days", Value::from(u64::from(days)))])
}
