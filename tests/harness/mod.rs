//! A whole world for tests: a Jira site with us installed, a store, a worker, and one clock for all of them that stands still
//! until a test moves it. Knows no behaviour of the app; tests assert what Jira then holds and what the store then says.

mod clock;
mod door;
mod given;

pub(crate) use clock::ManualClock;
pub(crate) use door::APP_ID;

use crate::store::engines::{self, Engine};
use invite_guard::domain::case::Case;
use invite_guard::domain::tenant::Tenant;
use invite_guard::domain::throttle::Throttle;
use invite_guard::domain::work::{NewWork, Work};
use invite_guard::domain::{AccountId, Clock, ProjectId, TenantId};
use invite_guard::examine::{Examiner, Mail, Optional};
use invite_guard::jira::{self, Jira};
use invite_guard::outbound;
use invite_guard::publish::Publisher;
use invite_guard::store::{RowState, Store};
use invite_guard::worker::{Deps, Settings, Worker};
use invite_guard_sandbox::{Answer, BurstClock, Limits, Options, ProjectType, Sandbox, SignedRequest};
use jiff::SignedDuration;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Notify;

/// The service project that is there from the start.
pub(crate) const PROJECT: &str = "HELP";

/// The world. Everything in it is dropped with it but a PostgreSQL database: see [`World::end`].
pub(crate) struct World {
    /// Jira.
    pub(crate) site: Sandbox,
    /// The store, as the rooms see it.
    pub(crate) store: Arc<dyn Store>,
    /// Does the work when it is told to: [`World::settle`].
    pub(crate) worker: Worker,
    /// The time of site, store and worker.
    pub(crate) clock: Arc<ManualClock>,
    /// Our installation.
    pub(crate) tenant: Tenant,
    /// The item on which the canary is tried; no customer sees it.
    pub(crate) internal_item: String,
    optional: Optional,
    by: By,
    fresh: Option<engines::Fresh>,
    door: door::Door,
}

/// By which door Jira reaches us, and we it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Connect,
    Forge,
}

/// The manifest as it is deployed.
pub(crate) const MANIFEST: &str = include_str!("../../manifest.yml");

/// How a world differs from the usual one.
pub(crate) struct Bent {
    pub(crate) by: By,
    pub(crate) optional: Optional,
    /// By so much our clock is ahead of the site's.
    pub(crate) ahead: SignedDuration,
}

impl Default for Bent {
    fn default() -> Self {
        Self { by: By::Connect, optional: Optional::default(), ahead: SignedDuration::ZERO }
    }
}

/// Before anything is built, a test may wrap the store.
pub(crate) type Wrap = Box<dyn FnOnce(Arc<dyn Store>) -> Arc<dyn Store>>;

impl World {
    /// A site with one service project, us installed and every role seeded.
    pub(crate) async fn start(engine: Engine) -> Self {
        Self::start_wrapped(engine, Box::new(|store| store)).await
    }

    /// The same with a store of the test's making around the real one.
    pub(crate) async fn start_wrapped(engine: Engine, wrap: Wrap) -> Self {
        Self::begin(engine, wrap, Bent::default(), |_| {}).await
    }

    /// The same by whichever door.
    pub(crate) async fn start_by(engine: Engine, by: By) -> Self {
        Self::start_bent(engine, Bent { by, ..Bent::default() }).await
    }

    /// The same with these optional sources on, in web and worker; the site has the resources that they read.
    pub(crate) async fn start_with(engine: Engine, optional: Optional) -> Self {
        Self::start_skewed(engine, optional, SignedDuration::ZERO).await
    }

    /// The same where our clock is ahead of the site's, or behind it.
    pub(crate) async fn start_skewed(engine: Engine, optional: Optional, ahead: SignedDuration) -> Self {
        Self::start_bent(engine, Bent { optional, ahead, ..Bent::default() }).await
    }

    /// The same in every respect at once.
    pub(crate) async fn start_bent(engine: Engine, bent: Bent) -> Self {
        let internal = bent.optional.internal_endpoints;
        let there = move |site: &Sandbox| site.set_internal_endpoints(internal);
        Self::begin(engine, Box::new(|store| store), bent, there).await
    }

    /// The same on a site with a past: what is done to it happens just before the install.
    pub(crate) async fn start_after(engine: Engine, past: impl FnOnce(&Sandbox)) -> Self {
        Self::begin(engine, Box::new(|store| store), Bent::default(), past).await
    }

