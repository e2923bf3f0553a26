//! The four lifecycle calls. 204 only when stored.
//! Knows no Jira call: what follows an install are rows in the queue, added in the same transaction.

use super::token::{SignedInstall, SignedLifecycle, refused};
use crate::domain::tenant::Installation;
use crate::domain::work::{chores_at_install, erase_after};
use crate::web::State;
use crate::web::head::Head;
use crate::web::hosts;
use crate::web::problem::Problem;
use actix_web::HttpResponse;
use atlassian_jwt::{Expect, hs256, peek_key_id, rs256};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

/// What a lifecycle body says. Unknown fields are ignored; which known ones are needed depends on the call.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    key: Option<String>,
    client_key: Option<String>,
    shared_secret: Option<SecretString>,
    base_url: Option<String>,
    display_url: Option<String>,
    #[serde(rename = "displayUrlServicedeskHelpCenter")]
    help_center_url: Option<String>,
    event_type: Option<String>,
    installation_id: Option<String>,
    cloud_id: Option<String>,
}

/// A body that Atlassian has signed for, of a site that may install.
pub(in crate::web) struct Announcement {
    body: Body,
    client_key: String,
    base_url: Url,
}

impl std::fmt::Debug for Announcement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Announcement").field("client_key", &self.client_key).finish_non_exhaustive()
    }
}

/// Checks an RS256 token against its body: host, key, signature, issuer, audience, times, hash of the request.
///
/// A body that is no JSON is refused as such only once the token itself has held, so that strangers learn nothing.
pub(super) async fn verified(state: &State, head: &Head, token: &str, body: &[u8]) -> Result<Announcement, Problem> {
    let settings = &state.settings;
    let read: Option<Body> = serde_json::from_slice(body).ok();
    let base_url = match &read {
        None => None,
        Some(body) => {
            let told = body.base_url.as_deref().unwrap_or_default();
            let allowed = hosts::allowed(told, &settings.tenant_hosts);
            Some(allowed.ok_or(Problem::unauthorised("base URL is not of an allowed host"))?)
        }
    };
    let client_key = read.as_ref().and_then(|body| body.client_key.clone()).filter(|key| is_plain(key));
    if read.is_some() && client_key.is_none() {
        return Err(Problem::unauthorised("client key missing"));
    }
    let audience = settings.public_url.as_str();
    let mut expect = Expect::request(head.request(state.base_path())).audience(audience);
    if let Some(client_key) = &client_key {
        expect = expect.issuer(client_key);
    }
    let key_id = peek_key_id(token).map_err(refused)?;
    let (sharing, url, id) = (state.clone(), base_url.clone(), key_id.clone());
    let key = state.run(async move { sharing.keys().find(url.as_ref(), &id).await }).await?;
    if let Err(error) = rs256::verify(token, &key.public, &expect, state.clock.now().as_second()) {
        if error == atlassian_jwt::Error::Signature {
            state.keys().doubt(base_url.as_ref(), &key_id).await;
        }
        return Err(refused(error));
    }
    key.prove();
    match (read, client_key, base_url) {
        (Some(body), Some(client_key), Some(base_url)) => Ok(Announcement { body, client_key, base_url }),
        _ => Err(Problem::bad_request("The body must be the JSON object of a lifecycle call.")),
    }
}

fn is_plain(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Announcement {
    /// For us, and what this route is for.
    fn check(&self, state: &State, event: &str) -> Result<(), Problem> {
        if self.body.key.as_deref() != Some(&state.settings.app_key) {
            return Err(Problem::bad_request("The body's key is not this app's."));
        }
        if self.body.event_type.as_deref() != Some(event) {
            return Err(Problem::bad_request("The body's eventType is not what this address is for."));
        }
        Ok(())
    }

    fn into_installation(self) -> Result<Installation, Problem> {
        let Body { key, shared_secret, display_url, help_center_url, installation_id, cloud_id, .. } = self.body;
        let secret = shared_secret.filter(|secret| is_secret(secret.expose_secret()));
        let shared_secret = secret.ok_or(Problem::bad_request(UNUSABLE))?;
        let plain = |id: Option<String>| id.filter(|id| is_plain(id));
        Ok(Installation {
            client_key: self.client_key,
            app_key: key.unwrap_or_default(), // checked to be ours
            display_url: link(display_url, &self.base_url),
            help_center_url: link(help_center_url, &self.base_url),
            base_url: self.base_url,
            shared_secret,
            installation_id: plain(installation_id),
            cloud_id: plain(cloud_id),
        })
    }
}

/// We sign our own calls with it, which takes the full strength of the algorithm.
const UNUSABLE: &str = "The body lacks a usable sharedSecret: 32 to 4096 visible ASCII characters.";

fn is_secret(secret: &str) -> bool {
    (hs256::MIN_SECRET_BYTES..=4096).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A custom domain: an `https` origin, or the site's own. It is framed by and linked to, never called.
fn link(told: Option<String>, base_url: &Url) -> Option<Url> {
    let url = Url::parse(&told?).ok()?;
    let usable = url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none();
    (usable || url.origin() == base_url.origin()).then_some(url)
}

/// `POST /connect/installed`
pub(in crate::web) async fn installed(call: SignedInstall, state: State) -> Result<HttpResponse, Problem> {
    let announcement = call.into_announcement();
    announcement.check(&state, "installed")?;
    let installation = announcement.into_installation()?;
    let sharing = state.clone();
    let stored = state.run(async move {
        let now = sharing.clock.now();
        let chores = move |tenant| chores_at_install(tenant, now);
        let tenant = sharing.store.install(&installation, now, &chores).await?;
        Ok(tenant)
    });
    let tenant = stored.await?;
    state.tenancy().forget();
    state.installations().forget();
    state.wake.notify_one();
    tracing::info!(%tenant, "installed");
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /connect/uninstalled`: an unknown tenant is as good as gone.
pub(in crate::web) async fn uninstalled(call: SignedInstall, state: State) -> Result<HttpResponse, Problem> {
    let announcement = call.into_announcement();
    announcement.check(&state, "uninstalled")?;
    let sharing = state.clone();
    let known = state.run(async move {
        let now = sharing.clock.now();
        let erased_at = now.saturating_add(sharing.settings.retention_uninstalled).unwrap_or(now);
        let then = move |tenant| erase_after(tenant, erased_at);
        Ok(sharing.store.uninstall(&announcement.client_key, now, &then).await?)
    });
    let known = known.await?;
    state.tenancy().forget();
    state.installations().forget();
    tracing::info!(known, "uninstalled");
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /connect/enabled`
pub(in crate::web) async fn enabled(call: SignedLifecycle, state: State) -> Result<HttpResponse, Problem> {
    note(&call, &state, true).await
}

/// `POST /connect/disabled`. It may come after `uninstalled`: then its token is none of an active tenant and is refused.
pub(in crate::web) async fn disabled(call: SignedLifecycle, state: State) -> Result<HttpResponse, Problem> {
    note(&call, &state, false).await
}

async fn note(call: &SignedLifecycle, state: &State, enabled: bool) -> Result<HttpResponse, Problem> {
    let (sharing, tenant) = (state.clone(), call.tenant().id);
    let noted = state.run(async move { Ok(sharing.store.set_enabled(tenant, enabled, sharing.clock.now()).await?) });
    noted.await?;
    tracing::info!(%tenant, enabled, "enabled or disabled");
    Ok(HttpResponse::NoContent().finish())
}
