//! The rules' door: what a rule's web request step says, proved by a secret of its project. Answered when it is on disk.
//! Knows no person for longer than a request: an address becomes an account or a mark here, and a rule's name is not read.

use super::State;
use super::head;
use super::problem::Problem;
use crate::domain::address::Address;
use crate::domain::ingest::{IngestSecret, MOST_A_MINUTE, SecretHash};
use crate::domain::tenant::Tenant;
use crate::domain::work::{Added, NewWork, Work};
use crate::domain::{AccountId, TenantId};
use crate::store::inbox::Delivery;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError as _};
use futures::future::LocalBoxFuture;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Carries `<id>.<secret>`.
pub(super) const HEADER: &str = "X-Invite-Guard-Secret";
const BODY_LIMIT: usize = 4 * 1024;
/// Longest public and secret half; ours are 16 and 43 characters.
const LONGEST: usize = 64;
/// A rule waits for the answer; who is not found by then is known again by the address's mark.
const LOOK_UP: Duration = Duration::from_secs(3);

const EXPECTED: &str = r#"The body must be a JSON object with any of accountId, address, ruleName and issueKey, each a text. accountId must be an Atlassian account id, address an e-mail address."#;

fn count(outcome: &'static str) {
    metrics::counter!("invite_guard_webhooks_total", "door" => "automation", "outcome" => outcome).increment(1);
}

fn count_refusal(problem: &Problem) {
    count(if problem.status_code().is_server_error() { "failed" } else { "refused" });
}

/// A web request of a project's rule, on an active tenant. Carries the body, unread by anybody.
#[derive(Debug)]
pub(super) struct RuleSecret {
    tenant: Arc<Tenant>,
    secret: IngestSecret,
    body: Vec<u8>,
}

impl FromRequest for RuleSecret {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let proved = async {
                let state = State::extract(&request).await?;
                let (tenant, secret) = prove(&state, &request).await?;
                let body = head::bytes(&request, &mut payload, BODY_LIMIT).await?;
                Ok(Self { tenant, secret, body })
            };
            proved.await.inspect_err(count_refusal)
        })
    }
}

/// The two halves, if that is what the header holds.
fn halves(request: &HttpRequest) -> Option<(String, String)> {
    let mut told = request.headers().get_all(HEADER);
    let (one, other) = (told.next()?, told.next());
    let (id, secret) = one.to_str().ok()?.trim().split_once('.')?;
    let fits = |half: &str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=LONGEST).contains(&half.len()) && half.bytes().all(legal)
    };
    (other.is_none() && fits(id) && fits(secret)).then(|| (id.to_owned(), secret.to_owned()))
}

/// Whose secret it is. A guess costs one look-up and one comparison, whether or not there is such an id; only who knows the
/// secret learns that a tenant is gone, and learns it by the same answer.
async fn prove(state: &State, request: &HttpRequest) -> Result<(Arc<Tenant>, IngestSecret), Problem> {
    let (id, told) = halves(request).ok_or(Problem::unauthorised("no rule secret"))?;
    let sharing = state.clone();
    let found = state.run(async move { Ok(sharing.store.ingest_secret(&id).await?) }).await?;
    let hash = found.as_ref().map_or(SecretHash::OF_NOTHING, |secret| secret.hash);
    let fits = SecretHash::of(&told).fits(&hash);
    let secret = found.filter(|_| fits).ok_or(Problem::unauthorised("rule secret"))?;
    let (sharing, owner) = (state.clone(), secret.tenant);
    let tenant = state.run(async move { Ok(sharing.store.tenant(owner).await?) }).await?;
    let tenant = tenant.filter(Tenant::is_active).ok_or(Problem::unauthorised("tenant not active"))?;
    Ok((Arc::new(tenant), secret))
}

/// What the step says, as far as it is used. Its other fields are for whoever reads the rule's own log.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    #[serde(default)]
    account_id: Value,
    #[serde(default)]
    address: Value,
}

/// Whom a rule names.
enum Named {
    Account(AccountId),
    Address(Address),
    Nobody,
}

/// A smart value that found nothing is an empty text.
fn text(value: &Value) -> Result<Option<&str>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        _ => Err(Problem::bad_request(EXPECTED)),
    }
}

