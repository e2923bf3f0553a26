//! Checks before inviting: a verdict for every address, nothing sent, nothing made, nothing kept but who asked for how many.
//! Knows what is true from the sandbox, the resolver and the provider of the tests.

use super::given::{bench, world};
use crate::harness::{PROJECT, World};
use crate::mail::resolver::{Resolver, Says};
use crate::mail::suppressing::{KEY, Suppressing};
use diagnosis::FactKey;
use invite_guard::domain::Clock;
use invite_guard::examine::Mail;
use invite_guard::mail::dns::{Dns, Limits, Server};
use invite_guard::mail::providers::{Account, Providers};
use invite_guard::outbound::Client;
use invite_guard_sandbox::{AddBy, Answer, Fault};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SEARCH: (&str, &str) = ("GET", "/rest/api/3/user/search");
const FRESH: &str = "fresh@shop.acme.com";

fn read(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("not JSON: {}", answer.body))
}

/// Overall word, leading cause, expected mail, account of each row.
fn told(answer: &Value) -> Vec<(String, String, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| {
        let has_account = row["subject"]["accountId"].is_string();
        (text(&row["overall"]), text(&row["primary"]), text(&row["expectedMail"]["kind"]), has_account)
    };
    answer["results"].as_array().expect("a list").iter().map(row).collect()
}

fn row(overall: &str, primary: &str, mail: &str, account: bool) -> (String, String, String, bool) {
    (overall.to_owned(), primary.to_owned(), mail.to_owned(), account)
}

async fn mail_of(world: &World) -> (Resolver, Suppressing, Mail) {
    let (resolver, provider) = (Resolver::start().await, Suppressing::start());
    let limits = Limits { timeout: Duration::from_millis(300), domain: Duration::from_secs(1), ..Limits::default() };
    let clock: Arc<dyn Clock> = world.clock.clone();
    let dns = Dns::new(Server::At(resolver.address), Arc::clone(&clock), limits);
    let client = Client::new(std::slice::from_ref(&provider.host)).expect("a client");
    let url = format!("http://{}", provider.host).parse().expect("a URL");
    let account = Account { url, key: KEY.to_owned().into() };
    let providers = Providers::new(client, clock, Some(account), None);
    (resolver, provider, Mail { dns: Some(dns), providers: Some(providers) })
}

async fn checked(world: &World, agent: &str, addresses: &[&str]) -> Value {
    read(&world.call(agent, "POST", "/checks", Some(json!({"addresses": addresses}))).await)
}

/// Nothing of the list may be anywhere in the database's files.
fn nothing_of(world: &World, words: &[&str]) {
    let Some(file) = invite_guard::store::sqlite_file(world.database()) else { return };
    for file in [file.clone(), file.with_extension("db-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        for word in words {
            assert!(!text.contains(word), "{} holds {word}", file.display());
        }
    }
}

