//! The proof of Forge: an invocation token in the header alone, checked before anything else of the request is looked at.
//! Knows no event. Only its extractors make a proof, so a handler that has one was called rightly.
//!
//! The token holds no hash of the request, so authority comes from its claims: installation, gateway, site, person, and whether a
//! page or the platform itself calls. What a body says is never asked who somebody is.

use super::ForgeSettings;
use crate::domain::AccountId;
use crate::domain::tenant::{ForgeInstallation, SystemToken, TICK, Tenant, UserToken};
use crate::web::State;
use crate::web::connect::refused;
use crate::web::head::{self, Head};
use crate::web::hosts;
use crate::web::problem::Problem;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use atlassian_jwt::invocation::{self, Invocation};
use futures::future::LocalBoxFuture;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;

/// Longest body of an event.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// A token that does not say when it ends counts for this long: two ticks.
const UNTOLD_LIFE: SignedDuration = SignedDuration::from_mins(2 * TICK.as_mins());

/// A verified invocation of an open installation.
#[derive(Clone, Debug)]
pub(super) struct Invoked {
    pub(super) tenant: Arc<Tenant>,
    /// The person, where there is one.
    pub(super) account: Option<AccountId>,
    /// The person's token, where the endpoint asks for one.
    pub(super) user_token: Option<UserToken>,
}

/// What somebody wants who invokes us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// The lifecycle event of an install: the one thing that opens an installation again that was closed.
    Install,
    /// Anything else that the platform says by itself.
    Platform,
    /// A page asks for somebody.
    Page,
}

/// Verifies the token, finds or opens its installation, and keeps the system token that came with it.
pub(super) async fn invoked(state: &State, head: &Head, errand: Errand) -> Result<Invoked, Problem> {
    let settings = state.settings.forge.as_ref().ok_or(Problem::unauthorised("the forge door is closed"))?;
    let token = head.bearer().ok_or(Problem::unauthorised("no token"))?.to_owned();
    let key_id = invocation::peek_key_id(&token).map_err(refused)?;
    let sharing = state.clone();
    let key = state.run(async move { sharing.forge_keys().find(&key_id).await }).await?;
    let now = state.clock.now();
    let claims = invocation::verify(&token, &key, &settings.app_id, now.as_second()).map_err(refused)?;
    let place = Place::of(&claims, settings, &state.settings.tenant_hosts)?;
    let by_the_platform = claims.is_by_the_platform();
    if errand != Errand::Page && !by_the_platform {
        return Err(Problem::unauthorised("a page's invocation where only the platform calls"));
    }
    // Beside a page's invocation anybody may have written it.
    let system = head.system_token().filter(|_| by_the_platform).map(|token| system_token(token, now));
    let user_token = head.user_token().map(|token| UserToken(SecretString::from(token)));
    let account = claims.principal.as_deref().and_then(AccountId::parse);
    let sharing = state.clone();
    let tenant = state.run(async move { sharing.installations().find(&sharing, place, system, errand).await }).await?;
    Ok(Invoked { tenant, account, user_token })
}

fn system_token(token: &str, now: Timestamp) -> SystemToken {
    let told = invocation::peek_expiry(token).and_then(|exp| Timestamp::from_second(exp).ok());
    let expires_at = told.unwrap_or_else(|| now.saturating_add(UNTOLD_LIFE).unwrap_or(now));
    SystemToken { token: SecretString::from(token), expires_at }
}

/// Which installation on which site, from claims alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) installation_id: String,
    pub(super) cloud_id: String,
    pub(super) api_base_url: Url,
    /// Where people see the site, if the claims tell.
    pub(super) base_url: Option<Url>,
    pub(super) license_active: Option<bool>,
}

impl Place {
    fn of(claims: &Invocation, settings: &ForgeSettings, tenant_hosts: &[String]) -> Result<Self, Problem> {
        let installation_id = claims.installation_id().filter(|id| is_plain(id));
        let installation_id = installation_id.ok_or(Problem::unauthorised("no installation in the claims"))?.to_owned();
        let told = claims.api_base_url("jira").ok_or(Problem::unauthorised("no gateway in the claims"))?;
        let (api_base_url, cloud_id) =
            gateway(told, &settings.api_url).ok_or(Problem::unauthorised("the gateway is not Atlassian's"))?;
        if claims.context["cloudId"].as_str().is_some_and(|said| said != cloud_id) {
            return Err(Problem::unauthorised("two sites in the claims"));
        }
        let base_url = match claims.context["siteUrl"].as_str() {
            None => None,
            Some(told) => {
                let allowed = hosts::allowed(told, tenant_hosts);
                Some(allowed.ok_or(Problem::unauthorised("the site is not of an allowed host"))?)
            }
        };
        let license_active = claims.app.license.as_ref().and_then(|license| license.is_active);
        Ok(Self { installation_id, cloud_id, api_base_url, base_url, license_active })
    }

    pub(super) fn at(self, base_url: Url) -> ForgeInstallation {
        let Self { installation_id, cloud_id, api_base_url, license_active, .. } = self;
        ForgeInstallation { installation_id, cloud_id, api_base_url, base_url, license_active }
    }
}

