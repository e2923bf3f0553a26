//! The proofs of Connect: which token a route takes, checked before anything else of the request is looked at.
//! Knows no event. Each proof has private fields: only its extractor makes one, so a handler that has one was called rightly.
//!
//! One kind of token per route: the algorithm and the kind of `qsh` are the route's, never the token's.
//!
//! Form bodies: some proxies move a POST's query into one. Its field `jwt` is a place for the token, and where the query is
//! empty its parameters are tried for `qsh`. Everything that Jira posts here is JSON, so a form goes no further: 400.

use super::lifecycle::Announcement;
use crate::domain::AccountId;
use crate::domain::tenant::Tenant;
use crate::web::State;
use crate::web::gate::Visitor;
use crate::web::head::{self, Head, Places};
use crate::web::problem::Problem;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use atlassian_jwt::{Algorithm, Claims, Error, Expect, FRAME_LIFETIME, Request, hs256, peek_issuer};
use futures::future::LocalBoxFuture;
use secrecy::ExposeSecret as _;
use std::sync::Arc;

/// Longest body of what Jira posts.
pub(super) const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// Why a token is refused, for our log: the texts hold no part of it.
pub(in crate::web) fn refused(error: Error) -> Problem {
    Problem::unauthorised(match error {
        Error::NoToken => "no token",
        Error::AmbiguousToken => "more than one token",
        Error::WrongAlgorithm => "another algorithm",
        Error::Signature => "signature",
        Error::Expired => "expired",
        Error::QshMismatch | Error::ContextQshRefused | Error::ContextQshWanted => "qsh",
        Error::LivesTooLong => "lives too long",
        Error::WrongIssuer => "issuer",
        Error::WrongAudience => "audience",
        Error::MissingClaim(_) => "claim missing",
        _ => "malformed",
    })
}

/// What of a token's claims a kind of route wants.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// For this very request.
    Request,
    /// For this very request, living at most 15 minutes.
    Frame,
    /// A page's own calls.
    Context,
}

impl Kind {
    fn expect(self, request: Request<'_>) -> Expect<'_> {
        match self {
            Self::Request => Expect::request(request),
            Self::Frame => Expect::request(request).max_lifetime(FRAME_LIFETIME),
            Self::Context => Expect::context(),
        }
    }
}

/// An active tenant's token, signed with its shared secret: who it is, and the claims.
pub(super) async fn shared_secret(
    state: &State,
    head: &Head,
    places: Places,
    kind: Kind,
) -> Result<(Arc<Tenant>, Claims), Problem> {
    let token = head.token(places).map_err(refused)?;
    let issuer = peek_issuer(&token, Algorithm::Hs256).map_err(refused)?;
    let expect = kind.expect(head.request(state.base_path()));
    if let Some(tenant) = state.tenancy().remembered(&issuer).await
        && let Ok(claims) = verify(state, &tenant, &token, &expect)
    {
        return Ok((tenant, claims));
    }
    // Not remembered, or with another secret: what is stored decides.
    let tenancy = state.tenancy().clone();
    let tenant = state.run(async move { Ok(tenancy.stored(&issuer).await?) }).await?;
    let tenant = tenant.ok_or(Problem::unauthorised("unknown tenant"))?;
    let claims = verify(state, &tenant, &token, &expect)?;
    Ok((tenant, claims))
}

fn verify(state: &State, tenant: &Tenant, token: &str, expect: &Expect<'_>) -> Result<Claims, Problem> {
    if !tenant.is_active() {
        return Err(Problem::unauthorised("tenant not active"));
    }
    let now = state.clock.now();
    let mut refusal = Error::UnusableKey;
    for secret in tenant.accepted_secrets(now) {
        match hs256::verify(token, secret.expose_secret().as_bytes(), expect, now.as_second()) {
            Ok(claims) => return Ok(claims),
            // The newest secret's refusal tells more than "not signed with the one before".
            Err(error) if refusal == Error::UnusableKey => refusal = error,
            Err(_) => {}
        }
    }
    Err(refused(refusal))
}

type Extracting<T> = LocalBoxFuture<'static, Result<T, Problem>>;

/// A webhook of an active tenant: HS256 with the hash of this request. Carries the body, unread by anybody.
#[derive(Debug)]
pub(in crate::web) struct SignedWebhook {
    tenant: Arc<Tenant>,
    body: Vec<u8>,
}

impl SignedWebhook {
    pub(super) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }
}

