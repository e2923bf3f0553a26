//! The app that is installed by its manifest: tokens, gateway, calls, events, scheduled triggers. See the parent module.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;

use crate::forge::Invocation;
use crate::keyserver::{KEY_SET, STAGING_KEY_SET, staging_kid};
use crate::lifecycle::{Answer, InstallError, SignedRequest};
use crate::site::Sandbox;
use crate::tokens::SigningKey;

impl Sandbox {
    /// The site's cloud id.
    pub fn cloud_id(&self) -> String {
        self.site.lock().forge.cloud_id.clone()
    }

    /// Whether Connect's lifecycle calls tell the cloud id. They do not at the start; a moved app is always told.
    pub fn set_cloud_id_told(&self, told: bool) {
        self.site.lock().forge.cloud_id_told = told;
    }

    /// Address of the key set of Forge's production, on the key server.
    pub fn jwks_url(&self) -> String {
        format!("{}/{KEY_SET}", self.keys_url())
    }

    /// Address of the key set of Forge's staging.
    pub fn staging_jwks_url(&self) -> String {
        format!("{}/{STAGING_KEY_SET}", self.keys_url())
    }

    /// Base address of the gateway: the REST API is at `<this>/ex/jira/<cloud id>/rest/…`.
    pub fn api_url(&self) -> String {
        self.site.lock().forge.gateway.clone()
    }

    fn forge_installed<T>(&self, tell: impl FnOnce(&crate::forge::Installation) -> T) -> T {
        let state = self.site.lock();
        tell(state.forge.installation.as_ref().expect("install the Forge app first: install_forge"))
    }

    /// The app's id, as its manifest gives it.
    pub fn forge_app_id(&self) -> String {
        self.forge_installed(|known| known.manifest.app_id.clone())
    }

    /// ARI of the installation.
    pub fn installation_id(&self) -> String {
        self.forge_installed(|known| known.id.clone())
    }

    /// Account id of the Forge app's user, which is another than a Connect app's.
    pub fn forge_account(&self) -> Option<String> {
        self.site.lock().forge.account.clone()
    }

    /// Whether a Forge app is installed.
    pub fn has_forge(&self) -> bool {
        self.site.lock().forge.installation.is_some()
    }

    /// Installs the app of a manifest, whose remotes are all at this address. The manifest is judged first; the app's
    /// user is made, and `avi:forge:installed:app` is queued. With `connectModules` the app of the same key moves: it
    /// gets a signed `installed` that names the installation, and its webhooks are the manifest's.
    pub async fn install_forge(&self, manifest: &str, remote: &str) -> Result<(), InstallError> {
        let done = self.site.install_forge(manifest, remote).await;
        self.site.touch();
        done
    }

    /// Shows the app's pages from the files of this folder, which holds an `index.html`: what a manifest's resource points
    /// to, bundled or not. Without it the app works and shows nothing.
    ///
    /// # Errors
    /// No port is free.
    pub fn set_forge_resource(&self, folder: impl Into<std::path::PathBuf>) -> std::io::Result<()> {
        self.site.open_pages(folder.into())
    }

    /// Puts a new major version in place and queues `avi:forge:upgraded:app`.
    pub async fn upgrade_forge(&self, manifest: &str) -> Result<(), InstallError> {
        let done = self.site.upgrade_forge(manifest).await;
        self.site.touch();
        done
    }

    /// Calls `preUninstall`, then forgets the app even if it refuses: tokens are void, events stop.
    pub async fn uninstall_forge(&self) -> Result<(), InstallError> {
        self.site.uninstall_forge().await
    }

    /// Runs every scheduled trigger that is due by the site's clock. Gives the answers; 0 is none.
    pub async fn tick(&self) -> Vec<u16> {
        self.site.tick().await
    }

    /// Runs the scheduled trigger of the shortest interval, due or not. Gives the answer.
    pub async fn tick_now(&self) -> u16 {
        let id = self.site.lock().queue_tick_now();
        self.site.deliver(id.expect("a Forge app with a scheduledTrigger is installed")).await
    }

    /// How long system and user tokens live that are handed out from now on; four hours at the start.
    pub fn set_token_life(&self, life: SignedDuration) {
        self.site.lock().forge.token_life = life;
    }

    /// What invocations say of the app's license; nothing at the start, as for an app that is not sold.
    pub fn set_forge_license(&self, active: Option<bool>) {
        self.site.lock().forge.license = active;
    }

    /// Signs invocations under a key id that nobody has seen yet, from now on.
    pub fn rotate_invocation_key(&self) {
        self.site.keys.rotate_invocation_key();
    }

