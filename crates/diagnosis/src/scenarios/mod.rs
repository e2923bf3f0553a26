//! The causes, one file each. A new cause is a file here, a line in the registry, its words and its fixtures.
//! Does not know where facts come from, nor the order in which findings are shown.

mod created_by_automation;
mod existing_customer;
mod notification_disabled;
mod outgoing_mail_disabled;

use crate::ruling::Scenario;

/// Every cause. Where level and severity are the same, this order decides which is named first: what was done silently at
/// this add before what was so already.
pub static REGISTRY: [Scenario; 4] = [
    outgoing_mail_disabled::SCENARIO,
    notification_disabled::SCENARIO,
    created_by_automation::SCENARIO,
    existing_customer::SCENARIO,
];

/// The cause with this slug.
pub fn by_slug(slug: &str) -> Option<&'static Scenario> {
    REGISTRY.iter().find(|scenario| scenario.slug == slug)
}
