//! `docs/coverage.md`: what is told of each way of adding, how surely, how late and at what cost, measured on a site.
//! Knows no internals; a customer is added, time passes until there is a case, the calls are counted.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use diagnosis::{Confidence, FactKey, Gap, Ruling};
use invite_guard::domain::case::Case;
use invite_guard_sandbox::{AddBy, ProjectType, RestCaller, UserKind};
use jiff::SignedDuration;
use std::fmt::Write as _;
use std::path::PathBuf;

/// A way of adding, in the words of Jira's pages.
#[derive(Clone, Copy, Debug)]
enum Way {
    Agent,
    Existing,
    Automation,
    RestByApp,
    RestByPerson,
    People,
    Organisation,
    Email,
    SelfSignup,
}

const WAYS: [(Way, &str); 9] = [
    (Way::Agent, "*Customers > Add*, new account"),
    (Way::Existing, "*Customers > Add*, account known from another project"),
    (Way::Automation, "Automation: *Add service project customer*"),
    (Way::RestByApp, "REST, by an app"),
    (Way::RestByPerson, "REST, by a person's API token"),
    (Way::People, "*People* page, role *Service Desk Customers*"),
    (Way::Organisation, "member of an organisation"),
    (Way::Email, "first mail to the desk"),
    (Way::SelfSignup, "sign-up on the portal"),
];

/// Who tells us of an add: how the site is while somebody is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    All,
    Log,
    Passes,
}

const TOLD: [(Told, &str); 3] = [
    (Told::All, "Webhooks arrive, the audit log can be read"),
    (Told::Log, "No webhook arrives, the audit log can be read"),
    (Told::Passes, "No webhook arrives, there is no audit log"),
];

/// Looked at so often until there is a case: at once, every minute for a while, then every six hours.
const LOOKS: [(u32, SignedDuration); 3] =
    [(1, SignedDuration::ZERO), (15, SignedDuration::from_mins(1)), (12, SignedDuration::from_hours(6))];

/// What became of one add.
struct Row {
    found: Option<SignedDuration>,
    calls: usize,
    points: u64,
    case: Option<Case>,
}

async fn measured(way: Way, told: Told) -> Row {
    let world = World::start(Engine::Sqlite).await;
    world.site.add_project("OPS", "Operations", ProjectType::ServiceDesk);
    let known = world.site.add_customer("OPS", AddBy::Agent).account_id;
    world.site.drop_all();
    // A daily look at all projects is just over: the next is a day away, whatever the time of day.
    let looks = |world: &World| world.site.count_calls("GET", "/rest/api/3/project/search");
    world.pass(SignedDuration::from_hours(24)).await;
    let before = looks(&world);
    while looks(&world) == before {
        world.pass(SignedDuration::from_hours(1)).await;
    }
    // Both switches are off, so that each cause has something to tell.
    world.site.set_customer_invited(PROJECT, false);
    world.site.set_outgoing_mail(false);
    world.state(FactKey::OutgoingMailOn, None, false).await;
    if told == Told::Passes {
        world.site.set_audit_available(false);
    }
    world.pass(SignedDuration::from_mins(10)).await;
    world.site.forget_calls();
    let account = add(&world, way, known);
    if told == Told::All {
        world.site.deliver_all().await;
    } else {
        world.site.drop_all();
    }
    let mut waited = SignedDuration::ZERO;
    let mut row = Row { found: None, calls: 0, points: 0, case: None };
    'waiting: for (times, each) in LOOKS {
        for _ in 0..times {
            world.pass(each).await;
            waited += each;
            row.case = world.case(&account).await;
            if row.case.is_some() {
                row.found = Some(waited);
                break 'waiting;
            }
        }
    }
    let calls = world.site.calls();
    (row.calls, row.points) = (calls.len(), calls.iter().map(|call| call.points).sum());
    world.check().await;
    world.end().await;
    row
}

fn add(world: &World, way: Way, known: String) -> String {
    let site = &world.site;
    let by = match way {
        Way::Agent => AddBy::Agent,
        Way::Existing => AddBy::Existing(known),
        Way::Automation => AddBy::Automation,
        Way::RestByApp => AddBy::Rest(RestCaller::App(site.add_user(UserKind::App))),
        Way::RestByPerson => AddBy::Rest(RestCaller::User(site.admin())),
        Way::People => AddBy::People,
        Way::Organisation => AddBy::Organisation("Acme".to_owned()),
        Way::Email => AddBy::Email,
        Way::SelfSignup => AddBy::SelfSignup,
    };
    site.add_customer(PROJECT, by).account_id
}

/// Rounded up to what the looks can tell apart.
fn late(found: Option<SignedDuration>) -> String {
    match found {
        None => "not within three days".to_owned(),
        Some(wait) if wait.is_zero() => "at once".to_owned(),
        Some(wait) if wait < SignedDuration::from_hours(1) => format!("{} min", wait.as_mins()),
        Some(wait) => format!("up to {} h", wait.as_hours()),
    }
}

/// Causes that the case tells and those that it could not check, by name.
fn said(case: Option<&Case>) -> (String, String) {
    let Some(case) = case else { return ("–".to_owned(), "–".to_owned()) };
    let list = |mut words: Vec<String>| {
        words.sort();
        if words.is_empty() { "–".to_owned() } else { words.join(", ") }
    };
    let told = case.findings.iter().filter(|finding| finding.ruling == Ruling::Blocks).map(|finding| {
        let sure = if finding.confidence == Confidence::Confirmed { "confirmed" } else { "likely" };
        format!("`{}` {sure}", finding.scenario.slug)
    });
    let open = case.findings.iter().filter_map(|finding| match finding.ruling {
        Ruling::Undetermined(gap) if gap != Gap::NotExposed => {
            Some(format!("`{}` ({})", finding.scenario.slug, gap.name()))
        }
        _ => None,
    });
    (list(told.collect()), list(open.collect()))
}

async fn page() -> String {
    let mut page = String::from(
        "# Coverage\n\n<!-- Written by a test: UPDATE_DOCS=1 cargo test --test main coverage. Do not edit. -->\n\n\
         What Invite Guard tells of each way of adding a customer, measured on a site where outgoing mail is off (an admin said \
         so), *Customer invited* is off (switched by its admin), two service projects are there and no optional source is on. \
         *How late* counts from the add until there is a verdict, with the default intervals. *Calls* and *points* are all of the \
         site's in that time, passes and readings of the log among them. What nobody can ever read here (`not_exposed`) is left out.\n",
    );
    for (told, title) in TOLD {
        let _ = write!(
            page,
            "\n## {title}\n\n| way of adding | tells | could not check | how late | calls | points |\n|---|---|---|---|---:|---:|\n"
        );
        for (way, name) in WAYS {
            let row = measured(way, told).await;
            let (causes, open) = said(row.case.as_ref());
            let _ =
                writeln!(page, "| {name} | {causes} | {open} | {} | {} | {} |", late(row.found), row.calls, row.points);
        }
    }
    page.push_str(
        "\nFound by a pass, a case comes with the next daily look at the customers of every project; where nothing tells of an add \
         at all there is none, and nothing is claimed.\n",
    );
    page
}

/// Some thirty sites, one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_the_documentation_is_what_was_measured() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    let made = page().await;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).expect("docs/coverage.md can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/coverage.md is not what was measured; run `UPDATE_DOCS=1 cargo test --test main coverage` and commit it:\n{made}"
    );
}
