//! Installing, upgrading and uninstalling an app by its manifest, and the move of a Connect app.
//! Does not judge the manifest (`lint`) and does not know what the app does with what it is told.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::manifest::{self, ConnectPart, Manifest};
use super::{Installation, Invocation, lint, scopes};
use crate::descriptor::Scope;
use crate::lifecycle::{App, InstallError, fresh_secret};
use crate::site::Site;
use crate::state::State;
use crate::webhooks::DeliveryState;

/// How long an app may take to say farewell.
const FAREWELL: Duration = Duration::from_secs(55);

impl State {
    /// Gives the app's user the rights that its scopes stand for, as they are when it is first installed.
    fn grant_forge(&mut self, account: &str, manifest: &Manifest) {
        let any = |known: &[&str]| known.iter().any(|scope| manifest.has_scope(scope));
        self.grant_app(account, any(scopes::ADMINISTERING));
        self.set_global(account, "USER_PICKER", any(&["read:jira-user", "read:user:jira"]));
    }

    /// The account of the app's user: the same on every install, with the rights that an admin has left it.
    fn forge_account(&mut self, manifest: &Manifest) -> String {
        if let Some(known) = &self.forge.account {
            return known.clone();
        }
        let account = self.make_app_account("Forge app");
        self.grant_forge(&account, manifest);
        self.forge.account = Some(account.clone());
        account
    }
}

/// The Connect app that the manifest's `connectModules` come to, as if they stood in a descriptor.
fn connect_app(part: &ConnectPart, manifest: &Manifest, remote: &str, installation: &str) -> App {
    let mut modules = serde_json::Map::new();
    let mut lifecycle = json!({});
    for (name, list) in part.modules.as_object().into_iter().flatten() {
        let name = name.split_once(':').map_or(name.as_str(), |(_, name)| name);
        if name == "lifecycle" {
            lifecycle = list[0].clone();
        } else {
            modules.insert(name.to_owned(), list.clone());
        }
    }
    let hook = |hook: &Value| Some((hook["event"].as_str()?.to_owned(), hook["url"].as_str()?.to_owned()));
    let webhooks = modules.get("webhooks").and_then(Value::as_array).into_iter().flatten().filter_map(hook).collect();
    let steps = [
        ("read:connect-jira", Scope::Read),
        ("write:connect-jira", Scope::Write),
        ("delete:connect-jira", Scope::Delete),
        ("project-admin:connect-jira", Scope::ProjectAdmin),
        ("admin:connect-jira", Scope::Admin),
    ];
    let granted = steps.into_iter().filter(|(scope, _)| manifest.has_scope(scope)).map(|(_, scope)| scope);
    App {
        key: part.key.clone(),
        base_url: remote.to_owned(),
        scope: granted.max().unwrap_or(Scope::None),
        webhooks,
        secret: fresh_secret(),
        enabled: true,
        installation_id: Some(installation.to_owned()),
        descriptor: json!({
            "key": part.key, "name": part.key, "baseUrl": remote, "lifecycle": lifecycle, "modules": modules,
        }),
    }
}

impl Site {
    fn read_manifest(&self, text: &str) -> Result<Manifest, InstallError> {
        let manifest = manifest::parse(text).map_err(InstallError::Descriptor)?;
        let published = self.specs.as_ref().map(|specs| specs.scopes()).unwrap_or_default();
        let mut faults = self.specs.as_ref().map(|specs| specs.manifest(&manifest)).unwrap_or_default();
        faults.extend(lint::faults(&manifest, &published));
        if faults.is_empty() { Ok(manifest::take_apart(manifest)) } else { Err(InstallError::Descriptor(faults)) }
    }

    /// Tells the Connect part, if there is one, to which installation it belongs. A refusal stops the install.
    async fn move_connect(&self, manifest: &Manifest, remote: &str, installation: &str) -> Result<(), InstallError> {
        let Some(part) = &manifest.connect else { return Ok(()) };
        let app = connect_app(part, manifest, remote, installation);
        self.call_lifecycle(&app, "installed").await?;
        let mut state = self.lock();
        if state.app_account.is_none() {
            let account = state.make_app_account(&app.key);
            state.grant_app(&account, app.scope == Scope::Admin);
            state.app_account = Some(account);
        }
        // An app of another key stays as it is: it is another app.
        if state.app.as_ref().is_none_or(|known| known.key == app.key) {
            state.app = Some(app);
        }
        Ok(())
    }

