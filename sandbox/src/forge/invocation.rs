//! Invocation tokens, and requests to the app's remote that carry them.
//! Does not know why a remote is called (`events`, `ticks`) nor what it answers.

use serde_json::{Value, json};

use super::Installation;
use crate::lifecycle::SignedRequest;
use crate::site::Site;
use crate::state::State;
use crate::tokens::SigningKey;

/// Seconds that an invocation token lives.
const LIFE: i64 = 120;

/// What a remote is called about.
#[derive(Debug, Clone)]
pub(crate) struct Invocation<'a> {
    /// Key of the endpoint.
    pub(crate) endpoint: &'a str,
    /// Key of the module: a page, or the endpoint itself.
    pub(crate) module: &'a str,
    /// Who looks at the page.
    pub(crate) account: Option<&'a str>,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) body: Option<&'a str>,
}

fn hex(bytes: usize) -> String {
    let text = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    text[..bytes * 2].to_owned()
}

impl Installation {
    /// Kind and key of a module as tokens tell them; everything nobody sees is told as the endpoint it goes to.
    fn module(&self, key: &str) -> Option<(String, String)> {
        let page = self.manifest.pages.iter().find(|page| page.key == key);
        let page = page.map(|page| (page.kind.clone(), page.key.clone()));
        page.or_else(|| Some(("core:endpoint".to_owned(), self.manifest.endpoint_of(key)?)))
    }
}

impl State {
    /// Claims for a module of the installed app, or `None` if it has no such module.
    pub(crate) fn invocation_claims(&self, module: &str, account: Option<&str>) -> Option<Value> {
        let (forge, installation) = (&self.forge, self.forge.installation.as_ref()?);
        let (kind, key) = installation.module(module)?;
        let seen = kind != "core:endpoint";
        let now = self.now().as_second();
        let mut claims = json!({
            "iss": "forge/invocation-token",
            "aud": installation.manifest.app_id,
            "iat": now,
            "nbf": now,
            "exp": now + LIFE,
            "jti": uuid::Uuid::new_v4().to_string(),
            "app": {
                "id": installation.manifest.app_id,
                "appVersion": installation.version(),
                "installationId": installation.id,
                "installation": {
                    "id": installation.id,
                    "contexts": [{"name": "jira", "apiBaseUrl": forge.api_base_url()}],
                },
                "apiBaseUrl": forge.api_base_url(),
                "environment": {
                    "type": "PRODUCTION",
                    "id": format!("ari:cloud:ecosystem::environment/{}", forge.environment),
                },
                "module": {"type": kind, "key": key},
            },
        });
        if let Some(active) = forge.license {
            claims["app"]["license"] = json!({"isActive": active});
        }
        if seen {
            claims["context"] = json!({
                "cloudId": forge.cloud_id,
                "siteUrl": self.base_url,
                "localId": format!("ari:cloud:ecosystem::extension/{}/{key}", forge.environment),
                "moduleKey": key,
                "extension": {"type": kind},
            });
        }
        if let Some(account) = account {
            claims["principal"] = json!(account);
        }
        Some(claims)
    }
}

impl Site {
    /// Signs claims with the key that Forge publishes for production.
    pub(crate) fn sign_invocation(&self, claims: &Value) -> String {
        SigningKey::of_forge().sign(claims, &self.keys.invocation_kid())
    }

    /// A request to the app's remote as Forge sends it; `None` if the app has no such endpoint or module.
    pub(crate) fn invocation(&self, about: &Invocation<'_>) -> Option<SignedRequest> {
        let (claims, url, system, user) = {
            let state = self.lock();
            let claims = state.invocation_claims(about.module, about.account)?;
            let installation = state.forge.installation.as_ref()?;
            let endpoint = installation.endpoint(about.endpoint)?;
            let user = about.account.and_then(|account| state.user_token(endpoint, account));
            (claims, installation.url(about.path), state.system_token(endpoint), user)
        };
        let mut headers = vec![
            ("authorization".to_owned(), format!("Bearer {}", self.sign_invocation(&claims))),
            ("x-b3-traceid".to_owned(), hex(16)),
            ("x-b3-spanid".to_owned(), hex(8)),
        ];
        headers.extend(system.map(|token| ("x-forge-oauth-system".to_owned(), token)));
        headers.extend(user.map(|token| ("x-forge-oauth-user".to_owned(), token)));
        if about.body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let (method, body) = (about.method.to_owned(), about.body.unwrap_or_default().to_owned());
        Some(SignedRequest { method, url, headers, body })
    }
}