#[tokio::test]
async fn every_address_of_a_list_gets_its_verdict_and_only_who_asked_is_kept() {
    let mut world = world().await;
    let agent = world.site.agent();
    let (resolver, provider, mail) = mail_of(&world).await;
    world.with_mail(mail).await;
    for domain in ["shop.acme.com", "gmial.com"] {
        resolver.says(domain, Says::Mx(&[(10, "mx.acme.com.")]));
    }
    resolver.says("quiet.acme.com", Says::Mx(&[(0, ".")]));
    provider.holds(
        "/api/v1/suppression-list/bounced%40shop.acme.com",
        json!({"results": [{"recipient": "bounced@shop.acme.com", "type": "transactional", "source": "Bounce Rule",
            "created": "2026-10-01T12:00:00+00:00"}]}),
    );
    let known = world.site.add_customer_at(PROJECT, AddBy::Agent, Some("known@shop.acme.com"));
    let hidden = world.site.add_customer_at(PROJECT, AddBy::Agent, Some("hidden@shop.acme.com"));
    world.site.set_address_visible(&hidden.account_id, false);
    world.state(FactKey::OutgoingMailOn, None, true).await;
    world.state(FactKey::InviteNotificationOn, Some(world.project(PROJECT)), true).await;
    world.pass(SignedDuration::from_mins(2)).await;
    let (cases, depth) = (cases(&world).await, world.store.depth(world.clock.now()).await.expect("depth"));
    let mails = world.site.mails().len();

    let list = [
        FRESH,
        "Known@shop.acme.com",
        " known@SHOP.acme.com ",
        "hidden@shop.acme.com",
        "any@quiet.acme.com",
        "any@gone.acme.com",
        "bounced@shop.acme.com",
        "lee@gmial.com",
        "ann,bob@shop.acme.com",
        "any@inner.example",
    ];
    world.site.forget_calls();
    let answer = checked(&world, &agent, &list).await;
    assert_eq!(
        told(&answer),
        [
            row("no_block_found", "-", "invitation", false),
            row("blocked", "existing_customer", "none", true),
            row("blocked", "existing_customer", "none", true),
            row("may_be_blocked", "existing_customer", "unknown", true),
            row("blocked", "undeliverable_domain", "none", false),
            row("could_not_check", "-", "unknown", false), // until the second look
            row("may_be_blocked", "address_suppressed", "unknown", false),
            row("no_block_found", "-", "invitation", false),
            row("blocked", "malformed_address", "none", false),
            row("no_block_found", "-", "invitation", false),
        ]
    );
    let counts =
        json!({"invitation": 3, "verification": 0, "atlassianInvitation": 0, "none": 3, "unknown": 3, "invalid": 1});
    assert_eq!(answer["summary"], counts);
    let rows = &answer["results"];
    for (row, address) in list.iter().enumerate() {
        assert_eq!(rows[row]["subject"]["address"], json!(address), "echoed as it was sent");
    }
    assert_eq!((&rows[2]["duplicateOf"], &rows[1]["duplicateOf"]), (&json!(1), &Value::Null));
    assert_eq!(rows[7]["suggestion"], "lee@gmail.com");
    assert_eq!(rows[1]["subject"]["accountId"], json!(known.account_id));
    assert_eq!(rows[0]["route"], "portal_invite");
    assert!(rows[0]["expectedMail"]["subject"].is_string() && rows[0]["expectedMail"]["sender"].is_string());
    let unread = rows[0]["notChecked"].as_array().expect("a list");
    assert!(unread.contains(&json!("existing_customer")), "nobody found is never new: {unread:?}");
    assert!(rows[8]["findings"].to_string().contains("“,” at place 4"), "{}", rows[8]["findings"]);
    assert_eq!(
        world.site.count_calls(SEARCH.0, SEARCH.1),
        8,
        "a duplicate and a malformed address are not searched for"
    );

    // Nothing but the trail.
    assert_eq!(cases, self::cases(&world).await, "no case");
    assert_eq!(depth, world.store.depth(world.clock.now()).await.expect("depth"), "no row in the queue");
    assert_eq!(world.site.mails().len(), mails, "nobody is mailed");
    nothing_of(&world, &["shop.acme.com", "gmial", "quiet.acme", "inner.example"]);
    let trail = read(&world.call(&agent, "GET", "/trail", None).await);
    let entry = &trail["items"][0];
    assert_eq!(
        (&entry["what"], &entry["by"], &entry["detail"]),
        (&json!("check"), &json!(agent), &json!({"addresses": 10}))
    );

    // The second look; and the switches.
    world.clock.advance(SignedDuration::from_mins(5));
    let answer = checked(&world, &agent, &["any@gone.acme.com"]).await;
    assert_eq!(told(&answer), [row("may_be_blocked", "undeliverable_domain", "unknown", false)]);
    world.state(FactKey::InviteNotificationOn, Some(world.project(PROJECT)), false).await;
    let answer = checked(&world, &agent, &[FRESH]).await;
    assert_eq!(told(&answer), [row("blocked", "notification_disabled", "verification", false)]);
    assert_eq!(answer["summary"]["verification"], 1);
    world.state(FactKey::OutgoingMailOn, None, false).await;
    let answer = checked(&world, &agent, &[FRESH]).await;
    assert_eq!(told(&answer), [row("blocked", "outgoing_mail_disabled", "none", false)]);
    world.check().await;
    world.end().await;
}

async fn cases(world: &World) -> usize {
    let filter = invite_guard::store::CaseFilter { limit: 100, ..Default::default() };
    world.store.cases(world.id(), world.project(PROJECT), &filter).await.expect("cases can be read").len()
}

