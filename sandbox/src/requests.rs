//! Work items: requests of customers, and items that no customer ever sees.
//! Does not know how they are searched (`rest::search`) nor commented (`comments`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::comments::Comment;
use crate::mail::MailKind;
use crate::projects::ProjectType;
use crate::state::State;
use crate::times;
use crate::webhooks::Flow;

/// Where a request came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// The customer portal.
    Portal,
    /// Mail to the desk.
    Email,
    /// An agent, for somebody or for nobody.
    Jira,
    /// The REST API.
    Api,
}

/// One work item.
#[derive(Debug, Clone)]
pub(crate) struct WorkItem {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) project: u64,
    pub(crate) summary: String,
    /// Account id; items without a customer are reported by whoever made them.
    pub(crate) reporter: String,
    pub(crate) creator: String,
    /// `None`: not a request, so no customer can see it.
    pub(crate) request_type: Option<u64>,
    pub(crate) channel: Channel,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) resolved: Option<Timestamp>,
    /// Whether the workflow lets nobody edit it any more.
    pub(crate) locked: bool,
    pub(crate) participants: Vec<String>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) properties: BTreeMap<String, Value>,
}

/// What is needed to make one.
#[derive(Debug, Clone)]
pub(crate) struct NewItem {
    pub(crate) reporter: String,
    pub(crate) creator: String,
    pub(crate) request_type: Option<u64>,
    pub(crate) channel: Channel,
    pub(crate) summary: String,
}

/// The custom field "Request participants", as this site has it.
const PARTICIPANTS: &str = "customfield_10026";
/// The one request type of every desk.
pub(crate) const REQUEST_TYPE: u64 = 1;
/// Ids of the issue types of every project.
pub(crate) const TASK: &str = "10001";
pub(crate) const SERVICE_REQUEST: &str = "10002";

impl NewItem {
    /// A request of a customer.
    pub(crate) fn request(reporter: &str, creator: &str, channel: Channel, summary: &str) -> Self {
        Self {
            reporter: reporter.to_owned(),
            creator: creator.to_owned(),
            request_type: Some(REQUEST_TYPE),
            channel,
            summary: summary.to_owned(),
        }
    }

    /// An item that no customer sees.
    pub(crate) fn internal(creator: &str, channel: Channel, summary: &str) -> Self {
        Self {
            reporter: creator.to_owned(),
            creator: creator.to_owned(),
            request_type: None,
            channel,
            summary: summary.to_owned(),
        }
    }
}

impl WorkItem {
    pub(crate) fn status_category(&self) -> (&'static str, &'static str, u8) {
        if self.resolved.is_some() { ("done", "Done", 3) } else { ("new", "To Do", 2) }
    }

    pub(crate) fn status_name(&self) -> &'static str {
        match (self.locked, self.resolved) {
            (true, _) => "Closed",
            (false, Some(_)) => "Resolved",
            (false, None) => "Waiting for support",
        }
    }

    pub(crate) fn issue_type(&self) -> (&'static str, &'static str) {
        if self.request_type.is_some() { (SERVICE_REQUEST, "Service Request") } else { (TASK, "Task") }
    }
}

impl State {
    /// Makes a work item, with the events and mails that go with it. Gives its key.
    pub(crate) fn raise(&mut self, project: u64, new: NewItem) -> String {
        let now = self.now();
        self.next_item += 1;
        let id = 10_400 + self.next_item;
        let desk = self.project_mut(project);
        desk.last_item += 1;
        let key = format!("{}-{}", desk.key, desk.last_item);
        let request_type = new.request_type.filter(|_| desk.kind == ProjectType::ServiceDesk);
        self.items.insert(
            id,
            WorkItem {
                id,
                key: key.clone(),
                project,
                summary: new.summary,
                reporter: new.reporter.clone(),
                creator: new.creator.clone(),
                request_type,
                channel: new.channel,
                created: now,
                updated: now,
                resolved: None,
                locked: false,
                participants: Vec::new(),
                comments: Vec::new(),
                properties: BTreeMap::new(),
            },
        );
        if request_type.is_some() {
            self.notify_customer(id, &new.reporter, &new.creator);
        }
        self.queue_issue_event("jira:issue_created", id, &new.creator);
        key
    }

    pub(crate) fn item(&self, id_or_key: &str) -> Option<&WorkItem> {
        let by_id = id_or_key.parse().ok().and_then(|id: u64| self.items.get(&id));
        by_id.or_else(|| self.items.values().find(|item| item.key.eq_ignore_ascii_case(id_or_key)))
    }

    /// For the Rust surface, where a wrong key is a mistake in the test.
    pub(crate) fn item_id(&self, id_or_key: &str) -> u64 {
        self.item(id_or_key).unwrap_or_else(|| panic!("no work item {id_or_key}: raise_request it first")).id
    }

    pub(crate) fn item_mut(&mut self, id: u64) -> &mut WorkItem {
        self.items.get_mut(&id).unwrap_or_else(|| panic!("no work item with id {id}"))
    }

    /// Resolves an item; closes it for good if `lock`.
    pub(crate) fn resolve(&mut self, id: u64, by: &str, lock: bool) {
        let now = self.now();
        let item = self.item_mut(id);
        item.resolved.get_or_insert(now);
        item.locked |= lock;
        item.updated = now;
        let (reporter, is_request) = (item.reporter.clone(), item.request_type.is_some());
        if is_request {
            self.notify_customer(id, &reporter, by);
        }
        self.queue_issue_event("jira:issue_updated", id, by);
    }

