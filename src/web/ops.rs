//! What an operator asks: alive, ready, metrics.
//! Knows no tenant.

use super::State;
use super::problem::Problem;
use actix_web::{HttpResponse, web};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use std::time::Duration;

/// The store has to answer within this time to count as there.
const STORE_TIME: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process runs.
pub(super) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `GET /readyz`: requests may be sent here.
pub(super) async fn readyz(state: State) -> Result<HttpResponse, Problem> {
    if !state.is_ready() {
        return Err(Problem::unavailable("not ready"));
    }
    let sharing = state.clone();
    let asked = state.run(async move {
        let answer = tokio::time::timeout(STORE_TIME, sharing.store.next_due()).await;
        answer.map_err(|_| Problem::unavailable("store slow"))?.map_err(Problem::from)
    });
    asked.await?;
    Ok(HttpResponse::Ok().json(json!({"status": "ready"})))
}

/// `GET /metrics`
pub(super) async fn metrics(handle: web::Data<PrometheusHandle>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(handle.render())
}
