//! Sites that answer in another way than the sandbox, and still legally: ids as numbers, addresses in other forms, smaller
//! pages, resources that are not there. None of it may keep us from an answer that is to be had.
//! Knows no verdict.

use super::given::{Pauses, StillClock, account, host_of, tenant};
use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use invite_guard::domain::{Clock as _, ProjectId};
use invite_guard::jira::{Jira, JiraError, ProjectRef, ROLE_MOST_BYTES, Settings, Site, TOO_LARGE};
use invite_guard::outbound::Client;
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

const DESK: ProjectId = ProjectId(10000);

/// A site of canned answers by path; everything else is not there.
struct Canned {
    site: Site,
    server: ServerHandle,
}

impl Canned {
    fn start(answers: Vec<(&str, u16, Value)>) -> Self {
        let owned = |(path, status, body): (&str, u16, Value)| (path.to_owned(), (status, body));
        let answers: Arc<HashMap<String, (u16, Value)>> = Arc::new(answers.into_iter().map(owned).collect());
        let answer = move |request: HttpRequest| {
            let found = answers.get(&format!("{} {}", request.method(), request.path())).cloned();
            let (status, body) = found.unwrap_or((404, json!({"errorMessages": ["nothing here"]})));
            async move { HttpResponse::build(StatusCode::from_u16(status).expect("a status")).json(body) }
        };
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("a bound address"));
        let server = HttpServer::new(move || App::new().default_service(web::to(answer.clone())))
            .workers(1)
            .disable_signals()
            .listen(listener)
            .expect("the site listens")
            .run();
        let handle = server.handle();
        tokio::spawn(server);
        let clock = Arc::new(StillClock::new());
        let tenant = tenant(&base, "client-key", "0123456789abcdef0123456789abcdef", clock.now());
        let outbound = Client::new(&[host_of(&base)]).expect("a client");
        let jira = Jira::new(outbound, Arc::new(Pauses::default()), clock, Settings::default());
        Self { site: jira.site(&tenant), server: handle }
    }

    async fn end(self) {
        self.server.stop(false).await;
    }
}

#[rstest]
#[case::plain("https://site.example/rest/api/3/project/10000/role/10100")]
#[case::slash("https://site.example/rest/api/3/project/10000/role/10100/")]
#[case::query("https://site.example/rest/api/3/project/10000/role/10100?x=1")]
#[case::relative("/rest/api/2/project/DESK/role/10100")]
#[tokio::test]
async fn the_customers_role_is_found_by_whatever_address(#[case] address: &str) {
    let roles = json!({"Administrators": "/role/1", "Service Desk Customers": address});
    let site = Canned::start(vec![("GET /rest/api/3/project/10000/role", 200, roles)]);
    assert_eq!(site.site.customers_role(DESK).await, Ok(10100), "the role is at {address}");
    site.end().await;
}

#[rstest]
#[case::not_found(404)]
#[case::not_implemented(501)]
#[tokio::test]
async fn without_a_projects_list_of_roles_the_sites_is_read(#[case] status: u16) {
    let roles = json!([{"id": 1, "name": "Administrators"}, {"id": "10100", "name": "Service Desk Customers"}]);
    let role = json!({"actors": [{"actorUser": {"accountId": "qm:a:b"}}]});
    let site = Canned::start(vec![
        ("GET /rest/api/3/project/10000/role", status, json!({})),
        ("GET /rest/api/3/role", 200, roles),
        ("GET /rest/api/3/project/10000/role/10100", 200, role),
    ]);
    let members = site.site.role_members(DESK).await.map(|answer| answer.value);
    assert_eq!(members, Ok(vec![account("qm:a:b")]));
    site.end().await;
}

/// Said so, and nobody is taken for gone by the part of it that came.
#[tokio::test]
async fn slow_a_role_larger_than_we_read_is_too_large() {
    let padding = "x".repeat(ROLE_MOST_BYTES);
    let role = json!({"actors": [{"actorUser": {"accountId": "qm:a:b"}}], "description": padding});
    let site = Canned::start(vec![
        ("GET /rest/api/3/project/10000/role", 200, json!({"Service Desk Customers": "/role/10100"})),
        ("GET /rest/api/3/project/10000/role/10100", 200, role),
    ]);
    assert_eq!(site.site.role_members(DESK).await.map(|answer| answer.value), Err(JiraError::Garbage(TOO_LARGE)));
    site.end().await;
}

#[tokio::test]
async fn without_any_list_of_roles_the_role_is_not_found() {
    let site = Canned::start(Vec::new());
    assert_eq!(site.site.customers_role(DESK).await, Err(JiraError::NotFound));
    site.end().await;
}

#[rstest]
#[case::not_found(404)]
#[case::not_implemented(501)]
#[tokio::test]
async fn without_a_search_for_projects_the_service_desks_are_read(#[case] status: u16) {
    let desks = json!({"values": [{"id": 1, "projectId": "10000", "projectKey": "DESK"}], "isLastPage": true});
    let site = Canned::start(vec![
        ("GET /rest/api/3/project/search", status, json!({})),
        ("GET /rest/servicedeskapi/servicedesk", 200, desks),
    ]);
    let expected = vec![ProjectRef { id: DESK, key: "DESK".to_owned() }];
    assert_eq!(site.site.service_projects(10, true).await, Ok(expected));
    site.end().await;
}

#[tokio::test]
async fn a_site_that_lists_no_project_anywhere_has_none() {
    let site = Canned::start(Vec::new());
    assert_eq!(site.site.service_projects(10, true).await, Ok(Vec::new()));
    site.end().await;
}

/// An id we cannot read would leave the comment standing: the canary is taken away by it.
#[tokio::test]
async fn a_comments_id_may_be_a_number() {
    let comment = json!({"id": 17, "jsdPublic": false});
    let site = Canned::start(vec![("POST /rest/api/3/issue/DESK-1/comment", 201, comment)]);
    let written = site.site.add_internal_comment("DESK-1", &json!({}), &[]).await.expect("an answer");
    assert_eq!((written.id.as_str(), written.jsd_public), ("17", Some(false)));
    site.end().await;
}

/// A page that is full by the site's own measure has another one after it.
#[rstest]
#[case::smaller_page(json!(2), Some(2))]
#[case::last_page(json!(3), None)]
#[case::silent(json!(null), None)]
#[tokio::test]
async fn a_log_without_a_total_is_read_to_its_end(#[case] limit: Value, #[case] next: Option<usize>) {
    let page = json!({"limit": limit, "records": [{"id": 1, "summary": "x"}, {"id": 2, "summary": "y"}]});
    let site = Canned::start(vec![("GET /rest/api/3/auditing/record", 200, page)]);
    let read = site.site.audit_page(None, None, None, 0).await.expect("an answer");
    assert_eq!((read.value.total, read.value.next), (None, next));
    site.end().await;
}

#[tokio::test]
async fn a_right_that_jira_does_not_tell_is_neither_had_nor_lacked() {
    let told =
        json!({"permissions": {"EDIT_ISSUES": {"havePermission": true}, "ADD_COMMENTS": {"havePermission": false}}});
    let site = Canned::start(vec![("GET /rest/api/3/mypermissions", 200, told)]);
    let rights = site.site.my_permissions(DESK, &["EDIT_ISSUES", "ADD_COMMENTS", "BROWSE_PROJECTS"]).await;
    let expected = [("ADD_COMMENTS".to_owned(), false), ("EDIT_ISSUES".to_owned(), true)].into();
    assert_eq!(rights, Ok(expected));
    site.end().await;
}
