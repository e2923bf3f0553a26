//! How projects and the site are set up. See the parent module.

use crate::plans::Plan;
use crate::site::Sandbox;

impl Sandbox {
    /// Lets the permission scheme give *Service Project Customer - Portal Access* what customers need, or not. Without it Jira
    /// invites nobody there.
    pub fn set_portal_access(&self, project: &str, granted: bool) {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        state.project_mut(id).portal_access = granted;
    }

    /// Makes a project team-managed, or company-managed as projects are from the start.
    pub fn set_team_managed(&self, project: &str, team_managed: bool) {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        state.project_mut(id).team_managed = team_managed;
    }

    /// Gives a project a sender address of its own with Jira's remarks on it; `None` takes it back.
    pub fn set_sender(&self, project: &str, sender: Option<(&str, &[&str])>) {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        let owned = |(address, status): (&str, &[&str])| {
            (address.to_owned(), status.iter().map(|remark| (*remark).to_owned()).collect())
        };
        state.project_mut(id).sender = sender.map(owned);
    }

    /// Puts every application of the site on this plan.
    pub fn set_plan(&self, plan: Plan) {
        self.site.lock().plan = plan;
    }

    /// Sets *Customer access*: whether portal-only accounts are on, and for which domains; none named means any.
    pub fn set_portal_only_accounts(&self, on: bool, domains: &[&str]) {
        let mut state = self.site.lock();
        state.portal_only_accounts = on;
        state.allowed_domains = domains.iter().map(|domain| (*domain).to_owned()).collect();
    }
}
