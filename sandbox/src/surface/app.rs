//! The installed app: lifecycle, tokens, pages, webhooks. See the parent module.

use std::io;

use serde_json::Value;

use crate::lifecycle::{App, InstallError, SignedRequest};
use crate::site::Sandbox;
use crate::tokens::{self, SigningKey};
use crate::webhooks::{Delivery, DeliveryState};

impl Sandbox {
    /// Installs the app whose descriptor is at `<app_base_url>/atlassian-connect.json`: signed `installed`, then
    /// `enabled`. Installing once more makes a new secret.
    pub async fn install(&self, app_base_url: &str) -> Result<(), InstallError> {
        self.site.install(app_base_url).await
    }

    /// Installs the same app again: new secret.
    pub async fn reinstall(&self) -> Result<(), InstallError> {
        let base = self.app().ok_or(InstallError::NotInstalled)?.base_url;
        self.site.install(&base).await
    }

    /// Sends `disabled` and `uninstalled`. The site forgets the app even if it refuses them.
    pub async fn uninstall(&self) -> Result<(), InstallError> {
        self.site.uninstall().await
    }

    /// Renames the site: it gets a new address, the old one redirects, and the app gets one more `installed` with the
    /// new address and a new secret, but no `enabled`. Gives the new address.
    pub async fn rename(&self) -> Result<String, RenameError> {
        self.site.open(0).map_err(RenameError::Port)?;
        match self.site.install_renamed().await {
            Ok(()) | Err(InstallError::NotInstalled) => Ok(self.base_url()),
            Err(error) => Err(RenameError::Install(error)),
        }
    }

    /// A data import: the same address under a new client key. The app is installed anew; the old tenant hears
    /// nothing. Gives the new client key.
    pub async fn new_client_key(&self) -> Result<String, InstallError> {
        let app = {
            let mut state = self.site.lock();
            state.client_key = uuid::Uuid::new_v4().to_string();
            state.app.take()
        };
        if let Some(app) = app {
            self.site.install(&app.base_url).await?;
        }
        Ok(self.client_key())
    }

    /// Disables the installed app without uninstalling it, as an admin can.
    pub fn set_app_enabled(&self, enabled: bool) {
        if let Some(app) = self.site.lock().app.as_mut() {
            app.enabled = enabled;
        }
    }

    /// The installed app.
    pub fn app(&self) -> Option<App> {
        self.site.lock().app.clone()
    }

    fn installed(&self) -> App {
        self.app().expect("install the app first")
    }

    /// The shared secret in force.
    pub fn shared_secret(&self) -> String {
        self.installed().secret
    }

    /// Id of the key that signs lifecycle calls.
    pub fn key_id(&self) -> String {
        self.site.kid()
    }

    /// Key ids that the key server was asked for, in order.
    pub fn keys_fetched(&self) -> Vec<String> {
        self.site.keys.fetched()
    }

    /// Tells the key server how to be.
    pub fn set_key_server(&self, mood: crate::keyserver::KeyServerMood) {
        self.site.keys.set_mood(mood);
    }

    /// Signs claims with HS256.
    pub fn sign_hs256(&self, claims: &Value, secret: &str) -> String {
        tokens::sign_hs256(claims, secret)
    }

    /// Signs claims with the key that the key server publishes, under the given key id.
    pub fn sign_rs256(&self, claims: &Value, kid: &str) -> String {
        SigningKey::of_the_site().sign(claims, kid)
    }

    /// Signs claims with a key that nobody publishes.
    pub fn sign_rs256_with_foreign_key(&self, claims: &Value, kid: &str) -> String {
        SigningKey::of_a_stranger().sign(claims, kid)
    }

    /// The query string hash.
    pub fn qsh(&self, method: &str, path_and_query: &str, base_path: &str) -> String {
        tokens::qsh(method, path_and_query, base_path)
    }

    /// Claims as the site makes them for a request to the app, to be bent before signing. `target` is path and query.
    pub fn claims(&self, method: &str, target: &str) -> Value {
        let base_path = self.app().map(|app| app.base_path()).unwrap_or_default();
        self.site.claims(method, target, &base_path)
    }

