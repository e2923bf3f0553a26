//! The listening sockets: which request goes to which room.
//! Does not answer anything itself but the address of a renamed site.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use crate::keyserver::{self, KeyServer};
use crate::site::Site;
use crate::{control, host, rest};

/// Jira takes attachments far larger; nothing here needs more.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// The connection of a request, so that a fault may close it without an answer.
pub(crate) struct Connection(Option<TcpStream>);

impl Connection {
    fn of(stream: &dyn std::any::Any) -> Self {
        let stream = stream.downcast_ref::<actix_web::rt::net::TcpStream>();
        Self(stream.and_then(|stream| stream.as_fd().try_clone_to_owned().ok()).map(TcpStream::from))
    }

    /// Cuts the connection.
    pub(crate) fn cut(request: &HttpRequest) {
        if let Some(Self(Some(stream))) = request.conn_data::<Self>() {
            // Already closed by the other side is as good.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// One port of a site. A renamed site has several, of which only the newest answers.
struct Listener {
    site: Arc<Site>,
}

/// Opens a port for the site.
pub(crate) fn listen(site: Arc<Site>, port: u16) -> io::Result<(u16, ServerHandle)> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(Listener { site: site.clone() }))
            .app_data(web::PayloadConfig::new(LARGEST_BODY))
            .default_service(web::to(serve))
    })
    .on_connect(|stream, data| {
        data.insert(Connection::of(stream));
    })
    .workers(2)
    .disable_signals()
    .shutdown_timeout(1)
    .bind(("127.0.0.1", port))?;
    let port = server.addrs().first().map_or(port, std::net::SocketAddr::port);
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok((port, handle))
}

/// Opens a port for the key server.
pub(crate) fn listen_for_keys(keys: Arc<KeyServer>) -> io::Result<(u16, ServerHandle)> {
    let server = HttpServer::new(move || {
        App::new().app_data(web::Data::new(keys.clone())).default_service(web::to(keyserver::serve))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .bind(("127.0.0.1", 0))?;
    let port = server.addrs().first().map_or(0, std::net::SocketAddr::port);
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok((port, handle))
}

/// Opens a port for the static files of the installed Forge app: an origin of their own, as Atlassian gives each.
pub(crate) fn listen_for_pages(site: Arc<Site>) -> io::Result<(u16, ServerHandle)> {
    let server = HttpServer::new(move || {
        App::new().app_data(web::Data::new(Listener { site: site.clone() })).default_service(web::to(page))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .bind(("127.0.0.1", 0))?;
    let port = server.addrs().first().map_or(0, std::net::SocketAddr::port);
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok((port, handle))
}

async fn page(request: HttpRequest, listener: web::Data<Listener>) -> HttpResponse {
    let (resource, base_url) = {
        let state = listener.site.lock();
        (state.forge.resource.clone(), state.base_url.clone())
    };
    let Some(resource) = resource else { return HttpResponse::NotFound().finish() };
    host::resource::serve(&resource.folder, &base_url, &request)
}

async fn serve(request: HttpRequest, body: web::Bytes, listener: web::Data<Listener>) -> HttpResponse {
    let site = listener.site.clone();
    if request.path().starts_with("/ex/jira/") {
        // Atlassian's gateway is not the site: it stays where it is when the site is renamed.
        return rest::serve(site, request, body).await;
    }
    let (port, base_url) = {
        let state = site.lock();
        (state.port, state.base_url.clone())
    };
    if request.app_config().local_addr().port() != port {
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        return HttpResponse::Found().insert_header(("Location", format!("{base_url}{target}"))).finish();
    }
    let path = request.path();
    if path.starts_with("/rest/") {
        rest::serve(site, request, body).await
    } else if path == "/sandbox" || path.starts_with("/sandbox/") {
        control::serve(site, request, body).await
    } else if path == "/host/invoke" {
        host::forge::invoke(site, request, body).await
    } else if path == "/_edge/tenant_info" {
        HttpResponse::Ok().json(serde_json::json!({"cloudId": site.lock().forge.cloud_id}))
    } else {
        host::serve(site, request).await.unwrap_or_else(|| HttpResponse::NotFound().content_type("text/html").finish())
    }
}
