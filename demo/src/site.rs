//! The demo's Jira site: two service projects, people who work there, customers from before the app came.
//! Knows nothing of the app.

use anyhow::Context as _;
use invite_guard_sandbox::{AddBy, Options, ProjectType, Sandbox, UserKind};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const HOUR: i64 = 60 * 60;

/// Key of the project that the demo is about.
pub(crate) const SUPPORT: &str = "SUP";
/// Key of the project where somebody is known from.
const HELP: &str = "HELP";

/// Starts the site and fills it with what happened in the days before the app came.
pub(crate) async fn start(port: u16) -> anyhow::Result<Sandbox> {
    let ago = Arc::new(AtomicI64::new(72 * HOUR));
    let clock = Arc::clone(&ago);
    let options = Options {
        port,
        display_url: Some("https://acme.example".to_owned()),
        auto_deliver: true,
        clock: Arc::new(move || Timestamp::now() - SignedDuration::from_secs(clock.load(Ordering::Relaxed))),
        ..Options::default()
    };
    let site = Sandbox::start(options).await.with_context(|| format!("the site cannot listen on 127.0.0.1:{port}"))?;
    site.add_project(SUPPORT, "Support", ProjectType::ServiceDesk);
    site.add_project(HELP, "Help desk", ProjectType::ServiceDesk);
    site.add_user(UserKind::ProjectAdmin(vec![SUPPORT.to_owned()]));
    site.add_user(UserKind::Agent(vec![SUPPORT.to_owned()]));
    site.add_user(UserKind::Outsider);
    for (project, count) in [(HELP, 4), (SUPPORT, 2)] {
        for _ in 0..count {
            ago.fetch_sub(HOUR, Ordering::Relaxed);
            site.add_customer(project, AddBy::Agent);
        }
    }
    // Somebody tried the switch once, so the audit log knows how it stands.
    site.set_customer_invited(SUPPORT, false);
    ago.fetch_sub(HOUR, Ordering::Relaxed);
    site.set_customer_invited(SUPPORT, true);
    // An item without a customer: on it the app can prove that its comments are internal.
    site.add_work_item(SUPPORT);
    ago.store(0, Ordering::Relaxed);
    Ok(site)
}

/// Adds somebody to Support who is a customer of the help desk already. Gives their account.
pub(crate) fn add_known_customer(site: &Sandbox) -> anyhow::Result<String> {
    let known = site.customers_in_role(HELP).into_iter().next().context("the help desk has no customer")?;
    Ok(site.add_customer(SUPPORT, AddBy::Existing(known)).account_id)
}