#[tokio::test]
async fn who_cannot_be_searched_for_could_not_be_checked_and_lists_have_bounds() {
    let world = world().await;
    let agent = world.site.agent();
    world.state(FactKey::OutgoingMailOn, None, true).await;
    world.state(FactKey::InviteNotificationOn, Some(world.project(PROJECT)), true).await;
    world.pass(SignedDuration::from_mins(2)).await;
    let unchecked = [row("could_not_check", "-", "unknown", false)];
    for (fault, times) in
        [(Fault::Status(500), usize::MAX), (Fault::Status(403), usize::MAX), (Fault::Garbage, usize::MAX)]
    {
        world.site.misbehave("GET /rest/api/3/user/search", fault, times);
        assert_eq!(told(&checked(&world, &agent, &[FRESH]).await), unchecked);
        world.site.behave();
    }
    // Without *Browse users* Jira finds nobody, and says nothing about it.
    world.site.set_app_global_permission("USER_PICKER", false);
    let answer = checked(&world, &agent, &[FRESH]).await;
    assert_eq!(told(&answer), unchecked);
    let of_account = |finding: &&Value| finding["scenario"] == "existing_customer";
    let finding = answer["results"][0]["findings"].as_array().expect("a list").iter().find(of_account).cloned();
    assert_eq!(finding.expect("told")["gap"], "forbidden");
    world.site.set_app_global_permission("USER_PICKER", true);
    assert_eq!(told(&checked(&world, &agent, &[FRESH]).await), [row("no_block_found", "-", "invitation", false)]);

    let many = |count: usize| json!({"addresses": vec!["no address"; count]});
    let detail = |answer: &Answer| serde_json::from_str::<Value>(&answer.body).expect("a problem")["detail"].clone();
    for body in
        [many(0), many(501), json!({"addresses": [1]}), json!({"addresses": "a@b.example"}), json!({}), json!([])]
    {
        let answer = world.call(&agent, "POST", "/checks", Some(body)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(detail(&answer).as_str().is_some_and(|text| text.contains("1 to 500")), "{}", answer.body);
    }
    let long = json!({"addresses": ["a".repeat(300_000)]});
    assert_eq!(world.call(&agent, "POST", "/checks", Some(long)).await.status, 413);
    let answer = read(&world.call(&agent, "POST", "/checks", Some(many(500))).await);
    assert_eq!(answer["summary"]["invalid"], 500);
    for status in [200, 200, 429] {
        let answer = world.call(&agent, "POST", "/checks", Some(many(500))).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let again = answer
            .headers
            .iter()
            .any(|(name, value)| name == "retry-after" && value.parse::<u64>().is_ok_and(|s| s > 0));
        assert_eq!(again, status == 429, "{:?}", answer.headers);
    }
    world.check().await;
    world.end().await;
}

/// 500 addresses: each searched for once, everything else asked once for all, within Jira's limits and a minute.
#[tokio::test]
async fn slow_five_hundred_addresses_cost_one_search_each() {
    let bench = bench().await;
    let agent = bench.agent();
    let known = bench.site.add_customer_at("HELP", AddBy::Agent, Some("customer-7@acme.example"));
    bench.site.forget_calls();
    let addresses: Vec<String> = (0..500).map(|n| format!("customer-{n}@acme.example")).collect();
    let began = Instant::now();
    let answer = read(&bench.call(&agent, "POST", &bench.api("/checks"), Some(json!({"addresses": addresses}))).await);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    assert_eq!(answer["results"].as_array().map(Vec::len), Some(500));
    assert_eq!(answer["results"][7]["subject"]["accountId"], json!(known.account_id));
    assert_eq!(bench.site.count_calls(SEARCH.0, SEARCH.1), 500);
    let others: Vec<_> = bench.site.calls().into_iter().filter(|call| call.template != SEARCH.1).collect();
    assert!(others.len() <= 12, "once for all: {others:?}");
    assert!(!others.iter().any(|call| call.template.ends_with("/customer")), "no customer list: {others:?}");
}

#[tokio::test]
async fn whoever_was_added_at_a_domain_without_mail_is_told_of_so_and_a_broken_resolver_tells_nothing() {
    let mut world = world().await;
    let agent = world.site.agent();
    let (resolver, _provider, mail) = mail_of(&world).await;
    world.with_mail(mail).await;
    resolver.says("shop.acme.com", Says::Mx(&[(10, "mx.acme.com.")]));
    resolver.says("quiet.acme.com", Says::Mx(&[(0, ".")]));
    resolver.says("broken.acme.com", Says::Garbage);
    let of = async |address: &str| {
        let account = world.site.add_customer_at(PROJECT, AddBy::Agent, Some(address)).account_id;
        let report = read(&world.call(&agent, "GET", &format!("/customers/{account}"), None).await);
        let findings = report["findings"].as_array().expect("a list");
        let of_domain = findings.iter().find(|f| f["scenario"] == "undeliverable_domain");
        of_domain.map(|f| (f["ruling"].as_str().map(str::to_owned), f["confidence"].as_str().map(str::to_owned)))
    };
    let said = |ruling: &str, confidence: &str| Some((Some(ruling.to_owned()), Some(confidence.to_owned())));
    assert_eq!(of("ann@quiet.acme.com").await, said("blocks", "confirmed"), "a null MX");
    let nothing = said("undetermined", "unknown");
    assert_eq!(of("bob@gone.acme.com").await, nothing, "one look is none");
    world.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(of("eve@gone.acme.com").await, said("blocks", "likely"), "no such domain, twice");
    assert_eq!(of("joe@broken.acme.com").await, nothing, "a resolver in trouble");
    assert_eq!(of("kim@shop.acme.com").await, nothing, "that it takes mail clears nothing");
    world.check().await;
    world.end().await;
}
