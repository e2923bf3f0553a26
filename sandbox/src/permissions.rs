//! Who may do what: global and project permissions, one grant at a time, so that a test can take each away.
//! Does not know permission schemes: a grant is what a scheme would come to.

use crate::people::UserKind;
use crate::projects::{Project, ProjectType};
use crate::state::State;

/// Global permissions this site knows.
pub(crate) const GLOBAL: &[&str] = &[
    "ADMINISTER",
    "SYSTEM_ADMIN",
    "USER_PICKER",
    "CREATE_SHARED_OBJECTS",
    "MANAGE_GROUP_FILTER_SUBSCRIPTIONS",
    "BULK_CHANGE",
    "CREATE_PROJECT",
];

/// Project permissions this site knows.
pub(crate) const PROJECT: &[&str] = &[
    "BROWSE_PROJECTS",
    "ADMINISTER_PROJECTS",
    "SERVICEDESK_AGENT",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ASSIGN_ISSUES",
    "ASSIGNABLE_USER",
    "RESOLVE_ISSUES",
    "CLOSE_ISSUES",
    "TRANSITION_ISSUES",
    "DELETE_ISSUES",
    "LINK_ISSUES",
    "MODIFY_REPORTER",
    "SCHEDULE_ISSUES",
    "SET_ISSUE_SECURITY",
    "MANAGE_WATCHERS",
    "VIEW_VOTERS_AND_WATCHERS",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "EDIT_ALL_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "DELETE_ALL_COMMENTS",
    "CREATE_ATTACHMENTS",
    "WORK_ON_ISSUES",
];

/// What an agent may do; an admin may do everything.
const AGENT: &[&str] = &[
    "BROWSE_PROJECTS",
    "SERVICEDESK_AGENT",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ASSIGN_ISSUES",
    "ASSIGNABLE_USER",
    "RESOLVE_ISSUES",
    "CLOSE_ISSUES",
    "TRANSITION_ISSUES",
    "LINK_ISSUES",
    "MODIFY_REPORTER",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "DELETE_OWN_COMMENTS",
];

impl State {
    /// Whether the account holds a global permission.
    pub(crate) fn has_global(&self, account: &str, permission: &str) -> bool {
        self.global_grants.contains(&(account.to_owned(), permission.to_owned()))
    }

    /// Whether the account holds a project permission. Nobody is an agent outside service projects.
    pub(crate) fn has_project(&self, account: &str, project: u64, permission: &str) -> bool {
        let held = self.project_grants.contains(&(account.to_owned(), project, permission.to_owned()));
        let agent_elsewhere = permission == "SERVICEDESK_AGENT"
            && self.projects.get(&project).is_none_or(|project| project.kind != ProjectType::ServiceDesk);
        held && !agent_elsewhere
    }

    /// Grants or takes away a global permission.
    pub(crate) fn set_global(&mut self, account: &str, permission: &str, granted: bool) {
        let grant = (account.to_owned(), permission.to_owned());
        if granted {
            self.global_grants.insert(grant);
        } else {
            self.global_grants.remove(&grant);
        }
    }

    /// Grants or takes away a project permission.
    pub(crate) fn set_project(&mut self, account: &str, project: u64, permission: &str, granted: bool) {
        let grant = (account.to_owned(), project, permission.to_owned());
        if granted {
            self.project_grants.insert(grant);
        } else {
            self.project_grants.remove(&grant);
        }
    }

    fn grant_all(&mut self, account: &str, project: u64, permissions: &[&str]) {
        for permission in permissions {
            self.set_project(account, project, permission, true);
        }
    }

    /// Gives somebody the rights that their kind has, now and in projects made later.
    pub(crate) fn grant_kind(&mut self, account: &str, kind: &UserKind) {
        self.set_global(account, "USER_PICKER", !matches!(kind, UserKind::Outsider));
        if *kind == UserKind::SiteAdmin {
            self.set_global(account, "ADMINISTER", true);
        }
        self.kinds.push((account.to_owned(), kind.clone()));
        for project in self.projects.values().cloned().collect::<Vec<_>>() {
            self.grant_in_project(account, kind, &project);
        }
    }

    fn grant_in_project(&mut self, account: &str, kind: &UserKind, project: &Project) {
        match kind {
            UserKind::SiteAdmin => self.grant_all(account, project.id, PROJECT),
            UserKind::ProjectAdmin(keys) if keys.contains(&project.key) => self.grant_all(account, project.id, PROJECT),
            UserKind::Agent(keys) if keys.contains(&project.key) => self.grant_all(account, project.id, AGENT),
            UserKind::ProjectAdmin(_) | UserKind::Agent(_) | UserKind::Outsider | UserKind::App => {}
        }
    }

    /// Grants the standing rights of everybody in a project that has just been made.
    pub(crate) fn grant_in_new_project(&mut self, project: &Project) {
        for (account, kind) in self.kinds.clone() {
            self.grant_in_project(&account, &kind, project);
        }
        let house_agent = self.house_agent.clone();
        self.grant_all(&house_agent, project.id, AGENT);
        for app in self.app_accounts() {
            self.grant_all(&app, project.id, PROJECT);
        }
    }

    /// The installed app's user holds every project permission, by the role *atlassian-addons-project-access*, and
    /// administers Jira if the descriptor asks for the scope `ADMIN`.
    pub(crate) fn grant_app(&mut self, account: &str, admin_scope: bool) {
        self.set_global(account, "USER_PICKER", true);
        self.set_global(account, "ADMINISTER", admin_scope);
        for project in self.projects.keys().copied().collect::<Vec<_>>() {
            self.grant_all(account, project, PROJECT);
        }
    }
}
