//! The table of routes: every path this site answers, its scope, its handler.
//! Templates and scopes are those of Atlassian's specifications; a test compares them.

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
    run: fn(&mut Ask<'_>) -> Reply,
) -> Route {
    Route { method, template, scope, anonymous: false, run }
}

/// Fixed paths stand before those with braces in their place.
#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = &[
    Route { method: "GET", template: "/rest/api/3/serverInfo", scope: Scope::Read, anonymous: true, run: projects::server_info },
    // people
    route("GET", "/rest/api/3/myself", Scope::Read, people::myself),
    route("GET", "/rest/api/3/user", Scope::Read, people::user),
    route("GET", "/rest/api/3/user/search", Scope::Read, people::search),
    route("GET", "/rest/api/3/users/search", Scope::Inaccessible, people::users),
    // permissions
    route("GET", "/rest/api/3/mypermissions", Scope::Read, permissions::mine),
    route("POST", "/rest/api/3/permissions/check", Scope::Read, permissions::check),
    // projects
    route("GET", "/rest/api/3/project", Scope::Read, projects::all),
    route("GET", "/rest/api/3/project/search", Scope::Read, projects::search),
    route("GET", "/rest/api/3/project/{projectIdOrKey}", Scope::Read, projects::one),
    route("GET", "/rest/api/3/project/{projectIdOrKey}/role", Scope::Read, projects::roles),
    route("GET", "/rest/api/3/project/{projectIdOrKey}/role/{id}", Scope::Read, projects::role),
    route("GET", "/rest/api/3/project/{projectIdOrKey}/properties", Scope::Read, properties::project_keys),
    route("GET", "/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}", Scope::Read, properties::project_get),
    route("PUT", "/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}", Scope::Write, properties::project_put),
    route("DELETE", "/rest/api/3/project/{projectIdOrKey}/properties/{propertyKey}", Scope::Delete, properties::project_delete),
    route("GET", "/rest/api/3/project/{projectKeyOrId}/permissionscheme", Scope::Read, setup::permission_scheme),
    route("GET", "/rest/api/3/project/{projectId}/email", Scope::Read, setup::email),
    route("GET", "/rest/api/3/instance/license", Scope::Read, setup::license),
    // audit
    route("GET", "/rest/api/3/auditing/record", Scope::Read, audit::records),
    // work items
    route("GET", "/rest/api/3/search/jql", Scope::Read, search::get),
    route("POST", "/rest/api/3/search/jql", Scope::Read, search::post),
    route("POST", "/rest/api/3/issue", Scope::Write, issues::create),
    route("GET", "/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes", Scope::Read, issues::issue_types),
    route("GET", "/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", Scope::Read, issues::create_fields),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}", Scope::Read, issues::one),
    route("POST", "/rest/api/3/issue/{issueIdOrKey}/notify", Scope::Write, issues::notify),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}/properties", Scope::Read, properties::item_keys),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", Scope::Read, properties::item_get),
    route("PUT", "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", Scope::Write, properties::item_put),
    route("DELETE", "/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", Scope::Delete, properties::item_delete),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}/comment", Scope::Read, comments::list),
    route("POST", "/rest/api/3/issue/{issueIdOrKey}/comment", Scope::Write, comments::create),
    route("GET", "/rest/api/3/issue/{issueIdOrKey}/comment/{id}", Scope::Read, comments::one),
    route("PUT", "/rest/api/3/issue/{issueIdOrKey}/comment/{id}", Scope::Write, comments::update),
    route("DELETE", "/rest/api/3/issue/{issueIdOrKey}/comment/{id}", Scope::Delete, comments::delete),
    // service desk
    route("GET", "/rest/servicedeskapi/servicedesk", Scope::Read, servicedesk::desks),
    route("GET", "/rest/servicedeskapi/servicedesk/{serviceDeskId}", Scope::Read, servicedesk::desk),
    route("GET", "/rest/servicedeskapi/servicedesk/{serviceDeskId}/customer", Scope::Read, servicedesk::customers),
    route("GET", "/rest/servicedeskapi/servicedesk/{serviceDeskId}/organization", Scope::Read, servicedesk::desk_organisations),
    route("GET", "/rest/servicedeskapi/organization", Scope::Read, servicedesk::organisations),
    route("GET", "/rest/servicedeskapi/organization/{organizationId}", Scope::Read, servicedesk::organisation),
    route("GET", "/rest/servicedeskapi/organization/{organizationId}/user", Scope::Read, servicedesk::organisation_users),
    route("GET", "/rest/servicedeskapi/request/{issueIdOrKey}", Scope::Read, servicedesk::request),
    route("GET", "/rest/servicedeskapi/request/{issueIdOrKey}/comment", Scope::Read, servicedesk::request_comments),
    route("POST", "/rest/servicedeskapi/request/{issueIdOrKey}/comment", Scope::Write, servicedesk::add_comment),
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
