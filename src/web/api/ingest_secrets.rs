//! Secrets of rules' web request steps: made and shown once, listed without their secret half, deleted.
//! Keeps no secret: who lost one makes another.

use super::trail;
use crate::domain::AccountId;
use crate::domain::ingest::{IngestSecret, MOST_SECRETS, SecretHash};
use crate::domain::trail::Deed;
use crate::store::seal::random_key;
use crate::web::State;
use crate::web::gate::{AdministerProjects, In};
use crate::web::ingest::HEADER;
use crate::web::problem::Problem;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value as Json, json};

/// Bytes of the public half.
const ID_BYTES: usize = 12;

#[derive(Serialize)]
struct Made {
    id: String,
    /// What the header's value ends in; nobody can read it again.
    secret: String,
    step: Json,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    created_at: Timestamp,
    created_by: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Items {
    items: Vec<Item>,
}

/// The step *Send web request* as it is to be filled in. Names and values are Automation's own.
fn step(state: &State, id: &str, secret: &str) -> Json {
    let url = format!("{}/ingest/automation", state.settings.public_url.as_str().trim_end_matches('/'));
    let body = json!({
        "accountId": "{{issue.reporter.accountId}}",
        "address": "{{issue.reporter.emailAddress}}",
        "ruleName": "{{rule.name}}",
        "issueKey": "{{issue.key}}",
    });
    json!({
        "text": super::words().text("ingest-step", &[]),
        "url": url,
        "method": "POST",
        "headers": [
            {"name": HEADER, "value": format!("{id}.{secret}"), "hidden": true},
            {"name": "Content-Type", "value": "application/json", "hidden": false},
        ],
        "body": body,
    })
}

/// `POST /ingest-secrets`
pub(in crate::web) async fn make(by: In<AdministerProjects>, state: State) -> Result<HttpResponse, Problem> {
    let now = state.clock.now();
    let id = URL_SAFE_NO_PAD.encode(&random_key()[..ID_BYTES]);
    let secret = URL_SAFE_NO_PAD.encode(random_key());
    let (tenant, project) = (by.tenant().id, by.project().clone());
    let kept = IngestSecret {
        id: id.clone(),
        tenant,
        project: project.id,
        hash: SecretHash::of(&secret),
        created_at: now,
        created_by: by.visitor().account().clone(),
        last_used_at: None,
    };
    let made = Made { step: step(&state, &id, &secret), id, secret };
    let made_entry = trail::entry(&state, Some(project.id), &kept.created_by, Deed::IngestSecretMade);
    let sharing = state.clone();
    let keep = async move {
        // What the rule tells is looked up by the project's key later.
        sharing.store.see_project(tenant, project.id, &project.key, now).await?;
        if !sharing.store.add_ingest_secret(&kept, MOST_SECRETS).await? {
            return Err(Problem::bad_request("This project has as many secrets as it may have. Delete one first."));
        }
        trail::note(&sharing, tenant, made_entry).await
    };
    state.run(keep).await?;
    Ok(HttpResponse::Ok().json(made))
}

/// `GET /ingest-secrets`
pub(in crate::web) async fn list(by: In<AdministerProjects>, state: State) -> Result<HttpResponse, Problem> {
    let (tenant, project) = (by.tenant().id, by.project().id);
    let sharing = state.clone();
    let kept = state.run(async move { Ok(sharing.store.ingest_secrets(tenant, project).await?) }).await?;
    let item = |secret: IngestSecret| Item {
        id: secret.id,
        created_at: secret.created_at,
        created_by: secret.created_by,
        last_used_at: secret.last_used_at,
    };
    Ok(HttpResponse::Ok().json(Items { items: kept.into_iter().map(item).collect() }))
}

/// `DELETE /ingest-secrets/{id}`: the next request with it is refused.
pub(in crate::web) async fn delete(
    by: In<AdministerProjects>,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let id = request.match_info().get("id").unwrap_or_default().to_owned();
    let (tenant, project) = (by.tenant().id, by.project().id);
    let entry = trail::entry(&state, Some(project), by.visitor().account(), Deed::IngestSecretDeleted);
    let sharing = state.clone();
    let delete = async move {
        if !sharing.store.remove_ingest_secret(tenant, project, &id).await? {
            return Err(Problem::not_found());
        }
        trail::note(&sharing, tenant, entry).await
    };
    state.run(delete).await?;
    Ok(HttpResponse::NoContent().finish())
}