    /// A lifecycle call for the installed app, signed but not sent. `event` is `installed`, `enabled`, `disabled` or
    /// `uninstalled`.
    pub fn lifecycle_request(&self, event: &str) -> SignedRequest {
        let app = self.installed();
        self.site.lifecycle_request(&app, event).unwrap_or_else(|| panic!("the descriptor has no lifecycle.{event}"))
    }

    /// A webhook for the installed app, signed but not sent, with a fresh identifier. The URL is the one that the
    /// descriptor declares for the body's `webhookEvent`, or its first.
    pub fn webhook_request(&self, body: &Value) -> SignedRequest {
        let text = body.to_string();
        self.webhook_request_raw(body["webhookEvent"].as_str().unwrap_or_default(), &text)
    }

    /// The same with a body of any kind.
    pub fn webhook_request_raw(&self, event: &str, body: &str) -> SignedRequest {
        let app = self.installed();
        let declared = app.webhooks.iter().find(|(known, _)| known == event).or_else(|| app.webhooks.first());
        let (_, path) = declared.expect("the descriptor declares no webhook");
        let mut request = self.site.signed_post(path, body).expect("the app is installed");
        request.header("X-Atlassian-Webhook-Identifier", &uuid::Uuid::new_v4().to_string());
        request.header("X-Atlassian-Webhook-Flow", "Primary");
        request
    }

    /// A context token, as a page of the app gets one for its own calls: `qsh` is `context-qsh`.
    pub fn context_token(&self, account: &str) -> String {
        self.site.context_token(&self.installed(), account)
    }

    /// The URL of a page of the app, as the host page puts it into its frame. `path` is the declared URL; `query` has
    /// its values filled in, such as `projectId=10001`.
    pub fn frame_url(&self, path: &str, account: &str, query: &str) -> String {
        self.site.frame_url(&self.installed(), path, account, query)
    }

    /// Every delivery so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.site.lock().deliveries.clone()
    }

    /// Deliveries that wait, oldest first.
    pub fn pending(&self) -> Vec<Delivery> {
        self.deliveries().into_iter().filter(|delivery| delivery.state == DeliveryState::Pending).collect()
    }

    /// Delivers everything that waits, whenever it was due, one after another. Gives the answers; 0 is none.
    pub async fn deliver_all(&self) -> Vec<u16> {
        let mut answers = Vec::new();
        for id in self.site.waiting(false) {
            answers.push(self.site.deliver(id).await);
        }
        answers
    }

    /// Delivers everything that waits, all at the same time.
    pub async fn deliver_all_at_once(&self) -> Vec<u16> {
        let waiting = self.site.waiting(false);
        futures::future::join_all(waiting.into_iter().map(|id| self.site.deliver(id))).await
    }

    /// Delivers what is due by the site's clock.
    pub async fn deliver_due(&self) -> Vec<u16> {
        let mut answers = Vec::new();
        for id in self.site.waiting(true) {
            answers.push(self.site.deliver(id).await);
        }
        answers
    }

    /// Delivers everything that waits, each twice with the same identifier.
    pub async fn deliver_twice(&self) -> Vec<u16> {
        let mut answers = Vec::new();
        for id in self.site.waiting(false) {
            answers.push(self.site.deliver(id).await);
            answers.push(self.site.deliver(id).await);
        }
        answers
    }

    /// Delivers one, whatever its state: late, again, out of order.
    pub async fn deliver(&self, id: u64) -> u16 {
        self.site.deliver(id).await
    }

    /// The signed request of one delivery, not sent.
    pub fn delivery_request(&self, id: u64) -> SignedRequest {
        let delivery = self.deliveries().into_iter().find(|delivery| delivery.id == id);
        let delivery = delivery.unwrap_or_else(|| panic!("no delivery {id}"));
        self.site.delivery_request(&delivery).expect("the app is installed")
    }

    /// Loses everything that waits. Gives how many.
    pub fn drop_all(&self) -> usize {
        self.site.lock().drop_waiting()
    }
}

/// Why a rename came to nothing.
#[derive(Debug)]
pub enum RenameError {
    /// No free port.
    Port(io::Error),
    /// The app refused the new address; the site has it all the same.
    Install(InstallError),
}

impl std::fmt::Display for RenameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Port(error) => write!(f, "no second port: {error}"),
            Self::Install(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RenameError {}
