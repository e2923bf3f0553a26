//! Resources that Jira's own pages use and no specification has, as seen in public code. Off unless a test switches them on.
//! Kept apart from the documented routes: nothing here is checked against a specification.

use super::routes::{Route, fits, route};
use super::scopes::UNREACHABLE;
use super::{Ask, Reply};
use crate::calls::Call;
use crate::descriptor::Scope;
use serde_json::json;

/// Their routes, when they are there.
pub(crate) const ROUTES: &[Route] = &[
    route(
        "GET",
        "/rest/servicedesk/notifications/1/account-notifications/{projectKey}/notification/invite-customer",
        Scope::Read,
        UNREACHABLE,
        invite_customer,
    ),
    route(
        "GET",
        "/rest/servicedesk/1/servicedesk/{projectKey}/settings/requestsecurity",
        Scope::Read,
        UNREACHABLE,
        request_security,
    ),
];

/// Finds the route of a call, and the values of its braces.
pub(crate) fn find(call: &Call) -> Option<(&'static Route, Vec<String>)> {
    fits(ROUTES, call)
}

impl Route {
    /// Whether Atlassian documents it.
    pub(crate) fn is_documented(&self) -> bool {
        !self.template.starts_with("/rest/servicedesk/")
    }
}

/// The project that the path names, for its admins.
fn administered(ask: &Ask<'_>) -> Result<u64, Reply> {
    let refused = |status, message| Reply::json(status, json!({"errors": [{"errorMessage": message}]}));
    let found = ask.state.project(&ask.path[0]).map(|project| project.id);
    let seen = found.filter(|id| ask.may(*id, "BROWSE_PROJECTS"));
    let id = seen.ok_or_else(|| refused(404, "The project does not exist."))?;
    if ask.may(id, "ADMINISTER_PROJECTS") { Ok(id) } else { Err(refused(403, "You do not administer the project.")) }
}

fn invite_customer(ask: &mut Ask<'_>) -> Reply {
    let id = match administered(ask) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let project = &ask.state.projects[&id];
    Reply::ok(json!({
        "projectKey": project.key,
        "accountNotificationEnabled": project.customer_invited_on,
        "subjectConfig": {"defaultContent": "You're invited", "translations": []},
        "contentConfig": {"defaultContent": "${invite.link}", "translations": []},
    }))
    .costing(1, 0)
}

fn request_security(ask: &mut Ask<'_>) -> Reply {
    let id = match administered(ask) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let project = &ask.state.projects[&id];
    let open = project.access == crate::projects::CustomerAccess::AnyoneWithAccount;
    Reply::ok(json!({
        "manageEnabled": true,
        "autocompleteEnabled": false,
        "serviceDeskOpenAccess": open,
        "serviceDeskPublicSignup": open,
        "globalPublicSignup": true,
        "globalAnonymousAccess": false,
        "customerRoleMisconfigured": false,
        "portalId": project.service_desk,
        "portalUrl": format!("{}/servicedesk/customer/portal/{}", ask.state.base_url, project.service_desk),
        "canAdministerJIRA": ask.administers_jira(),
    }))
    .costing(1, 0)
}
