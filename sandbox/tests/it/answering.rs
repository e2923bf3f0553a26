//! Every answer is valid by Atlassian's specifications and says what is there.

use invite_guard_sandbox::{AddBy, CustomerAccess, ProjectType};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::Bench;

async fn desk() -> Bench {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    bench.site.add_project("SOFT", "Software", ProjectType::Software);
    bench
}

#[tokio::test]
async fn every_read_is_valid() {
    let bench = desk().await;
    let customer = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    bench.site.add_customer("HELP", AddBy::Organisation("Customers Ltd".to_owned()));
    bench.site.set_customer_access("HELP", CustomerAccess::AnyoneWithAccount);
    let key = bench.site.raise_request("HELP", &customer);
    let comment = bench.site.add_comment(&key, &bench.site.agent(), "Hello", false);
    bench.site.set_item_property(&key, "mark", Some(json!({"a": 1})));
    bench.site.set_project_property("HELP", "mark", Some(json!([1])));
    let account = customer.replace(':', "%3A");
    let reads = [
        "/rest/api/3/serverInfo".to_owned(),
        "/rest/api/3/myself".to_owned(),
        format!("/rest/api/3/user?accountId={account}"),
        "/rest/api/3/user/search?query=customer".to_owned(),
        "/rest/api/3/mypermissions?permissions=ADMINISTER".to_owned(),
        "/rest/api/3/project".to_owned(),
        "/rest/api/3/project/search?typeKey=service_desk&startAt=0&maxResults=1".to_owned(),
        "/rest/api/3/project/HELP".to_owned(),
        "/rest/api/3/project/10001/role".to_owned(),
        "/rest/api/3/project/HELP/role/10101".to_owned(),
        "/rest/api/3/project/HELP/role/10002".to_owned(),
        "/rest/api/3/project/HELP/properties".to_owned(),
        "/rest/api/3/project/HELP/properties/mark".to_owned(),
        "/rest/api/3/auditing/record?filter=user%20created&from=2026-01-01T00:00:00.000Z".to_owned(),
        format!("/rest/api/3/issue/{key}?fields=summary,reporter&properties=mark"),
        format!("/rest/api/3/issue/{key}"),
        format!("/rest/api/3/issue/{key}/properties"),
        format!("/rest/api/3/issue/{key}/properties/mark"),
        format!("/rest/api/3/issue/{key}/comment?expand=properties"),
        format!("/rest/api/3/issue/{key}/comment/{comment}"),
        "/rest/api/3/issue/createmeta/HELP/issuetypes".to_owned(),
        "/rest/api/3/issue/createmeta/HELP/issuetypes/10001".to_owned(),
        "/rest/servicedeskapi/servicedesk".to_owned(),
        "/rest/servicedeskapi/servicedesk/1".to_owned(),
        "/rest/servicedeskapi/servicedesk/1/organization".to_owned(),
        "/rest/servicedeskapi/organization".to_owned(),
        "/rest/servicedeskapi/organization/1".to_owned(),
        "/rest/servicedeskapi/organization/1/user".to_owned(),
        format!("/rest/servicedeskapi/request/{key}"),
        format!("/rest/servicedeskapi/request/{key}/comment"),
    ];
    for target in reads {
        assert_eq!(bench.get(&target).await.status, 200, "{target}");
    }
    let opt_in = [("X-ExperimentalApi", "opt-in")];
    let customers = bench.call_with("GET", "/rest/servicedeskapi/servicedesk/1/customer?limit=2", &opt_in).await;
    assert_eq!(customers.body["isLastPage"], false);
    bench.assert_valid();
    assert_eq!(bench.site.unexpected_calls(), [""; 0]);
}

#[tokio::test]
async fn an_unknown_parameter_is_told() {
    let bench = desk().await;
    assert_eq!(bench.get("/rest/api/3/project/search?typekey=service_desk").await.status, 200);
    if crate::app::contracts().is_some() {
        assert_eq!(bench.site.violations().len(), 1, "Jira ignores it, the sandbox tells");
    }
}

