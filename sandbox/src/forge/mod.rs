//! The Forge door of the site: an app that is known by its manifest, called with invocation tokens and called back by
//! bearer tokens at a gateway. Does not know the REST API behind the gateway, nor any app in particular.

mod events;
mod install;
mod invocation;
mod lint;
pub(crate) mod manifest;
mod scopes;
mod ticks;
mod tokens;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub(crate) use invocation::Invocation;
pub(crate) use tokens::Bearer;

use crate::state::State;
use manifest::{Endpoint, Manifest};

/// The app that is installed by its manifest.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    /// ARI of the installation; another one after each install.
    pub(crate) id: String,
    pub(crate) manifest: Manifest,
    /// Where the app's remotes are, in place of what the manifest says.
    pub(crate) remote: String,
    /// Major version: each upgrade makes a new one.
    pub(crate) version: u32,
    /// Account id of the app's user.
    pub(crate) account: String,
    /// Account id of the admin who installed it.
    pub(crate) installer: String,
    pub(crate) installed: Timestamp,
    /// When each scheduled trigger ran last, by its key.
    pub(crate) ticked: BTreeMap<String, Timestamp>,
}

/// The static files of the app's pages.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) folder: PathBuf,
    /// Where they are served: an origin of their own.
    pub(crate) url: String,
}

/// What the site remembers of Forge.
#[derive(Debug)]
pub(crate) struct Forge {
    pub(crate) cloud_id: String,
    /// Whether Connect's lifecycle calls tell the cloud id.
    pub(crate) cloud_id_told: bool,
    /// Base address of the gateway. Not the site's: a renamed site keeps it.
    pub(crate) gateway: String,
    pub(crate) installation: Option<Installation>,
    /// Account id of the user of the app last installed; a reinstall keeps it, as an admin has left its rights.
    pub(crate) account: Option<String>,
    /// Whether a call through the gateway is being worked at: what it causes is the app's own doing.
    pub(crate) acting: bool,
    /// How long tokens live that are handed out from now on.
    pub(crate) token_life: SignedDuration,
    /// What invocations say of the app's license; nothing for apps that are not sold.
    pub(crate) license: Option<bool>,
    /// The app's static files, when they are to be shown.
    pub(crate) resource: Option<Resource>,
    environment: String,
    token_secret: String,
}

impl Forge {
    pub(crate) fn new() -> Self {
        Self {
            cloud_id: Uuid::new_v4().to_string(),
            cloud_id_told: false,
            gateway: String::new(),
            installation: None,
            account: None,
            acting: false,
            token_life: SignedDuration::from_hours(4),
            license: None,
            resource: None,
            environment: Uuid::new_v4().to_string(),
            token_secret: format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()),
        }
    }

    /// The prefix of the site's REST API at the gateway.
    pub(crate) fn api_base_url(&self) -> String {
        format!("{}/ex/jira/{}", self.gateway, self.cloud_id)
    }
}

impl Installation {
    pub(crate) fn endpoint(&self, key: &str) -> Option<&Endpoint> {
        self.manifest.endpoints.get(key)
    }

    /// The version as Forge writes it.
    pub(crate) fn version(&self) -> String {
        format!("{}.0.0", self.version)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.remote)
    }
}

impl State {
    /// Account ids of the users of every app that has been installed by its descriptor or its manifest.
    pub(crate) fn app_accounts(&self) -> Vec<String> {
        self.app_account.iter().chain(&self.forge.account).cloned().collect()
    }

    /// The user under which the app acts now: Connect's while a Connect app is there that has not moved.
    pub(crate) fn acting_account(&self) -> Option<String> {
        let by_connect = self.app.as_ref().is_some_and(|app| app.installation_id.is_none());
        let of_forge = self.forge.installation.as_ref().filter(|_| !by_connect).map(|known| known.account.clone());
        of_forge.or_else(|| self.app_account.clone())
    }
}
