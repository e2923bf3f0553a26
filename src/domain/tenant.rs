//! A tenant: one Jira site that installed us, by whichever door.
//! Knows no store and no token; secrets are carried here but opened only by `store/seal` and `jira/auth`.

use super::TenantId;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use url::Url;

/// How long tokens signed with the secret before the last reinstall still count: they may be in flight.
pub const PREVIOUS_SECRET_HONOURED: SignedDuration = SignedDuration::from_mins(5);

/// What a signed `installed` call tells. `base_url` has been checked against the allowed hosts before.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Atlassian's id of the site; changes when a site's data is imported into another.
    pub client_key: String,
    /// Our app key as this site knows it: `iss` of what we send, even if the descriptor's changed since.
    pub app_key: String,
    /// Prefix of every REST call.
    pub base_url: Url,
    /// Custom domain of the site, for links and `frame-ancestors` only.
    pub display_url: Option<Url>,
    /// Custom domain of the help centre, for links and `frame-ancestors` only.
    pub help_center_url: Option<Url>,
    /// Signs what we send and what Jira sends.
    pub shared_secret: SecretString,
    /// Forge installation, when the site has moved to Connect on Forge.
    pub installation_id: Option<String>,
    /// Atlassian's cloud id, where the payload has it.
    pub cloud_id: Option<String>,
}

/// Whether we may act for a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Installed; calls are made and accepted.
    Active,
    /// Uninstalled at this time: kept until the retention ends, nothing is called or accepted.
    Uninstalled(Timestamp),
    /// Another client key took over this base URL at this time (data import): kept, nothing is called or accepted.
    Frozen(Timestamp),
}

/// An installed site.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Our own id.
    pub id: TenantId,
    /// What the last signed install said.
    pub installation: Installation,
    /// The secret before the last reinstall and until when it is honoured.
    pub previous_secret: Option<(SecretString, Timestamp)>,
    /// Whether we may act.
    pub state: State,
    /// When it was installed, the last time after it was not: who was there before is known silently.
    pub installed_at: Timestamp,
}

impl Tenant {
    /// Whether calls may be made and accepted.
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }

    /// Secrets that a token from this tenant may be signed with, newest first.
    pub fn accepted_secrets(&self, now: Timestamp) -> impl Iterator<Item = &SecretString> {
        let previous = self.previous_secret.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        std::iter::once(&self.installation.shared_secret).chain(previous)
    }

    /// Origins that may frame our pages: the site and its custom domains, scheme and host (and port) only.
    pub fn frame_ancestors(&self) -> Vec<String> {
        let urls = [
            Some(&self.installation.base_url),
            self.installation.display_url.as_ref(),
            self.installation.help_center_url.as_ref(),
        ];
        let mut origins: Vec<String> = urls.into_iter().flatten().map(|u| u.origin().ascii_serialization()).collect();
        origins.dedup();
        origins
    }
}
