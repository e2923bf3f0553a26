//! A minimal app for the sandbox to install: serves a descriptor, keeps what it is sent, calls back. Not our product.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpRequest, HttpResponse, HttpServer, web};
use invite_guard_sandbox::{Options, Sandbox, qsh, sign_hs256};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A request that the app got.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct Memory {
    got: Vec<Got>,
    descriptor: Value,
    answers: Vec<u16>,
}

/// The app.
#[derive(Clone)]
pub(crate) struct FakeApp {
    memory: Arc<Mutex<Memory>>,
    pub(crate) base_url: String,
}

pub(crate) const KEY: &str = "example-app";

async fn serve(request: HttpRequest, body: web::Bytes, memory: web::Data<Arc<Mutex<Memory>>>) -> HttpResponse {
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    if request.path().ends_with("/atlassian-connect.json") {
        return HttpResponse::Ok().json(&memory.descriptor);
    }
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let headers = headers.collect();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    memory.got.push(Got { path: request.path().to_owned(), headers, body });
    let status = if memory.answers.is_empty() { 204 } else { memory.answers.remove(0) };
    HttpResponse::build(actix_web::http::StatusCode::from_u16(status).expect("a status")).finish()
}

impl FakeApp {
    pub(crate) async fn start() -> Self {
        let memory: Arc<Mutex<Memory>> = Arc::default();
        let shared = memory.clone();
        let server = HttpServer::new(move || {
            actix_web::App::new().app_data(web::Data::new(shared.clone())).default_service(web::to(serve))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).expect("a free port");
        let base_url = format!("http://{}", server.addrs()[0]);
        tokio::spawn(server.run());
        let app = Self { memory, base_url };
        app.describe(app.descriptor());
        app
    }

    /// A descriptor without fault.
    pub(crate) fn descriptor(&self) -> Value {
        json!({
            "key": KEY,
            "name": "Example",
            "baseUrl": self.base_url,
            "authentication": {"type": "jwt"},
            "apiMigrations": {"signed-install": true, "context-qsh": true},
            "lifecycle": {
                "installed": "/installed", "uninstalled": "/uninstalled", "enabled": "/enabled", "disabled": "/disabled",
            },
            "scopes": ["READ", "WRITE", "ADMIN"],
            "modules": {
                "webhooks": [
                    {"event": "user_created", "url": "/hooks"},
                    {"event": "jira:issue_created", "url": "/hooks"},
                    {"event": "comment_created", "url": "/hooks"},
                ],
            },
        })
    }

    pub(crate) fn describe(&self, descriptor: Value) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).descriptor = descriptor;
    }

    /// The next requests are answered with these statuses, then 204 again.
    pub(crate) fn answer(&self, statuses: &[u16]) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).answers = statuses.to_vec();
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).got.clone()
    }

    pub(crate) fn got_at(&self, path: &str) -> Vec<Got> {
        self.got().into_iter().filter(|got| got.path == path).collect()
    }
}

/// A clock that a test turns.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<Mutex<Timestamp>>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-11-02T09:00:00Z".parse().expect("a moment"))))
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

/// The folder with Atlassian's specifications, if it is there. Absent it is said loudly; in CI that is a failure.
pub(crate) fn contracts() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    let folder = std::env::var_os("INVITE_GUARD_SHARED").map_or_else(beside, PathBuf::from).join("contracts");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "Atlassian's specifications are missing: set INVITE_GUARD_SHARED");
    let mut err = std::io::stderr();
    let _ = std::io::Write::write_all(&mut err, b"SKIPPED: answers are not checked, no specifications found\n");
    None
}

/// A site with a test clock, its specifications and an installed app.
pub(crate) struct Bench {
    pub(crate) site: Sandbox,
    pub(crate) app: FakeApp,
    pub(crate) clock: TestClock,
    client: reqwest::Client,
}

/// What the site answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let clock = TestClock::new();
        let reads = clock.clone();
        let options = Options { clock: Arc::new(move || reads.now()), contracts: contracts(), ..Options::default() };
        let site = Sandbox::start(options).await.expect("the sandbox starts");
        let app = FakeApp::start().await;
        site.install(&app.base_url).await.expect("the app can be installed");
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        Self { site, app, clock, client: client.expect("a client") }
    }

    /// Claims of a right token for this call.
    pub(crate) fn claims(&self, method: &str, target: &str) -> Value {
        let now = self.clock.now().as_second();
        json!({"iss": KEY, "iat": now, "exp": now + 180, "qsh": qsh(method, target, "")})
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        token: Option<String>,
        body: Option<Value>,
    ) -> Answered {
        self.send_with(method, target, token, body, &[]).await
    }

    pub(crate) async fn send_with(
        &self,
        method: &str,
        target: &str,
        token: Option<String>,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answered {
        let answer = self.try_send(method, target, token, body, headers).await.expect("the sandbox answers");
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let body = serde_json::from_str(&answer.text().await.expect("a body")).unwrap_or(Value::Null);
        Answered { status, headers, body }
    }

    pub(crate) async fn try_send(
        &self,
        method: &str,
        target: &str,
        token: Option<String>,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<reqwest::Response, reqwest::Error> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.client.request(method, format!("{}{target}", self.site.base_url()));
        if let Some(token) = token {
            request = request.header("Authorization", format!("JWT {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }

    fn token(&self, method: &str, target: &str) -> Option<String> {
        Some(sign_hs256(&self.claims(method, target), &self.site.shared_secret()))
    }

    /// A call as a well-behaved app makes it.
    pub(crate) async fn call(&self, method: &str, target: &str, body: Option<Value>) -> Answered {
        self.send(method, target, self.token(method, target), body).await
    }

    pub(crate) async fn call_with(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answered {
        self.send_with(method, target, self.token(method, target), None, headers).await
    }

    pub(crate) async fn get(&self, target: &str) -> Answered {
        self.call("GET", target, None).await
    }

    /// Fails if any body broke a specification.
    pub(crate) fn assert_valid(&self) {
        assert_eq!(self.site.violations(), [], "a body breaks Atlassian's specification: correct that side");
    }
}
