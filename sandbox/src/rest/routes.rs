//! The table of routes: every path this site answers, its scope, its handler.
//! Templates and scopes are those of Atlassian's specifications; a test compares them.

use super::scopes::{self, Scopes};
use super::{
    Ask, Reply, audit, comments, internal, issues, people, permissions, projects, properties, search, servicedesk,
    setup,
};
use crate::calls::Call;
use crate::descriptor::Scope;

/// One route.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) template: &'static str,
    pub(crate) scope: Scope,
    /// What a token needs at the gateway, where Connect's scopes mean nothing.
    pub(crate) oauth: Scopes,
    /// Whether it answers without any token.
    pub(crate) anonymous: bool,
    pub(crate) run: fn(&mut Ask<'_>) -> Reply,
}

impl Route {
    /// Whether it writes to one work item, which Jira limits apart.
    pub(crate) fn writes_to_item(&self) -> bool {
        let on_item = ["/rest/api/3/issue/{issueIdOrKey}", "/rest/servicedeskapi/request/{issueIdOrKey}"];
        self.method != "GET" && on_item.iter().any(|start| self.template.starts_with(start))
    }

    /// Whether it only reads, whatever its method: what an answer holds is then counted.
    pub(crate) fn reads(&self) -> bool {
        self.method == "GET" || matches!(self.template, "/rest/api/3/search/jql" | "/rest/api/3/permissions/check")
    }
}

