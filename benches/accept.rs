//! Durable accepts of webhooks, as ratios inside one run: the product's door against floors that do less.
//! Knows no absolute goal: seconds of one machine say nothing about another. `cargo bench --bench accept`.
//!
//! - *store floor*: batches of 64 rows into the same queue table, with its deduplication and indexes, nothing else.
//! - *inbox*: 64 waiters, each its own row, through the group committer.
//! - *verify only*: an actix handler that verifies token and query string hash, and answers.
//! - *door*: the same requests through the real routes, on disk before 204.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use invite_guard::app::Rooms;
use invite_guard::config::{Layers, Settings};
use invite_guard::domain::clock::SystemClock;
use invite_guard::domain::work::{NewWork, Work};
use invite_guard::domain::{AccountId, TenantId};
use invite_guard::store::inbox::{Inbox, Limits};
use invite_guard::store::seal::Keyring;
use invite_guard::store::{self, Store};
use invite_guard_sandbox::{Options, Sandbox};
use jiff::Timestamp;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 64;
const ROUND: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;
const KEY: &str = "bench:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut engines = vec![format!("sqlite://{}", folder.path().join("bench.db").display())];
    engines.extend(std::env::var("INVITE_GUARD_BENCH_POSTGRES")); // an empty database, or one to be thrown away
    for url in engines {
        measure(&url).await;
    }
}

async fn measure(url: &str) {
    let keys = Keyring::parse(KEY).expect("a key");
    let store = store::open(url, 16, keys).await.expect("the store opens");
    let site = Sandbox::start(Options::default()).await.expect("a sandbox");
    let (address, stop) = door(url, &site, Arc::clone(&store)).await;
    site.install(&format!("http://{address}")).await.expect("installed");
    let tenant = store.tenants().await.expect("tenants")[0].id;
    let verifying = verifier(site.shared_secret());
    let mut table: Vec<(&str, Vec<f64>)> =
        ["store floor", "inbox", "verify only", "door"].map(|n| (n, Vec::new())).to_vec();
    for _ in 0..ROUNDS {
        table[0].1.push(floor(&store, tenant).await);
        table[1].1.push(inbox(&store, tenant).await);
        table[2].1.push(requests(&site, verifying).await);
        table[3].1.push(requests(&site, address).await);
    }
    let engine = url.split(':').next().unwrap_or_default();
    let median = |rounds: &mut Vec<f64>| {
        rounds.sort_by(f64::total_cmp);
        rounds[rounds.len() / 2]
    };
    let medians: Vec<f64> = table.iter_mut().map(|(_, rounds)| median(rounds)).collect();
    show(&format!("{engine}: {CONNECTIONS} at once, median of {ROUNDS} rounds of {ROUND:?}"));
    for ((name, _), rate) in table.iter().zip(&medians) {
        show(&format!("  {name:<12} {rate:>9.0}/s"));
    }
    show(&format!("  inbox / store floor  {:.2}", medians[1] / medians[0]));
    show(&format!("  door / verify only   {:.2}", medians[3] / medians[2]));
    stop.stop(true).await;
    site.stop().await;
}

#[expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn show(line: &str) {
    println!("{line}");
}

fn row(tenant: TenantId) -> NewWork {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let later = Timestamp::MAX; // nothing works on them
    let work = Work::Locate { account: AccountId(format!("qm:bench:{id}")), hinted_at: later, looked: 0 };
    NewWork::delivery(tenant, format!("bench-{id}"), later, work)
}

async fn floor(store: &Arc<dyn Store>, tenant: TenantId) -> f64 {
    let began = Instant::now();
    let mut rows = 0;
    while began.elapsed() < ROUND {
        let batch: Vec<NewWork> = (0..CONNECTIONS).map(|_| row(tenant)).collect();
        rows += store.accept(&batch).await.expect("accepted").fresh;
    }
    rows as f64 / began.elapsed().as_secs_f64()
}

