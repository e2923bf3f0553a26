//! What passes cost of Jira's quota, and how far apart they must lie so that they leave enough of it (docs/capacity.md).
//! Knows no site: it counts people, answers and hours.

use diagnosis::Via;
use jiff::SignedDuration;
use std::time::Duration;

/// Points an hour that all tenants of the app share, in the tier that every app begins in.
pub const POINTS_AN_HOUR: u64 = 65_000;
/// People in one answer of a list.
pub const PAGE: u64 = 50;
/// So many pages of a run follow each other as fast as Jira allows; the rest keep the pace that all runs share.
pub const FAST_PAGES: u32 = 20;
/// Jira takes five pages of customers a second from a tenant.
pub const PAGES_APART: SignedDuration = SignedDuration::from_millis(200);
/// Customer lists are read at every so many intervals.
pub const LISTS_EVERY: i32 = 7;

/// Percent of the quota that all passes over a way may use: half for the truth about adds, a fifth for lists that open no
/// case. The rest is for hints, judging and pages.
pub fn share(via: Via) -> u64 {
    if via == Via::ListOnly { 20 } else { 50 }
}

/// Points of one answer with so many people: one for the call, two for each.
pub fn answer(people: usize) -> u64 {
    1 + 2 * people as u64
}

/// Points of a project's role: the role itself counts like a person.
pub fn role(people: u64) -> u64 {
    1 + 2 * (1 + people)
}

/// Points of a list of so many people in pages; an empty one is an answer too.
pub fn list(people: u64) -> u64 {
    people.div_ceil(PAGE).max(1) + 2 * people
}

/// How far apart passes over a way lie: what was configured, or as long as one round over all sites takes within the share.
pub fn interval(via: Via, configured: SignedDuration, points_a_round: u64) -> SignedDuration {
    let an_hour = POINTS_AN_HOUR * share(via) / 100;
    let seconds = points_a_round.saturating_mul(3600).div_ceil(an_hour);
    configured.max(SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)))
}

/// How far apart pages of long runs lie, over all sites together.
pub fn pace(via: Via) -> Duration {
    let an_hour = POINTS_AN_HOUR * share(via) / 100;
    Duration::from_millis(answer(PAGE as usize) * 3_600_000 / an_hour)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    /// Every row of the tables in docs/capacity.md is what the code says.
    #[test]
    fn the_document_tells_the_numbers_of_the_code() {
        let text = include_str!("../../../docs/capacity.md");
        let mut rows = 0;
        for line in text.lines().filter(|line| line.starts_with("| ")) {
            let cells: Vec<String> = line.trim_matches('|').split('|').map(|c| c.trim().replace(',', "")).collect();
            let [way, sites, people, points, hours, interval_of] = cells.as_slice() else { continue };
            let (Ok(sites), Ok(people)) = (sites.parse::<u64>(), people.parse::<u64>()) else { continue };
            let (via, configured, one) = match way.as_str() {
                "role" => (Via::Role, DAY, role(people)),
                "organisation" => (Via::Organisation, DAY, 1 + 1 + list(people)),
                "customer list" => (Via::ListOnly, DAY * LISTS_EVERY, list(people)),
                other => panic!("docs/capacity.md tells of {other:?}, which is no way"),
            };
            let round = sites * one;
            let needed = interval(via, SignedDuration::ZERO, round);
            let told = |d: SignedDuration| format!("{:.1}", d.as_secs_f64() / 3600.0);
            assert_eq!(
                (points, hours, interval_of),
                (&round.to_string(), &told(needed), &told(interval(via, configured, round))),
                "docs/capacity.md: {line}"
            );
            rows += 1;
        }
        assert!(rows >= 8, "docs/capacity.md has lost its examples");
    }

    #[test]
    fn a_page_costs_what_jira_says_and_long_runs_keep_to_their_share() {
        assert_eq!((answer(50), list(50), list(51), list(0)), (101, 101, 104, 1));
        for via in [Via::Organisation, Via::ListOnly] {
            let an_hour = 3_600_000 / pace(via).as_millis() as u64 * answer(50);
            let most = POINTS_AN_HOUR * share(via) / 100;
            assert!((most * 99 / 100..=most + 101).contains(&an_hour), "{via:?}: {an_hour} points an hour of {most}");
        }
        assert_eq!(interval(Via::ListOnly, DAY * 7, 1_000), DAY * 7, "small sites are not slowed down");
    }
}
