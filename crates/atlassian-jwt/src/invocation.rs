//! Forge's invocation token: what a remote is sent with every call, event and tick, signed with a key of Forge's key set.
//! Does not know where the key came from, nor which request the token travels with: it has no hash of one, so only its own
//! claims say what may be done, never a body.

use crate::expect::{EXP_LEEWAY, IAT_AHEAD};
use crate::rs256::PublicKey;
use crate::segments::{self, Audience};
use crate::{Algorithm, Error};
use serde::Deserialize;
use serde_json::Value;

/// Who signs every invocation token.
pub const ISSUER: &str = "forge/invocation-token";

/// Who is invoked, where, and by whom. Claims not named here are ignored.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Invocation {
    /// The app and its installation.
    pub app: App,
    /// Where in the product the person is; thin or absent for events. May hold what a site calls its things.
    #[serde(default)]
    pub context: Value,
    /// Atlassian account id of the person; absent for events and ticks.
    #[serde(default)]
    pub principal: Option<String>,
}

/// The app's side of an invocation.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct App {
    /// Id of the installation.
    pub installation_id: Option<String>,
    /// The installation with its products.
    pub installation: Option<AppInstallation>,
    /// Prefix of the REST calls of the product that invokes.
    pub api_base_url: Option<String>,
    /// Whether somebody pays; only for paid apps in production.
    pub license: Option<License>,
    /// What of the app is invoked.
    pub module: Option<Module>,
}

/// A module of an app.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct Module {
    /// Such as `core:endpoint`, or `jira:projectPage` for a page.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// An installation and the products it is on.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct AppInstallation {
    /// Its id.
    pub id: Option<String>,
    /// A line for each product.
    pub contexts: Vec<Product>,
}

/// A product of an installation.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct Product {
    /// Such as `jira`.
    pub name: Option<String>,
    /// Prefix of its REST calls.
    pub api_base_url: Option<String>,
}

/// Whether an app is paid for.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct License {
    /// It is.
    pub is_active: Option<bool>,
}

impl std::fmt::Debug for Invocation {
    /// The context may hold a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invocation").field("app", &self.app).finish_non_exhaustive()
    }
}

impl Invocation {
    /// Id of the installation.
    pub fn installation_id(&self) -> Option<&str> {
        let within = self.app.installation.as_ref().and_then(|installation| installation.id.as_deref());
        self.app.installation_id.as_deref().or(within).filter(|id| !id.is_empty())
    }

    /// Whether the platform itself invokes us (an event, a tick, an uninstall), and nobody in front of a page. The token of a
    /// page's call may be seen by whoever looks at the page (`requestRemote` sends it from the browser), and is bound to no
    /// path: what only the platform may say must not be taken from it.
    pub fn is_by_the_platform(&self) -> bool {
        let kind = self.app.module.as_ref().and_then(|module| module.kind.as_deref()).unwrap_or_default();
        let page = kind.split_once(':').is_some_and(|(product, _)| product != "core");
        self.principal.is_none() && !page
    }

    /// Prefix of the REST calls of this product.
    pub fn api_base_url(&self, product: &str) -> Option<&str> {
        let products = self.app.installation.iter().flat_map(|installation| &installation.contexts);
        let named =
            products.filter(|one| one.name.as_deref() == Some(product)).find_map(|one| one.api_base_url.as_deref());
        named.or(self.app.api_base_url.as_deref())
    }
}

#[derive(Deserialize)]
struct Wire {
    iss: Option<String>,
    aud: Option<Audience>,
    iat: Option<i64>,
    nbf: Option<i64>,
    exp: Option<i64>,
    jti: Option<String>,
    #[serde(flatten)]
    rest: Value,
}

/// Verifies a token. `audience` is the app's own id, as its developer knows it; it is never read from the token. `now` is in
/// seconds since the epoch.
///
/// # Errors
/// The first of the checks that fails, see [`Error`]: form, algorithm, signature, issuer, audience, times, claims.
pub fn verify(token: &str, key: &PublicKey, audience: &str, now: i64) -> Result<Invocation, Error> {
    let payload = segments::verified_payload(token, Algorithm::Rs256, key.decoding())?;
    let wire: Wire = serde_json::from_slice(&payload).map_err(|_| Error::Malformed)?;
    if wire.iss.ok_or(Error::MissingClaim("iss"))? != ISSUER {
        return Err(Error::WrongIssuer);
    }
    match wire.aud.ok_or(Error::MissingClaim("aud"))? {
        Audience::One(one) if one == audience => {}
        Audience::Many(many) if many == [audience] => {}
        _ => return Err(Error::WrongAudience),
    }
    let exp = wire.exp.ok_or(Error::MissingClaim("exp"))?;
    let nbf = wire.nbf.ok_or(Error::MissingClaim("nbf"))?;
    let iat = wire.iat.ok_or(Error::MissingClaim("iat"))?;
    wire.jti.filter(|jti| !jti.is_empty()).ok_or(Error::MissingClaim("jti"))?;
    if now >= exp.saturating_add(EXP_LEEWAY) {
        return Err(Error::Expired);
    }
    if now < nbf.saturating_sub(EXP_LEEWAY) {
        return Err(Error::NotYetValid);
    }
    if iat > now.saturating_add(IAT_AHEAD) {
        return Err(Error::IssuedInFuture);
    }
    serde_json::from_value(wire.rest).map_err(|_| Error::MissingClaim("app"))
}

/// The key id **as the token claims it**, to look the key up in a set by. It is untrusted and not fit for a URL: Forge's own
/// hold slashes. At most 256 visible ASCII characters.
///
/// # Errors
/// [`Error::Malformed`], [`Error::WrongAlgorithm`], or [`Error::MissingClaim`] without a key id.
pub fn peek_key_id(token: &str) -> Result<String, Error> {
    let key_id = segments::key_id(token)?;
    let usable = (1..=256).contains(&key_id.len()) && key_id.bytes().all(|byte| byte.is_ascii_graphic());
    if usable { Ok(key_id) } else { Err(Error::Malformed) }
}

/// When a token ends, **as it says itself**: for planning alone, since nothing is verified. `None` if it does not say.
pub fn peek_expiry(token: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Expiry {
        exp: i64,
    }
    let payload = token.split('.').nth(1)?;
    Some(segments::json::<Expiry>(payload).ok()?.exp)
}
