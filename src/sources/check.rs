//! What can be known about addresses before anybody is invited: who has them, what their domains say, the switches as of now.
//! Judges nothing, stores nothing, invites nobody. The add is only imagined: *Customers > Add customers*, now.
//!
//! Everything is asked once for the whole list, side by side, and has to be over in time: what is not known by then is a gap.

use super::{Sources, earlier, store_gap, switches_now};
use crate::domain::address::Address;
use crate::domain::audit::AuditMark;
use crate::domain::history::{Line, as_of};
use crate::domain::roster::Seat;
use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, ProjectId};
use crate::jira::{BROWSE_USERS, Holder, JiraError};
use crate::mail::address;
use crate::mail::dns::Answer;
use crate::mail::providers::Listed;
use diagnosis::{
    Confidence, Fact, FactKey, Gap, Kind, Level, Moment, Observed, Origin, Reading, Route, Sheet, Source, Via,
};
use futures::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::time::Instant;

/// Everything has to be over by then; the asker waits in front of a page.
const WITHIN: Duration = Duration::from_secs(45);
/// Searches at the same time.
const AT_ONCE: usize = 8;
/// So many searches go out at once, and the others at this distance: Jira allows an endpoint about a hundred a second.
const BURST: u32 = 50;
const APART: Duration = Duration::from_millis(12);
/// Jira's "not now" is waited for, if it is short and does not come again and again.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);
const TRIES: usize = 3;
/// Domains and provider look-ups at the same time.
const SIDE: usize = 16;

/// What was learnt about one address.
#[derive(Clone, Debug)]
pub struct CheckedAddress {
    /// Who has it, if Jira told.
    pub account: Option<AccountId>,
    /// The facts, as of an add now.
    pub sheet: Sheet,
    /// When to ask again, if something passing kept us from knowing.
    pub again_at: Option<Timestamp>,
}

/// One address with everything that was asked about it.
struct Asked<'a> {
    address: &'a Address,
    fault: Option<diagnosis::AddressFault>,
    holder: Result<Option<Holder>, JiraError>,
    seats: Vec<Seat>,
    mail: Option<Answer>,
    listed: Option<Listed>,
    /// What imported logs and admins said about the address.
    heard: Fact<bool>,
}

impl Sources {
    /// What can be known about these addresses, as they were typed; as many answers, in their order.
    pub async fn check(&self, tenant: &Tenant, project: ProjectId, typed: &[String]) -> Vec<CheckedAddress> {
        let until = Instant::now() + WITHIN;
        let faults: Vec<_> = typed.iter().map(|typed| address::fault(typed)).collect();
        let addresses: Vec<Address> = typed.iter().map(|typed| address::bare(typed)).collect();
        let good: Vec<bool> = faults.iter().map(Option::is_none).collect();
        let (around, right, holders, mails, listed) = tokio::join!(
            Box::pin(self.around_now(tenant, project)),
            self.may_browse_users(tenant, project),
            self.holders(tenant, &addresses, &good, until),
            self.mails(tenant, &addresses, &good, until),
            self.listings(tenant, &addresses, &good, until),
        );
        let (around, again_at) = around;
        let now = self.clock.now();
        let mut checked = Vec::with_capacity(typed.len());
        let accounts: Vec<_> = holders.iter().map(|h| Some(h.as_ref().ok()?.as_ref()?.account.clone())).collect();
        let heard = self.heard_of(tenant, project, &addresses, &accounts, now).await;
        let said = std::iter::zip(listed, heard);
        let all = std::iter::zip(std::iter::zip(&addresses, faults), std::iter::zip(holders, said));
        for ((address, fault), (holder, (listed, heard))) in all {
            let mail = address.domain().and_then(|domain| mails.get(domain)).copied();
            let seats = match &holder {
                Ok(Some(holder)) => self.store.seats(tenant.id, &holder.account).await.unwrap_or_default(),
                _ => Vec::new(),
            };
            let asked = Asked { address, fault, holder, seats, mail, listed, heard };
            checked.push(told(asked, &around, again_at, right, project, now));
        }
        checked
    }

    /// Facts of site and project for somebody added now: the switches, and whatever admins stated about anything else.
    async fn around_now(&self, tenant: &Tenant, project: ProjectId) -> (Sheet, Option<Timestamp>) {
        let now = switches_now(self, tenant, Some(project)).await;
        let mut sheet = now.sheet;
        let lines = match self.stated(tenant, project).await {
            Ok(lines) => lines,
            Err(error) => {
                store_gap(error);
                return (sheet, now.again_at);
            }
        };
        let switches = [FactKey::OutgoingMailOn, FactKey::InviteNotificationOn];
        let others = FactKey::ALL.iter().filter(|key| key.level() < Level::Person && !switches.contains(key));
        for key in others {
            let fact = as_of(*key, &lines, Moment::at(now.checked_at), &AuditMark::default());
            if fact != Fact::Unknown(Gap::NotAsked) {
                // A line with a value of another type is none.
                let _taken = sheet.put(&Reading { key: *key, fact });
            }
        }
        (sheet, now.again_at)
    }