    /// Installs the app of a manifest.
    pub(crate) async fn install_forge(&self, text: &str, remote: &str) -> Result<(), InstallError> {
        let manifest = self.read_manifest(text)?;
        if self.lock().forge.installation.is_some() {
            return Err(InstallError::Descriptor(vec!["a Forge app is installed: upgrade or uninstall it".to_owned()]));
        }
        let id = format!("ari:cloud:ecosystem::installation/{}", Uuid::new_v4());
        let remote = remote.trim_end_matches('/').to_owned();
        self.move_connect(&manifest, &remote, &id).await?;
        let mut state = self.lock();
        let (account, installer, installed) = (state.forge_account(&manifest), state.house_admin.clone(), state.now());
        let ticked = BTreeMap::new();
        let installation = Installation { id, manifest, remote, version: 1, account, installer, installed, ticked };
        state.forge.installation = Some(installation);
        state.queue_forge_lifecycle_event("avi:forge:installed:app");
        Ok(())
    }

    /// Puts a new major version in place, as an admin has agreed to it.
    pub(crate) async fn upgrade_forge(&self, text: &str) -> Result<(), InstallError> {
        let manifest = self.read_manifest(text)?;
        let known = self.lock().forge.installation.clone().ok_or(InstallError::NotInstalled)?;
        if known.manifest.app_id != manifest.app_id {
            return Err(InstallError::Descriptor(vec!["app.id is another app's".to_owned()]));
        }
        self.move_connect(&manifest, &known.remote, &known.id).await?;
        let mut state = self.lock();
        let administers = |manifest: &Manifest| scopes::ADMINISTERING.iter().any(|scope| manifest.has_scope(scope));
        let (was, is) = (administers(&known.manifest), administers(&manifest));
        if was != is {
            state.set_global(&known.account, "ADMINISTER", is);
        }
        let lost = |endpoint: &Option<String>| {
            endpoint.as_ref().is_some_and(|endpoint| !manifest.endpoints.contains_key(endpoint))
        };
        let waiting = state.deliveries.iter_mut().filter(|delivery| delivery.state == DeliveryState::Pending);
        waiting.filter(|delivery| lost(&delivery.endpoint)).for_each(|one| one.state = DeliveryState::Dropped);
        if let Some(installation) = &mut state.forge.installation {
            installation.manifest = manifest;
            installation.version += 1;
        }
        state.queue_forge_lifecycle_event("avi:forge:upgraded:app");
        Ok(())
    }

    /// Lets the app say farewell, then forgets it, whatever it answered: its tokens and its events end with it.
    pub(crate) async fn uninstall_forge(&self) -> Result<(), InstallError> {
        let known = self.lock().forge.installation.clone().ok_or(InstallError::NotInstalled)?;
        let mut said = Ok(());
        for endpoint in &known.manifest.farewells {
            let Some(path) = known.endpoint(endpoint).map(|endpoint| endpoint.path.clone()) else { continue };
            let body = json!({"context": {"cloudId": self.lock().forge.cloud_id}}).to_string();
            let (method, body) = ("POST", Some(body.as_str()));
            let about = Invocation { endpoint, module: endpoint, account: None, method, path: &path, body };
            let Some(request) = self.invocation(&about) else { continue };
            said = match request.send_within(&self.client, FAREWELL).await {
                Ok(answer) if (200..300).contains(&answer.status) => said,
                Ok(answer) => Err(InstallError::Refused { event: "preUninstall".to_owned(), status: answer.status }),
                Err(why) => Err(InstallError::Unreachable(why)),
            };
        }
        let moved = {
            let mut state = self.lock();
            state.forge.installation = None;
            let waiting = state.deliveries.iter_mut().filter(|delivery| delivery.endpoint.is_some());
            let waiting = waiting.filter(|delivery| delivery.state == DeliveryState::Pending);
            waiting.for_each(|delivery| delivery.state = DeliveryState::Dropped);
            let moved = state.app.as_ref().is_some_and(|app| app.installation_id.as_deref() == Some(&known.id));
            if moved { state.app.take() } else { None }
        };
        match moved {
            Some(app) => said.and(self.call_lifecycle(&app, "uninstalled").await),
            None => said,
        }
    }
}
