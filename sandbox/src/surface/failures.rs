//! *Customer notification logs* as an admin takes them from the page. See the parent module.

use crate::failures::{LogForm, LogTab};
use crate::site::Sandbox;

impl Sandbox {
    /// What a project's log shows of the last three weeks, in this form.
    pub fn notification_log(&self, project: &str, tab: LogTab, form: LogForm) -> String {
        let state = self.site.lock();
        let id = state.project_id(project);
        state.notification_log(id, tab, form)
    }

    /// Puts a row into *Customer invitations* of a project, as for a mail that failed now for this reason.
    pub fn fail_invitation(&self, project: &str, recipient: &str, details: &str) {
        let mut state = self.site.lock();
        let id = state.project_id(project);
        state.note_failure(id, None, recipient, details);
    }
}
