//! Jira Cloud as we use it: a signed, paced, lenient client, with one file per resource and the wire shape beside its call.
//! Does not know what an answer means for a verdict, and stores nothing.

mod address_search;
mod auth;
mod client;
mod error;
mod limits;

mod audit;
mod comments;
mod internal;
mod licence;
mod names;
mod notify;
mod organisations;
mod permissions;
mod projects;
mod properties;
mod role_stream;
mod roles;
mod schemes;
mod search;
mod sender;
mod server_info;
mod servicedesk;
mod users;

pub use address_search::{BROWSE_USERS, Holder};
pub use audit::{AuditPage, AuditRecord, InviteToggle, PermissionsChanged, RolesChanged};
pub use auth::AuthError;
pub use client::{Answer, Bounds};
pub use comments::Comment;
pub use error::{JiraError, LOOK_AGAIN, TOO_LARGE};
pub use names::NAMES_AT_ONCE;
pub use notify::Notified;
pub use organisations::OrganisationsPage;
pub use permissions::MISSING_KEYS_MAX;
pub use projects::ProjectRef;
pub use role_stream::{RoleEnd, RoleReading};
pub use roles::ROLE_MOST_BYTES;
pub use schemes::PortalAccess;
pub use search::{Issue, RequestRef};
pub use servicedesk::CustomersPage;
pub use users::{AUTOMATION_ACCOUNT, User};

use crate::domain::principal::Principal;
use crate::domain::tenant::Tenant;
use crate::domain::throttle::Throttle;
use crate::domain::{Clock, ProjectId, TenantId};
use crate::outbound;
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;

/// What an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Longest time for one call.
    pub timeout: Duration,
    /// Customer-list calls a second and tenant; at least 1.
    pub customer_page_rate: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), customer_page_rate: 5 }
    }
}

/// Ids that hardly ever change are remembered this long.
const IDS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

struct Inner {
    outbound: outbound::Client,
    throttle: Arc<dyn Throttle>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    /// Id of the *Service Desk Customers* role: the site's (`None`) or a project's own.
    roles: Cache<(TenantId, Option<ProjectId>), i64>,
    /// Service desk of a project.
    desks: Cache<(TenantId, ProjectId), String>,
}

/// All Jira sites. Cheap to clone.
#[derive(Clone)]
pub struct Jira(Arc<Inner>);

impl std::fmt::Debug for Jira {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jira").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl Jira {
    /// A client that calls through `outbound`, obeys `throttle` and takes the time from `clock`.
    pub fn new(
        outbound: outbound::Client,
        throttle: Arc<dyn Throttle>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Self {
        let ids = || Cache::builder().max_capacity(100_000).time_to_live(IDS_KEPT);
        let (roles, desks) = (ids().build(), Cache::builder().max_capacity(100_000).time_to_live(IDS_KEPT).build());
        Self(Arc::new(Inner { outbound, throttle, clock, settings, roles, desks }))
    }

    /// One site, as its tenant is known now.
    pub fn site(&self, tenant: &Tenant) -> Site {
        Site { inner: Arc::clone(&self.0), tenant: tenant.clone(), speaker: auth::Speaker::App }
    }

    /// The same, asked by a person as themselves where their door brought a token of theirs; else it is the app that asks.
    pub fn site_for(&self, tenant: &Tenant, person: &Principal) -> Site {
        let speaker = person.token.clone().map_or(auth::Speaker::App, auth::Speaker::Person);
        Site { speaker, ..self.site(tenant) }
    }
}

/// One Jira site. Every call is one signed request unless it says otherwise.
#[derive(Clone)]
pub struct Site {
    inner: Arc<Inner>,
    tenant: Tenant,
    speaker: auth::Speaker,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("tenant", &self.tenant.id).finish_non_exhaustive()
    }
}

/// Result of a call.
pub type Result<T> = std::result::Result<T, JiraError>;

/// Starts every [`trace`].
pub const TRACE: &str = "invite-guard:";

/// What our writes carry as `X-Atlassian-Webhook-Trace`, so that the events they cause can be recognised. Two installations
/// of ours on one site differ in their app key.
pub fn trace(tenant: &Tenant) -> String {
    let key = tenant.app_name();
    let printable: String = key.chars().filter(char::is_ascii_graphic).take(200).collect();
    format!("{TRACE}{printable}:{}", tenant.id)
}
