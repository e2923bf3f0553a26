//! Jira's audit log, a page at a time, read into the few records that concern us.
//! Does not remember how far it was read (`sources/audit` does); people appear by account id only.
//!
//! Shapes as captured on Cloud sites. Atlassian accounts are named there by a user key (`ug:…`), which is no account id, so
//! their creation cannot be matched and is no evidence.

use super::client::{Answer, Call, Endpoint, count_objects, endpoint};
use super::limits::moment;
use super::projects::as_number;
use super::{Result, Site, users::flag};
use crate::domain::audit::AccountCreated;
use crate::domain::{AccountId, ProjectId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

static RECORDS: Endpoint = endpoint!(GET "/rest/api/3/auditing/record");

/// Jira's largest page.
const PAGE: usize = 1000;
/// A thousand records with long lists of changes.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// "Customer invited notification changed".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteToggle {
    /// The project.
    pub project: ProjectId,
    /// What it was, where the record tells.
    pub before: Option<bool>,
    /// What it is from then on.
    pub after: bool,
    /// When.
    pub at: Timestamp,
    /// Who did it, where the record tells.
    pub by: Option<AccountId>,
}

/// "Customer permissions changed": who may use the desk is another set of people now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionsChanged {
    /// The project.
    pub project: ProjectId,
    /// When.
    pub at: Timestamp,
}

/// A project's roles were changed: somebody may have been put among its customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolesChanged {
    /// The project.
    pub project: ProjectId,
    /// When.
    pub at: Timestamp,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditRecord {
    /// "User created".
    AccountCreated(AccountCreated),
    /// "Customer invited notification changed".
    InviteToggle(InviteToggle),
    /// "Customer permissions changed".
    CustomerPermissionsChanged(PermissionsChanged),
    /// One that tells of a project and of roles. No capture of one is known, so it is only a reason to look.
    RolesChanged(RolesChanged),
    /// Anything else, or one of the above that does not tell what it is about.
    Other,
}

/// One page of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditPage {
    /// The records as they came: newest first.
    pub records: Vec<AuditRecord>,
    /// How many Jira says there are in all; `None` when it does not say.
    pub total: Option<u64>,
    /// Offset of the next page, if there is one.
    pub next: Option<usize>,
}

#[derive(Deserialize)]
struct Wire {
    records: Vec<Value>,
    #[serde(default)]
    total: Value,
    #[serde(default)]
    limit: Value,
}

impl Site {
    /// One page of the log: records created in `from..=to`, and with a `filter` only those that hold each of its words.
    pub async fn audit_page(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        filter: Option<&str>,
        offset: usize,
    ) -> Result<Answer<AuditPage>> {
        let mut call = Call::to(&RECORDS).query("offset", offset).query("limit", PAGE).limit(MOST_BYTES);
        for (name, value) in [("from", from), ("to", to)] {
            if let Some(at) = value {
                call = call.query(name, at.strftime("%Y-%m-%dT%H:%M:%S%.3f%z"));
            }
        }
        if let Some(filter) = filter {
            call = call.query("filter", filter);
        }
        let answer = self.send(call).await?;
        let wire: Wire = answer.json()?;
        let count = wire.records.len();
        count_objects(count, 0);
        let total = as_number(&wire.total).and_then(|total| u64::try_from(total).ok());
        let end = offset + count;
        // A site may give smaller pages than it is asked for.
        let page = as_number(&wire.limit).and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE).min(PAGE);
        let more = count > 0 && total.map_or(count >= page, |total| (end as u64) < total);
        let records = wire.records.iter().map(|record| read(record).unwrap_or(AuditRecord::Other)).collect();
        Ok(Answer::new(AuditPage { records, total, next: more.then_some(end) }, answer.bounds))
    }
}

