//! Adds and causes that tests start from, without going the long way through Jira.
//! Knows the shape of facts, not how they are learned.

use super::World;
use diagnosis::{FactKey, Source};
use invite_guard::domain::history::Line;
use invite_guard::domain::project::{CommentMode, Settings};
use invite_guard::domain::work::Work;
use invite_guard::domain::{AccountId, Clock, ProjectId};
use invite_guard_sandbox::{AddBy, Added, RuleStep, RuleTells};
use serde_json::Value;

impl World {
    /// An admin said now what a switch is: a project's *Customer invited*, or for the whole site its outgoing mail.
    pub(crate) async fn state(&self, key: FactKey, project: Option<ProjectId>, on: bool) {
        let line = Line {
            key,
            project,
            value: Value::Bool(on),
            before: None,
            source: Source::AdminStatement,
            since: None,
            observed_at: self.clock.now(),
            by: Some(self.site.admin()),
        };
        self.store.record(self.id(), &[line]).await.expect("statements are kept");
    }

    /// An admin said that *Customer invited* is off in the project.
    pub(crate) async fn state_invitations_off(&self, project: &str) {
        self.state(FactKey::InviteNotificationOn, Some(self.project(project)), false).await;
    }

    /// An admin chose to have comments, or not.
    pub(crate) async fn set_comments(&self, project: &str, comment_mode: CommentMode) {
        let settings = Settings { comment_mode, ..Settings::default() };
        self.store.set_settings(self.id(), self.project(project), &settings).await.expect("settings are kept");
    }

    /// An admin put the step *Send web request* into the project's rule, as our page tells it.
    pub(crate) async fn set_rule_step(&self, project: &str, tells: RuleTells) {
        let made = self.call(&self.site.admin(), "POST", "/ingest-secrets", None).await;
        let made: Value = serde_json::from_str(&made.body).expect("a secret with its step");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let header = &made["step"]["headers"][0];
        let headers = vec![(text(&header["name"]), text(&header["value"]))];
        self.site.set_rule_step(project, Some(RuleStep { url: text(&made["step"]["url"]), headers, tells }));
    }

    /// An agent adds a new customer; the account id.
    pub(crate) fn invite(&self, project: &str) -> Added {
        self.site.add_customer(project, AddBy::Agent)
    }

    /// An agent raises a request for the customer; its key.
    pub(crate) fn raise_for(&self, project: &str, account: &str) -> String {
        self.site.raise_request_on_behalf(project, account, &self.site.agent())
    }

    /// Asks for the case to be judged again.
    pub(crate) async fn recheck(&self, project: &str, account: &str) {
        let (project, account) = (self.project(project), AccountId(account.to_owned()));
        self.wish(Work::Examine { project, account, fresh: true, quiet: false }).await;
    }
}
