//! Projects, people, customers and switches. See the parent module.

use crate::customers::{AddBy, Added, Truth};
use crate::lifecycle::SignedRequest;
use crate::mail::Mail;
use crate::people::{Person, UserKind};
use crate::projects::{CUSTOMERS_ROLE, CustomerAccess, ProjectType};
use crate::rules::RuleStep;
use crate::site::Sandbox;
use crate::webhooks::Flow;

impl Sandbox {
    /// Makes a project and gives its numeric id. New projects send *Customer invited* and are for customers whom the
    /// team adds.
    pub fn add_project(&self, key: &str, name: &str, kind: ProjectType) -> u64 {
        self.site.lock().add_project(key, name, kind)
    }

    /// Numeric id of a project.
    pub fn project_id(&self, key: &str) -> u64 {
        self.site.lock().project_id(key)
    }

    /// Id of a project's service desk.
    pub fn service_desk_id(&self, project: &str) -> u64 {
        let state = self.site.lock();
        let id = state.project_id(project);
        state.projects[&id].service_desk
    }

    /// Deletes a project with everything in it.
    pub fn delete_project(&self, project: &str) {
        self.site.lock().delete_project(project);
        self.site.touch();
    }

    /// Makes creating a work item demand one more field; `None` takes the demand back.
    pub fn demand_field(&self, project: &str, field: Option<&str>) {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        state.project_mut(id).demands_field = field.map(str::to_owned);
    }

    /// Makes somebody who works on the site, and gives the account id. No event, no audit record.
    pub fn add_user(&self, kind: UserKind) -> String {
        self.site.lock().add_user(&kind)
    }

    /// Account id of the site's own admin.
    pub fn admin(&self) -> String {
        self.site.lock().house_admin.clone()
    }

    /// Account id of the agent who adds customers and works in every project.
    pub fn agent(&self) -> String {
        self.site.lock().house_agent.clone()
    }

    /// Account id of the installed app's user; of the Forge app's, unless a Connect app is there that has not moved.
    pub fn app_account(&self) -> Option<String> {
        self.site.lock().acting_account()
    }

    /// An account as the site knows it.
    pub fn person(&self, account: &str) -> Option<Person> {
        self.site.lock().person(account).cloned()
    }

    /// Adds a customer with a fresh address.
    pub fn add_customer(&self, project: &str, by: AddBy) -> Added {
        self.add_customer_at(project, by, None)
    }

    /// Adds a customer with this address. If the site knows the address, that account is added.
    pub fn add_customer_at(&self, project: &str, by: AddBy, address: Option<&str>) -> Added {
        let added = {
            let mut state = self.site.lock();
            let id = state.project_id(project);
            state.add_customer(id, &by, address)
        };
        self.site.touch();
        added
    }

    /// Puts the step *Send web request* behind *Add service project customer* in the project's rule; `None` takes it away.
    pub fn set_rule_step(&self, project: &str, step: Option<RuleStep>) {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        match step {
            Some(step) => state.rule_steps.insert(id, step),
            None => state.rule_steps.remove(&id),
        };
    }

    /// Sends the web requests of rules that ran, oldest first. Gives the answers; 0 is none.
    pub async fn send_rule_requests(&self) -> Vec<u16> {
        self.site.send_rule_requests().await
    }

    /// Web requests of rules that ran and were not sent yet.
    pub fn rule_requests(&self) -> Vec<SignedRequest> {
        self.site.lock().rule_requests.clone()
    }

    /// Loses them. Gives how many.
    pub fn drop_rule_requests(&self) -> usize {
        std::mem::take(&mut self.site.lock().rule_requests).len()
    }

    /// Puts an organisation on a project, which makes all its members customers there. It is made if there is none of
    /// that name.
    pub fn add_organisation(&self, project: &str, name: &str) -> u64 {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        state.organisation_on(id, name)
    }

    /// Makes many customers who have been on a project for long: in an organisation on it, or else in its role. No event, no
    /// record, no mail.
    pub fn add_old_customers(&self, project: &str, organisation: Option<&str>, number: usize) -> Vec<String> {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        state.add_old_customers(id, organisation, number)
    }

    /// Takes somebody out of an organisation.
    pub fn remove_member(&self, organisation: &str, account: &str) {
        let mut state = self.site.lock();
        let found = state.organisations.values_mut().find(|known| known.name == organisation);
        let found = found.unwrap_or_else(|| panic!("no organisation {organisation} on this site"));
        found.members.retain(|member| member != account);
    }

    /// Deletes an account, with the event that goes with it.
    pub fn delete_user(&self, account: &str) {
        {
            let mut state = self.site.lock();
            state.queue_user_event("user_deleted", account, Flow::Primary);
            state.forget_person(account);
        }
        self.site.touch();
    }

    /// Takes somebody out of a project's role *Service Desk Customers*.
    pub fn remove_customer(&self, project: &str, account: &str) {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        state.remove_customer(id, account);
    }

    /// Account ids in a project's role *Service Desk Customers*.
    pub fn customers_in_role(&self, project: &str) -> Vec<String> {
        let state = self.site.lock();
        let id = state.project_id(project);
        state.projects[&id].people_in_role(CUSTOMERS_ROLE).map(str::to_owned).collect()
    }

    /// What is true of the latest add of somebody to a project.
    pub fn truth(&self, project: &str, account: &str) -> Option<Truth> {
        let state = self.site.lock();
        let id = state.project_id(project);
        state.truths.get(&(id, account.to_owned())).cloned()
    }

