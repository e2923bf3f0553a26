//! The web room alone against the sandbox: real store, real handshake, one clock for both sides; no worker.
//! Knows no verdict.

use crate::harness::{APP_ID, By, MANIFEST};
use crate::store::engines::keys;
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use invite_guard::domain::tenant::Tenant;
use invite_guard::domain::{Clock, ProjectId};
use invite_guard::examine::Examiner;
use invite_guard::jira::{self, Jira};
use invite_guard::outbound::Client;
use invite_guard::store::inbox::{Inbox, Limits};
use invite_guard::store::{Row, RowState, SqlStore, Store};
use invite_guard::web::{ForgeSettings, Parts, Settings, State, routes};
use invite_guard_sandbox::{Answer, Options, ProjectType, Sandbox, SignedRequest, UserKind};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::sync::Notify;
use url::Url;

/// A clock that stands still until told.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_795_600_000)))
    }

    pub(crate) fn forward(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).expect("a time")
    }
}

/// How a bench differs from the usual one.
#[derive(Clone)]
pub(crate) struct Bent {
    /// Path of the public URL.
    pub(crate) base_path: &'static str,
    /// Further allowed hosts.
    pub(crate) hosts: Vec<String>,
    /// Whether the key server is the sandbox's (else the fixed table counts).
    pub(crate) keys_replaced: bool,
    /// Bounds of the inbox.
    pub(crate) inbox: Limits,
    /// Whether the app is installed at once.
    pub(crate) install: bool,
    /// By which door people come, and the app if it is installed at once.
    pub(crate) by: By,
    /// What is set of the Forge door, to be bent.
    pub(crate) forge: fn(ForgeSettings) -> Option<ForgeSettings>,
}

impl Default for Bent {
    fn default() -> Self {
        let hosts = vec!["*.atlassian.net".to_owned()];
        Self {
            base_path: "",
            hosts,
            keys_replaced: true,
            inbox: Limits::default(),
            install: true,
            by: By::Connect,
            forge: Some,
        }
    }
}

/// The app on loopback, and the site it is installed on.
pub(crate) struct Bench {
    pub(crate) site: Sandbox,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) opened: SqlStore,
    pub(crate) database: String,
    pub(crate) clock: Arc<TestClock>,
    /// Our public URL.
    pub(crate) base_url: String,
    pub(crate) ready: Arc<AtomicBool>,
    /// What a worker in this process would wait for.
    pub(crate) wake: Arc<Notify>,
    /// Numeric id of the service project HELP.
    pub(crate) project: u64,
    pub(crate) client: reqwest::Client,
    by: By,
    server: Mutex<Option<ServerHandle>>,
    _folder: TempDir,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::bent(Bent::default()).await
    }

    /// The same by whichever door.
    pub(crate) async fn by(by: By) -> Self {
        Self::bent(Bent { by, ..Bent::default() }).await
    }

    pub(crate) async fn bent(bent: Bent) -> Self {
        let clock = TestClock::new();
        let told = Arc::clone(&clock);
        let options = Options { clock: Arc::new(move || told.now()), ..Options::default() };
        let site = Sandbox::start(options).await.expect("the sandbox starts on loopback");
        let project = site.add_project("HELP", "Help desk", ProjectType::ServiceDesk);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = format!("sqlite://{}", folder.path().join("web.db").display());
        let opened = SqlStore::open(&database, 4, keys()).await.expect("a fresh SQLite store opens");
        let store: Arc<dyn Store> = Arc::new(opened.clone());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("a bound address").port();
        let base_url = format!("http://127.0.0.1:{port}{}", bent.base_path);
        let ready = Arc::new(AtomicBool::new(true));
        let wake = Arc::new(Notify::new());
        let state = state(&bent, &site, &store, &clock, &base_url, &ready, &wake);
        let server = serve(state, listener);
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        let client = client.expect("a plain client");
        let bench = Self {
            site,
            store,
            opened,
            database,
            clock,
            base_url,
            ready,
            wake,
            project,
            client,
            by: bent.by,
            server: Mutex::new(Some(server)),
            _folder: folder,
        };
        match bent.by {
            _ if !bent.install => {}
            By::Connect => {
                bench.site.install(&bench.base_url).await.expect("the sandbox installs the app by the real handshake");
            }
            By::Forge => {
                bench.site.install_forge(MANIFEST, &bench.base_url).await.expect("the manifest can be installed");
                assert_eq!(bench.site.deliver_all().await, [204], "the event of the install is taken");
            }
        }
        bench
    }

    /// The tenant of the sandbox's site.
    pub(crate) async fn tenant(&self) -> Option<Tenant> {
        let found = match self.by {
            By::Connect => self.store.tenant_by_client_key(&self.site.client_key()).await,
            By::Forge => self.store.tenant_by_installation(&self.site.installation_id()).await,
        };
        found.expect("the store answers")
    }

    /// The site lets us go.
    pub(crate) async fn uninstall(&self) {
        let done = match self.by {
            By::Connect => self.site.uninstall().await,
            By::Forge => self.site.uninstall_forge().await,
        };
        done.expect("the uninstall is taken");
    }

    pub(crate) async fn installed_tenant(&self) -> Tenant {
        self.tenant().await.expect("the tenant is stored")
    }

    pub(crate) fn project_id(&self) -> ProjectId {
        ProjectId(self.project.try_into().expect("a small number"))
    }

    /// Rows that wait, without the chores of the install.
    pub(crate) async fn queued(&self) -> Vec<Row> {
        let rows = self.store.rows(RowState::Queued, 1000).await.expect("the store answers");
        rows.into_iter().filter(|row| !matches!(row.kind.as_str(), "reconcile" | "read_audit" | "sweep")).collect()
    }

    pub(crate) async fn queued_work(&self) -> Vec<Value> {
        let rows = self.queued().await;
        rows.iter().map(|row| serde_json::from_str(&row.payload).expect("work is stored as JSON")).collect()
    }

    /// An agent of HELP.
    pub(crate) fn agent(&self) -> String {
        self.site.add_user(UserKind::Agent(vec!["HELP".to_owned()]))
    }

    /// Somebody who administers HELP, but not Jira.
    pub(crate) fn project_admin(&self) -> String {
        self.site.add_user(UserKind::ProjectAdmin(vec!["HELP".to_owned()]))
    }

    /// A request to our API by somebody in front of a page.
    pub(crate) async fn call(&self, account: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.call_with(account, method, path, body.map(|body| body.to_string())).await
    }

    /// The same with a body of any kind.
    pub(crate) async fn call_with(&self, account: &str, method: &str, path: &str, body: Option<String>) -> Answer {
        self.exchange(self.request(account, method, path, body)).await
    }

    /// The same, not sent.
    pub(crate) fn request(&self, account: &str, method: &str, path: &str, body: Option<String>) -> SignedRequest {
        let mut request = match self.by {
            By::Forge => {
                self.site.invoke_request(account, "project", method, &format!("/forge{path}"), body.as_deref())
            }
            By::Connect => SignedRequest {
                method: method.to_owned(),
                url: format!("{}{path}", self.base_url),
                headers: vec![("Authorization".to_owned(), format!("JWT {}", self.site.context_token(account)))],
                body: body.unwrap_or_default(),
            },
        };
        request.header("Content-Type", "application/json");
        request
    }

    pub(crate) async fn get(&self, account: &str, path: &str) -> Answer {
        self.call(account, "GET", path, None).await
    }

    /// A request with whatever token stands for the header.
    pub(crate) async fn send(&self, method: &str, path: &str, token: Option<String>, body: Option<String>) -> Answer {
        let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        headers.extend(token.map(|token| ("Authorization".to_owned(), format!("JWT {token}"))));
        let url = format!("{}{path}", self.base_url);
        self.exchange(SignedRequest { method: method.to_owned(), url, headers, body: body.unwrap_or_default() }).await
    }

    /// Sends by the bench's own client: making one for every request is slow.
    pub(crate) async fn exchange(&self, request: SignedRequest) -> Answer {
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).expect("a method");
        let mut asked = self.client.request(method, &request.url).body(request.body);
        for (name, value) in &request.headers {
            asked = asked.header(name, value);
        }
        let answer = asked.send().await.expect("the app answers");
        let status = answer.status().as_u16();
        let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Answer { status, headers, body: answer.text().await.expect("a text") }
    }

    /// Path of the project's API.
    pub(crate) fn api(&self, rest: &str) -> String {
        format!("/api/v1/projects/{}{rest}", self.project)
    }

    /// A `user_created` webhook, signed.
    pub(crate) fn user_created(&self, account: &str) -> SignedRequest {
        self.site.webhook_request(&user_created(account))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let server = self.server.lock().ok().and_then(|mut server| server.take());
        if let Some(server) = server {
            // Stopping without grace needs no waiting; the runtime ends with the test.
            drop(server.stop(false));
        }
    }
}

