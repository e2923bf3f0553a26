//! The only way out: what it does not call, follow or read.
//! Knows no Jira; the servers here are a few lines each.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use invite_guard::outbound::{Ask, Client, Method, OutboundError, header::HeaderMap};
use rstest::rstest;
use std::time::Duration;
use url::Url;

const SECOND: Duration = Duration::from_secs(1);

/// A server that tells the user agent, redirects, floods or is silent, by path. Gives its address.
fn serve() -> String {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("a bound address").to_string();
    let answer = |request: HttpRequest| async move {
        match request.path() {
            "/redirect" => HttpResponse::Found().insert_header(("location", "/agent")).finish(),
            "/flood" => HttpResponse::Ok().body("x".repeat(10_000)),
            "/silence" => std::future::pending().await,
            "/bytes" => HttpResponse::Ok().body(vec![0xff, 0xfe]),
            "/gone" => HttpResponse::NotFound().finish(),
            _ => {
                let agent = request.headers().get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default();
                HttpResponse::Ok().body(agent.to_owned())
            }
        }
    };
    let server = HttpServer::new(move || App::new().default_service(web::to(answer)))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .expect("the server listens")
        .run();
    tokio::spawn(server);
    address
}

fn url(text: &str) -> Url {
    text.parse().expect("a URL")
}

async fn get(client: &Client, address: &str) -> Result<String, OutboundError> {
    client.get_text(&url(address), 1000, SECOND).await
}

#[tokio::test]
async fn a_named_host_is_called_and_told_who_calls() {
    let host = serve();
    let client = Client::new(std::slice::from_ref(&host)).expect("a client");
    let agent = get(&client, &format!("http://{host}/agent")).await.expect("a named host is called");
    assert_eq!(agent, format!("invite-guard/{}", env!("CARGO_PKG_VERSION")), "H47");
}

/// connect-acceptance 47: headers of the caller are kept beside our own.
#[tokio::test]
async fn h47_headers_are_kept() {
    let host = serve();
    let client = Client::new(std::slice::from_ref(&host)).expect("a client");
    let headers: HeaderMap =
        std::iter::once(("x-mark".parse().expect("a name"), "1".parse().expect("a value"))).collect();
    let ask = Ask {
        method: Method::POST,
        url: url(&format!("http://{host}/agent")),
        headers,
        body: Some(b"{}".to_vec()),
        limit: 1000,
        timeout: SECOND,
    };
    assert_eq!(client.send(ask).await.expect("an answer").status, 200);
}

#[rstest]
#[case::redirect("redirect", OutboundError::Status(302))]
#[case::too_much("flood", OutboundError::TooLarge)]
#[case::silence("silence", OutboundError::TimedOut)]
#[case::not_text("bytes", OutboundError::Unreadable)]
#[case::missing("gone", OutboundError::Status(404))]
#[tokio::test]
async fn what_is_no_plain_answer_is_an_error(#[case] path: &str, #[case] expected: OutboundError) {
    let host = serve();
    let client = Client::new(std::slice::from_ref(&host)).expect("a client");
    let told = get(&client, &format!("http://{host}/{path}?jwt=a-secret")).await.expect_err("an error");
    assert_eq!(told, expected);
    assert!(!told.to_string().contains("secret") && !told.to_string().contains(&host), "{told} tells where");
}

#[rstest]
#[case::loopback("https://127.0.0.1:9/")]
#[case::loopback_by_name("https://localhost:9/")]
#[case::metadata("https://169.254.169.254/latest/meta-data")]
#[case::private("https://10.0.0.1/")]
#[case::v6_loopback("https://[::1]:9/")]
#[case::mapped("https://[::ffff:127.0.0.1]:9/")]
#[case::decimal("https://2130706433/")]
#[case::octal("https://0177.0.0.1/")]
#[case::plain_http("http://example.com/")]
#[case::file("file:///etc/passwd")]
#[case::user_info("https://me:word@example.com/")]
#[tokio::test]
async fn private_addresses_and_plain_http_are_refused(#[case] address: &str) {
    // Another port of the same host is named: that opens no other.
    let client = Client::new(&["127.0.0.1:1".to_owned(), "localhost:1".to_owned(), "*.example.com".to_owned()]);
    let told = get(&client.expect("a client"), address).await.expect_err("must not be called");
    assert!(matches!(told, OutboundError::Refused(_)), "{address}: {told:?}");
}