    /// Claims as Forge makes them for a page or an endpoint of the app, to be bent before signing.
    pub fn invocation_claims(&self, module: &str, account: Option<&str>) -> Value {
        let claims = self.site.lock().invocation_claims(module, account);
        claims.unwrap_or_else(|| panic!("no Forge app with a module {module:?} is installed"))
    }

    /// Signs an invocation with the key of production.
    pub fn sign_invocation(&self, claims: &Value) -> String {
        self.site.sign_invocation(claims)
    }

    /// Signs an invocation with the key of staging.
    pub fn sign_invocation_staging(&self, claims: &Value) -> String {
        SigningKey::of_forge_staging().sign(claims, staging_kid())
    }

    /// Signs an invocation with a key that nobody publishes, under the id of the right one.
    pub fn sign_invocation_with_foreign_key(&self, claims: &Value) -> String {
        SigningKey::of_a_stranger().sign(claims, &self.site.keys.invocation_kid())
    }

    /// A token that acts as the app, as endpoints get one.
    pub fn system_token(&self) -> String {
        let state = self.site.lock();
        let installation = state.forge.installation.as_ref().expect("install the Forge app first: install_forge");
        let tokens = installation.manifest.endpoints.values().find_map(|endpoint| state.system_token(endpoint));
        tokens.expect("the manifest gives no endpoint a system token")
    }

    /// A token that acts as a person, as the endpoint of a page gets one.
    pub fn user_token(&self, account: &str) -> String {
        let state = self.site.lock();
        assert!(state.person(account).is_some(), "no account {account} on this site");
        let installation = state.forge.installation.as_ref().expect("install the Forge app first: install_forge");
        let mut endpoints = installation.manifest.endpoints.values();
        let token = endpoints.find_map(|endpoint| state.user_token(endpoint, account));
        token.expect("the manifest gives no endpoint a user token")
    }

    /// What Forge sends when the page of a module calls the remote: `path` is appended to the remote's address.
    pub fn invoke_request(
        &self,
        account: &str,
        module: &str,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> SignedRequest {
        let endpoint = self.forge_installed(|known| known.manifest.endpoint_of(module));
        let endpoint = endpoint.unwrap_or_else(|| panic!("no module {module:?} with an endpoint in the manifest"));
        let about = Invocation { endpoint: &endpoint, module, account: Some(account), method, path, body };
        self.site.invocation(&about).expect("the endpoint is in the manifest")
    }

    /// Sends what [`Self::invoke_request`] makes, as Forge's proxy does: it waits 25 seconds, never tries again, and
    /// takes JSON or nothing for an answer.
    pub async fn invoke(
        &self,
        account: &str,
        module: &str,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answer, String> {
        let request = self.invoke_request(account, module, method, path, body);
        let answer = request.send_within(&self.site.client, Duration::from_secs(25)).await?;
        let kind = answer.headers.iter().find(|(name, _)| name == "content-type").map(|(_, kind)| kind.as_str());
        let json = kind.is_some_and(|kind| kind.starts_with("application/json"));
        if json || answer.body.is_empty() {
            return Ok(answer);
        }
        Err(format!("the remote answered {} as {kind:?}, which is not application/json", answer.status))
    }

    /// An event for the installed app, signed but not sent: to the endpoint of the trigger that wants the body's
    /// `eventType`, or of the first.
    pub fn forge_event_request(&self, body: &Value) -> SignedRequest {
        let event = body["eventType"].as_str().unwrap_or_default();
        self.forge_post(event, &body.to_string())
    }

    /// The same with a body of any kind.
    pub fn forge_event_request_raw(&self, event: &str, body: &str) -> SignedRequest {
        self.forge_post(event, body)
    }

    fn forge_post(&self, event: &str, body: &str) -> SignedRequest {
        let (endpoint, path) = self.forge_installed(|known| {
            let triggers = &known.manifest.triggers;
            let wants = triggers.iter().find(|trigger| trigger.events.iter().any(|wanted| wanted.event == event));
            let trigger = wants.or_else(|| triggers.first()).expect("the manifest declares no trigger");
            let path = known.endpoint(&trigger.endpoint).map(|endpoint| endpoint.path.clone()).unwrap_or_default();
            (trigger.endpoint.clone(), path)
        });
        let (endpoint, module) = (endpoint.as_str(), endpoint.as_str());
        let about = Invocation { endpoint, module, account: None, method: "POST", path: &path, body: Some(body) };
        self.site.invocation(&about).expect("the endpoint is in the manifest")
    }
}
