//! Pages that the site shows in a browser. Does not know the REST API.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};

use crate::site::Site;

/// Answers a browser's request, or leaves it to the site's 404.
pub(crate) async fn serve(_site: Arc<Site>, _request: HttpRequest) -> Option<HttpResponse> {
    None
}