    async fn begin(engine: Engine, wrap: Wrap, bent: Bent, past: impl FnOnce(&Sandbox)) -> Self {
        let Bent { by, optional, ahead } = bent;
        let clock = Arc::new(ManualClock::new());
        let site = Sandbox::start(options(&clock, ahead)).await.expect("the sandbox starts on a free port");
        site.add_project(PROJECT, "Help desk", ProjectType::ServiceDesk);
        let internal_item = site.add_work_item(PROJECT);
        past(&site);
        clock.advance(SignedDuration::from_secs(1));
        let fresh = engines::fresh(engine).await;
        let store = wrap(Arc::clone(&fresh.store));
        let (outbound, jira) = callers(&site, &store, clock.clone());
        let door = door::open(&site, &store, &clock, outbound, jira, (optional, Mail::default()), 0);
        match by {
            By::Connect => site.install(&door.url).await.expect("the sandbox installs the app by the real handshake"),
            By::Forge => {
                site.install_forge(MANIFEST, &door.url).await.expect("the manifest can be installed");
                assert_eq!(site.deliver_all().await, [204], "the event of the install is taken");
            }
        }
        let tenant = store.tenants().await.expect("tenants can be read").pop().expect("an install makes a tenant");
        let worker = worker(&site, &store, &clock, settings(), optional);
        let world = Self { site, store, worker, clock, tenant, internal_item, optional, fresh: Some(fresh), door, by };
        world.settle().await;
        world.pass(SignedDuration::from_secs(5)).await; // the second look, which dates the sightings of the first
        world.pass(SignedDuration::from_secs(5)).await;
        world
    }

    /// From now on web calls go to an app that has these sources about addresses as well.
    pub(crate) async fn with_mail(&mut self, mail: Mail) {
        let (outbound, jira) = callers(&self.site, &self.store, self.clock.clone());
        // A remote of Forge stays where it is.
        let port = self.door.port();
        self.door.close().await;
        self.door = door::open(&self.site, &self.store, &self.clock, outbound, jira, (self.optional, mail), port);
    }

    /// URL of the database.
    pub(crate) fn database(&self) -> &str {
        self.fresh.as_ref().map(|fresh| fresh.url.as_str()).unwrap_or_default()
    }

    /// Another worker on the same store and site, as a restart or a second replica has it.
    pub(crate) fn another_worker(&self) -> Worker {
        self.worker_with(settings())
    }

    /// The same with other settings.
    pub(crate) fn worker_with(&self, settings: Settings) -> Worker {
        worker(&self.site, &self.store, &self.clock, settings, self.optional)
    }

    /// A worker whose Jira client takes the time from another clock: the way to break work in its middle.
    pub(crate) fn worker_with_jira_by(&self, clock: Arc<dyn Clock>) -> Worker {
        let (_, jira) = callers(&self.site, &self.store, clock);
        assemble(&self.store, &self.clock, jira, settings(), self.optional)
    }

    /// Delivers every waiting webhook and every web request of a rule, and does everything that is due.
    pub(crate) async fn deliver(&self) {
        self.site.deliver_all().await;
        self.site.send_rule_requests().await;
        self.settle().await;
    }

    /// Does everything that is due now.
    pub(crate) async fn settle(&self) {
        self.worker.drain().await;
    }

    /// Lets time pass and does what is due then.
    pub(crate) async fn pass(&self, time: SignedDuration) {
        self.clock.advance(time);
        if self.site.has_forge() {
            self.site.tick().await; // what of it fails a test sees by what is not done then
        }
        self.settle().await;
    }

    /// Lets time pass in steps, as it passes for a worker that looks every so often.
    pub(crate) async fn pass_in_steps(&self, steps: u32, each: SignedDuration) {
        for _ in 0..steps {
            self.pass(each).await;
        }
    }

    /// Our id of the installation.
    pub(crate) fn id(&self) -> TenantId {
        self.tenant.id
    }

    /// A call of our API by somebody in front of the page; `path` begins after the project, e.g. `/settings`.
    pub(crate) async fn call(&self, account: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.api(account, method, &format!("/projects/{}{path}", self.project(PROJECT)), body).await
    }

