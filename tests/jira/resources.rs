//! Each resource against a site that keeps state: what was asked is what is there, and what was written is there then.
//! Knows no verdict.

use super::given::{PROJECT, Place, account};
use diagnosis::Kind;
use invite_guard::domain::principal::Permission;
use invite_guard::jira::{AUTOMATION_ACCOUNT, AuditRecord, InviteToggle, JiraError, trace};
use invite_guard_sandbox::{AddBy, ProjectType, RestCaller, UserKind};
use serde_json::json;
use std::collections::BTreeMap;

fn document(text: &str) -> serde_json::Value {
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
}

#[tokio::test]
async fn users_have_a_type_and_automation_is_known_by_its_whole_id() {
    let place = Place::start().await;
    let client = place.client();
    let customer = place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    place.site.set_active(&customer, false);
    let user = client.user(&account(&customer)).await.expect("the customer is there");
    assert_eq!((user.kind, user.active, user.is_automation), (Some(Kind::Customer), Some(false), false));
    let automation = client.user(&account(AUTOMATION_ACCOUNT)).await.expect("Automation is there");
    assert!(automation.is_automation);
    assert_eq!(client.user(&account("qm:nobody")).await.map(drop), Err(JiraError::NotFound));
    assert_eq!(client.myself().await.expect("we are there").kind, Some(Kind::App));
    assert!(client.display_name(&account(&customer)).await.expect("an answer").is_some());
    place.end().await;
}

#[tokio::test]
async fn only_service_projects_are_listed() {
    let place = Place::start().await;
    place.site.add_project("SOFT", "Software", ProjectType::Software);
    place.site.add_project("SUP", "Support", ProjectType::ServiceDesk);
    let client = place.client();
    let mut keys: Vec<String> =
        client.service_projects(100, false).await.expect("a list").into_iter().map(|project| project.key).collect();
    keys.sort();
    assert_eq!(keys, [PROJECT, "SUP"]);
    assert_eq!(client.service_projects(1, true).await.expect("a list").len(), 1);
    assert_eq!(client.project(place.project("SOFT")).await, Ok(None));
    let support = client.project(place.project("SUP")).await.expect("an answer").expect("a service project");
    assert_eq!(support.key, "SUP");
    assert_eq!(client.project_name(place.project("SUP")).await.as_deref(), Ok("Support"));
    let portal = client.portal_url(place.project("SUP")).await.expect("a portal");
    let desk = place.site.service_desk_id("SUP");
    assert!(portal.as_str().ends_with(&format!("/servicedesk/customer/portal/{desk}")), "{portal}");
    place.end().await;
}

#[tokio::test]
async fn the_customers_role_tells_who_was_added() {
    let place = Place::start().await;
    let client = place.client();
    let project = place.project(PROJECT);
    assert_eq!(client.role_members(project).await.expect("a role").value, []);
    let mut added: Vec<String> =
        [AddBy::Agent, AddBy::Automation].map(|by| place.site.add_customer(PROJECT, by).account_id).to_vec();
    added.sort();
    let members = client.role_members(project).await.expect("a role");
    let found: Vec<String> = members.value.into_iter().map(|account| account.0).collect();
    assert_eq!(found, added);
    assert_eq!((members.asked_at, members.answered_at), (place.clock_now(), place.clock_now()));
    assert_eq!(place.site.count_calls("GET", "/rest/api/3/project/{projectIdOrKey}/role"), 1, "the role's id is kept");
    place.end().await;
}

#[tokio::test]
async fn the_audit_log_tells_creations_and_switches() {
    let place = Place::start().await;
    let client = place.client();
    let app = place.site.add_user(UserKind::App);
    let by_app = place.site.add_customer(PROJECT, AddBy::Rest(RestCaller::App(app.clone()))).account_id;
    place.site.set_customer_invited(PROJECT, false);
    let page = client.audit_page(None, None, None, 0).await.expect("a page").value;
    let created = page.records.iter().find_map(|record| match record {
        AuditRecord::AccountCreated(created) if created.account.0 == by_app => Some(created),
        _ => None,
    });
    let created = created.expect("the creation is in the log");
    assert_eq!((created.at, created.author.as_ref()), (place.clock_now(), Some(&account(&app))));
    let switched = page.records.iter().find_map(|record| match record {
        AuditRecord::InviteToggle(toggle) => Some(toggle),
        _ => None,
    });
    let InviteToggle { project, before, after, by, .. } = switched.expect("the switch is in the log");
    assert_eq!((*project, *before, *after, by.is_some()), (place.project(PROJECT), Some(true), false, true));
    assert_eq!(page.total, Some(page.records.len() as u64));
    place.site.set_audit_available(false);
    assert_eq!(client.audit_page(None, None, None, 0).await.map(drop), Err(JiraError::Forbidden));
    place.end().await;
}

