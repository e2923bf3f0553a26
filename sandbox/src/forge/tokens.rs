//! The bearer tokens of a Forge app: handed out with invocations, checked at the gateway.
//! Knows no route; what a token may open is the gateway's business.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::json;

use super::manifest::Endpoint;
use crate::state::State;
use crate::tokens::{Refusal, sign_hs256};

/// Who calls with a token that holds, and what the app had been granted when it was handed out.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    /// The app's own user, or a person for whom the app acts.
    pub(crate) account: String,
    pub(crate) scopes: Vec<String>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    exp: i64,
    installation: String,
    scope: String,
}

impl State {
    /// A token for the app as the given account, whether or not an endpoint is due one.
    fn access_token(&self, account: &str) -> Option<String> {
        let installation = self.forge.installation.as_ref()?;
        let scopes: Vec<&str> = installation.manifest.real_scopes().map(String::as_str).collect();
        if scopes.is_empty() {
            // With nothing to open there is nothing to hand out.
            return None;
        }
        let now = self.now().as_second();
        let claims = json!({
            "sub": account,
            "iat": now,
            "exp": now + self.forge.token_life.as_secs(),
            "jti": uuid::Uuid::new_v4().to_string(),
            "installation": installation.id,
            "scope": scopes.join(" "),
        });
        Some(sign_hs256(&claims, &self.forge.token_secret))
    }

    /// The token that acts as the app, if the manifest lets this endpoint have it.
    pub(crate) fn system_token(&self, endpoint: &Endpoint) -> Option<String> {
        let installation = self.forge.installation.as_ref()?;
        let due = endpoint.system_token && installation.manifest.has_scope("read:app-system-token");
        self.access_token(&installation.account).filter(|_| due)
    }

    /// The token that acts as a person, if the manifest lets this endpoint have it.
    pub(crate) fn user_token(&self, endpoint: &Endpoint, account: &str) -> Option<String> {
        let installation = self.forge.installation.as_ref()?;
        let due = endpoint.user_token && installation.manifest.has_scope("read:app-user-token");
        self.access_token(account).filter(|_| due)
    }

    /// Checks a token that came to the gateway.
    pub(crate) fn check_access_token(&self, token: &str) -> Result<Bearer, Refusal> {
        let installation = self.forge.installation.as_ref().ok_or(Refusal::NotInstalled)?;
        // Times are judged below, by the site's clock and not by the computer's.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let key = DecodingKey::from_secret(self.forge.token_secret.as_bytes());
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
            .map_err(|error| match error.kind() {
                jsonwebtoken::errors::ErrorKind::InvalidSignature => Refusal::Signature,
                _ => Refusal::Malformed,
            })?
            .claims;
        let now = self.now().as_second();
        if claims.exp <= now {
            return Err(Refusal::Expired);
        }
        if claims.iat > now {
            return Err(Refusal::Lifetime);
        }
        if claims.installation != installation.id {
            return Err(Refusal::Audience);
        }
        if !self.person(&claims.sub).is_some_and(|person| person.active) {
            return Err(Refusal::Issuer);
        }
        // What an upgrade took away is gone at once; what it added is in tokens handed out since.
        let granted = claims.scope.split(' ').filter(|scope| installation.manifest.has_scope(scope));
        Ok(Bearer { account: claims.sub, scopes: granted.map(str::to_owned).collect() })
    }
}