impl FromRequest for SignedWebhook {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let counted = super::webhooks::count_refusal;
            let (tenant, body) = signed(&request, &mut payload).await.inspect_err(counted)?;
            Ok(Self { tenant, body })
        })
    }
}

/// `enabled` or `disabled` of an active tenant: HS256 with the hash of this request.
#[derive(Debug)]
pub(in crate::web) struct SignedLifecycle {
    tenant: Arc<Tenant>,
}

impl SignedLifecycle {
    pub(super) fn tenant(&self) -> &Tenant {
        &self.tenant
    }
}

impl FromRequest for SignedLifecycle {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (tenant, _) = signed(&request, &mut payload).await?;
            Ok(Self { tenant })
        })
    }
}

/// What Jira posts with the shared secret: the token first, then the body.
async fn signed(request: &HttpRequest, payload: &mut Payload) -> Result<(Arc<Tenant>, Vec<u8>), Problem> {
    let state = State::extract(request).await?;
    let head = Head::with_form(request, payload).await?;
    let (tenant, _) = shared_secret(&state, &head, Places::Any, Kind::Request).await?;
    let body = match head.form() {
        Some(form) => form.as_bytes().to_vec(),
        None => head::bytes(request, payload, BODY_LIMIT).await?,
    };
    Ok((tenant, body))
}

/// A page opened in a frame of an active tenant: HS256 with the hash of this request, in `?jwt=` alone, short-lived.
#[derive(Debug)]
pub(in crate::web) struct FrameVisit {
    tenant: Arc<Tenant>,
    visitor: Option<Visitor>,
}

impl FrameVisit {
    pub(in crate::web) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Who opened it, for a frame that is for admins alone. A token without a person opens none of those.
    pub(in crate::web) fn visitor(&self) -> Result<&Visitor, Problem> {
        self.visitor.as_ref().ok_or(Problem::forbidden())
    }
}

impl FromRequest for FrameVisit {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let state = State::extract(&request).await?;
            let head = Head::of(&request);
            let (tenant, claims) = shared_secret(&state, &head, Places::Query, Kind::Frame).await?;
            let account = claims.sub.as_deref().and_then(AccountId::parse);
            let visitor = account.map(|account| Visitor::new(Arc::clone(&tenant), account, None));
            Ok(Self { tenant, visitor })
        })
    }
}

/// `installed` or `uninstalled`: RS256 with a key of Atlassian's key server, `iss` the client key in the body, `aud` our
/// public URL, the hash of this request. Carries what the body says.
#[derive(Debug)]
pub(in crate::web) struct SignedInstall {
    announcement: Announcement,
}

impl SignedInstall {
    pub(super) fn into_announcement(self) -> Announcement {
        self.announcement
    }
}

impl FromRequest for SignedInstall {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let state = State::extract(&request).await?;
            let head = Head::with_form(&request, &mut payload).await?;
            let token = head.token(Places::Any).map_err(refused)?;
            // Before anything is read or fetched: what is no RS256 token with a plain key id costs nothing.
            atlassian_jwt::peek_key_id(&token).map_err(refused)?;
            let body = match head.form() {
                Some(form) => form.as_bytes().to_vec(),
                None => head::bytes(&request, &mut payload, BODY_LIMIT).await?,
            };
            let announcement = super::lifecycle::verified(&state, &head, &token, &body).await?;
            Ok(Self { announcement })
        })
    }
}