    /// The same with a path that begins after `/api/v1`.
    pub(crate) async fn api(&self, account: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string());
        self.asked(account, method, &format!("/api/v1{path}"), ("application/json", body.as_deref())).await
    }

    /// A fragment's markup, as somebody in front of the page gets it; `path` begins after `/panel`.
    pub(crate) async fn panel(&self, account: &str, path: &str) -> String {
        let answer = self.asked(account, "GET", &format!("/panel{path}"), ("application/json", None)).await;
        let fragment: Value = serde_json::from_str(&answer.body).expect("a fragment is JSON");
        fragment["html"].as_str().unwrap_or_else(|| panic!("no fragment: {}", answer.body)).to_owned()
    }

    /// An upload by somebody in front of the page.
    pub(crate) async fn upload(&self, account: &str, path: &str, kind: &str, file: String) -> Answer {
        let path = format!("/api/v1/projects/{}{path}", self.project(PROJECT));
        self.asked(account, "POST", &path, (kind, Some(&file))).await
    }

    async fn asked(&self, account: &str, method: &str, path: &str, (kind, body): (&str, Option<&str>)) -> Answer {
        let mut request = match self.by {
            By::Forge => self.site.invoke_request(account, "project", method, &format!("/forge{path}"), body),
            By::Connect => SignedRequest {
                method: method.to_owned(),
                url: format!("{}{path}", self.door.url),
                headers: vec![("Authorization".to_owned(), format!("JWT {}", self.site.context_token(account)))],
                body: body.unwrap_or_default().to_owned(),
            },
        };
        request.header("Content-Type", kind);
        request.send().await.expect("the app answers")
    }

    /// The address of our app.
    pub(crate) fn url(&self) -> &str {
        &self.door.url
    }

    /// Jira's id of a project.
    pub(crate) fn project(&self, key: &str) -> ProjectId {
        ProjectId(i64::try_from(self.site.project_id(key)).expect("project ids are small"))
    }

    /// The case of a person in [`PROJECT`].
    pub(crate) async fn case(&self, account: &str) -> Option<Case> {
        self.case_in(PROJECT, account).await
    }

    /// The case of a person in a project.
    pub(crate) async fn case_in(&self, project: &str, account: &str) -> Option<Case> {
        let account = AccountId(account.to_owned());
        self.store.case(self.tenant.id, self.project(project), &account).await.expect("cases can be read")
    }

    /// Adds a wish that is due now.
    pub(crate) async fn wish(&self, work: Work) {
        let wish = NewWork::wish(self.tenant.id, self.clock.now(), work);
        self.store.accept(&[wish]).await.expect("the queue accepts");
    }

    /// What must hold at the end of every test: nobody was mailed by us, nothing broke a specification, nothing is dead.
    pub(crate) async fn check(&self) {
        assert_eq!(self.site.mails_by_app(), [], "the app caused mail");
        assert_eq!(self.site.violations(), [], "a body breaks its specification");
        assert_eq!(self.site.unexpected_calls(), [] as [String; 0], "calls that the sandbox does not know");
        let dead = self.store.rows(RowState::Dead, 10).await.expect("rows can be read");
        assert!(dead.is_empty(), "dead rows: {dead:?}");
    }

    /// Removes what outlives the process.
    pub(crate) async fn end(mut self) {
        self.site.stop().await;
        self.door.close().await;
        if let Some(fresh) = self.fresh.take() {
            fresh.discard().await;
        }
    }
}

/// Everything of the default settings that a test can wait for by moving the clock.
pub(crate) fn settings() -> Settings {
    Settings {
        concurrency: 8,
        reconcile_interval: SignedDuration::from_hours(24),
        audit_interval: SignedDuration::from_mins(1),
        retention_days: 21,
        renew_every: invite_guard::worker::RENEW_EVERY,
    }
}

fn options(clock: &Arc<ManualClock>, ahead: SignedDuration) -> Options {
    let site_clock = Arc::clone(clock);
    // Limits a second follow the same clock as everything else.
    let limits = Limits { burst_clock: BurstClock::Site, customer_lists: 100_000, ..Limits::default() };
    Options { clock: Arc::new(move || site_clock.now() - ahead), contracts: contracts(), limits, ..Options::default() }
}

/// Atlassian's specifications, against which the sandbox checks every body.
#[allow(clippy::print_stderr, reason = "a proof that is skipped must be seen")]
pub(crate) fn contracts() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("INVITE_GUARD_SHARED").map_or(beside, PathBuf::from).join("contracts");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "Atlassian's specifications are missing: set INVITE_GUARD_SHARED");
    eprintln!(
        "SKIPPED: bodies are not checked against Atlassian's specifications; set INVITE_GUARD_SHARED to check them"
    );
    None
}

fn worker(
    site: &Sandbox,
    store: &Arc<dyn Store>,
    clock: &Arc<ManualClock>,
    settings: Settings,
    optional: Optional,
) -> Worker {
    let (_, jira) = callers(site, store, clock.clone());
    assemble(store, clock, jira, settings, optional)
}

fn assemble(
    store: &Arc<dyn Store>,
    clock: &Arc<ManualClock>,
    jira: Jira,
    settings: Settings,
    optional: Optional,
) -> Worker {
    let (store, clock): (Arc<dyn Store>, Arc<dyn Clock>) = (Arc::clone(store), clock.clone());
    let examiner = Examiner::new(store.clone(), jira.clone(), clock.clone()).with(optional);
    let publisher = Publisher::new(store.clone(), jira.clone(), clock.clone());
    Worker::new(Deps { store, jira, examiner, publisher, clock, settings, wake: Arc::new(Notify::new()) })
}

/// What calls Jira: a process has one of each, so every worker gets its own.
fn callers(site: &Sandbox, store: &Arc<dyn Store>, clock: Arc<dyn Clock>) -> (outbound::Client, Jira) {
    let hosts = [host_of(&site.base_url()), host_of(&site.keys_url()), host_of(&site.api_url())];
    let outbound = outbound::Client::new(&hosts).expect("the HTTP client can be set up");
    let throttle: Arc<dyn Throttle> = Arc::<dyn Store>::clone(store);
    // Our own pace is kept in real time, which a test has not got; that it is kept is for the tests of the client.
    let settings = jira::Settings { customer_page_rate: 100_000, ..jira::Settings::default() };
    let jira = Jira::new(outbound.clone(), throttle, clock, settings);
    (outbound, jira)
}

fn host_of(url: &str) -> String {
    url.trim_start_matches("http://").trim_end_matches('/').to_owned()
}
