//! Misbehaviour on demand: faults that are played instead of an answer, and requests that are held open.
//! Does not answer by itself; the door (`rest`) asks what to do with each request.

use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::points::Reason;
use crate::state::State;

/// What happens instead of a proper answer. The request is not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An error with this status and Jira's error body.
    Status(u16),
    /// 429 with this reason and this many seconds in `Retry-After`.
    Throttled(Reason, u64),
    /// 503 with this many seconds in `Retry-After`.
    Unavailable(u64),
    /// 200, said to be JSON, but is not.
    Garbage,
    /// 200 with well-formed JSON of a shape that nobody expects.
    WrongShape,
    /// 200 and a page of HTML, as a proxy in between would answer.
    Html,
    /// A redirect to this URL.
    Redirect(String),
    /// 200 and this many bytes.
    Flood(usize),
    /// No answer, ever.
    Silence,
    /// The right answer, but only after this long. The request is applied at once.
    Slow(Duration),
    /// The connection is closed without an answer.
    CloseConnection,
}

/// Which requests: a method and a path in which `*` stands for one segment and a `**` at the end for the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    method: Option<String>,
    path: Vec<String>,
}

impl Matcher {
    /// Every request.
    pub fn any() -> Self {
        Self { method: None, path: vec!["**".to_owned()] }
    }

    /// This method on this path.
    pub fn new(method: &str, path: &str) -> Self {
        let path = path.trim_matches('/').split('/').map(str::to_owned).collect();
        Self { method: (method != "*").then(|| method.to_ascii_uppercase()), path }
    }

    pub(crate) fn matches(&self, method: &str, segments: &[String]) -> bool {
        if self.method.as_deref().is_some_and(|wanted| wanted != method) {
            return false;
        }
        for (place, wanted) in self.path.iter().enumerate() {
            match (wanted.as_str(), segments.get(place)) {
                ("**", _) => return true,
                ("*", Some(_)) => {}
                (wanted, Some(found)) if wanted == found => {}
                _ => return false,
            }
        }
        self.path.len() == segments.len()
    }
}

/// `"GET /rest/api/3/auditing/record"`, or a path alone for every method.
impl From<&str> for Matcher {
    fn from(text: &str) -> Self {
        match text.split_once(' ') {
            Some((method, path)) => Self::new(method, path),
            None => Self::new("*", text),
        }
    }
}

/// A fault that waits for its requests.
#[derive(Debug, Clone)]
pub(crate) struct Misbehaviour {
    matcher: Matcher,
    fault: Fault,
    times: usize,
}

/// At which moment a request is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldAt {
    /// Before anything was done.
    BeforeApplying,
    /// When everything was done and only the answer is missing.
    AfterApplying,
}

/// What becomes of a held request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Release,
    Drop,
}

/// The site's end of a hold.
#[derive(Debug)]
pub(crate) struct Hold {
    matcher: Matcher,
    /// Requests still to pass before the one that is held.
    left: usize,
    pub(crate) at: HoldAt,
    arrived: watch::Sender<Option<String>>,
    verdict: oneshot::Receiver<Verdict>,
}

/// A request that is, or will be, held open. Dropping it releases the request.
#[derive(Debug)]
pub struct HeldRequest {
    arrived: watch::Receiver<Option<String>>,
    verdict: Option<oneshot::Sender<Verdict>>,
}

impl HeldRequest {
    /// Waits until the request is there (and applied, if it is held after that). Gives its method and path.
    pub async fn arrived(&mut self) -> String {
        match self.arrived.wait_for(Option::is_some).await {
            Ok(call) => call.clone().unwrap_or_default(),
            Err(_) => String::from("the sandbox has stopped"),
        }
    }

    /// Whether it is there already.
    pub fn has_arrived(&self) -> bool {
        self.arrived.borrow().is_some()
    }

    /// Lets the answer go out.
    pub fn release(mut self) {
        self.decide(Verdict::Release);
    }

    /// Closes the connection without an answer.
    pub fn drop_connection(mut self) {
        self.decide(Verdict::Drop);
    }

    fn decide(&mut self, verdict: Verdict) {
        if let Some(sender) = self.verdict.take() {
            // Nobody listens any more if the caller has hung up, which is as good.
            let _ = sender.send(verdict);
        }
    }
}

impl Hold {
    /// Tells the test that the request is there, and waits for its verdict.
    pub(crate) async fn wait(self, call: String) -> Verdict {
        let _ = self.arrived.send(Some(call));
        self.verdict.await.unwrap_or(Verdict::Release)
    }
}

impl State {
    pub(crate) fn misbehave(&mut self, matcher: Matcher, fault: Fault, times: usize) {
        self.misbehaviours.push(Misbehaviour { matcher, fault, times });
    }

    /// The fault to play on this request, used up by one.
    pub(crate) fn next_fault(&mut self, method: &str, segments: &[String]) -> Option<Fault> {
        let place = self.misbehaviours.iter().position(|m| m.times > 0 && m.matcher.matches(method, segments))?;
        let found = &mut self.misbehaviours[place];
        if found.times != usize::MAX {
            found.times -= 1;
        }
        let fault = found.fault.clone();
        self.misbehaviours.retain(|m| m.times > 0);
        Some(fault)
    }

    /// Holds the n-th request from now (the first is 1) among those that match.
    pub(crate) fn hold(&mut self, matcher: Matcher, n: usize, at: HoldAt) -> HeldRequest {
        let (arrived, arrives) = watch::channel(None);
        let (decides, verdict) = oneshot::channel();
        self.holds.push(Hold { matcher, left: n.max(1), at, arrived, verdict });
        HeldRequest { arrived: arrives, verdict: Some(decides) }
    }

    /// Counts this request on every hold and takes the one that is due.
    pub(crate) fn take_hold(&mut self, method: &str, segments: &[String]) -> Option<Hold> {
        for hold in self.holds.iter_mut().filter(|hold| hold.matcher.matches(method, segments)) {
            hold.left -= 1;
        }
        let due = self.holds.iter().position(|hold| hold.left == 0)?;
        Some(self.holds.remove(due))
    }
}
