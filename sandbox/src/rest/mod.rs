//! The door of the REST API: token, quota, scope, specification, then the handler of the route.
//! Does not know what a handler does; nothing gets to one that Jira would have stopped before.

mod answer;
mod audit;
mod comments;
mod gateway;
mod internal;
mod issues;
mod jql;
mod people;
mod permissions;
mod projects;
mod properties;
mod routes;
mod scopes;
mod search;
mod servicedesk;
mod setup;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

pub(crate) use answer::Reply;
pub(crate) use routes::{ROUTES, Route};
pub(crate) use scopes::Scopes;

use crate::calls::{Call, CallRecord, Door, Violation};
use crate::descriptor::Scope;
use crate::faults::{Fault, HoldAt, Verdict};
use crate::forge::Bearer;
use crate::server::Connection;
use crate::site::Site;
use crate::state::State;
use crate::tokens::{self, Expected, Refusal};

/// What a handler gets.
pub(crate) struct Ask<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) call: &'a Call,
    /// Values of the braces of the path template.
    pub(crate) path: Vec<String>,
    /// Account id of whoever calls: the app's user, or a person for whom the app acts.
    pub(crate) me: String,
}

impl Ask<'_> {
    pub(crate) fn may(&self, project: u64, permission: &str) -> bool {
        self.state.has_project(&self.me, project, permission)
    }

    pub(crate) fn administers_jira(&self) -> bool {
        self.state.has_global(&self.me, "ADMINISTER")
    }

    pub(crate) fn number(&self, name: &str, default: usize) -> usize {
        self.call.parameter(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    }
}

/// Serves one REST request.
pub(crate) async fn serve(site: Arc<Site>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let call = Call::read(&request, body);
    let (hold, fault) = {
        let mut state = site.lock();
        (state.take_hold(&call.method, &call.segments), state.next_fault(&call.method, &call.segments))
    };
    let label = format!("{} {}", call.method, call.path());
    let (before, after) = match hold {
        Some(hold) if hold.at == HoldAt::BeforeApplying => (Some(hold), None),
        other => (None, other),
    };
    if let Some(hold) = before
        && hold.wait(label.clone()).await == Verdict::Drop
    {
        return cut(&site, &request, &call, "held, then dropped");
    }
    let reply = match fault {
        Some(Fault::Slow(wait)) => {
            let reply = answer(&site, &call, Some("slow"));
            tokio::time::sleep(wait).await;
            reply
        }
        Some(fault) => match play(&site, &call, fault).await {
            Some(reply) => reply,
            None => return cut(&site, &request, &call, "connection closed"),
        },
        None => answer(&site, &call, None),
    };
    site.touch();
    if let Some(hold) = after
        && hold.wait(label).await == Verdict::Drop
    {
        Connection::cut(&request);
    }
    let now = site.lock().now();
    dated(reply.into_response(), now)
}

/// The `Date` of an answer is the site's, so that a clock set by a test is one for everybody.
fn dated(mut response: HttpResponse, now: jiff::Timestamp) -> HttpResponse {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = actix_web::http::header::HeaderValue::from_str(&date) {
        response.headers_mut().insert(actix_web::http::header::DATE, date);
    }
    response
}

fn cut(site: &Site, request: &HttpRequest, call: &Call, why: &str) -> HttpResponse {
    Connection::cut(request);
    record(&mut site.lock(), call, "", 0, 0, None, Some(why.to_owned()));
    HttpResponse::InternalServerError().finish()
}

