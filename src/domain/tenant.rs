//! A tenant: one Jira site that installed us, by one door or by both.
//! Knows no store and no token's form; secrets are carried here but opened only by `store/seal`, `jira/auth` and the doors.

use super::TenantId;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use url::Url;

/// How long tokens signed with the secret before the last reinstall still count: they may be in flight.
pub const PREVIOUS_SECRET_HONOURED: SignedDuration = SignedDuration::from_mins(5);

/// How often Forge ticks. Work that finds no token to speak with waits for the next one.
pub const TICK: SignedDuration = SignedDuration::from_mins(5);

/// A token this close to its end is not used any more: the call it is sent with must still arrive.
pub const TOKEN_SPARED: SignedDuration = SignedDuration::from_secs(10);

/// What a signed `installed` call of Connect tells. `base_url` has been checked against the allowed hosts before.
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

/// What the claims of a verified invocation token tell of an installation. Both URLs have been checked against Atlassian's hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgeInstallation {
    /// Forge's id of the installation; a new one with each install.
    pub installation_id: String,
    /// Atlassian's id of the site; stays.
    pub cloud_id: String,
    /// Prefix of every REST call through Forge's gateway.
    pub api_base_url: Url,
    /// Where people see the site.
    pub base_url: Url,
    /// Whether the app is paid for; `None` where the claims do not say, as for an app that costs nothing.
    pub license_active: Option<bool>,
}

/// Forge's token for what we do as the app.
#[derive(Clone, Debug)]
pub struct SystemToken {
    /// The token.
    pub token: SecretString,
    /// When it ends, as it says itself.
    pub expires_at: Timestamp,
}

/// A person's token, which came with their call: what they may do, we may do for them, and only now.
#[derive(Clone, Debug)]
pub struct UserToken(pub SecretString);

/// How the site is reached by Connect.
#[derive(Clone, Debug)]
pub struct Connect {
    /// Our app key as this site knows it.
    pub app_key: String,
    /// Atlassian's id of the site for Connect.
    pub client_key: String,
    /// Signs what we send and what Jira sends.
    pub shared_secret: SecretString,
    /// The secret before the last reinstall and until when it is honoured.
    pub previous_secret: Option<(SecretString, Timestamp)>,
    /// The Forge installation that the last signed install named: the site has moved, or is about to.
    pub installation_id: Option<String>,
}

/// How the site is reached by Forge.
#[derive(Clone, Debug)]
pub struct Forge {
    /// Forge's id of the installation.
    pub installation_id: String,
    /// Prefix of every REST call.
    pub api_base_url: Url,
    /// The last one that an invocation brought.
    pub token: Option<SystemToken>,
    /// Whether the app is paid for, where Forge says so.
    pub license_active: Option<bool>,
    /// When this door was first used for the tenant.
    pub since: Timestamp,
}

/// How a call to Jira is made now.
#[derive(Clone, Copy, Debug)]
pub enum Voice<'a> {
    /// Signed with the secret of Connect, below the site's own URL.
    Connect(&'a Connect),
    /// With Forge's token, through its gateway.
    Forge(&'a Forge, &'a SecretString),
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
    /// Where people see the site: links begin with it, and Connect's calls.
    pub base_url: Url,
    /// Custom domain of the site, for links and `frame-ancestors` only.
    pub display_url: Option<Url>,
    /// Custom domain of the help centre, for links and `frame-ancestors` only.
    pub help_center_url: Option<Url>,
    /// Atlassian's cloud id, where it is known.
    pub cloud_id: Option<String>,
    /// The first door, until Jira says that it is closed.
    pub connect: Option<Connect>,
    /// The second door.
    pub forge: Option<Forge>,
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

    /// Secrets that a token of Connect may be signed with, newest first.
    pub fn accepted_secrets(&self, now: Timestamp) -> impl Iterator<Item = &SecretString> {
        let previous = move |connect: &Connect| connect.previous_secret.as_ref().is_some_and(|(_, until)| now < *until);
        self.connect.iter().flat_map(move |connect| {
            let before = connect.previous_secret.as_ref().filter(|_| previous(connect)).map(|(secret, _)| secret);
            std::iter::once(&connect.shared_secret).chain(before)
        })
    }

    /// How to speak to Jira as the app; `None` while there is no way: Forge's last token has ended, and the next comes with
    /// the next invocation. Connect speaks where Forge cannot, until it is closed.
    pub fn voice(&self, now: Timestamp) -> Option<Voice<'_>> {
        let by_forge = self.forge.as_ref().and_then(|forge| {
            let token = forge.token.as_ref().filter(|token| now + TOKEN_SPARED < token.expires_at)?;
            Some(Voice::Forge(forge, &token.token))
        });
        by_forge.or(self.connect.as_ref().map(Voice::Connect))
    }

    /// Our app as this site knows it, the same for every call.
    pub fn app_name(&self) -> &str {
        match (&self.connect, &self.forge) {
            (Some(connect), _) => &connect.app_key,
            (None, Some(forge)) => &forge.installation_id,
            (None, None) => "",
        }
    }

    /// Origins that may frame our pages: the site and its custom domains, scheme and host (and port) only.
    pub fn frame_ancestors(&self) -> Vec<String> {
        let urls = [Some(&self.base_url), self.display_url.as_ref(), self.help_center_url.as_ref()];
        let mut origins: Vec<String> = urls.into_iter().flatten().map(|u| u.origin().ascii_serialization()).collect();
        origins.dedup();
        origins
    }
}