async fn inbox(store: &Arc<dyn Store>, tenant: TenantId) -> f64 {
    let inbox = Inbox::start(Arc::clone(store), Limits::default());
    let began = Instant::now();
    let waiters = (0..CONNECTIONS).map(|_| {
        let inbox = inbox.clone();
        tokio::spawn(async move {
            let mut rows = 0_u64;
            while began.elapsed() < ROUND {
                inbox.accept(row(tenant)).await.expect("accepted");
                rows += 1;
            }
            rows
        })
    });
    let rows: u64 = futures::future::join_all(waiters).await.into_iter().map(|r| r.expect("a waiter")).sum();
    inbox.close_and_drain().await;
    rows as f64 / began.elapsed().as_secs_f64()
}

/// Signed webhooks, each its own identifier, over kept connections, until the round is over.
async fn requests(site: &Sandbox, address: std::net::SocketAddr) -> f64 {
    let client = reqwest::Client::new();
    let began = Instant::now();
    let senders = (0..CONNECTIONS).map(|_| {
        let (client, site) = (client.clone(), site.clone());
        tokio::spawn(async move {
            let url = format!("http://{address}/connect/webhooks");
            let token = site.sign_hs256(&site.claims("POST", "/connect/webhooks"), &site.shared_secret());
            let mut done = 0_u64;
            while began.elapsed() < ROUND {
                let account = format!("qm:bench:{}", uuid::Uuid::new_v4());
                let body = serde_json::json!({"timestamp": 1_767_225_600_000_i64, "webhookEvent": "user_created",
                    "user": {"accountId": account, "accountType": "customer", "active": true}});
                let answer = client
                    .post(&url)
                    .header("authorization", format!("JWT {token}"))
                    .header("x-atlassian-webhook-identifier", uuid::Uuid::new_v4().to_string())
                    .json(&body)
                    .send()
                    .await
                    .expect("an answer");
                assert_eq!(answer.status().as_u16(), 204, "every event is accepted");
                done += 1;
            }
            done
        })
    });
    let done: u64 = futures::future::join_all(senders).await.into_iter().map(|r| r.expect("a sender")).sum();
    done as f64 / began.elapsed().as_secs_f64()
}

async fn door(
    url: &str,
    site: &Sandbox,
    store: Arc<dyn Store>,
) -> (std::net::SocketAddr, actix_web::dev::ServerHandle) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("bound");
    let host = site.base_url().trim_start_matches("http://").to_owned();
    let chosen = [
        ("SERVER__PUBLIC_URL", format!("http://{address}")),
        ("STORE__URL", url.to_owned()),
        ("SECRETS__KEYS", KEY.to_owned()),
        ("CONNECT__TENANT_HOSTS", host),
        ("CONNECT__INSTALL_KEYS_URL", site.keys_url()),
    ];
    let chosen = chosen.into_iter().map(|(key, value)| (format!("INVITE_GUARD__{key}"), value));
    let settings = Layers::read(None, chosen).and_then(|layers| Settings::from_layers(&layers)).expect("settings");
    let rooms = Rooms::build(&settings, store, Arc::new(SystemClock), None).expect("rooms");
    let routes = invite_guard::web::routes(rooms.web.clone());
    (address, serve(listener, move |config| routes(config)))
}

fn verifier(secret: String) -> std::net::SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("bound");
    let secret: Arc<str> = secret.into();
    serve(listener, move |config| {
        let secret = Arc::clone(&secret);
        config.route(
            "/connect/webhooks",
            web::post().to(move |request: HttpRequest, _body: web::Bytes| verified(request, Arc::clone(&secret))),
        );
    });
    address
}

async fn verified(request: HttpRequest, secret: Arc<str>) -> HttpResponse {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let target = request.uri().to_string();
    let expected = atlassian_jwt::Expect::request(atlassian_jwt::Request::new("POST", &target, ""));
    let token = header.trim_start_matches("JWT ");
    match atlassian_jwt::hs256::verify(token, secret.as_bytes(), &expected, Timestamp::now().as_second()) {
        Ok(_) => HttpResponse::NoContent().finish(),
        Err(_) => HttpResponse::Unauthorized().finish(),
    }
}

fn serve(
    listener: TcpListener,
    routes: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> actix_web::dev::ServerHandle {
    let server = HttpServer::new(move || App::new().configure(routes.clone()))
        .disable_signals()
        .listen(listener)
        .expect("listens")
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    handle
}
