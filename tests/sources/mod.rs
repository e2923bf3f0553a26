//! The audit log as a source, where it is long, busy or has holes: small servers answer what the sandbox never would.
//! Knows no verdict; see `examine`.

mod optional;

use crate::jira::given::{Pauses, StillClock, host_of};
use crate::store::engines::{self, Engine, Fresh};
use crate::store::given::installation;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use diagnosis::Gap;
use invite_guard::domain::audit::{AuditMark, Coverage};
use invite_guard::domain::tenant::Tenant;
use invite_guard::domain::{Clock, ProjectId};
use invite_guard::examine::{AuditReading, Examiner};
use invite_guard::jira::{Jira, JiraError, Settings};
use invite_guard::outbound::Client;
use invite_guard::store::Store;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// What a log answers to these query parameters.
type Answer = fn(&HashMap<String, String>) -> Value;

/// A log of its own making, and an examiner that reads it.
struct Log {
    examiner: Examiner,
    store: Arc<dyn Store>,
    tenant: Tenant,
    clock: Arc<StillClock>,
    fresh: Fresh,
}

impl Log {
    async fn that(answer: Answer) -> Self {
        let url = serve(answer);
        let clock = Arc::new(StillClock::new());
        let fresh = engines::fresh(Engine::Sqlite).await;
        let store = Arc::clone(&fresh.store);
        let installation = installation("client-1", &url, "a shared secret of 32 bytes, ok!");
        let id = store.install(&installation, clock.now(), &|_| Vec::new()).await.expect("installed");
        let tenant = store.tenant(id).await.expect("readable").expect("there");
        let settings = Settings { timeout: Duration::from_secs(30), ..Settings::default() };
        let outbound = Client::new(&[host_of(&url)]).expect("a client");
        let jira = Jira::new(outbound, Arc::new(Pauses::default()), clock.clone(), settings);
        let examiner = Examiner::new(Arc::clone(&store), jira, clock.clone());
        Self { examiner, store, tenant, clock, fresh }
    }

    async fn read(&self) -> Result<AuditReading, JiraError> {
        self.examiner.read_audit(&self.tenant).await
    }

    async fn mark(&self) -> AuditMark {
        self.store.audit_mark(self.tenant.id).await.expect("a mark")
    }
}

fn serve(answer: Answer) -> String {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound address"));
    let handle = move |request: HttpRequest| async move {
        let query = web::Query::<HashMap<String, String>>::from_query(request.query_string()).expect("a query");
        // By no clock at all: the tests' own may stand still.
        HttpResponse::Ok().insert_header(("date", "never")).json(answer(&query))
    };
    let server = HttpServer::new(move || App::new().default_service(web::to(handle)))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .expect("the server listens")
        .run();
    tokio::spawn(server);
    url
}

fn offset(query: &HashMap<String, String>) -> usize {
    query.get("offset").and_then(|offset| offset.parse().ok()).unwrap_or(0)
}

fn toggle(project: usize) -> Value {
    json!({
        "id": project, "summary": "Customer invited notification changed", "created": "2026-01-10T11:52:39.940+0000",
        "objectItem": {"id": project.to_string(), "typeName": "PROJECT"},
        "changedValues": [{"fieldName": "isEnabled", "changedFrom": "true", "changedTo": "false"}],
    })
}

fn other() -> Value {
    json!({"id": 1, "summary": "User added to group", "created": "2026-01-10T11:52:39.940+0000"})
}

fn page(records: Vec<Value>, total: usize) -> Value {
    json!({"offset": 0, "limit": 1000, "total": total, "records": records})
}

#[tokio::test]
async fn a_log_that_gives_less_than_it_promised_has_a_hole() {
    let log = Log::that(|_| page(vec![], 3)).await;
    assert_eq!(log.read().await, Err(JiraError::Garbage("audit_hole")));
    assert_eq!(log.mark().await, AuditMark { coverage: None, trouble: Some(Gap::Unavailable) });
    log.fresh.discard().await;
}

#[tokio::test]
async fn records_without_a_list_are_no_empty_log() {
    let log = Log::that(|_| json!({"total": 0})).await;
    assert_eq!(log.read().await, Err(JiraError::Garbage("unexpected_shape")));
    assert_eq!(log.mark().await.coverage, None);
    log.fresh.discard().await;
}

#[tokio::test]
async fn a_log_that_grows_while_it_is_read_loses_nothing() {
    // 1,500 records; when the second page is asked for, 3 newer ones have pushed the rest on.
    let log = Log::that(|query| match (query.get("filter").map(String::as_str), offset(query)) {
        (Some("Customer invited notification changed"), 0) => page((0..1000).map(toggle).collect(), 1500),
        (Some("Customer invited notification changed"), 1000) => page((997..1500).map(toggle).collect(), 1503),
        _ => page(vec![], 0),
    })
    .await;
    let reading = log.read().await.expect("the log is whole");
    assert_eq!(reading.toggled, (0..1500).map(ProjectId).collect::<Vec<_>>());
    let coverage = Coverage { from: Timestamp::MIN, until: log.clock.now() };
    assert_eq!(log.mark().await, AuditMark { coverage: Some(coverage), trouble: None });
    let lines = log.store.lines(log.tenant.id, Some(ProjectId(998))).await.expect("lines");
    assert_eq!(lines.len(), 1, "what came twice is kept once");
    log.fresh.discard().await;
}

#[tokio::test]
async fn a_busy_log_is_read_by_its_summaries() {
    let log = Log::that(|query| match query.get("filter").map(String::as_str) {
        None => page(vec![other(); 1000], 1_000_000),
        Some("Customer invited notification changed") => page(vec![toggle(7)], 1),
        Some(_) => page(vec![], 0),
    })
    .await;
    log.read().await.expect("the first reading is by summaries anyway");
    log.clock.advance(SignedDuration::from_mins(1));
    let reading = log.read().await.expect("so are the others where the log is busy");
    assert_eq!(reading.toggled, [ProjectId(7)]);
    assert_eq!(log.mark().await.coverage.map(|coverage| coverage.until), Some(log.clock.now()));
    log.fresh.discard().await;
}

#[tokio::test]
async fn a_log_without_end_is_not_read_for_ever() {
    let log = Log::that(|_| page(vec![other(); 10], 1_000_000)).await;
    assert_eq!(log.read().await, Err(JiraError::Garbage("audit_too_large")));
    assert_eq!(log.mark().await.coverage, None);
    log.fresh.discard().await;
}

#[tokio::test]
async fn unreadable_records_do_not_stop_the_others() {
    let log = Log::that(|query| match query.get("filter").map(String::as_str) {
        Some("Customer invited notification changed") => {
            page(vec![json!(null), json!("text"), json!({"summary": 7}), other(), toggle(7)], 5)
        }
        _ => page(vec![], 0),
    })
    .await;
    assert_eq!(log.read().await.expect("the log is read").toggled, [ProjectId(7)]);
    log.fresh.discard().await;
}
