//! The causes, one file each. A new cause is a file here, a line in the registry, its words and its fixtures.
//! Does not know where facts come from, nor the order in which findings are shown.

mod access_restricted;
mod address_suppressed;
mod created_by_api;
mod created_by_automation;
mod daily_mail_limit;
mod existing_customer;
mod inactive_account;
mod invitations_muted;
mod malformed_address;
mod notification_disabled;
mod outgoing_mail_disabled;
mod portal_permission_missing;
mod sender_domain_unverified;
mod undeliverable_domain;
mod wrong_door;

use crate::ruling::Scenario;

/// Every cause. Where level and severity are the same, this order decides which is named first: what was done silently at
/// this add before what was so already, and last what only may be so when nothing else is.
pub static REGISTRY: [Scenario; 15] = [
    outgoing_mail_disabled::SCENARIO,
    access_restricted::SCENARIO,
    portal_permission_missing::SCENARIO,
    notification_disabled::SCENARIO,
    malformed_address::SCENARIO,
    created_by_automation::SCENARIO,
    address_suppressed::SCENARIO,
    undeliverable_domain::SCENARIO,
    inactive_account::SCENARIO,
    created_by_api::SCENARIO,
    existing_customer::SCENARIO,
    wrong_door::SCENARIO,
    invitations_muted::SCENARIO,
    daily_mail_limit::SCENARIO,
    sender_domain_unverified::SCENARIO,
];

/// The cause with this slug.
pub fn by_slug(slug: &str) -> Option<&'static Scenario> {
    REGISTRY.iter().find(|scenario| scenario.slug == slug)
}
