//! What only apps with opt-in sources meet: undocumented resources, and a *notify* call that is not as documented.

use crate::mail::NotifyMood;
use crate::site::Sandbox;

impl Sandbox {
    /// Gives the site the undocumented resources, or takes them away; there are none at the start.
    pub fn set_internal_endpoints(&self, there: bool) {
        self.site.lock().internal_endpoints = there;
    }

    /// Tells *notify* how to be.
    pub fn set_notify(&self, mood: NotifyMood) {
        self.site.lock().notify = mood;
    }
}