#[tokio::test]
async fn the_audit_log_is_read_by_window_page_and_words() {
    let bench = desk().await;
    for _ in 0..3 {
        bench.site.add_customer("HELP", AddBy::Agent);
        bench.clock.advance(SignedDuration::from_mins(1));
    }
    let get = async |query: &str| bench.get(&format!("/rest/api/3/auditing/record?{query}")).await.body;
    let all = get("").await;
    assert_eq!(all["total"], 3);
    assert_eq!(all["records"][0]["created"], "2026-11-02T09:02:00.000+0000", "newest first");
    assert_eq!(get("from=2026-11-02T09:01:00.000%2B0000").await["total"], 2);
    assert_eq!(get("to=2026-11-02T09:01:00Z").await["total"], 2);
    let page = get("offset=1&limit=1").await;
    assert_eq!((page["records"].as_array().map(Vec::len), &page["total"]), (Some(1), &json!(3)));
    assert_eq!(get("filter=man%20creat").await["total"], 3, "every word in some field");
    assert_eq!(get("filter=group").await["total"], 0);
    assert_eq!(bench.get("/rest/api/3/auditing/record?from=yesterday").await.status, 400);
    bench.assert_valid();
}

#[tokio::test]
async fn items_are_found_by_a_little_jql() {
    let bench = desk().await;
    let one = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    let other = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    let old = bench.site.raise_request("HELP", &one);
    bench.clock.advance(SignedDuration::from_secs(1));
    let new = bench.site.raise_request_on_behalf("HELP", &one, &bench.site.agent());
    bench.site.raise_request("HELP", &other);
    let done = bench.site.raise_request("HELP", &one);
    bench.site.resolve(&done);
    let plain = bench.site.add_work_item("HELP");

    let find = async |jql: String| {
        let body = json!({"jql": jql, "fields": ["summary"], "maxResults": 10});
        let answer = bench.call("POST", "/rest/api/3/search/jql", Some(body)).await;
        assert_eq!(answer.status, 200, "{jql}: {}", answer.body);
        let issues = answer.body["issues"].as_array().expect("a list").clone();
        issues.iter().map(|issue| issue["key"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let newest = format!("project = HELP AND reporter = \"{one}\" AND resolution is EMPTY ORDER BY created DESC");
    assert_eq!(find(newest).await, [new.clone(), old.clone()]);
    let equals = format!("project = 10001 AND reporter = \"{one}\" AND resolution = EMPTY ORDER BY created DESC");
    assert_eq!(find(equals).await, [new.clone(), old.clone()], "= EMPTY is the same as IS EMPTY");
    let open = format!("project = 10001 and reporter in ({one}) and statusCategory != Done order by created asc");
    assert_eq!(find(open).await, [old.clone(), new.clone()]);
    assert_eq!(find("project = HELP AND \"Request Type\" is EMPTY".to_owned()).await, [plain]);
    assert_eq!(find(format!("key in ({old}, {new}) order by key")).await, [old, new]);

    for bad in [
        "",
        "order by created",
        "summary ~ x",
        "project = NOPE",
        "reporter = nobody",
        "project = HELP OR key = A-1",
        "project =",
        "project = \"HELP",
        "project = HELP order by rank",
    ] {
        let answer = bench.call("POST", "/rest/api/3/search/jql", Some(json!({"jql": bad}))).await;
        assert_eq!(answer.status, 400, "{bad:?} is refused, not guessed");
    }
    let target = "/rest/api/3/search/jql?jql=project%20%3D%20HELP&maxResults=2&fields=summary";
    let first = bench.get(target).await;
    assert_eq!(first.body["isLast"], false);
    let next = first.body["nextPageToken"].as_str().expect("a token").to_owned();
    let second = bench.get(&format!("{target}&nextPageToken={next}")).await;
    assert_ne!(first.body["issues"][0]["key"], second.body["issues"][0]["key"]);
    bench.assert_valid();
}

#[tokio::test]
async fn creating_an_item_needs_what_create_meta_says() {
    let bench = desk().await;
    let body = |extra: Value| {
        let mut fields = json!({"project": {"id": "10001"}, "issuetype": {"id": "10001"}, "summary": "Notice"});
        if let (Some(fields), Some(extra)) = (fields.as_object_mut(), extra.as_object()) {
            fields.extend(extra.clone());
        }
        json!({"fields": fields})
    };
    let made = bench.call("POST", "/rest/api/3/issue", Some(body(json!({})))).await;
    assert_eq!(made.status, 201);
    assert_eq!(bench.site.mails_by_app(), []);
    bench.site.demand_field("HELP", Some("customfield_10200"));
    assert_eq!(bench.call("POST", "/rest/api/3/issue", Some(body(json!({})))).await.status, 400);
    let given = json!({"customfield_10200": "4711"});
    assert_eq!(bench.call("POST", "/rest/api/3/issue", Some(body(given))).await.status, 201);
    bench.assert_valid();
}

#[tokio::test]
async fn notify_checks_the_switch_then_the_item_then_the_receivers() {
    let bench = desk().await;
    let customer = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    let key = bench.site.raise_request("HELP", &customer);
    let me = bench.site.app_account().expect("an app user");
    let notify = async |key: &str, to: Value| {
        let body = json!({"subject": "s", "textBody": "t", "to": to});
        bench.call("POST", &format!("/rest/api/3/issue/{key}/notify"), Some(body)).await.status
    };
    assert_eq!(notify("HELP-999", json!({})).await, 404);
    assert_eq!(notify(&key, json!({})).await, 400);
    assert_eq!(notify(&key, json!({"users": [{"accountId": me}]})).await, 400);
    bench.site.set_outgoing_mail(false);
    assert_eq!(notify("HELP-999", json!({})).await, 403, "the switch comes first");
    bench.site.set_outgoing_mail(true);
    assert_eq!(bench.site.mails_by_app(), []);
    assert_eq!(notify(&key, json!({"reporter": true})).await, 204);
    assert_eq!(bench.site.mails_by_app().len(), 1);
}

#[tokio::test]
async fn hidden_addresses_stay_hidden() {
    let bench = desk().await;
    let customer = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    let target = format!("/rest/api/3/user?accountId={}", customer.replace(':', "%3A"));
    assert!(bench.get(&target).await.body["emailAddress"].is_string());
    bench.site.set_address_visible(&customer, false);
    assert_eq!(bench.get(&target).await.body["emailAddress"], Value::Null);
}

/// What a search for an address may be taken for rests on this.
#[tokio::test]
async fn a_search_for_people_finds_beginnings_hides_addresses_and_leaves_out_the_inactive() {
    let bench = desk().await;
    let add = |address: &str| bench.site.add_customer_at("HELP", AddBy::Agent, Some(address)).account_id;
    let (ann, longer) = (add("ann@shop.example"), add("ann@shop.example.org"));
    let (hidden, gone) = (add("hidden@shop.example"), add("gone@shop.example"));
    bench.site.set_address_visible(&hidden, false);
    bench.site.set_active(&gone, false);
    let found = async |query: &str| -> Vec<(String, Value)> {
        let answer = bench.get(&format!("/rest/api/3/user/search?query={query}")).await;
        assert_eq!(answer.status, 200, "{query}");
        let mut people: Vec<_> = answer
            .body
            .as_array()
            .expect("a list of people")
            .iter()
            .map(|person| (person["accountId"].as_str().expect("an id").to_owned(), person["emailAddress"].clone()))
            .collect();
        people.sort_by_key(|(account, _)| account.clone());
        people
    };
    let mut both = vec![(ann, json!("ann@shop.example")), (longer, json!("ann@shop.example.org"))];
    both.sort_by_key(|(account, _)| account.clone());
    assert_eq!(found("ANN%40shop.example").await, both, "beginnings of addresses, in whatever case");
    assert_eq!(found("shop.example").await, [], "beginnings only");
    assert_eq!(found("hidden%40shop.example").await, [(hidden, Value::Null)]);
    assert_eq!(found("gone%40shop.example").await, [], "active people only");
}
