//! What browsers and Jira reach over HTTP: every route on this page, with the proof or right that its handler takes.
//! Knows no verdict: it shows what `examine` and the store say, and puts work into the queue.
//!
//! | proof or right | made by |
//! |---|---|
//! | `SignedInstall`: RS256 by an install key, `iss` = the body's client key, `aud` = our public URL, real `qsh` | `connect/token` |
//! | `SignedLifecycle`, `SignedWebhook`: HS256 by the tenant's secret, real `qsh` | `connect/token` |
//! | `FrameVisit`: the same in `?jwt=` alone, living at most 15 minutes; a frame for admins asks for their right as well | `connect/token` |
//! | `ForgeEvent`, `ForgeInstalled`, `ForgeCall`: RS256 by a key of Forge's key set, `aud` = our app id; the claims name installation and gateway | `forge/token` |
//! | `RuleSecret`: `X-Invite-Guard-Secret`, made for one project by its admin, compared as a hash | `ingest` |
//! | `In<Agent>`, `In<AdministerProjects>`, `OnSite<AdministerJira>`: context token or invocation with a person, and the right asked from Jira | `gate`, `rights` |
//!
//! A scope without a gate, a handler without a state: both refuse. Every 401 is the same answer.

mod api;
mod connect;
mod csp;
mod delivery;
mod edge;
mod forge;
mod gate;
mod head;
mod heard;
mod hosts;
mod ingest;
mod look;
mod members;
mod ops;
pub mod panel;
mod problem;
mod rights;
mod screens;
pub mod shell;
mod state;

pub use csp::csp;
pub use forge::ForgeSettings;
pub use problem::Problem;
pub use state::{Parts, Settings, State};

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig, get, resource, scope};
use connect::{ConnectGate, descriptor, lifecycle, webhooks};
use forge::{ForgeGate, PlainJson};
use gate::Door;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

/// Every route. With a path in the public URL requests arrive with it in front; what lies outside of it is not here.
/// The operator's routes are found with and without it.
pub fn routes(state: State) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    move |config| {
        let realm = state.settings.app_key.clone();
        let edge = from_fn(move |request, next| edge::edge(realm.clone(), request, next));
        let mut outer = scope("").wrap(edge).app_data(state.clone());
        if let Some(handle) = state.metrics.clone() {
            outer = outer.app_data(web::Data::new(handle)).route("/metrics", get().to(ops::metrics));
        }
        let outer = outer.route("/healthz", get().to(ops::healthz)).route("/readyz", get().to(ops::readyz));
        let ours = scope(state.base_path()).configure(everything);
        config.service(outer.service(ours));
    }
}

/// The operator's routes for an address of their own.
pub fn operator_routes(state: State, handle: PrometheusHandle) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    move |config| {
        let realm = state.settings.app_key.clone();
        let edge = from_fn(move |request, next| edge::edge(realm.clone(), request, next));
        let outer = scope("").wrap(edge).app_data(state.clone()).app_data(web::Data::new(handle.clone()));
        config.service(
            outer
                .route("/metrics", get().to(ops::metrics))
                .route("/healthz", get().to(ops::healthz))
                .route("/readyz", get().to(ops::readyz)),
        );
    }
}

fn everything(config: &mut ServiceConfig) {
    config
        // nobody's data
        .service(resource("/atlassian-connect.json").get(descriptor::serve))
        .service(resource("/static/{file}").get(screens::asset))
        // Jira
        .service(resource("/connect/installed").post(lifecycle::installed))
        .service(resource("/connect/uninstalled").post(lifecycle::uninstalled))
        .service(resource("/connect/enabled").post(lifecycle::enabled))
        .service(resource("/connect/disabled").post(lifecycle::disabled))
        .service(resource("/connect/webhooks").post(webhooks::receive))
        // rules of Automation
        .service(resource("/ingest/automation").post(ingest::automation))
        // frames
        .service(resource("/connect/project").get(screens::project))
        .service(resource("/connect/issue").get(screens::issue))
        .service(resource("/connect/organisation").get(screens::organisation::frame))
        .service(resource("/connect/settings").get(screens::settings::frame))
        .service(resource("/connect/site").get(screens::site::frame))
        // Forge
        .service(
            scope("/forge")
                .app_data(PlainJson)
                .service(resource("/events").post(forge::events::receive))
                .service(resource("/lifecycle").post(forge::lifecycle::installed))
                .service(resource("/tick").post(forge::lifecycle::tick))
                .service(resource("/uninstall").post(forge::lifecycle::uninstall))
                .service(scope("/panel").app_data(Door(Arc::new(ForgeGate))).configure(fragments))
                .service(scope("/api/v1").app_data(Door(Arc::new(ForgeGate))).configure(json)),
        )
        // our page's script
        .service(scope("/panel").app_data(Door(Arc::new(ConnectGate))).configure(fragments))
        .service(scope("/api/v1").app_data(Door(Arc::new(ConnectGate))).configure(json));
}

fn fragments(config: &mut ServiceConfig) {
    config
        .service(resource("/projects/{p}/health").get(screens::health))
        .service(resource("/projects/{p}/issues/{key}").get(screens::request))
        .service(resource("/projects/{p}/organisations/{organisation}").get(screens::organisation::show))
        .service(resource("/projects/{p}/settings").get(screens::settings::show))
        .service(resource("/site").get(screens::site::show));
}

fn json(config: &mut ServiceConfig) {
    use api::{cases, checks, health, imports, ingest_secrets, missed, scans, settings, site, statements, trail};
    let project = scope("/projects/{p}")
        .service(resource("/health").get(health::show))
        .service(resource("/customers").get(cases::list))
        .service(resource("/customers/{accountId}").get(cases::one))
        .service(resource("/customers/{accountId}/handled").post(cases::handled))
        .service(resource("/issues/{key}").get(cases::of_issue))
        .service(resource("/recheck").post(cases::recheck))
        .service(resource("/checks").post(checks::check))
        .service(resource("/scans").post(scans::start))
        .service(resource("/scans/{id}").get(scans::show).delete(scans::stop))
        .service(resource("/imports/automation").post(imports::automation))
        .service(resource("/imports/notification-log").post(imports::notification_log))
        .service(resource("/missed").get(missed::show))
        .service(resource("/ingest-secrets").get(ingest_secrets::list).post(ingest_secrets::make))
        .service(resource("/ingest-secrets/{id}").delete(ingest_secrets::delete))
        .service(resource("/settings").get(settings::show).put(settings::put))
        .service(resource("/statements").get(statements::of_project).post(statements::say_of_project))
        .service(resource("/trail").get(trail::of_project));
    config
        .service(project)
        .service(resource("/site/health").get(site::health))
        .service(resource("/site/selftest").post(site::selftest))
        .service(resource("/site/statements").get(statements::of_site).post(statements::say_of_site))
        .service(resource("/site/trail").get(trail::of_site));
}