    /// Every mail that went out.
    pub fn mails(&self) -> Vec<Mail> {
        self.site.lock().mails.clone()
    }

    /// Mails that the installed app caused. A test asserts that there is none.
    pub fn mails_by_app(&self) -> Vec<Mail> {
        let state = self.site.lock();
        let apps = state.app_accounts();
        state.mails.iter().filter(|mail| apps.contains(&mail.caused_by)).cloned().collect()
    }

    /// Switches the site's outgoing mail.
    pub fn set_outgoing_mail(&self, on: bool) {
        self.site.lock().outgoing_mail_on = on;
    }

    /// Switches *Customer invited* of a project, as its admin.
    pub fn set_customer_invited(&self, project: &str, on: bool) {
        let mut state = self.site.lock();
        let (id, admin) = (state.project_id(project), state.house_admin.clone());
        state.set_customer_invited(id, on, &admin);
    }

    /// The same without an audit record, as if it had been switched before the audit log begins.
    pub fn set_customer_invited_unrecorded(&self, project: &str, on: bool) {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        state.project_mut(id).customer_invited_on = on;
    }

    /// Whether *Customer invited* of a project is on.
    pub fn customer_invited(&self, project: &str) -> bool {
        let state = self.site.lock();
        let id = state.project_id(project);
        state.projects[&id].customer_invited_on
    }

    /// Changes who may use a project's portal.
    pub fn set_customer_access(&self, project: &str, access: CustomerAccess) {
        let mut state = self.site.lock();
        let (id, admin) = (state.project_id(project), state.house_admin.clone());
        state.set_customer_access(id, access, &admin);
    }

    /// Gives the site an audit log, or takes it away as the Free plan does. Records are kept meanwhile.
    pub fn set_audit_available(&self, available: bool) {
        self.site.lock().audit_available = available;
    }

    /// Forgets audit records made before a moment, as a log that does not keep everything.
    pub fn forget_audit_before(&self, moment: jiff::Timestamp) {
        self.site.lock().audit_log.retain(|record| record.created >= moment);
    }

    /// Number of audit records.
    pub fn audit_len(&self) -> usize {
        self.site.lock().audit_log.len()
    }

    /// Audit records as the endpoint answers them, oldest first.
    pub fn audit_records(&self) -> Vec<serde_json::Value> {
        self.site.lock().audit_log.iter().map(|record| record.as_json()).collect()
    }

    /// Whether `user_created` is sent for portal-only accounts. Nobody knows whether Jira does.
    pub fn set_user_created_for_portal_accounts(&self, sent: bool) {
        self.site.lock().user_created_for_portal_accounts = sent;
    }

    /// Puts an address on the suppression list, or takes it off.
    pub fn set_suppressed(&self, address: &str, suppressed: bool) {
        let mut state = self.site.lock();
        if suppressed {
            state.suppressed.insert(address.to_owned());
        } else {
            state.suppressed.remove(address);
        }
    }

    /// Shows or hides somebody's address in every answer.
    pub fn set_address_visible(&self, account: &str, visible: bool) {
        self.change(account, |person| person.address_visible = visible);
    }

    /// Lets an Atlassian account refuse invitations.
    pub fn set_mutes_invitations(&self, account: &str, mutes: bool) {
        self.change(account, |person| person.mutes_invitations = mutes);
    }

    /// Activates or deactivates an account, with the event that goes with it.
    pub fn set_active(&self, account: &str, active: bool) {
        self.change(account, |person| person.active = active);
        self.site.lock().queue_user_event("user_updated", account, Flow::Primary);
        self.site.touch();
    }

    fn change(&self, account: &str, change: impl FnOnce(&mut Person)) {
        let mut state = self.site.lock();
        let person = state.people.get_mut(account).unwrap_or_else(|| panic!("no account {account} on this site"));
        change(person);
    }

    /// Grants or takes away a project permission of anybody.
    pub fn set_permission(&self, account: &str, project: &str, permission: &str, granted: bool) {
        let known = crate::permissions::PROJECT.contains(&permission);
        assert!(known, "{permission} is no project permission of this site");
        let mut state = self.site.lock();
        let id = state.project_id(project);
        state.set_project(account, id, permission, granted);
    }

    /// Grants or takes away a global permission of anybody: `ADMINISTER`, or `USER_PICKER` for *Browse users*.
    pub fn set_global_permission(&self, account: &str, permission: &str, granted: bool) {
        let known = crate::permissions::GLOBAL.contains(&permission);
        assert!(known, "{permission} is no global permission of this site");
        self.site.lock().set_global(account, permission, granted);
    }

    /// Grants or takes away a project permission of the installed app's user.
    pub fn set_app_permission(&self, project: &str, permission: &str, granted: bool) {
        for app in self.app_users() {
            self.set_permission(&app, project, permission, granted);
        }
    }

    /// Grants or takes away a global permission of the installed app's user.
    pub fn set_app_global_permission(&self, permission: &str, granted: bool) {
        for app in self.app_users() {
            self.set_global_permission(&app, permission, granted);
        }
    }

    /// The users of the installed apps: where one has moved there are two, and an admin means both.
    fn app_users(&self) -> Vec<String> {
        let apps = self.site.lock().app_accounts();
        assert!(!apps.is_empty(), "install the app first: it has no user yet");
        apps
    }
}