pub(crate) fn user_created(account: &str) -> Value {
    json!({"timestamp": 1_795_599_990_000_i64, "webhookEvent": "user_created", "user": {"accountId": account, "active": true}})
}

fn host_of(url: &str) -> String {
    url.trim_start_matches("http://").trim_end_matches('/').to_owned()
}

fn state(
    bent: &Bent,
    site: &Sandbox,
    store: &Arc<dyn Store>,
    clock: &Arc<TestClock>,
    base_url: &str,
    ready: &Arc<AtomicBool>,
    wake: &Arc<Notify>,
) -> State {
    let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(clock);
    let mut hosts = bent.hosts.clone();
    hosts.push(host_of(&site.base_url()));
    let mut reachable = hosts.clone();
    reachable.extend([host_of(&site.keys_url()), host_of(&site.api_url())]);
    let outbound = Client::new(&reachable).expect("TLS is available");
    let throttle: Arc<dyn invite_guard::domain::throttle::Throttle> = Arc::<dyn Store>::clone(store);
    let jira = Jira::new(outbound.clone(), throttle, Arc::clone(&clock), jira::Settings::default());
    let url = |text: &str| Url::parse(text).expect("a URL");
    State::new(Parts {
        store: Arc::clone(store),
        inbox: Inbox::start(Arc::clone(store), bent.inbox),
        examiner: Examiner::new(Arc::clone(store), jira.clone(), Arc::clone(&clock)),
        jira,
        outbound,
        clock,
        settings: Settings {
            public_url: url(base_url),
            app_key: "invite-guard".to_owned(),
            tenant_hosts: hosts,
            install_keys_url: bent.keys_replaced.then(|| url(&site.keys_url())),
            bridge_url: url("https://bridge.example/all.js"),
            forge: (bent.forge)(ForgeSettings {
                app_id: APP_ID.to_owned(),
                keys_url: url(&site.jwks_url()),
                api_url: url(&site.api_url()),
            }),
            retention_days: 21,
            retention_uninstalled: SignedDuration::from_hours(24 * 30),
        },
        runtime: tokio::runtime::Handle::current(),
        wake: Arc::clone(wake),
        metrics: Some(invite_guard::telemetry::metrics()),
        ready: Arc::clone(ready),
    })
}

fn serve(state: State, listener: TcpListener) -> ServerHandle {
    let server = HttpServer::new(move || App::new().configure(routes(state.clone())))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)
        .expect("the socket is ours")
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    handle
}
