//! SparkPost and SendGrid in the shapes of their published specifications, on loopback, telling what a test wants.
//! Knows nothing of our code.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The key that both take.
pub(crate) const KEY: &str = "SG.a-very-secret-key";

/// What every path answers instead of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Status(u16),
    Html,
    WrongShape,
    Cut,
}

#[derive(Default)]
struct Told {
    lists: BTreeMap<String, Value>,
    trouble: Option<Trouble>,
    asked: Vec<String>,
}

/// See the module.
#[derive(Clone)]
pub(crate) struct Suppressing {
    /// Host and port.
    pub(crate) host: String,
    told: Arc<Mutex<Told>>,
}

impl Suppressing {
    /// Listens on loopback.
    pub(crate) fn start() -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let host = listener.local_addr().expect("a bound address").to_string();
        let this = Self { host, told: Arc::default() };
        let shared = this.clone();
        let server = HttpServer::new(move || {
            let shared = shared.clone();
            App::new().default_service(web::to(move |request: HttpRequest| {
                let shared = shared.clone();
                async move { shared.answer(&request) }
            }))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("the server listens").run();
        tokio::spawn(server);
        this
    }

    /// This path (as it stands in the request) answers this body.
    pub(crate) fn holds(&self, path: &str, body: Value) {
        self.told.lock().expect("not poisoned").lists.insert(path.to_owned(), body);
    }

    /// Everything answers so, or properly again.
    pub(crate) fn trouble(&self, trouble: Option<Trouble>) {
        self.told.lock().expect("not poisoned").trouble = trouble;
    }

    /// Paths that were asked.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.told.lock().expect("not poisoned").asked.clone()
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut told = self.told.lock().expect("not poisoned");
        let path = request.uri().path().to_owned();
        told.asked.push(path.clone());
        let proof = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let sparkpost = path.starts_with("/api/v1/suppression-list/");
        let right = if sparkpost { proof == KEY } else { proof == format!("Bearer {KEY}") };
        if !right {
            return HttpResponse::Unauthorized().json(json!({"errors": [{"message": "Unauthorized."}]}));
        }
        match told.trouble {
            Some(Trouble::Status(status)) => {
                let code = actix_web::http::StatusCode::from_u16(status).expect("a status");
                return HttpResponse::build(code).json(json!({"errors": [{"message": "no"}]}));
            }
            Some(Trouble::Html) => return HttpResponse::Ok().content_type("text/html").body("<html>Sign in</html>"),
            Some(Trouble::WrongShape) => return HttpResponse::Ok().json(json!("what?")),
            Some(Trouble::Cut) => return HttpResponse::Ok().content_type("application/json").body("[{\"email\":"),
            None => {}
        }
        match (told.lists.get(&path), sparkpost) {
            (Some(body), _) => HttpResponse::Ok().json(body),
            (None, true) => {
                HttpResponse::NotFound().json(json!({"errors": [{"message": "Recipient could not be found"}]}))
            }
            (None, false) if path.contains("/global/") => HttpResponse::Ok().json(json!({})),
            (None, false) => HttpResponse::Ok().json(json!([])),
        }
    }
}