pub(super) const fn route(
    method: &'static str,
    template: &'static str,
    scope: Scope,
    oauth: Scopes,
    run: fn(&mut Ask<'_>) -> Reply,
) -> Route {
    Route { method, template, scope, oauth, anonymous: false, run }
}

/// Fixed paths stand before those with braces in their place.
#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = &[
    Route { method: "GET", template: "/rest/api/3/serverInfo", scope: Scope::Read, oauth: scopes::NONE, anonymous: true, run: projects::server_info },
    // people
    route("GET", "/rest/api/3/myself", Scope::Read, scopes::USER, people::myself),
    route("GET", "/rest/api/3/user", Scope::Read, scopes::USER, people::user),
    route("GET", "/rest/api/3/user/search", Scope::Read, scopes::USER_SEARCH, people::search),
    route("GET", "/rest/api/3/users/search", Scope::Inaccessible, scopes::USER, people::users),
    // permissions
    route("GET", "/rest/api/3/mypermissions", Scope::Read, scopes::MY_PERMISSIONS, permissions::mine),
    route("POST", "/rest/api/3/permissions/check", Scope::Read, scopes::PERMISSIONS_CHECK, permissions::check),
    // projects
    route("GET", "/rest/api/3/project", Scope::Read, scopes::PROJECT, projects::all),
    route("GET", "/rest/api/3/project/search", Scope::Read, scopes::PROJECT, projects::search),
    route("GET", "/rest/api/3/project/{projectIdOrKey}", Scope::Read, scopes::PROJECT, projects::one),
    route("GET", "/rest/api/3/project/{projectIdOrKey}/role", Scope::Read, scopes::ROLES, projects::roles),
    route("GET", "/rest/api/3/project/{projectIdOrKey}/role/{id}", Scope::Read, scopes::ROLE, projects::role),
    route("GET", "/rest/api/3/project/{projectIdOrKey}/properties", Scope::Read, scopes::PROJECT_PROPERTY, properties::project_keys),
    route("GET", "/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}", Scope::Read, scopes::PROJECT_PROPERTY, properties::project_get),
    route("PUT", "/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}", Scope::Write, scopes::PROJECT_PROPERTY_WRITE, properties::project_put),
    route("DELETE", "/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}", Scope::Delete, scopes::PROJECT_PROPERTY_DELETE, properties::project_delete),
    route("GET", "/rest/api/3/project/{projectKeyOrId}/permissionscheme", Scope::Read, scopes::PERMISSION_SCHEME, setup::permission_scheme),
    route("GET", "/rest/api/3/project/{projectId}/email", Scope::Read, scopes::PROJECT_EMAIL, setup::email),
    route("GET", "/rest/api/3/instance/license", Scope::Read, scopes::LICENSE, setup::license),
    // audit
    route("GET", "/rest/api/3/auditing/record", Scope::Read, scopes::AUDIT, audit::records),
    // work items
    route("GET", "/rest/api/3/search/jql", Scope::Read, scopes::SEARCH, search::get),
    route("POST", "/rest/api/3/search/jql", Scope::Read, scopes::SEARCH_POST, search::post),
    route("POST", "/rest/api/3/issue", Scope::Write, scopes::ISSUE_CREATE, issues::create),
    route("GET", "/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes", Scope::Read, scopes::ISSUE_META, issues::issue_types),
    route("GET", "/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", Scope::Read, scopes::ISSUE_META, issues::create_fields),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}", Scope::Read, scopes::ISSUE, issues::one),
    route("POST", "/rest/api/3/issue/{issueIdOrKey}/notify", Scope::Write, scopes::NOTIFY, issues::notify),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}/properties", Scope::Read, scopes::ISSUE_PROPERTY, properties::item_keys),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", Scope::Read, scopes::ISSUE_PROPERTY, properties::item_get),
    route("PUT", "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", Scope::Write, scopes::ISSUE_PROPERTY_WRITE, properties::item_put),
    route("DELETE", "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", Scope::Delete, scopes::ISSUE_PROPERTY_DELETE, properties::item_delete),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}/comment", Scope::Read, scopes::COMMENT, comments::list),
    route("POST", "/rest/api/3/issue/{issueIdOrKey}/comment", Scope::Write, scopes::COMMENT_WRITE, comments::create),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}/comment/{id}", Scope::Read, scopes::COMMENT, comments::one),
    route("PUT", "/rest/api/3/issue/{issueIdOrKey}/comment/{id}", Scope::Write, scopes::COMMENT_WRITE, comments::update),
    route("DELETE", "/rest/api/3/issue/{issueIdOrKey}/comment/{id}", Scope::Delete, scopes::COMMENT_DELETE, comments::delete),
    // service desk
    route("GET", "/rest/servicedeskapi/servicedesk", Scope::Read, scopes::DESK, servicedesk::desks),
    route("GET", "/rest/servicedeskapi/servicedesk/{serviceDeskId}", Scope::Read, scopes::DESK, servicedesk::desk),
    route("GET", "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer", Scope::Read, scopes::DESK_CUSTOMERS, servicedesk::customers),
    route("GET", "/rest/servicedeskapi/servicedesk/{serviceDeskId}/organization", Scope::Read, scopes::DESK_ORGANISATIONS, servicedesk::desk_organisations),
    route("GET", "/rest/servicedeskapi/organization", Scope::Read, scopes::ORGANISATION, servicedesk::organisations),
    route("GET", "/rest/servicedeskapi/organization/{organizationId}", Scope::Read, scopes::ORGANISATION, servicedesk::organisation),
    route("GET", "/rest/servicedeskapi/organization/{organizationId}/user", Scope::Read, scopes::ORGANISATION_USERS, servicedesk::organisation_users),
    route("GET", "/rest/servicedeskapi/request/{issueIdOrKey}", Scope::Read, scopes::REQUEST, servicedesk::request),
    route("GET", "/rest/servicedeskapi/request/{issueIdOrKey}/comment", Scope::Read, scopes::REQUEST_COMMENTS, servicedesk::request_comments),
    route("POST", "/rest/servicedeskapi/request/{issueIdOrKey}/comment", Scope::Write, scopes::REQUEST_COMMENT_WRITE, servicedesk::add_comment),
];

fn brace(part: &str) -> bool {
    part.starts_with('{')
}

/// Finds the route of a call, and the values of its braces.
pub(crate) fn find(call: &Call) -> Option<(&'static Route, Vec<String>)> {
    fits(ROUTES, call)
}

/// The same among these routes.
pub(super) fn fits(routes: &'static [Route], call: &Call) -> Option<(&'static Route, Vec<String>)> {
    routes.iter().filter(|route| route.method == call.method).find_map(|route| {
        let parts: Vec<&str> = route.template.trim_matches('/').split('/').collect();
        let fits = parts.len() == call.segments.len()
            && parts.iter().zip(&call.segments).all(|(part, found)| brace(part) || part == found);
        let values = parts.iter().zip(&call.segments).filter(|(part, _)| brace(part)).map(|(_, found)| found.clone());
        fits.then(|| (route, values.collect()))
    })
}

/// The path template of a call, or its path if no site has it.
pub(crate) fn template_of(call: &Call) -> String {
    let known = find(call).or_else(|| internal::find(call));
    known.map_or_else(|| call.path().to_owned(), |(route, _)| route.template.to_owned())
}

/// The work item that a call below `issue/` or `request/` is about.
pub(crate) fn item_of(call: &Call) -> Option<String> {
    let place = call.segments.iter().position(|part| part == "issue" || part == "request")?;
    call.segments.get(place + 1).cloned()
}
