//! The port through which one worker's 429 becomes every worker's.
//! Knows no Jira header; `jira/client` reads those, `store` keeps the pauses.

use super::TenantId;
use jiff::Timestamp;
use std::time::Duration;

/// What a limit counts for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The whole app: the points pool that all tenants share.
    App,
    /// One tenant.
    Tenant(TenantId),
    /// One endpoint of one tenant; the name is the path template.
    Endpoint(TenantId, &'static str),
}

impl Scope {
    /// Stable text of the scope, the key of a pause.
    pub fn key(&self) -> String {
        match self {
            Self::App => "app".to_owned(),
            Self::Tenant(t) => format!("tenant:{t}"),
            Self::Endpoint(t, name) => format!("endpoint:{t}:{name}"),
        }
    }
}

/// Shared knowledge about limits. An error of the store is answered with "not paused": Jira's own 429 stays the truth.
#[async_trait::async_trait]
pub trait Throttle: Send + Sync {
    /// Until when calls in this scope have to wait.
    async fn paused_until(&self, scope: &Scope, now: Timestamp) -> Option<Timestamp>;
    /// Nobody calls in this scope before `until`; a later time already there stays.
    async fn pause(&self, scope: &Scope, until: Timestamp);
    /// How long to wait for the next slot of a paced scope with one call every `every`; reserves that slot. Never sleeps.
    async fn slot(&self, scope: &Scope, every: Duration, now: Timestamp) -> Duration;
}
