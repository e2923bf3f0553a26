//! Each permission of the app's user, taken away one at a time.

use invite_guard_sandbox::{ProjectType, UserKind};
use serde_json::{Value, json};

use crate::app::Bench;

async fn desk() -> (Bench, String) {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    let item = bench.site.add_work_item("HELP");
    (bench, item)
}

fn comment() -> Value {
    json!({"body": {"type": "doc", "version": 1, "content": []}})
}

#[tokio::test]
async fn each_call_needs_its_permission() {
    let (bench, item) = desk().await;
    let opt_in = [("X-ExperimentalApi", "opt-in")];
    type Check = (&'static str, &'static str, String, Option<Value>, u16, u16);
    let checks: Vec<Check> = vec![
        ("BROWSE_PROJECTS", "GET", format!("/rest/api/3/issue/{item}"), None, 200, 404),
        ("ADD_COMMENTS", "POST", format!("/rest/api/3/issue/{item}/comment"), Some(comment()), 201, 400),
        ("EDIT_ISSUES", "PUT", format!("/rest/api/3/issue/{item}/properties/a"), Some(json!(1)), 201, 403),
        ("CREATE_ISSUES", "GET", "/rest/api/3/issue/createmeta/HELP/issuetypes".to_owned(), None, 200, 400),
        ("SERVICEDESK_AGENT", "GET", "/rest/servicedeskapi/servicedesk/1/organization".to_owned(), None, 200, 403),
    ];
    for (permission, method, target, body, with, without) in checks {
        assert_eq!(bench.call(method, &target, body.clone()).await.status, with, "{method} {target} with all rights");
        bench.site.set_app_permission("HELP", permission, false);
        assert_eq!(bench.call(method, &target, body).await.status, without, "{method} {target} without {permission}");
        bench.site.set_app_permission("HELP", permission, true);
    }
    let customers = "/rest/servicedeskapi/servicedesk/1/customer";
    assert_eq!(bench.get(customers).await.status, 412, "experimental calls need their header");
    assert_eq!(bench.call_with("GET", customers, &opt_in).await.status, 200);
    bench.site.set_app_permission("HELP", "SERVICEDESK_AGENT", false);
    assert_eq!(bench.call_with("GET", customers, &opt_in).await.status, 403);
    bench.assert_valid();
}

#[tokio::test]
async fn roles_and_project_properties_need_an_administrator() {
    let (bench, _) = desk().await;
    let role = "/rest/api/3/project/HELP/role/10101";
    let property = "/rest/api/3/project/HELP/properties/a";
    bench.site.set_app_permission("HELP", "ADMINISTER_PROJECTS", false);
    assert_eq!(bench.get(role).await.status, 200, "Administer Jira is enough");
    bench.site.set_app_global_permission("ADMINISTER", false);
    assert_eq!(bench.get(role).await.status, 404);
    assert_eq!(bench.call("PUT", property, Some(json!(1))).await.status, 403);
    bench.site.set_app_permission("HELP", "ADMINISTER_PROJECTS", true);
    assert_eq!(bench.get(role).await.status, 200);
    assert_eq!(bench.call("PUT", property, Some(json!(1))).await.status, 201);
    assert_eq!(bench.call("PUT", property, Some(json!(2))).await.status, 200);
    bench.assert_valid();
}

#[tokio::test]
async fn the_audit_log_needs_administer_jira_and_a_paid_plan() {
    let (bench, _) = desk().await;
    let target = "/rest/api/3/auditing/record";
    assert_eq!(bench.get(target).await.status, 200);
    bench.site.set_audit_available(false);
    assert_eq!(bench.get(target).await.status, 403);
    bench.site.set_audit_available(true);
    bench.site.set_app_global_permission("ADMINISTER", false);
    assert_eq!(bench.get(target).await.status, 403);
}

#[tokio::test]
async fn without_browse_users_a_search_is_silently_empty() {
    let (bench, _) = desk().await;
    let target = "/rest/api/3/user/search?query=Okafor";
    assert_ne!(bench.get(target).await.body, json!([]));
    bench.site.set_app_global_permission("USER_PICKER", false);
    let answer = bench.get(target).await;
    assert_eq!((answer.status, answer.body), (200, json!([])));
    let agent = bench.site.agent();
    assert_eq!(bench.get(&format!("/rest/api/3/user?accountId={agent}")).await.status, 403);
}

#[tokio::test]
async fn permissions_of_anybody_are_told_to_the_app() {
    let (bench, item) = desk().await;
    let project = bench.site.project_id("HELP");
    let agent = bench.site.add_user(UserKind::Agent(vec!["HELP".to_owned()]));
    let ask = |account: &str| {
        json!({
            "accountId": account, "globalPermissions": ["ADMINISTER"],
            "projectPermissions": [{
                "permissions": ["SERVICEDESK_AGENT", "ADMINISTER_PROJECTS"],
                "projects": [project], "issues": [bench.site.item_id(&item)],
            }],
        })
    };
    let answer = bench.call("POST", "/rest/api/3/permissions/check", Some(ask(&agent))).await;
    let item_id = bench.site.item_id(&item);
    let grants = json!([
        {"permission": "SERVICEDESK_AGENT", "projects": [project], "issues": [item_id]},
        {"permission": "ADMINISTER_PROJECTS", "projects": [], "issues": []},
    ]);
    assert_eq!(answer.body, json!({"globalPermissions": [], "projectPermissions": grants}));
    let admin = bench.site.admin();
    let answer = bench.call("POST", "/rest/api/3/permissions/check", Some(ask(&admin))).await;
    assert_eq!(answer.body["globalPermissions"], json!(["ADMINISTER"]));

    let unknown = json!({"globalPermissions": ["FLY"]});
    assert_eq!(bench.call("POST", "/rest/api/3/permissions/check", Some(unknown)).await.status, 400);
    bench.assert_valid();
}

#[tokio::test]
async fn my_permissions_need_a_known_key_and_a_visible_project() {
    let (bench, _) = desk().await;
    let target = "/rest/api/3/mypermissions?projectKey=HELP&permissions=SERVICEDESK_AGENT,ADD_COMMENTS";
    bench.site.set_app_permission("HELP", "ADD_COMMENTS", false);
    let answer = bench.get(target).await;
    assert_eq!(answer.body["permissions"]["SERVICEDESK_AGENT"]["havePermission"], true);
    assert_eq!(answer.body["permissions"]["ADD_COMMENTS"]["havePermission"], false);
    assert_eq!(bench.get("/rest/api/3/mypermissions?projectKey=HELP").await.status, 400);
    assert_eq!(bench.get("/rest/api/3/mypermissions?permissions=FLY").await.status, 400);
    assert_eq!(bench.get("/rest/api/3/mypermissions?permissions=ADD_COMMENTS&projectKey=NO").await.status, 404);
    bench.assert_valid();
}

#[tokio::test]
async fn nobody_is_an_agent_in_a_software_project() {
    let (bench, _) = desk().await;
    bench.site.add_project("SOFT", "Software", ProjectType::Software);
    let target = "/rest/api/3/mypermissions?projectKey=SOFT&permissions=SERVICEDESK_AGENT";
    assert_eq!(bench.get(target).await.body["permissions"]["SERVICEDESK_AGENT"]["havePermission"], false);
}
