//! The least of a door: takes the installed call and the webhooks of the sandbox and puts them into the store.
//! Proves nothing: tokens, shapes and answers are the business of the real door and of its tests.

use super::ManualClock;
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use invite_guard::domain::tenant::Installation;
use invite_guard::domain::work::{NewWork, Work, chores_at_install, erase_after};
use invite_guard::domain::{AccountId, Clock, ProjectId, TenantId};
use invite_guard::store::Store;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// A listening door.
pub(super) struct Door {
    pub(super) url: String,
    server: ServerHandle,
}

struct Behind {
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    url: String,
}

/// Opens a door on a free port.
pub(super) fn open(store: Arc<dyn Store>, clock: Arc<ManualClock>) -> Door {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound address"));
    let behind = web::Data::new(Behind { store, clock, url: url.clone() });
    let server = HttpServer::new(move || App::new().app_data(behind.clone()).default_service(web::to(serve)))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)
        .expect("the door listens")
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    Door { url, server: handle }
}

impl Door {
    pub(super) async fn close(&self) {
        self.server.stop(false).await;
    }
}

async fn serve(request: HttpRequest, body: web::Bytes, behind: web::Data<Behind>) -> HttpResponse {
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    match request.path() {
        "/atlassian-connect.json" => return HttpResponse::Ok().json(descriptor(&behind.url)),
        "/installed" => install(&behind, &body).await,
        "/uninstalled" => {
            let now = behind.clock.now();
            let client_key = text("clientKey").unwrap_or_default();
            let then = move |tenant| erase_after(tenant, now);
            behind.store.uninstall(&client_key, now, &then).await.expect("the store uninstalls");
        }
        "/webhooks" => {
            let ours = header("x-atlassian-webhook-trace").starts_with("invite-guard");
            let tenant = behind.store.tenants().await.expect("tenants can be read").pop();
            if let (false, Some(tenant), Some(work)) = (ours, tenant, read(&body)) {
                accept(&behind, tenant.id, header("x-atlassian-webhook-identifier"), work).await;
            }
        }
        _ => return HttpResponse::NotFound().finish(),
    }
    HttpResponse::NoContent().finish()
}

async fn install(behind: &Behind, body: &Value) {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let installation = Installation {
        client_key: text("clientKey"),
        app_key: text("key"),
        base_url: text("baseUrl").parse().expect("the sandbox has a base URL"),
        display_url: None,
        help_center_url: None,
        shared_secret: text("sharedSecret").into(),
        installation_id: None,
        cloud_id: None,
    };
    let now = behind.clock.now();
    let chores = move |tenant: TenantId| chores_at_install(tenant, now);
    behind.store.install(&installation, now, &chores).await.expect("the store installs");
}

async fn accept(behind: &Behind, tenant: TenantId, identity: String, work: Work) {
    let row = NewWork::delivery(tenant, identity, behind.clock.now(), work);
    behind.store.accept(&[row]).await.expect("the queue accepts");
}

fn read(body: &Value) -> Option<Work> {
    let account = |value: &Value| value["accountId"].as_str().and_then(AccountId::parse);
    let at = Timestamp::from_millisecond(body["timestamp"].as_i64()?).ok()?;
    match body["webhookEvent"].as_str()? {
        "user_created" => Some(Work::Locate { account: account(&body["user"])?, hinted_at: at, looked: 0 }),
        "jira:issue_created" | "jira:issue_updated" => {
            let fields = &body["issue"]["fields"];
            let project = fields["project"]["id"].as_str()?.parse().ok()?;
            Some(Work::Request {
                project: ProjectId(project),
                request: body["issue"]["key"].as_str()?.to_owned(),
                reporter: account(&fields["reporter"])?,
                actor: account(&body["user"])?,
                at,
            })
        }
        _ => None,
    }
}

fn descriptor(url: &str) -> Value {
    let webhook = |event: &str| json!({"event": event, "url": "/webhooks"});
    let webhooks = ["user_created", "jira:issue_created", "jira:issue_updated"].map(webhook);
    json!({
        "key": "invite-guard",
        "name": "Invite Guard",
        "baseUrl": url,
        "authentication": {"type": "jwt"},
        "apiVersion": 1,
        "apiMigrations": {"signed-install": true},
        "lifecycle": {"installed": "/installed", "uninstalled": "/uninstalled"},
        "scopes": ["READ", "WRITE", "ADMIN"],
        "modules": {"webhooks": webhooks},
    })
}
