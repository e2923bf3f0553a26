//! Product events in the shapes that Forge documents: few fields, and of people hardly more than their account id.
//! Does not decide when something happened, nor how an event is sent (`crate::webhooks`).

use serde_json::{Value, json};

use crate::comments::{Comment, text_of};
use crate::requests::WorkItem;
use crate::state::State;
use crate::times;
use crate::webhooks::Flow;

/// Every field that an event tells of a work item. No custom field is among them.
const FIELDS: &[&str] = &["summary", "issuetype", "created", "project", "assignee", "updated", "status"];

fn user(account: &str) -> Value {
    json!({"accountId": account})
}

impl State {
    /// Queues one event for each trigger of the Forge app that wants it.
    pub(crate) fn queue_forge_event(&mut self, event: &str, mut body: Value) {
        let Some(installation) = &self.forge.installation else { return };
        let own = self.forge.acting;
        let wants = |wanted: &super::manifest::Wanted| wanted.event == event && !(own && wanted.ignore_self);
        let triggers = installation.manifest.triggers.iter().filter(|trigger| trigger.events.iter().any(wants));
        let endpoints: Vec<String> = triggers.map(|trigger| trigger.endpoint.clone()).collect();
        body["eventType"] = json!(event);
        let body = body.to_string();
        for endpoint in endpoints {
            self.queue_invocation(event, &endpoint, body.clone());
        }
    }

    /// Puts a call of an endpoint among the deliveries, due at once.
    pub(crate) fn queue_invocation(&mut self, event: &str, endpoint: &str, body: String) -> Option<u64> {
        let path = self.forge.installation.as_ref()?.endpoint(endpoint)?.path.clone();
        Some(self.queue_delivery(event, path, Some(endpoint.to_owned()), body, Flow::Primary))
    }

    /// Accounts made, changed and deleted. The event of a deleted one knows nothing but its id.
    pub(crate) fn queue_forge_user_event(&mut self, event: &str, account: &str) {
        let Some(person) = self.person(account) else { return };
        let mut details = person.as_user(&self.base_url);
        for empty in ["groups", "applicationRoles"] {
            details[empty] = json!({"size": 0, "items": []});
        }
        match event {
            "user_created" => self.queue_forge_event("avi:jira:created:user", json!({"user": details})),
            "user_updated" => self.queue_forge_event("avi:jira:updated:user", json!({"user": details})),
            "user_deleted" => self.queue_forge_event("avi:jira:deleted:user", json!({"user": user(account)})),
            _ => {}
        }
    }

    fn item_in_event(&self, item: &WorkItem) -> Value {
        let mut fields = self.fields_of(item, 2);
        if let Some(fields) = fields.as_object_mut() {
            fields.retain(|name, _| FIELDS.contains(&name.as_str()));
        }
        fields["creator"] = user(&item.creator);
        fields["reporter"] = user(&item.reporter);
        json!({"id": item.id.to_string(), "key": item.key, "fields": fields})
    }

    /// Work items made, changed and deleted.
    pub(crate) fn queue_forge_issue_event(&mut self, event: &str, id: u64, by: &str, changelog: &Value) {
        let Some(item) = self.items.get(&id) else { return };
        let mut body = json!({"issue": self.item_in_event(item), "atlassianId": by, "associatedUsers": [user(by)]});
        match event {
            "jira:issue_created" => self.queue_forge_event("avi:jira:created:issue", body),
            "jira:issue_updated" => {
                body["changelog"] = changelog.clone();
                self.queue_forge_event("avi:jira:updated:issue", body);
            }
            "jira:issue_deleted" => self.queue_forge_event("avi:jira:deleted:issue", body),
            _ => {}
        }
    }

    fn comment_in_event(&self, item: &WorkItem, comment: &Comment) -> Value {
        json!({
            "self": format!("{}/rest/api/2/issue/{}/comment/{}", self.base_url, item.id, comment.id),
            "id": comment.id.to_string(),
            "author": user(&comment.author),
            "body": text_of(&comment.body),
            "updateAuthor": user(&comment.editor),
            "created": times::jira(comment.created),
            "updated": times::jira(comment.updated),
            "jsdPublic": comment.public,
        })
    }

    /// Comments. One event tells of new and of edited ones.
    pub(crate) fn queue_forge_comment_event(&mut self, event: &str, item: u64, id: u64) {
        let Some(item) = self.items.get(&item) else { return };
        let Some(comment) = item.comments.iter().find(|comment| comment.id == id) else { return };
        let by = if event == "comment_created" { &comment.author } else { &comment.editor };
        let body = json!({
            "issue": self.item_in_event(item),
            "comment": self.comment_in_event(item, comment),
            "atlassianId": by,
            "associatedUsers": [user(by)],
        });
        let deleted = event == "comment_deleted";
        self.queue_forge_event(if deleted { "avi:jira:deleted:comment" } else { "avi:jira:commented:issue" }, body);
    }

    /// Properties of work items. Their values are not told.
    pub(crate) fn queue_forge_property_event(&mut self, event: &str, item: u64, key: &str, by: &str) {
        let body = json!({"issue": {"id": item.to_string()}, "property": {"key": key}, "atlassianId": by});
        let set = event == "issue_property_set";
        self.queue_forge_event(
            if set { "avi:jira:set:issue-property" } else { "avi:jira:deleted:issue-property" },
            body,
        );
    }

    /// The app's own arrival and upgrade.
    pub(crate) fn queue_forge_lifecycle_event(&mut self, event: &str) {
        let Some(installation) = &self.forge.installation else { return };
        let body = json!({
            "id": installation.id,
            "installerAccountId": installation.installer,
            "app": {"id": installation.manifest.app_id, "version": installation.version()},
            "environment": {"id": format!("ari:cloud:ecosystem::environment/{}", self.forge.environment)},
            "context": format!("ari:cloud:jira::site/{}", self.forge.cloud_id),
            "permissions": {"scopes": installation.manifest.scopes},
        });
        self.queue_forge_event(event, body);
    }
}