/// Plays a fault. `None` means that the connection is to be cut.
async fn play(site: &Site, call: &Call, fault: Fault) -> Option<Reply> {
    let name = match &fault {
        // A body of any length is not worth its whole text in the log.
        Fault::Redirect(_) => "Redirect".to_owned(),
        fault => format!("{fault:?}"),
    };
    let reply = match fault {
        Fault::CloseConnection => return None,
        Fault::Silence => {
            record(&mut site.lock(), call, "", 0, 0, None, Some(name));
            tokio::time::sleep(Duration::from_secs(600)).await;
            return None;
        }
        Fault::Slow(_) => unreachable!("slow answers are right answers and handled by the caller"),
        Fault::Status(status) => Reply::error(status, "The sandbox was told to answer this."),
        Fault::Throttled(reason, seconds) => Reply::throttled(reason, seconds, site.lock().now()),
        Fault::Unavailable(seconds) => Reply::error(503, "Unavailable").with("Retry-After", &seconds.to_string()),
        Fault::Garbage => Reply::raw(200, "application/json", b"{\"records\": [{\"id\": 1, ".to_vec()),
        Fault::WrongShape => Reply::raw(200, "application/json", b"[[[]], {\"values\": 7, \"records\": {}}]".to_vec()),
        Fault::Html => Reply::raw(200, "text/html", b"<!doctype html><title>Atlassian</title><p>Hello".to_vec()),
        Fault::Redirect(to) => Reply::raw(302, "text/plain", Vec::new()).with("Location", &to),
        Fault::Flood(bytes) => Reply::raw(200, "application/json", vec![b' '; bytes]),
    };
    record(&mut site.lock(), call, "", reply.status, 0, None, Some(name));
    Some(reply)
}

/// Answers a request as Jira would, and writes it down.
fn answer(site: &Site, call: &Call, fault: Option<&str>) -> Reply {
    let mut state = site.lock();
    let undocumented = internal::find(call);
    let there = state.internal_endpoints && call.door() == Door::Connect;
    // A Connect app may try for them; who goes through the gateway knows that they are not there.
    let absent = undocumented.is_some() && !there && call.door() == Door::Connect;
    let known = routes::find(call).or(undocumented.filter(|_| there));
    let reads = known.as_ref().is_none_or(|(route, _)| route.reads());
    let judged = judge(&mut state, call, known.as_ref().map(|(route, _)| *route));
    let account = judged.as_ref().ok().cloned().unwrap_or_default();
    let (mut reply, refusal) = match judged {
        Ok(me) => match known {
            Some((route, path)) => (handled(site, &mut state, call, route, path, me), None),
            None => {
                if !absent {
                    state.unexpected.push(format!("{} {}", call.method, call.path()));
                }
                (Reply::raw(404, "text/html", b"<html><title>Oops, you've found a dead link.</title>".to_vec()), None)
            }
        },
        Err(refused) => (refused.reply, refused.token),
    };
    let counted = reply.status != 401 && reply.status != 429;
    let points = if counted { state.charge(reads, reply.objects, reply.grants) } else { 0 };
    reply = reply.with_quota(&state.meter);
    record(&mut state, call, &account, reply.status, points, refusal, fault.map(str::to_owned));
    reply
}

/// Who calls, as the token says, and what the token opens.
enum Caller {
    /// The app itself, with Connect's scopes.
    Connect(String, Scope),
    /// The app or a person, with OAuth scopes.
    Forge(Bearer),
}

impl Caller {
    fn account(self) -> String {
        match self {
            Self::Connect(account, _) => account,
            Self::Forge(bearer) => bearer.account,
        }
    }
}

/// A refusal before any handler, and what was wrong with the token if it was that.
struct Refused {
    reply: Reply,
    token: Option<Refusal>,
}

impl Refused {
    fn because(reply: Reply) -> Box<Self> {
        Box::new(Self { reply, token: None })
    }
}