/// A record, as far as it tells what we know to use.
fn read(record: &Value) -> Option<AuditRecord> {
    let summary = record["summary"].as_str()?.trim().to_ascii_lowercase();
    let at = record["created"].as_str().and_then(moment)?;
    let object = &record["objectItem"];
    let is = |kind: &str| object["typeName"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(kind));
    let project = || as_number(&object["id"]).filter(|_| is("PROJECT")).map(ProjectId);
    Some(match summary.as_str() {
        "user created" if is("USER") => {
            let author = person(&record["authorAccountId"]);
            AuditRecord::AccountCreated(AccountCreated { account: person(&object["id"])?, at, author })
        }
        "customer invited notification changed" => {
            let change = record["changedValues"].as_array()?.iter().find(|change| {
                change["fieldName"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("isEnabled"))
            })?;
            let after = flag(&change["changedTo"])?;
            let (before, by) = (flag(&change["changedFrom"]), person(&record["authorAccountId"]));
            AuditRecord::InviteToggle(InviteToggle { project: project()?, before, after, at, by })
        }
        "customer permissions changed" => {
            AuditRecord::CustomerPermissionsChanged(PermissionsChanged { project: project()?, at })
        }
        summary if summary.contains("role") => {
            AuditRecord::RolesChanged(RolesChanged { project: project().or_else(|| associated(record))?, at })
        }
        _ => AuditRecord::Other,
    })
}

/// The project that a record names beside its object.
fn associated(record: &Value) -> Option<ProjectId> {
    let items = record["associatedItems"].as_array()?;
    let project =
        items.iter().find(|item| item["typeName"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("PROJECT")))?;
    as_number(&project["id"]).map(ProjectId)
}

/// An account id; a user key (`ug:…`) is none.
fn person(id: &Value) -> Option<AccountId> {
    AccountId::parse(id.as_str()?).filter(|account| !account.0.starts_with("ug:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(mut change: impl FnMut(&mut Value)) -> Value {
        let mut record = json!({
            "id": 1, "summary": "Customer invited notification changed", "created": "2026-01-10T11:52:39.940+0000",
            "authorAccountId": "5f0000000000000000000001",
            "objectItem": {"id": "10022", "name": "A desk", "typeName": "PROJECT"},
            "changedValues": [{"fieldName": "isEnabled", "changedFrom": "true", "changedTo": "false"}],
        });
        change(&mut record);
        record
    }

    #[test]
    fn a_toggle_is_read_with_project_change_time_and_author() {
        let expected = InviteToggle {
            project: ProjectId(10022),
            before: Some(true),
            after: false,
            at: "2026-01-10T11:52:39.940Z".parse().expect("a time"),
            by: AccountId::parse("5f0000000000000000000001"),
        };
        assert_eq!(read(&record(|_| {})), Some(AuditRecord::InviteToggle(expected)));
    }

    #[test]
    fn a_record_that_does_not_say_what_changed_is_no_evidence() {
        let unclear: [fn(&mut Value); 5] = [
            |r| r["changedValues"] = json!([]),
            |r| r["changedValues"][0]["changedTo"] = json!("perhaps"),
            |r| r["created"] = json!("yesterday"),
            |r| r["objectItem"]["typeName"] = json!("USER"),
            |r| r["objectItem"]["id"] = json!(null),
        ];
        for (index, change) in unclear.into_iter().enumerate() {
            assert_eq!(read(&record(change)), None, "case {index}");
        }
    }

    #[test]
    fn a_change_of_roles_is_a_reason_to_look_at_its_project() {
        let changed = |change: fn(&mut Value)| {
            read(&record(|r| {
                r["summary"] = json!("Project roles changed");
                change(r);
            }))
        };
        let of_project =
            |record| matches!(record, Some(AuditRecord::RolesChanged(change)) if change.project == ProjectId(10022));
        assert!(of_project(changed(|_| {})));
        assert!(of_project(changed(|r| {
            r["associatedItems"] = json!([{"typeName": "USER", "id": "qm:a:b"}, r["objectItem"].clone()]);
            r["objectItem"] = json!({"typeName": "PROJECT_ROLE", "id": "10101"});
        })));
        assert_eq!(changed(|r| r["objectItem"]["typeName"] = json!("USER")), None, "no project is named");
    }

    #[test]
    fn a_creation_by_user_key_names_nobody() {
        let created = |id: &str| {
            read(&record(|r| {
                r["summary"] = json!("User created");
                r["objectItem"] = json!({"id": id, "typeName": "USER"});
            }))
        };
        assert_eq!(created("ug:00000000-1111-4222-8333-000000000009"), None);
        assert!(matches!(created("qm:a:b"), Some(AuditRecord::AccountCreated(_))));
    }
}