    async fn stated(&self, tenant: &Tenant, project: ProjectId) -> crate::store::Result<Vec<Line>> {
        let mut lines = self.store.lines(tenant.id, None).await?;
        lines.extend(self.store.lines(tenant.id, Some(project)).await?);
        Ok(lines)
    }

    /// Whether the app may search for people, if Jira tells; without that right it finds nobody and says nothing about it.
    async fn may_browse_users(&self, tenant: &Tenant, project: ProjectId) -> Option<bool> {
        let told = self.jira.site(tenant).my_permissions(project, &[BROWSE_USERS]).await.ok()?;
        told.get(BROWSE_USERS).copied()
    }

    async fn holders(
        &self,
        tenant: &Tenant,
        addresses: &[Address],
        good: &[bool],
        until: Instant,
    ) -> Vec<Result<Option<Holder>, JiraError>> {
        let begun = Instant::now();
        let mut number = 0;
        let searches: Vec<_> = std::iter::zip(addresses, good)
            .map(|(address, good)| {
                number += u32::from(*good);
                let start = begun + APART * number.saturating_sub(BURST);
                async move {
                    if !good {
                        return Ok(None);
                    }
                    tokio::time::sleep_until(start.min(until)).await;
                    let search = tokio::time::timeout_at(until, self.holder(tenant, address));
                    search.await.unwrap_or(Err(JiraError::Unavailable("check took too long")))
                }
            })
            .collect();
        stream::iter(searches).buffered(AT_ONCE).collect().await
    }

    async fn holder(&self, tenant: &Tenant, address: &Address) -> Result<Option<Holder>, JiraError> {
        let site = self.jira.site(tenant);
        for _ in 1..TRIES {
            let until = match site.holder_of(address).await {
                Err(JiraError::Throttled { until, .. }) => until,
                other => return other,
            };
            let wait = until.duration_since(self.clock.now());
            if wait > PATIENCE {
                break;
            }
            tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
        }
        site.holder_of(address).await
    }

    /// What each domain says, each asked once.
    async fn mails(
        &self,
        tenant: &Tenant,
        addresses: &[Address],
        good: &[bool],
        until: Instant,
    ) -> HashMap<String, Answer> {
        let good = std::iter::zip(addresses, good).filter(|(_, good)| **good).map(|(address, _)| address);
        let domains: HashSet<String> = good.filter_map(Address::domain).map(str::to_owned).collect();
        let Some(dns) = &self.mail.dns else { return HashMap::new() };
        let looks: Vec<_> = domains
            .into_iter()
            .map(|domain| async move {
                let look = tokio::time::timeout_at(until, dns.mail_to(tenant.id, &domain)).await;
                (domain, look.unwrap_or(Answer::Gap(Gap::Unavailable, None)))
            })
            .collect();
        stream::iter(looks).buffer_unordered(SIDE).collect().await
    }

    async fn listings(
        &self,
        tenant: &Tenant,
        addresses: &[Address],
        good: &[bool],
        until: Instant,
    ) -> Vec<Option<Listed>> {
        let providers = self.mail.providers.as_ref().filter(|providers| providers.any());
        let Some(providers) = providers else { return vec![None; addresses.len()] };
        if !self.is_only_site(tenant).await {
            return vec![None; addresses.len()];
        }
        let looks: Vec<_> = std::iter::zip(addresses, good)
            .map(|(address, good)| async move {
                if !good {
                    return None;
                }
                let look = tokio::time::timeout_at(until, providers.listed(address)).await;
                Some(look.unwrap_or(Listed::Gap(Gap::Unavailable, None)))
            })
            .collect();
        stream::iter(looks).buffered(SIDE).collect().await
    }

    /// Whether the operator serves this site alone. A second one may have been installed since the start, and its customers are
    /// none of that provider's business.
    async fn is_only_site(&self, tenant: &Tenant) -> bool {
        match self.store.tenants().await {
            Ok(all) => all.iter().filter(|one| one.is_active()).all(|one| one.id == tenant.id),
            Err(error) => {
                store_gap(error);
                false
            }
        }
    }
}

