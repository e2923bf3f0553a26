//! How a project and the site are set up: permission scheme, sender address, plans. Does not change any of it.

use serde_json::{Value, json};

use super::projects::{named, no_project, sees};
use super::{Ask, Reply};

/// What the scheme gives to people who work on the site, whatever it gives to customers.
const AGENTS: &[&str] = &["BROWSE_PROJECTS", "CREATE_ISSUES", "SERVICEDESK_AGENT", "ADD_COMMENTS", "EDIT_ISSUES"];
/// What it gives to customers of the portal unless somebody took it away.
const CUSTOMERS: &[&str] = &["BROWSE_PROJECTS", "CREATE_ISSUES", "ADD_COMMENTS", "EDIT_OWN_COMMENTS"];

/// The right to administer the project or Jira is needed; grants are told when any expansion is asked for.
pub(crate) fn permission_scheme(ask: &mut Ask<'_>) -> Reply {
    let project = match named(ask) {
        Ok(project) => project,
        Err(reply) => return reply,
    };
    if !ask.administers_jira() && !ask.may(project.id, "ADMINISTER_PROJECTS") {
        return Reply::error(403, "You are not allowed to view the configuration of this project.");
    }
    let id = if project.team_managed { 20_000 + project.id } else { 10_000 };
    let url = format!("{}/rest/api/3/permissionscheme/{id}", ask.state.base_url);
    let mut scheme = json!({
        "expand": "permissions,user,group,projectRole,field,all", "self": url, "id": id,
        "name": "Default Permission Scheme", "description": "Who may do what in this project.",
    });
    if project.team_managed {
        scheme["scope"] = json!({"type": "PROJECT", "project": {"id": project.id.to_string()}});
    }
    let mut count = 0;
    if ask.call.parameter("expand").is_some_and(|expand| !expand.is_empty()) {
        let taken = |key: &&&str| project.portal_access || **key != "BROWSE_PROJECTS";
        let customers: Vec<&str> = CUSTOMERS.iter().filter(taken).copied().collect();
        let grants = grants(&url, if project.team_managed { &[] } else { &customers });
        count = grants.len();
        scheme["permissions"] = Value::Array(grants);
    }
    Reply::ok(scheme).costing(0, count + 1)
}

fn grants(scheme: &str, customers: &[&str]) -> Vec<Value> {
    let role = crate::projects::TEAM_ROLE.to_string();
    let team = json!({"type": "projectRole", "parameter": role, "value": role, "expand": "projectRole"});
    let portal = json!({"type": "sd.customer.portal.only"});
    let of_team = AGENTS.iter().map(|key| (team.clone(), *key));
    let all = of_team.chain(customers.iter().map(|key| (portal.clone(), *key)));
    all.zip(10_400..)
        .map(|((holder, key), id)| {
            json!({"id": id, "self": format!("{scheme}/permission/{id}"), "holder": holder, "permission": key})
        })
        .collect()
}

pub(crate) fn email(ask: &mut Ask<'_>) -> Reply {
    let Ok(id) = ask.path[0].parse::<u64>() else { return Reply::error(400, "The project id is not a number.") };
    let Some(project) = ask.state.projects.get(&id) else { return no_project(&ask.path[0]) };
    if !sees(ask, project) {
        return no_project(&ask.path[0]);
    }
    let body = match &project.sender {
        Some((address, status)) => json!({"emailAddress": address, "emailAddressStatus": status}),
        None => json!({"emailAddress": "jira@site.atlassian.example"}),
    };
    Reply::ok(body).costing(1, 0)
}

pub(crate) fn license(ask: &mut Ask<'_>) -> Reply {
    let plan = ask.state.plan.word();
    let of = |id: &str, plan: &str| json!({"id": id, "plan": plan});
    let list = [of("jira-core", "UNLICENSED"), of("jira-servicedesk", plan), of("jira-software", plan)];
    Reply::ok(json!({"applications": list})).costing(3, 0)
}
