//! Adds and causes that tests start from, without going the long way through Jira.
//! Knows the shape of facts, not how they are learned.

use super::World;
use diagnosis::{FactKey, Source};
use invite_guard::domain::history::Line;
use invite_guard::domain::project::{CommentMode, Settings};
use invite_guard::domain::work::Work;
use invite_guard::domain::{AccountId, Clock, ProjectId};
use invite_guard_sandbox::{AddBy, Added};
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