fn is_plain(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// `<gateway>/ex/jira/<cloud id>` and nothing else, with its cloud id.
fn gateway(told: &str, api_url: &Url) -> Option<(Url, String)> {
    let url = Url::parse(told).ok()?;
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let prefix = format!("{}/ex/jira/", api_url.path().trim_end_matches('/'));
    let cloud_id = url.path().strip_prefix(&prefix)?.trim_end_matches('/').to_owned();
    let plain = (1..=64).contains(&cloud_id.len()) && cloud_id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (bare && plain && url.origin() == api_url.origin()).then_some((url, cloud_id))
}

type Extracting<T> = LocalBoxFuture<'static, Result<T, Problem>>;

async fn sent(request: HttpRequest, mut payload: Payload, errand: Errand) -> Result<(Arc<Tenant>, Vec<u8>), Problem> {
    let state = State::extract(&request).await?;
    let invoked = invoked(&state, &Head::of(&request), errand).await?;
    let body = head::bytes(&request, &mut payload, BODY_LIMIT).await?;
    Ok((invoked.tenant, body))
}

macro_rules! proofs {
    ($($(#[$doc:meta])* $name:ident: $errand:expr;)+) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub(in crate::web) struct $name {
            tenant: Arc<Tenant>,
            body: Vec<u8>,
        }

        impl $name {
            pub(super) fn tenant(&self) -> &Tenant {
                &self.tenant
            }

            pub(super) fn body(&self) -> &[u8] {
                &self.body
            }
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Extracting<Self>;

            fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
                let (request, payload) = (request.clone(), payload.take());
                Box::pin(async move {
                    let (tenant, body) = sent(request, payload, $errand).await.inspect_err(super::events::count_refusal)?;
                    Ok(Self { tenant, body })
                })
            }
        }
    )+ };
}

proofs! {
    /// An event of an open installation. Carries the body, unread by anybody.
    ForgeEvent: Errand::Platform;
    /// That the app was installed or upgraded: opens the installation if it is not.
    ForgeInstalled: Errand::Install;
    /// A tick, or the last call before an installation goes: what counts is that it came.
    ForgeCall: Errand::Platform;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings() -> ForgeSettings {
        let url = |text: &str| Url::parse(text).expect("a URL");
        ForgeSettings {
            app_id: "ari:cloud:ecosystem::app/1".to_owned(),
            keys_url: url("https://keys.example.com/jwks.json"),
            api_url: url("https://api.atlassian.com"),
        }
    }

    fn place(claims: serde_json::Value) -> Result<Place, Problem> {
        let claims: Invocation = serde_json::from_value(claims).expect("claims");
        Place::of(&claims, &settings(), &["*.atlassian.net".to_owned()])
    }

    fn app(api_base_url: &str) -> serde_json::Value {
        json!({"installationId": "installation-1", "apiBaseUrl": api_base_url})
    }

    #[test]
    fn only_atlassians_gateway_is_called_and_the_cloud_id_is_the_claims_own() {
        let good = place(json!({"app": app("https://api.atlassian.com/ex/jira/cloud-1")})).expect("the gateway");
        assert_eq!((good.cloud_id.as_str(), good.base_url), ("cloud-1", None));
        for bad in [
            "http://api.atlassian.com/ex/jira/cloud-1",
            "https://api.atlassian.com:444/ex/jira/cloud-1",
            "https://api.atlassian.com.evil.example/ex/jira/cloud-1",
            "https://evil.example/ex/jira/cloud-1",
            "https://api.atlassian.com@evil.example/ex/jira/cloud-1",
            "https://me@api.atlassian.com/ex/jira/cloud-1",
            "https://api.stg.atlassian.com/ex/jira/cloud-1",
            "https://api.atlassian.com/ex/confluence/cloud-1",
            "https://api.atlassian.com/ex/jira/",
            "https://api.atlassian.com/ex/jira/../x",
            "https://api.atlassian.com/ex/jira/cloud-1/rest",
            "https://api.atlassian.com/ex/jira/cloud-1?x=1",
            "https://api.atlassian.com/",
            "",
        ] {
            assert!(place(json!({"app": app(bad)})).is_err(), "{bad}");
        }
    }

    #[test]
    fn claims_that_contradict_themselves_or_name_a_strange_site_are_refused() {
        let gateway = "https://api.atlassian.com/ex/jira/cloud-1";
        let with = |context| place(json!({"app": app(gateway), "context": context}));
        let site = with(json!({"cloudId": "cloud-1", "siteUrl": "https://acme.atlassian.net"})).expect("one site");
        assert_eq!(site.base_url.map(String::from).as_deref(), Some("https://acme.atlassian.net/"));
        assert!(with(json!({"cloudId": "cloud-2"})).is_err());
        assert!(with(json!({"siteUrl": "https://acme.evil.example"})).is_err());
        assert!(place(json!({"app": {"apiBaseUrl": gateway}})).is_err(), "no installation");
        let within = json!({"installation": {"id": "i-2", "contexts": [{"name": "jira", "apiBaseUrl": gateway}]}});
        assert_eq!(place(json!({"app": within})).map(|place| place.installation_id).as_deref(), Ok("i-2"));
    }
}