/// Everything that comes before a handler. Gives the account id of whoever calls.
fn judge(state: &mut State, call: &Call, route: Option<&Route>) -> Result<String, Box<Refused>> {
    if route.is_some_and(|route| route.anonymous) && call.authorization.is_none() && call.door() == Door::Connect {
        return Ok(String::new());
    }
    let caller = match call.door() {
        Door::Connect => {
            let refused = |refusal| Box::new(Refused { reply: Reply::unauthorised(), token: Some(refusal) });
            let scope = check_token(state, call).map_err(refused)?;
            Caller::Connect(state.app_account.clone().unwrap_or_default(), scope)
        }
        Door::Forge => Caller::Forge(gateway::bearer(state, call)?),
    };
    let Some(route) = route else { return Ok(caller.account()) };
    if call.method == "GET" && !call.body.is_empty() {
        return Err(Refused::because(Reply::error(403, "A GET request must not have a body.")));
    }
    let item = if route.writes_to_item() { routes::item_of(call) } else { None };
    if let Err(throttled) = state.admit(&call.method, route.template, item.as_deref()) {
        return Err(Refused::because(Reply::throttled(throttled.reason, throttled.retry_after, state.now())));
    }
    if matches!(route.method, "POST" | "PUT") && !call.json {
        return Err(Refused::because(Reply::error(415, "The content type must be application/json.")));
    }
    match &caller {
        Caller::Connect(_, scope) if route.scope > *scope => {
            let why = "The add-on does not have the scope that this resource needs.";
            return Err(Refused::because(Reply::error(403, why)));
        }
        Caller::Forge(bearer) => gateway::check_scopes(route, bearer)?,
        Caller::Connect(..) => {}
    }
    Ok(caller.account())
}

/// Checks the token and gives the widest scope of the app that sent it.
fn check_token(state: &State, call: &Call) -> Result<Scope, Refusal> {
    if call.parameter("jwt").is_some() {
        return Err(Refusal::InQuery);
    }
    let header = call.authorization.as_deref().ok_or(Refusal::Missing)?;
    let token = header.strip_prefix("JWT ").ok_or(Refusal::Missing)?;
    let app = state.app.as_ref().filter(|app| app.enabled).ok_or(Refusal::NotInstalled)?;
    let expected = Expected {
        app_key: &app.key,
        client_key: &state.client_key,
        secret: &app.secret,
        now: state.now().as_second(),
    };
    tokens::check_app_token(token, &call.method, &call.target, &expected)?;
    Ok(app.scope)
}

/// Runs a handler between the checks of what came in and of what goes out.
fn handled(site: &Site, state: &mut State, call: &Call, route: &Route, path: Vec<String>, me: String) -> Reply {
    let label = format!("{} {}", route.method, route.template);
    let note = |state: &mut State, side: &'static str, faults: Vec<String>| {
        let faults = faults.into_iter().map(|what| Violation { call: label.clone(), side, what });
        state.violations.extend(faults);
    };
    let specs = site.specs.as_ref().filter(|_| route.is_documented());
    if let Some(specs) = specs {
        let faults = specs.request(route, call);
        let bad_body = faults.iter().any(|fault| fault.starts_with("body"));
        note(state, "request", faults);
        if bad_body {
            return Reply::bad_request(route, "INVALID_INPUT");
        }
    }
    // Forge has no trace: it leaves out what the app did itself, where the manifest asks for that.
    state.trace = call.trace.clone().filter(|_| call.method != "GET" && call.door() == Door::Connect);
    state.forge.acting = call.door() == Door::Forge;
    let reply = (route.run)(&mut Ask { state, call, path, me });
    state.trace = None;
    state.forge.acting = false;
    if let (Some(specs), Some(body)) = (specs, &reply.json) {
        note(state, "answer", specs.answer(route, reply.status, body));
    }
    reply
}

fn record(
    state: &mut State,
    call: &Call,
    account: &str,
    status: u16,
    points: u64,
    refusal: Option<Refusal>,
    fault: Option<String>,
) {
    let at = state.now();
    let query = call.query.iter().filter(|(name, _)| name != "jwt").map(|(name, value)| format!("{name}={value}"));
    let query = query.collect::<Vec<_>>().join("&");
    state.calls.push(CallRecord {
        at,
        door: call.door(),
        account: account.to_owned(),
        method: call.method.clone(),
        path: call.path().to_owned(),
        template: routes::template_of(call),
        query,
        status,
        points,
        refusal,
        fault,
    });
}
