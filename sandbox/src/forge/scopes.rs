//! Scopes that Forge knows, and those which each product event needs.
//! Does not know what an operation of the REST API needs (`rest::scopes`).

use crate::rest::{ROUTES, Scopes};

/// Classic scopes of Jira and Jira Service Management, and those that no operation names.
const KNOWN: &[&str] = &[
    "read:jira-work",
    "write:jira-work",
    "read:jira-user",
    "manage:jira-project",
    "manage:jira-configuration",
    "manage:jira-webhook",
    "manage:jira-data-provider",
    "read:servicedesk-request",
    "write:servicedesk-request",
    "manage:servicedesk-customer",
    "read:app-system-token",
    "read:app-user-token",
    "read:email-address:jira",
    "report:personal-data",
    "storage:app",
    // what is left of Connect in a Forge app
    "read:connect-jira",
    "write:connect-jira",
    "delete:connect-jira",
    "project-admin:connect-jira",
    "admin:connect-jira",
    "act-as-user:connect-jira",
    "access-email-addresses:connect-jira",
];

/// Whether the site knows a scope: one of the above, or one that an operation of this site takes.
pub(crate) fn is_known(scope: &str) -> bool {
    let of_route = |oauth: &Scopes| oauth.classic.contains(&scope) || oauth.granular.contains(&scope);
    KNOWN.contains(&scope) || ROUTES.iter().any(|route| of_route(&route.oauth))
}

const WORK: Scopes = Scopes { classic: &["read:jira-work"], granular: &["read:jira-work"] };
const USER: Scopes = Scopes {
    classic: &["read:jira-user"],
    granular: &["read:application-role:jira", "read:group:jira", "read:user:jira", "read:avatar:jira"],
};
const PROJECT: Scopes = Scopes { classic: &["read:jira-work"], granular: &["read:project:jira"] };
const CONFIGURATION: Scopes =
    Scopes { classic: &["manage:jira-configuration"], granular: &["read:instance-configuration:jira"] };
const DESK: Scopes = Scopes { classic: &["manage:jira-configuration"], granular: &["manage:jira-configuration"] };
const FREE: Scopes = Scopes { classic: &[], granular: &[] };

/// What an app must be granted to get an event; `None` for events that nobody sends.
pub(crate) fn of_event(event: &str) -> Option<Scopes> {
    let app = |event: &str| matches!(event, "installed:app" | "upgraded:app");
    if let Some(event) = event.strip_prefix("avi:forge:") {
        return app(event).then_some(FREE);
    }
    if let Some(event) = event.strip_prefix("avi:jsm-entity:") {
        let (what, on) = event.split_once(':')?;
        let known = match on {
            "request-type" | "request-type-group" | "service-desk" => matches!(what, "created" | "updated" | "deleted"),
            "portal" => matches!(what, "created" | "updated"),
            _ => false,
        };
        return known.then_some(DESK);
    }
    let (what, on) = event.strip_prefix("avi:jira:")?.split_once(':')?;
    match (what, on) {
        ("created" | "updated" | "deleted", "user") => Some(USER),
        ("created" | "updated" | "deleted" | "assigned" | "viewed" | "commented" | "mentioned", "issue") => Some(WORK),
        ("mentioned" | "deleted", "comment") => Some(WORK),
        ("set" | "deleted", "issue-property") => Some(WORK),
        ("created" | "updated" | "archived" | "unarchived" | "softdeleted" | "restored" | "deleted", "project") => {
            Some(PROJECT)
        }
        ("changed", "configuration") => Some(CONFIGURATION),
        _ => None,
    }
}

/// Scopes for which Jira gives an app's user the right to administer Jira. Nobody has said so of the granular ones;
/// what they open needs that right, so without it they would open nothing.
pub(crate) const ADMINISTERING: &[&str] = &["manage:jira-configuration", "read:audit-log:jira", "read:license:jira"];
