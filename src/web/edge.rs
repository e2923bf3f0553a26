//! What every answer has, whatever route made it: security headers, a trace, errors as problems; and no panic gets out.
//! Knows no route.

use super::forge::PlainJson;
use super::problem::Problem;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError};
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;

/// Headers of every answer, unless the route has set its own (platform.md section 6). Two years of HSTS.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-cache, no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// Headers of the framework's own error answers that mean something and are kept.
const KEPT: [HeaderName; 1] = [header::ALLOW];

fn finish(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// A problem that has left the routes without a request to answer to.
#[derive(Debug)]
struct Escaped {
    problem: Problem,
    trace: String,
    realm: String,
}

impl std::fmt::Display for Escaped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.problem.fmt(f)
    }
}

impl ResponseError for Escaped {
    fn status_code(&self) -> StatusCode {
        self.problem.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = self.problem.respond(&self.trace, &self.realm);
        finish(answer.headers_mut());
        answer
    }
}

/// The outermost layer of our routes. `realm` is our app key.
pub(super) async fn edge<B: MessageBody + 'static>(
    realm: String,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse, Error> {
    let trace = uuid::Uuid::now_v7().simple().to_string();
    let escaped = |problem: Problem| {
        log(&problem, &trace, "");
        Error::from(Escaped { problem, trace: trace.clone(), realm: realm.clone() })
    };
    let answer = match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Err(_) => return Err(escaped(Problem::internal("panicked"))),
        Ok(Err(error)) => return Err(escaped(problem_of(&error))),
        Ok(Ok(answer)) => answer,
    };
    let mut answer = answer.map_into_boxed_body();
    if answer.status().is_client_error() || answer.status().is_server_error() {
        let problem = match answer.response().error() {
            Some(error) => problem_of(error),
            None => Problem::of_status(answer.status()),
        };
        let route = answer.request().match_pattern().unwrap_or_default();
        log(&problem, &trace, &route);
        let mut told = problem.respond(&trace, &realm);
        if answer.request().app_data::<PlainJson>().is_some() {
            told.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for name in KEPT {
            if let Some(value) = answer.headers().get(&name) {
                told.headers_mut().insert(name, value.clone());
            }
        }
        answer = answer.into_response(told);
    }
    finish(answer.headers_mut());
    Ok(answer)
}

fn problem_of(error: &Error) -> Problem {
    match error.as_error::<Problem>() {
        Some(problem) => problem.clone(),
        None => Problem::of_status(error.as_response_error().status_code()),
    }
}

/// The route's pattern, never the path: a path may hold an account id, a query a token.
fn log(problem: &Problem, trace: &str, route: &str) {
    let status = problem.status_code().as_u16();
    match status {
        500.. => tracing::error!(status, trace, route, why = problem.why(), "answered with an error"),
        _ => tracing::debug!(status, trace, route, why = problem.why(), "refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{App, middleware::from_fn, test, web};

    async fn answered(path: &str) -> ServiceResponse {
        async fn panics() -> HttpResponse {
            panic!("somebody@example.com") // what a panic says must not get out
        }
        async fn fails() -> Result<HttpResponse, Problem> {
            Err(Problem::unavailable("store busy"))
        }
        let layered = web::scope("")
            .wrap(from_fn(|request, next| edge("guard".to_owned(), request, next)))
            .route("/panics", web::get().to(panics))
            .route("/fails", web::get().to(fails))
            .route("/fine", web::get().to(HttpResponse::NoContent));
        let app = test::init_service(App::new().service(layered)).await;
        match test::try_call_service(&app, test::TestRequest::get().uri(path).to_request()).await {
            Ok(answer) => answer.map_into_boxed_body(),
            Err(error) => ServiceResponse::new(test::TestRequest::default().to_http_request(), error.error_response()),
        }
    }

    #[actix_web::test]
    async fn a_panic_is_a_problem_that_tells_nothing() {
        let answer = answered("/panics").await;
        assert_eq!(answer.status(), 500);
        assert_eq!(
            answer.headers().get("content-type").map(HeaderValue::as_bytes),
            Some(&b"application/problem+json"[..])
        );
        let body = test::read_body(answer).await;
        let told: serde_json::Value = serde_json::from_slice(&body).expect("a problem is JSON");
        assert_eq!(told["status"], 500);
        assert!(!String::from_utf8_lossy(&body).contains("example.com"), "the panic's words must stay inside");
    }

    #[actix_web::test]
    async fn every_answer_has_the_headers() {
        for (path, status) in [("/fine", 204), ("/fails", 503), ("/panics", 500), ("/nowhere", 404)] {
            let answer = answered(path).await;
            assert_eq!(answer.status(), status, "{path}");
            for (name, value) in HEADERS {
                let found = answer.headers().get(&name).map(HeaderValue::as_bytes);
                assert_eq!(found, Some(value.as_bytes()), "{path} lacks {name}");
            }
            assert!(!answer.headers().contains_key(header::SERVER), "no banner");
        }
    }
}
