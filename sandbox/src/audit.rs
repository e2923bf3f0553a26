//! The audit log: what Jira writes down, in the shape that was captured from real sites.
//! Does not decide when something is worth a record; whoever changes the state says so.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::state::State;
use crate::times;

/// The object of a record.
#[derive(Debug, Clone)]
pub(crate) struct ObjectItem(Value);

impl ObjectItem {
    pub(crate) fn plain(id: &str, name: &str, type_name: &str) -> Self {
        Self(json!({"id": id, "name": name, "typeName": type_name}))
    }

    /// An account: its directory key is both id and name.
    pub(crate) fn account(directory_key: &str) -> Self {
        Self(json!({
            "id": directory_key, "name": directory_key, "typeName": "USER",
            "parentId": "10000", "parentName": "IDP Directory",
        }))
    }
}

/// Who did it; anonymous when Jira itself or nobody in particular did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Author {
    key: Option<String>,
    account_id: Option<String>,
    address: Option<&'static str>,
}

impl Author {
    /// A person at a browser leaves an address; an app does not.
    pub(crate) fn of(state: &State, account: &str) -> Self {
        let person = state.person(account);
        let human = person.is_some_and(|person| person.account_type != crate::people::AccountType::App);
        Self {
            key: person.map(|person| person.directory_key.clone()),
            account_id: Some(account.to_owned()),
            address: human.then_some("192.0.2.10"),
        }
    }
}

/// One audit record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) created: Timestamp,
    body: Value,
}

impl Record {
    pub(crate) fn new(summary: &str, category: &str, item: ObjectItem) -> Self {
        let body = json!({"summary": summary, "category": category, "eventSource": "", "objectItem": item.0});
        Self { id: 0, created: Timestamp::UNIX_EPOCH, body }
    }

    pub(crate) fn author(mut self, author: Author) -> Self {
        let mut put = |field: &str, value: Option<String>| {
            if let Some(value) = value {
                self.body[field] = json!(value);
            }
        };
        put("authorKey", author.key);
        put("authorAccountId", author.account_id);
        put("remoteAddress", author.address.map(str::to_owned));
        self
    }

    pub(crate) fn description(mut self, text: &str) -> Self {
        self.body["description"] = json!(text);
        self
    }

    pub(crate) fn changed(mut self, field: &str, from: Option<&str>, to: &str) -> Self {
        let mut change = json!({"fieldName": field, "changedTo": to});
        if let Some(from) = from {
            change["changedFrom"] = json!(from);
        }
        self.body["changedValues"] = json!([change]);
        self
    }

    /// Captured records name their object once more among the associated items.
    pub(crate) fn associating_itself(mut self) -> Self {
        self.body["associatedItems"] = json!([self.body["objectItem"]]);
        self
    }

    /// The record as the endpoint answers it.
    pub(crate) fn as_json(&self) -> Value {
        let mut body = self.body.clone();
        body["id"] = json!(self.id);
        body["created"] = json!(times::jira(self.created));
        body
    }

    /// Whether every word of the filter is found in one of the fields that Jira searches.
    pub(crate) fn matches(&self, words: &[String]) -> bool {
        let mut fields: Vec<String> = Vec::new();
        for name in ["summary", "category", "eventSource", "remoteAddress"] {
            fields.extend(self.body[name].as_str().map(str::to_lowercase));
        }
        for name in ["name", "parentName", "typeName"] {
            fields.extend(self.body["objectItem"][name].as_str().map(str::to_lowercase));
        }
        for change in self.body["changedValues"].as_array().into_iter().flatten() {
            fields
                .extend(["changedFrom", "changedTo"].iter().filter_map(|n| change[n].as_str()).map(str::to_lowercase));
        }
        words.iter().all(|word| fields.iter().any(|field| field.contains(word)))
    }
}

impl State {
    /// Appends a record, stamped now.
    pub(crate) fn audit(&mut self, mut record: Record) {
        self.next_audit += 1;
        record.id = 11_000 + self.next_audit;
        record.created = self.now();
        self.audit_log.push(record);
    }

    /// What Jira writes when an account is made.
    pub(crate) fn audit_user_created(&mut self, account: &str, by: Option<&str>) {
        let Some(key) = self.person(account).map(|person| person.directory_key.clone()) else { return };
        let author = by.map(|by| Author::of(self, by)).unwrap_or_default();
        let record = Record::new("User created", "user management", ObjectItem::account(&key))
            .author(author)
            .changed("Active / Inactive", None, "Active")
            .associating_itself();
        self.audit(record);
    }

    /// What Jira writes when somebody sets a password, as a new customer does on their first visit.
    pub(crate) fn audit_password_changed(&mut self, account: &str) {
        let Some(key) = self.person(account).map(|person| person.directory_key.clone()) else { return };
        let record = Record::new("User's password changed", "user management", ObjectItem::account(&key));
        self.audit(record.associating_itself());
    }
}
