//! Jira around the page, as far as Forge lets a page see of it: the files under its policy, in a frame of another site, and the
//! one function that the bridge calls.
//! Knows nothing of what is shown: a flow says what is answered, and reads what was asked.

use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path as Named, Query};
use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Forge's policy lets a page load what lies beside it, and nothing else; ours here lets through no more than that.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors http://localhost:*";

/// What the frame of a Custom UI page may do.
const SANDBOX: &str = "allow-downloads allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox \
                       allow-same-origin allow-scripts";

/// The function that Forge puts into the page before its own scripts. What it is asked goes to the test.
const STUB: &str = r"
globalThis.seen = [];
addEventListener('securitypolicyviolation', (event) => seen.push(`policy: ${event.violatedDirective} ${event.blockedURI}`));
addEventListener('error', (event) => seen.push(`error: ${event.message}`));
addEventListener('unhandledrejection', (event) => seen.push(`rejection: ${event.reason}`));
globalThis.__bridge = {
  async callBridge(name, payload) {
    const answer = await fetch(`./host/${name}`, { method: 'POST', body: JSON.stringify(payload ?? null) });
    const { thrown, value } = await answer.json();
    if (thrown) throw new Error(thrown);
    if (name === 'enableTheming') document.documentElement.dataset.colorMode = value;
    return value ?? undefined;
  },
};
";

/// How the site answers: name of the bridge's function and what it was given; an error is thrown at the page.
type Answer = Box<dyn Fn(&str, &Value) -> Result<Value, String> + Send + Sync>;

/// One look at the page.
pub(super) struct Play {
    /// Theme of the site.
    pub(super) mode: &'static str,
    /// Where the page is.
    pub(super) context: Value,
    /// What the app answers: status, headers, body.
    pub(super) app: Box<dyn Fn(&Value) -> Reply + Send + Sync>,
}

/// An answer of the app as Forge's proxy hands it on.
pub(super) enum Reply {
    /// It came through.
    Http(u16, Value, Value),
    /// The proxy got none, or refused it.
    Thrown(&'static str),
}

struct Stage {
    files: PathBuf,
    answer: Mutex<Option<Answer>>,
    asked: Mutex<Vec<(String, Value)>>,
    /// Files that lie beside the built ones in this look.
    beside: Mutex<Vec<(String, String)>>,
}

/// The site.
pub(super) struct Host {
    stage: Arc<Stage>,
    port: u16,
    server: ServerHandle,
}

impl Host {
    /// Serves the built page on loopback.
    pub(super) fn start(files: &Path) -> Self {
        let stage = Arc::new(Stage {
            files: files.to_owned(),
            answer: Mutex::default(),
            asked: Mutex::default(),
            beside: Mutex::default(),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("a bound address").port();
        let shared = Data::from(Arc::clone(&stage));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/frame", web::get().to(frame))
                .route("/resource/host.js", web::get().to(stub))
                .route("/resource/host/{name}", web::post().to(called))
                .route("/resource/{file}", web::get().to(file))
        });
        let server =
            server.workers(1).disable_signals().shutdown_timeout(1).listen(listener).expect("our socket").run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { stage, port, server: handle }
    }

    pub(super) async fn stop(self) {
        self.server.stop(false).await;
    }

    /// From now on the site answers like this, and nothing was asked yet.
    pub(super) fn play(&self, play: Play) {
        let Play { mode, context, app } = play;
        let answer = move |name: &str, payload: &Value| match name {
            "getContext" => Ok(context.clone()),
            "enableTheming" => Ok(json!(mode)),
            "invoke" => match app(payload) {
                Reply::Http(status, headers, body) => {
                    let told = json!({ "status": status, "headers": headers, "body": body });
                    let key = if (200..300).contains(&status) { "payload" } else { "error" };
                    Ok(json!({ "success": key == "payload", key: told }))
                }
                Reply::Thrown(why) => Err(why.to_owned()),
            },
            _ => Ok(Value::Null),
        };
        *self.stage.answer.lock().expect("unpoisoned") = Some(Box::new(answer));
        self.stage.asked.lock().expect("unpoisoned").clear();
        self.stage.beside.lock().expect("unpoisoned").clear();
    }

    /// Puts a file beside the built ones, or in place of one, until the next play.
    pub(super) fn put(&self, name: &str, text: String) {
        self.stage.beside.lock().expect("unpoisoned").push((name.to_owned(), text));
    }

    /// A built file.
    pub(super) fn built(&self, name: &str) -> String {
        std::fs::read_to_string(self.stage.files.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// What the bridge's function of that name was given, in order.
    pub(super) fn asked(&self, name: &str) -> Vec<Value> {
        let asked = self.stage.asked.lock().expect("unpoisoned");
        asked.iter().filter(|(asked, _)| asked == name).map(|(_, payload)| payload.clone()).collect()
    }

    /// A page of the site with the app's page in a frame that wide. The name is another site than the frame's.
    pub(super) fn address(&self, width: u32) -> String {
        format!("http://localhost:{}/frame?width={width}", self.port)
    }
}

#[derive(Deserialize)]
struct Size {
    width: u32,
}

async fn frame(size: Query<Size>, request: actix_web::HttpRequest) -> HttpResponse {
    let host = request.connection_info().host().replace("localhost", "127.0.0.1");
    let width = size.width;
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><title>Jira</title><iframe width=\"{width}\" height=\"800\" sandbox=\"{SANDBOX}\" \
         src=\"http://{host}/resource/index.html\"></iframe>"
    ))
}

async fn stub() -> HttpResponse {
    HttpResponse::Ok().content_type("text/javascript").body(STUB)
}

async fn file(name: Named<String>, stage: Data<Stage>) -> HttpResponse {
    let beside = stage.beside.lock().expect("unpoisoned").iter().rev().find(|(known, _)| *known == *name).cloned();
    let text = beside.map(|(_, text)| text).or_else(|| std::fs::read_to_string(stage.files.join(name.as_str())).ok());
    let Some(text) = text else { return HttpResponse::NotFound().finish() };
    let kind = match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
    // Forge's script comes first, as a file.
    let text = match *name == "index.html" {
        true => text.replacen("<head>", "<head><script src=\"./host.js\"></script>", 1),
        false => text,
    };
    let policy = (header::CONTENT_SECURITY_POLICY, POLICY);
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header(policy)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text)
}

async fn called(name: Named<String>, body: Bytes, stage: Data<Stage>) -> HttpResponse {
    let payload: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    stage.asked.lock().expect("unpoisoned").push((name.clone(), payload.clone()));
    let answer = stage.answer.lock().expect("unpoisoned");
    let answer = answer.as_ref().map_or(Ok(Value::Null), |answer| answer(&name, &payload));
    HttpResponse::Ok().json(match answer {
        Ok(value) => json!({ "value": value }),
        Err(thrown) => json!({ "thrown": thrown }),
    })
}
