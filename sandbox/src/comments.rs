//! Comments on work items, and who is mailed because of them.
//! Does not check who may comment (`rest::comments`), but does check who may comment *internally*, because Jira does
//! not refuse: it makes the comment public.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::projects::ProjectType;
use crate::requests::WorkItem;
use crate::state::State;
use crate::times;
use crate::webhooks::Flow;

/// The property that makes a comment internal.
pub(crate) const VISIBILITY: &str = "sd.public.comment";

/// One comment.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) author: String,
    pub(crate) editor: String,
    /// An ADF document.
    pub(crate) body: Value,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) edits: u32,
    pub(crate) public: bool,
    pub(crate) properties: Vec<(String, Value)>,
}

/// A comment as a test or the console looks at it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CommentView {
    /// Id.
    pub id: String,
    /// Account id of the author.
    pub author: String,
    /// Whether the customer sees it.
    pub public: bool,
    /// The document.
    pub body: Value,
    /// The text of the document, without its structure.
    pub text: String,
    /// Properties, without the one for visibility.
    pub properties: Vec<(String, Value)>,
    /// How often it was edited.
    pub edits: u32,
}

/// Whether properties ask for an internal comment.
fn asks_internal(properties: &[(String, Value)]) -> bool {
    properties.iter().any(|(key, value)| key == VISIBILITY && value["internal"] == true)
}

/// A document with one paragraph.
pub(crate) fn document(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": text}]},
    ]})
}

/// All text of a document.
pub(crate) fn text_of(node: &Value) -> String {
    let own = node["text"].as_str().unwrap_or_default().to_owned();
    let parts = node["content"].as_array().into_iter().flatten().map(text_of);
    let inner: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    let separator = if node["type"] == "paragraph" || node["type"] == "heading" { "" } else { "\n" };
    if inner.is_empty() { own } else { inner.join(separator) }
}

impl Comment {
    pub(crate) fn view(&self) -> CommentView {
        CommentView {
            id: self.id.to_string(),
            author: self.author.clone(),
            public: self.public,
            body: self.body.clone(),
            text: text_of(&self.body),
            properties: self.properties.iter().filter(|(key, _)| key != VISIBILITY).cloned().collect(),
            edits: self.edits,
        }
    }
}

impl State {
    /// What the author asked for, turned into what Jira makes of it.
    fn visibility(&self, item: &WorkItem, author: &str, properties: &[(String, Value)]) -> bool {
        let in_desk = self.projects.get(&item.project).is_some_and(|project| project.kind == ProjectType::ServiceDesk);
        let may = self.has_project(author, item.project, "SERVICEDESK_AGENT");
        !(in_desk && may && asks_internal(properties))
    }

    /// Adds a comment. An internal one by somebody who is no agent there becomes public, without a word.
    pub(crate) fn comment(&mut self, item: u64, author: &str, body: Value, properties: Vec<(String, Value)>) -> u64 {
        let public = self.visibility(&self.items[&item], author, &properties);
        let now = self.now();
        self.next_comment += 1;
        let id = 10_000 + self.next_comment;
        let properties = kept(properties, public);
        let comment = Comment {
            id,
            author: author.to_owned(),
            editor: author.to_owned(),
            body,
            created: now,
            updated: now,
            edits: 0,
            public,
            properties,
        };
        let work_item = self.item_mut(item);
        work_item.comments.push(comment);
        work_item.updated = now;
        self.mail_customers_if_public(item, author, public);
        self.queue_comment_event("comment_created", item, id);
        id
    }

    /// Edits a comment. Properties that are not sent again are kept, but visibility must be: an edit without it makes
    /// the comment public.
    pub(crate) fn edit_comment(
        &mut self,
        item: u64,
        id: u64,
        editor: &str,
        body: Value,
        properties: Vec<(String, Value)>,
        notify: bool,
    ) {
        let public = self.visibility(&self.items[&item], editor, &properties);
        let now = self.now();
        let work_item = self.item_mut(item);
        work_item.updated = now;
        if let Some(comment) = work_item.comments.iter_mut().find(|comment| comment.id == id) {
            comment.body = body;
            comment.public = public;
            comment.editor = editor.to_owned();
            comment.updated = now;
            comment.edits += 1;
            comment.properties.retain(|(key, _)| key != VISIBILITY && properties.iter().all(|(new, _)| new != key));
            comment.properties.extend(kept(properties, public));
        }
        if notify {
            self.mail_customers_if_public(item, editor, public);
        }
        self.queue_comment_event("comment_updated", item, id);
    }

    fn mail_customers_if_public(&mut self, item: u64, author: &str, public: bool) {
        let about = &self.items[&item];
        if !public || about.request_type.is_none() {
            return;
        }
        let mut receivers = vec![about.reporter.clone()];
        receivers.extend(about.participants.iter().cloned());
        for receiver in receivers.into_iter().filter(|receiver| receiver != author) {
            self.notify_customer(item, &receiver, author);
        }
    }

    pub(crate) fn queue_comment_event(&mut self, event: &str, item_id: u64, id: u64) {
        let Some(item) = self.items.get(&item_id) else { return };
        let Some(comment) = item.comments.iter().find(|comment| comment.id == id) else { return };
        let user = |id: &str| self.person(id).map(|person| person.in_webhook(&self.base_url));
        let body = json!({
            "comment": {
                "self": format!("{}/rest/api/2/issue/{}/comment/{id}", self.base_url, item.id),
                "id": id.to_string(),
                "author": user(&comment.author),
                "body": text_of(&comment.body),
                "updateAuthor": user(&comment.editor),
                "created": times::jira(comment.created),
                "updated": times::jira(comment.updated),
                "jsdPublic": comment.public,
            },
            "issue": self.item_in_webhook(item, false),
        });
        self.queue_event(event, body, Flow::Primary);
        self.queue_forge_comment_event(event, item_id, id);
    }

    /// As the platform API answers a comment.
    pub(crate) fn comment_json(&self, item: &WorkItem, comment: &Comment, with_properties: bool) -> Value {
        let user = |id: &str| {
            self.person(id).map(|person| {
                let mut user = person.as_user(&self.base_url);
                user["self"] = json!(format!("{}/rest/api/3/user?accountId={}", self.base_url, person.account_id));
                user
            })
        };
        let mut answer = json!({
            "self": format!("{}/rest/api/3/issue/{}/comment/{}", self.base_url, item.id, comment.id),
            "id": comment.id.to_string(),
            "author": user(&comment.author),
            "body": comment.body,
            "updateAuthor": user(&comment.editor),
            "created": times::jira(comment.created),
            "updated": times::jira(comment.updated),
            "jsdPublic": comment.public,
            "jsdAuthorCanSeeRequest": comment.public,
        });
        if with_properties {
            let list: Vec<Value> =
                comment.properties.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
            answer["properties"] = json!(list);
        }
        answer
    }
}

/// The visibility property is kept only where it took effect.
fn kept(properties: Vec<(String, Value)>, public: bool) -> Vec<(String, Value)> {
    properties.into_iter().filter(|(key, _)| key != VISIBILITY || !public).collect()
}