fn told(
    asked: Asked<'_>,
    around: &Sheet,
    again_at: Option<Timestamp>,
    may_browse: Option<bool>,
    project: ProjectId,
    now: Timestamp,
) -> CheckedAddress {
    let mut sheet = Sheet { person: Sheet::unasked().person, ..around.clone() };
    let mut again_at = again_at;
    let typed = Origin::new(Source::Input, now);
    sheet.person.address_fault = Fact::of(asked.fault.clone(), typed);
    sheet.person.address_domain_listed = listed_domain(&around.site.allowed_domains, asked.address);
    if let Some(answer) = asked.mail {
        let (fact, again) = domain_mail(answer);
        sheet.person.address_domain_mail = fact;
        again_at = earlier(again_at, again);
    }
    let (listed, again) = asked.listed.map_or((Fact::Unknown(Gap::NotAsked), None), suppressed);
    again_at = earlier(again_at, again);
    sheet.person.address_suppressed = match (asked.heard, listed) {
        // Atlassian's own log says more about Atlassian's list than the operator's provider; of two that differ, the block.
        (heard @ Fact::Known(Observed { value: true, .. }), _) => heard,
        (Fact::Known(heard), Fact::Unknown(_)) => Fact::Known(heard),
        (Fact::Unknown(gap), Fact::Unknown(Gap::NotAsked)) => Fact::Unknown(gap),
        (_, listed) => listed,
    };
    let account = match asked.holder {
        Ok(Some(holder)) => {
            of_holder(&mut sheet, &holder, &asked.seats, project, now);
            Some(holder.account)
        }
        other => {
            let gap = match &other {
                Err(error) => {
                    again_at = earlier(again_at, error.again_at(now));
                    error.gap()
                }
                // Nobody found: never "new". Without the right to look it is that right which is missing.
                Ok(_) if may_browse == Some(false) && asked.fault.is_none() => Gap::Forbidden,
                Ok(_) => Gap::NotExposed,
            };
            of_nobody(&mut sheet, gap, now);
            None
        }
    };
    sheet.settle();
    CheckedAddress { account, sheet, again_at }
}

/// The address is somebody's: Jira invites a person once.
fn of_holder(sheet: &mut Sheet, holder: &Holder, seats: &[Seat], project: ProjectId, now: Timestamp) {
    // The only account that was found, with its address hidden, may be found by its name.
    let worth = if holder.shown { Confidence::Confirmed } else { Confidence::Likely };
    let seen = Origin::new(Source::JiraRest, now).at_most(worth);
    sheet.person.known_before = Fact::of(true, seen.clone());
    // The search finds active accounts alone.
    sheet.person.account_active = Fact::of(true, seen.clone());
    sheet.person.account_kind = holder.kind.map_or(Fact::Unknown(Gap::NotExposed), |kind| Fact::of(kind, seen));
    // Through which page somebody was added who is there already is told by nobody.
    sheet.person.mail_route = Fact::Unknown(Gap::NotExposed);
    sheet.person.creator = Fact::Unknown(Gap::NotExposed);
    let here = seats.iter().filter(|seat| seat.project == project && seat.gone_at.is_none());
    if let Some(seat) = here.filter(|seat| seat.via != Via::ListOnly).max_by_key(|seat| seat.added.not_after) {
        sheet.person.added_via = Fact::of(seat.via, Origin::new(Source::Roster, seat.added.not_after));
    }
}

/// Nobody is known to have it: the add is imagined, and would make a portal-only account and send the portal's invitation.
fn of_nobody(sheet: &mut Sheet, gap: Gap, now: Timestamp) {
    let imagined = Origin::new(Source::Inferred, now).at_most(Confidence::Likely);
    sheet.person.known_before = Fact::Unknown(gap);
    sheet.person.mail_route = Fact::of(Route::PortalInvite, imagined.clone());
    sheet.person.account_kind = Fact::of(Kind::Customer, imagined);
    sheet.person.creator = Fact::Unknown(Gap::NotExposed);
    sheet.person.added_via = Fact::Unknown(Gap::NotExposed);
}

fn listed_domain(allowed: &Fact<Vec<String>>, address: &Address) -> Fact<bool> {
    match (allowed.known(), address.domain()) {
        (Ok(Observed { value, origin }), Some(domain)) => {
            let same = |name: &String| name.trim().trim_start_matches('@').eq_ignore_ascii_case(domain);
            Fact::of(value.is_empty() || value.iter().any(same), origin.clone())
        }
        (Err(gap), _) => Fact::Unknown(gap),
        (Ok(_), None) => Fact::Unknown(Gap::NotExposed),
    }
}

fn domain_mail(answer: Answer) -> (Fact<diagnosis::DomainMail>, Option<Timestamp>) {
    match answer {
        Answer::Said { mail, at, at_most } => (Fact::of(mail, Origin::new(Source::Dns, at).at_most(at_most)), None),
        Answer::Gap(gap, again) => (Fact::Unknown(gap), again),
    }
}

/// Not listed is no all-clear: Atlassian's providers have lists of their own.
fn suppressed(listed: Listed) -> (Fact<bool>, Option<Timestamp>) {
    match listed {
        Listed::Suppressed { since, at } => {
            let origin = Origin { since, ..Origin::new(Source::MailProvider, at).at_most(Confidence::Likely) };
            (Fact::of(true, origin), None)
        }
        Listed::NotListed => (Fact::Unknown(Gap::NotExposed), None),
        Listed::Gap(gap, again) => (Fact::Unknown(gap), again),
    }
}