fn read(body: &[u8]) -> Result<Named, Problem> {
    let refused = || Problem::bad_request(EXPECTED);
    // A list would be read as the fields in their order.
    let object: serde_json::Map<String, Value> = serde_json::from_slice(body).map_err(|_| refused())?;
    let said: Said = serde_json::from_value(Value::Object(object)).map_err(|_| refused())?;
    if let Some(account) = text(&said.account_id)? {
        return AccountId::parse(account).map(Named::Account).ok_or_else(refused);
    }
    Ok(match text(&said.address)? {
        Some(address) if !address.contains('@') => return Err(refused()),
        Some(address) => Named::Address(Address::new(address)),
        None => Named::Nobody,
    })
}

/// `POST /ingest/automation`
pub(super) async fn automation(step: RuleSecret, state: State) -> Result<HttpResponse, Problem> {
    let outcome = take(step, &state).await.inspect_err(count_refusal)?;
    count(outcome);
    Ok(HttpResponse::NoContent().finish())
}

async fn take(step: RuleSecret, state: &State) -> Result<&'static str, Problem> {
    let now = state.clock.now();
    let RuleSecret { tenant, secret, body } = step;
    let (project, sharing) = (secret.project, state.clone());
    let admit = async move { Ok(sharing.store.admit_ingest(&secret, now, MOST_A_MINUTE).await?) };
    if let Some(wait) = state.run(admit).await? {
        return Err(Problem::too_many(wait));
    }
    let who = match read(&body)? {
        Named::Account(account) => Some(Added::Account(account)),
        Named::Address(address) => Some(known_by(state, &tenant, address).await?),
        Named::Nobody => None,
    };
    let work = match who {
        Some(who) => Work::RuleStep { project, who, at: now, looked: 0 },
        // Somebody was added here: who it was, the roster tells.
        None => Work::ReadRole { project, reseed: false },
    };
    Ok(match state.inbox.accept(NewWork::wish(tenant.id, now, work)).await? {
        Delivery::Fresh => {
            state.wake.notify_one();
            "accepted"
        }
        Delivery::Duplicate => "duplicate",
    })
}

/// The account that Jira shows with this very address, if it is found in time; else the address's mark.
async fn known_by(state: &State, tenant: &Arc<Tenant>, address: Address) -> Result<Added, Problem> {
    let (sharing, site, sought) = (state.clone(), Arc::clone(tenant), address.clone());
    let looked = state.run(async move {
        let site = sharing.jira.site(&site);
        let found = site.holder_of(&sought);
        Ok(tokio::time::timeout(LOOK_UP, found).await.ok().and_then(Result::ok).flatten())
    });
    // A hidden address may be anybody's.
    if let Some(holder) = looked.await?.filter(|holder| holder.shown) {
        return Ok(Added::Account(holder.account));
    }
    marked(state, tenant.id, address).await
}

async fn marked(state: &State, tenant: TenantId, address: Address) -> Result<Added, Problem> {
    let sharing = state.clone();
    let key = state.run(async move { Ok(sharing.store.marking_key().await?) }).await?;
    Ok(Added::Mark(address.mark(key.expose_secret(), tenant)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn named(body: &Value) -> Result<&'static str, ()> {
        match read(body.to_string().as_bytes()) {
            Ok(Named::Account(account)) if account.0 == "qm:a:b" => Ok("account"),
            Ok(Named::Address(address)) if address.expose() == "ann@example.com" => Ok("address"),
            Ok(Named::Nobody) => Ok("nobody"),
            Ok(_) => Ok("somebody else"),
            Err(_) => Err(()),
        }
    }

    #[test]
    fn an_account_goes_before_an_address_and_empty_smart_values_are_nobody() {
        let account =
            json!({"accountId": " qm:a:b ", "address": "ann@example.com", "ruleName": "R", "issueKey": "A-1"});
        assert_eq!(named(&account), Ok("account"));
        assert_eq!(named(&json!({"accountId": "", "address": " Ann@Example.com "})), Ok("address"));
        assert_eq!(named(&json!({"accountId": null, "address": "  ", "more": [1]})), Ok("nobody"));
        assert_eq!(named(&json!({})), Ok("nobody"));
    }

    #[test]
    fn what_names_nobody_rightly_is_refused() {
        for body in [
            json!([]),
            json!(["qm:a:b"]),
            json!("qm:a:b"),
            json!({"accountId": 7}),
            json!({"accountId": "ann@example.com"}),
            json!({"accountId": "a b"}),
            json!({"address": "ann"}),
            json!({"address": {"of": "ann@example.com"}}),
        ] {
            assert_eq!(named(&body), Err(()), "{body}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = read(&body);
        }
    }
}
