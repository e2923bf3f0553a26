//! A site with us installed, a clock that stands until it is moved, and pauses kept in memory.
//! Knows no behaviour of the client.

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use invite_guard::domain::tenant::{Connect, State, Tenant};
use invite_guard::domain::throttle::{Scope, Throttle};
use invite_guard::domain::{AccountId, Clock, ProjectId, TenantId};
use invite_guard::jira::{Jira, Settings, Site};
use invite_guard::outbound::Client;
use invite_guard_sandbox::{Options, ProjectType, Sandbox};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The service project that is there from the start.
pub(crate) const PROJECT: &str = "HELP";

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub(crate) struct StillClock(Mutex<Timestamp>);

impl StillClock {
    /// The present in whole seconds, so that tokens are in time for a site with the same clock.
    pub(crate) fn new() -> Self {
        let now = Timestamp::from_second(Timestamp::now().as_second()).expect("the present is a time");
        Self(Mutex::new(now))
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ours may be ahead of the site's, or behind.
#[derive(Debug)]
pub(crate) struct Skewed(pub(crate) Arc<StillClock>, pub(crate) SignedDuration);

impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        self.0.now() + self.1
    }
}

/// Pauses and slots in memory, shared by however many clients.
#[derive(Debug, Default)]
pub(crate) struct Pauses {
    until: Mutex<HashMap<Scope, Timestamp>>,
    pub(crate) slots: Mutex<Vec<(Scope, Duration)>>,
    pub(crate) next_wait: Mutex<Duration>,
}

impl Pauses {
    pub(crate) fn all(&self) -> Vec<Scope> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

#[async_trait::async_trait]
impl Throttle for Pauses {
    async fn paused_until(&self, scope: &Scope, now: Timestamp) -> Option<Timestamp> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner).get(scope).copied().filter(|until| *until > now)
    }

    async fn pause(&self, scope: &Scope, until: Timestamp) {
        let mut pauses = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pauses.entry(scope.clone()).or_insert(until);
        *known = until.max(*known);
    }

    async fn slot(&self, scope: &Scope, every: Duration, _now: Timestamp) -> Duration {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).push((scope.clone(), every));
        *self.next_wait.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A site with us installed.
pub(crate) struct Place {
    pub(crate) site: Sandbox,
    pub(crate) clock: Arc<StillClock>,
    pub(crate) pauses: Arc<Pauses>,
    pub(crate) tenant: Tenant,
    /// How long a call of ours may take.
    pub(crate) timeout: Duration,
    door: ServerHandle,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let clock = Arc::new(StillClock::new());
        let for_site = Arc::clone(&clock);
        let options = Options {
            clock: Arc::new(move || for_site.now()),
            contracts: crate::harness::contracts(),
            ..Options::default()
        };
        let site = Sandbox::start(options).await.expect("the sandbox starts on a free port");
        site.add_project(PROJECT, "Help desk", ProjectType::ServiceDesk);
        let (url, door) = open_door();
        site.install(&url).await.expect("the sandbox installs the app");
        site.forget_calls();
        let tenant = tenant(&site.base_url(), &site.client_key(), &site.shared_secret(), clock.now());
        Self { site, clock, pauses: Arc::default(), tenant, timeout: Duration::from_secs(30), door }
    }

    /// A client of its own, as another worker has it; pauses are shared.
    pub(crate) fn jira(&self) -> Jira {
        self.jira_by(self.clock.clone())
    }

    pub(crate) fn jira_by(&self, clock: Arc<dyn Clock>) -> Jira {
        let settings = Settings { timeout: self.timeout, ..Settings::default() };
        Jira::new(self.outbound(), self.pauses.clone(), clock, settings)
    }

    pub(crate) fn outbound(&self) -> Client {
        Client::new(&[host_of(&self.site.base_url())]).expect("a client")
    }

    /// The site through a client of its own.
    pub(crate) fn client(&self) -> Site {
        self.jira().site(&self.tenant)
    }

    pub(crate) fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn project(&self, key: &str) -> ProjectId {
        ProjectId(i64::try_from(self.site.project_id(key)).expect("project ids are small"))
    }

    /// Nothing that was sent breaks a specification, and nobody was mailed by us.
    pub(crate) async fn end(self) {
        assert_eq!(self.site.violations(), [], "a body or parameter breaks its specification");
        assert_eq!(self.site.unexpected_calls(), [] as [String; 0], "calls that no specification knows");
        assert_eq!(self.site.mails_by_app(), [], "the app caused mail");
        self.door.stop(false).await;
        self.site.stop().await;
    }
}

pub(crate) fn account(id: &str) -> AccountId {
    AccountId::parse(id).expect("an account id")
}

/// `host:port` of a URL.
pub(crate) fn host_of(url: &str) -> String {
    url.trim_start_matches("http://").trim_end_matches('/').to_owned()
}

pub(crate) fn tenant(base_url: &str, client_key: &str, secret: &str, at: Timestamp) -> Tenant {
    Tenant {
        id: TenantId(1),
        base_url: base_url.parse().expect("a URL"),
        display_url: None,
        help_center_url: None,
        cloud_id: None,
        connect: Some(Connect {
            client_key: client_key.to_owned(),
            app_key: "invite-guard".to_owned(),
            shared_secret: secret.into(),
            previous_secret: None,
            installation_id: None,
        }),
        forge: None,
        state: State::Active,
        installed_at: at,
    }
}

/// The least of an app: a descriptor, and yes to everything.
fn open_door() -> (String, ServerHandle) {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound address"));
    let base = url.clone();
    let answer = move |request: HttpRequest| {
        let base = base.clone();
        async move {
            if request.path() != "/atlassian-connect.json" {
                return HttpResponse::NoContent().finish();
            }
            HttpResponse::Ok().json(json!({
                "key": "invite-guard", "name": "Invite Guard", "baseUrl": base,
                "authentication": {"type": "jwt"}, "apiVersion": 1, "apiMigrations": {"signed-install": true},
                "lifecycle": {"installed": "/installed"}, "scopes": ["READ", "WRITE", "ADMIN"],
            }))
        }
    };
    let server = HttpServer::new(move || App::new().default_service(web::to(answer.clone())))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)
        .expect("the door listens")
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    (url, handle)
}