    /// Mails somebody about a request; one that cannot be sent is in the project's log.
    pub(crate) fn notify_customer(&mut self, item: u64, to: &str, by: &str) {
        let (project, key) = (self.items[&item].project, self.items[&item].key.clone());
        if !self.send(to, MailKind::CustomerNotification, by) {
            self.note_blocked(project, Some(&key), to);
        }
    }

    /// Puts somebody among the participants of a request; a second time changes nothing.
    pub(crate) fn add_participant(&mut self, id: u64, account: &str) {
        let agent = self.house_agent.clone();
        let before = self.item_mut(id).participants.clone();
        if before.iter().any(|known| known == account) {
            return;
        }
        self.item_mut(id).participants.push(account.to_owned());
        let change = json!({
            "field": "Request participants", "fieldtype": "custom", "fieldId": PARTICIPANTS,
            "from": before.join(", "), "fromString": "", "to": self.item_mut(id).participants.join(", "), "toString": "",
        });
        self.queue_changed_issue_event("jira:issue_updated", id, &agent, vec![change]);
    }

    pub(crate) fn queue_issue_event(&mut self, event: &str, id: u64, by: &str) {
        self.queue_changed_issue_event(event, id, by, Vec::new());
    }

    fn queue_changed_issue_event(&mut self, event: &str, id: u64, by: &str, changes: Vec<Value>) {
        let Some(item) = self.items.get(&id) else { return };
        let by_app = self.app_account.as_deref() == Some(by);
        let flow = if by == crate::people::AUTOMATION && !by_app { Flow::Secondary } else { Flow::Primary };
        let kind = match event {
            "jira:issue_created" => "issue_created",
            _ => "issue_generic",
        };
        let user = self.person(by).map(|person| person.in_webhook(&self.base_url));
        let changelog = json!({"id": (20_000 + self.next_delivery).to_string(), "items": changes});
        let body = json!({
            "issue_event_type_name": kind,
            "user": user,
            "issue": self.item_in_webhook(item, true),
            "changelog": changelog,
        });
        self.queue_event(event, body, flow);
        self.queue_forge_issue_event(event, id, by, &changelog);
    }

    /// As webhooks show an item: in full for issue events, a few fields for comment events.
    pub(crate) fn item_in_webhook(&self, item: &WorkItem, full: bool) -> Value {
        let mut fields = self.fields_of(item, 2);
        if !full {
            let kept = ["summary", "issuetype", "project", "assignee", "priority", "status"];
            if let Some(fields) = fields.as_object_mut() {
                fields.retain(|name, _| kept.contains(&name.as_str()));
            }
        } else if let Some(fields) = fields.as_object_mut() {
            let people = item.participants.iter().filter_map(|id| self.person(id));
            let people: Vec<Value> = people.map(|person| person.in_webhook(&self.base_url)).collect();
            fields.insert(PARTICIPANTS.to_owned(), json!(people));
            for person in ["reporter", "creator"] {
                let id = if person == "reporter" { &item.reporter } else { &item.creator };
                fields.insert(person.to_owned(), json!(self.person(id).map(|p| p.in_webhook(&self.base_url))));
            }
        }
        json!({
            "id": item.id.to_string(),
            "self": format!("{}/rest/api/2/issue/{}", self.base_url, item.id),
            "key": item.key,
            "fields": fields,
        })
    }

    /// Every field of an item, in the shape of the given API version.
    pub(crate) fn fields_of(&self, item: &WorkItem, version: u8) -> Value {
        let base = &self.base_url;
        let api = format!("{base}/rest/api/{version}");
        let user = |id: &str| self.person(id).map(|person| person.as_user(base));
        let (category_key, category_name, category_id) = item.status_category();
        let (type_id, type_name) = item.issue_type();
        let resolution = item.resolved.map(
            |_| json!({"self": format!("{api}/resolution/10000"), "id": "10000", "name": "Done", "description": ""}),
        );
        let mut fields = json!({
            "summary": item.summary,
            "description": null,
            "issuetype": {
                "self": format!("{api}/issuetype/{type_id}"), "id": type_id, "name": type_name,
                "description": "", "subtask": false, "avatarId": 10315,
                "iconUrl": format!("{base}/secure/viewavatar?size=xsmall&avatarId=10315&avatarType=issuetype"),
            },
            "project": self.projects.get(&item.project).map(|project| project.in_item(base, version)),
            "status": {
                "self": format!("{api}/status/10001"), "id": "10001", "name": item.status_name(),
                "description": "", "iconUrl": format!("{base}/"),
                "statusCategory": {
                    "self": format!("{api}/statuscategory/{category_id}"), "id": category_id,
                    "key": category_key, "colorName": "blue-gray", "name": category_name,
                },
            },
            "priority": {
                "self": format!("{api}/priority/3"), "id": "3", "name": "Medium",
                "iconUrl": format!("{base}/images/icons/priorities/medium.svg"),
            },
            "assignee": null,
            "reporter": user(&item.reporter),
            "creator": user(&item.creator),
            "created": times::jira(item.created),
            "updated": times::jira(item.updated),
            "resolution": resolution,
            "resolutiondate": item.resolved.map(times::jira),
            "labels": [],
            "components": [],
        });
        // "Request Type" is a custom field; its value is how apps tell requests from other items.
        fields["customfield_10010"] = match item.request_type {
            Some(id) => json!({
                "requestType": {"id": id.to_string(), "name": "Get help"},
                "currentStatus": {"status": item.status_name()},
            }),
            None => Value::Null,
        };
        let people: Vec<Value> = item.participants.iter().filter_map(|id| user(id)).collect();
        fields[PARTICIPANTS] = json!(people);
        fields
    }
}
