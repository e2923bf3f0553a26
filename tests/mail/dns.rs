//! Mail domains: what counts, what is a gap, what is never asked, and how seldom anything is asked.
//! Knows no verdict.

use super::resolver::{Resolver, Says};
use crate::harness::ManualClock;
use diagnosis::{Confidence, DomainMail, Gap};
use hickory_resolver::proto::op::ResponseCode;
use invite_guard::domain::TenantId;
use invite_guard::mail::dns::{Answer, Dns, Limits, Server};
use jiff::SignedDuration;
use rstest::rstest;
use std::sync::Arc;
use std::time::Duration;

const T: TenantId = TenantId(1);

/// Short, so that silence is soon over.
fn limits() -> Limits {
    Limits { timeout: Duration::from_millis(150), domain: Duration::from_millis(600), ..Limits::default() }
}

async fn asking(limits: Limits) -> (Resolver, Dns, Arc<ManualClock>) {
    let (resolver, clock) = (Resolver::start().await, Arc::new(ManualClock::new()));
    let dns = Dns::new(Server::At(resolver.address), clock.clone(), limits);
    (resolver, dns, clock)
}

fn said(answer: Answer) -> Result<(DomainMail, Confidence), Gap> {
    match answer {
        Answer::Said { mail, at_most, .. } => Ok((mail, at_most)),
        Answer::Gap(gap, _) => Err(gap),
    }
}

#[rstest]
#[case::null_mx(Says::Mx(&[(0, ".")]), Ok((DomainMail::NullMx, Confidence::Confirmed)))]
#[case::exchanger(Says::Mx(&[(10, "mx.acme.com.")]), Ok((DomainMail::Receives, Confidence::Confirmed)))]
#[case::by_tcp(Says::MxByTcp(&[(0, ".")]), Ok((DomainMail::NullMx, Confidence::Confirmed)))]
#[case::address_stands_for_one(Says::Address, Ok((DomainMail::Receives, Confidence::Confirmed)))]
#[case::nobody(Says::Nothing, Ok((DomainMail::NoMailHost, Confidence::Likely)))]
// Lies: something is named, and whether it takes mail cannot be seen from here.
#[case::null_mx_beside_another(Says::Mx(&[(0, "."), (10, "mx.acme.com.")]), Ok((DomainMail::Receives, Confidence::Confirmed)))]
#[case::mx_to_an_address(Says::Mx(&[(10, "192.0.2.1.")]), Ok((DomainMail::Receives, Confidence::Confirmed)))]
#[case::mx_to_localhost(Says::Mx(&[(10, "localhost.")]), Ok((DomainMail::Receives, Confidence::Confirmed)))]
// No word of the zone's own.
#[case::nothing_unsigned(Says::NothingUnsigned, Err(Gap::Unavailable))]
#[case::alias_loop(Says::Loop, Err(Gap::Unavailable))]
#[case::first_look(Says::NoSuchDomain, Err(Gap::Unavailable))]
#[case::servfail(Says::Code(ResponseCode::ServFail), Err(Gap::Unavailable))]
#[case::refused(Says::Code(ResponseCode::Refused), Err(Gap::Unavailable))]
#[case::garbage(Says::Garbage, Err(Gap::Unavailable))]
#[case::silence(Says::Silence, Err(Gap::Unavailable))]
#[tokio::test]
async fn only_what_a_zone_says_counts(#[case] says: Says, #[case] expected: Result<(DomainMail, Confidence), Gap>) {
    let (resolver, dns, _) = asking(limits()).await;
    resolver.says("shop.acme.com", says);
    assert_eq!(said(dns.mail_to(T, "shop.acme.com").await), expected);
    let asked = resolver.asked();
    assert!(asked.iter().all(|question| question.starts_with("shop.acme.com. ")), "fully qualified alone: {asked:?}");
}

#[tokio::test]
async fn an_alias_is_followed_and_two_that_chase_each_other_are_a_gap() {
    let (resolver, dns, _) = asking(limits()).await;
    resolver.says("a.acme.com", Says::Alias("b.acme.com."));
    resolver.says("b.acme.com", Says::Mx(&[(0, ".")]));
    resolver.says("c.acme.com", Says::Alias("d.acme.com."));
    resolver.says("d.acme.com", Says::Alias("c.acme.com."));
    assert_eq!(said(dns.mail_to(T, "a.acme.com").await), Ok((DomainMail::NullMx, Confidence::Confirmed)));
    assert_eq!(said(dns.mail_to(T, "c.acme.com").await), Err(Gap::Unavailable));
}

