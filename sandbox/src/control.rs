//! The JSON control API, `/sandbox/…`: what the demo's console shows and does. For people at this computer only.
//! Does nothing that the Rust surface cannot do.

use std::sync::Arc;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use crate::site::Site;

/// Serves one control request.
pub(crate) async fn serve(_site: Arc<Site>, _request: HttpRequest, _body: Bytes) -> HttpResponse {
    HttpResponse::NotFound().finish()
}