#[tokio::test]
async fn permissions_are_yes_only_where_jira_says_so() {
    let place = Place::start().await;
    let client = place.client();
    let project = place.project(PROJECT);
    let agent = account(&place.site.add_user(UserKind::Agent(vec![PROJECT.to_owned()])));
    assert_eq!(client.may(&agent, Permission::Agent, Some(project)).await, Ok(true));
    assert_eq!(client.may(&agent, Permission::AdministerProjects, Some(project)).await, Ok(false));
    assert_eq!(client.may(&agent, Permission::AdministerJira, None).await, Ok(false));
    place.site.set_app_permission(PROJECT, "ADD_COMMENTS", false);
    let told = client.my_permissions(project, &["BROWSE_PROJECTS", "ADD_COMMENTS"]).await;
    let expected = BTreeMap::from([("ADD_COMMENTS".to_owned(), false), ("BROWSE_PROJECTS".to_owned(), true)]);
    assert_eq!(told, Ok(expected));
    place.end().await;
}

#[tokio::test]
async fn the_newest_unresolved_request_is_found() {
    let place = Place::start().await;
    let client = place.client();
    let project = place.project(PROJECT);
    let customer = place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    assert_eq!(client.newest_unresolved_request(project, &account(&customer)).await, Ok(None));
    assert_eq!(client.item_without_customer(project).await, Ok(None));
    let open = place.site.raise_request(PROJECT, &customer);
    let done = place.site.raise_request(PROJECT, &customer);
    place.site.resolve(&done);
    let internal = place.site.add_work_item(PROJECT);
    let found = client.newest_unresolved_request(project, &account(&customer)).await.expect("an answer");
    assert_eq!(found.map(|request| request.key), Some(open.clone()));
    let canary = client.item_without_customer(project).await.expect("an answer");
    assert_eq!(canary.map(|item| item.key), Some(internal));
    let issue = client.issue(&done).await.expect("the item");
    assert_eq!((issue.resolved, issue.reporter_kind, issue.project), (true, Some(Kind::Customer), project));
    assert_eq!(issue.reporter, Some(account(&customer)));
    place.end().await;
}

#[tokio::test]
async fn an_internal_comment_stays_internal_when_edited() {
    let place = Place::start().await;
    let client = place.client();
    let customer = place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    let request = place.site.raise_request(PROJECT, &customer);
    let mark = [("invite-guard.case", json!({"scenario": "x"}))];
    let made = client.add_internal_comment(&request, &document("one"), &mark).await.expect("a comment");
    assert_eq!(made.jsd_public, Some(false));
    let edited = client.edit_comment(&request, &made.id, &document("two"), &mark).await.expect("an edit");
    assert_eq!((edited.id.as_str(), edited.jsd_public), (made.id.as_str(), Some(false)));
    let found = client.comments_with_property(&request, "invite-guard.case").await.expect("a list");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].property, Some(json!({"scenario": "x"})));
    client.delete_comment(&request, &made.id).await.expect("deleted");
    client.delete_comment(&request, &made.id).await.expect("deleting twice is fine");
    assert!(place.site.comments(&request).is_empty());
    place.end().await;
}

#[tokio::test]
async fn properties_are_written_read_and_taken_away() {
    let place = Place::start().await;
    let client = place.client();
    let item = place.site.add_work_item(PROJECT);
    let value = json!({"a": [1, null, "ä"]});
    assert_eq!(client.get_issue_property(&item, "invite-guard.case").await, Ok(None));
    client.set_issue_property(&item, "invite-guard.case", &value).await.expect("written");
    assert_eq!(client.get_issue_property(&item, "invite-guard.case").await, Ok(Some(value.clone())));
    client.delete_issue_property(&item, "invite-guard.case").await.expect("taken away");
    client.delete_issue_property(&item, "invite-guard.case").await.expect("twice is fine");
    assert_eq!(place.site.item_property(&item, "invite-guard.case"), None);
    let project = place.project(PROJECT);
    client.set_project_property(project, "invite-guard.health", &value).await.expect("written");
    assert_eq!(client.get_project_property(project, "invite-guard.health").await, Ok(Some(value)));
    place.end().await;
}

#[tokio::test]
async fn the_customer_list_comes_page_by_page() {
    let place = Place::start().await;
    let client = place.client();
    for _ in 0..51 {
        place.site.add_customer(PROJECT, AddBy::Agent);
    }
    let desk = client.portal(place.project(PROJECT)).await.expect("a desk");
    let first = client.customers_page(&desk, 0).await.expect("a page").value;
    assert_eq!((first.accounts.len(), first.next), (50, Some(50)));
    let second = client.customers_page(&desk, 50).await.expect("a page").value;
    assert_eq!((second.accounts.len(), second.next), (1, None));
    place.end().await;
}

#[tokio::test]
async fn writes_are_marked_as_ours() {
    let place = Place::start().await;
    assert!(trace(&place.tenant).starts_with("invite-guard:"), "the door drops events by this");
    let mut other = place.tenant.clone();
    other.connect.as_mut().expect("by Connect").app_key = "invite-guard-staging".to_owned();
    assert_ne!(trace(&place.tenant), trace(&other), "two installations on one site tell each other apart");
    place.end().await;
}