#[tokio::test]
async fn a_domain_is_missing_only_after_a_second_look_five_minutes_later() {
    let (resolver, dns, clock) = asking(limits()).await;
    let start = invite_guard::domain::Clock::now(&*clock);
    let second = start + SignedDuration::from_mins(5);
    assert_eq!(dns.mail_to(T, "gone.acme.com").await, Answer::Gap(Gap::Unavailable, Some(second)));
    clock.advance(SignedDuration::from_secs(299));
    assert_eq!(said(dns.mail_to(T, "gone.acme.com").await), Err(Gap::Unavailable));
    assert_eq!(resolver.asked().len(), 1, "the second look is not taken early");
    clock.advance(SignedDuration::from_secs(1));
    resolver.says("gone.acme.com", Says::Code(ResponseCode::ServFail));
    assert_eq!(said(dns.mail_to(T, "gone.acme.com").await), Err(Gap::Unavailable), "a failure is no second look");
    clock.advance(SignedDuration::from_mins(1));
    resolver.says("gone.acme.com", Says::NoSuchDomain);
    let gone = Ok((DomainMail::NoSuchDomain, Confidence::Likely));
    assert_eq!(said(dns.mail_to(T, "gone.acme.com").await), gone);
    clock.advance(SignedDuration::from_mins(2));
    resolver.says("gone.acme.com", Says::Mx(&[(10, "mx.acme.com.")]));
    assert_eq!(said(dns.mail_to(T, "gone.acme.com").await), Ok((DomainMail::Receives, Confidence::Confirmed)));
    clock.advance(SignedDuration::from_hours(1));
    resolver.says("gone.acme.com", Says::NoSuchDomain);
    assert_eq!(said(dns.mail_to(T, "gone.acme.com").await), Err(Gap::Unavailable), "it begins anew");
}

#[tokio::test]
async fn an_answer_is_remembered_for_its_time_to_live_and_no_tenant_asks_without_end() {
    let (resolver, dns, clock) = asking(Limits { an_hour: 3, ..limits() }).await;
    resolver.says("one.acme.com", Says::Mx(&[(0, ".")]));
    for _ in 0..3 {
        dns.mail_to(T, "one.acme.com").await;
        dns.mail_to(TenantId(2), "ONE.acme.com").await;
    }
    assert_eq!(resolver.asked(), ["one.acme.com. MX"]);
    clock.advance(SignedDuration::from_secs(301));
    dns.mail_to(T, "one.acme.com").await;
    assert_eq!(resolver.asked().len(), 2, "after 300 s it is asked anew");
    for name in ["two.acme.com", "three.acme.com", "four.acme.com"] {
        resolver.says(name, Says::Mx(&[(10, "mx.acme.com.")]));
        let _ = dns.mail_to(T, name).await;
    }
    assert_eq!(resolver.asked().len(), 3, "three an hour");
    assert_eq!(said(dns.mail_to(T, "four.acme.com").await), Err(Gap::Unavailable));
    assert!(said(dns.mail_to(TenantId(2), "four.acme.com").await).is_ok(), "another tenant has its own hour");
    assert!(said(dns.mail_to(T, "four.acme.com").await).is_ok(), "and what is known is known to all");
    clock.advance(SignedDuration::from_hours(1));
    assert!(said(dns.mail_to(T, "three.acme.com").await).is_ok(), "the next hour");
}

#[tokio::test]
async fn inner_names_are_never_asked_and_off_is_silent() {
    let (resolver, dns, clock) = asking(limits()).await;
    for name in ["acme.internal", "acme.local", "acme.example", "localhost", "gmail", "127.0.0.1", "1.in-addr.arpa"] {
        assert_eq!(said(dns.mail_to(T, name).await), Err(Gap::NotExposed), "{name}");
    }
    let off = Dns::new(Server::Off, clock, limits());
    assert_eq!(said(off.mail_to(T, "acme.com").await), Err(Gap::NotExposed));
    assert_eq!(resolver.asked(), [] as [String; 0]);
}
