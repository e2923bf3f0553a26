//! Checks before inviting: a verdict for each of up to 500 addresses. Sends nothing, creates nothing; kept is who asked and for how
//! many.
//!
//! An answer can tell who has an account here, so it is for agents, each has an allowance, and the trail shows that it was used.

use super::{report, trail};
use crate::domain::trail::Deed;
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::examine::Check;
use crate::web::State;
use crate::web::gate::{Agent, In};
use crate::web::problem::Problem;
use crate::web::{head, look};
use actix_web::{HttpRequest, HttpResponse, web};
use diagnosis::ExpectedMail;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Mutex;

/// Addresses in one list.
const MOST: usize = 500;
/// 500 of the longest addresses with what JSON needs around them.
const BODY: usize = 256 * 1024;
const EXPECTED: &str = r#"The body must be {"addresses": ["…"]} with 1 to 500 addresses."#;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Lists a person may have checked in a project and hour.
const LISTS_AN_HOUR: u32 = 60;
/// Addresses in all of these together.
const ADDRESSES_AN_HOUR: usize = 2_000;

/// What each person has had checked in each project, in this process.
#[derive(Debug, Default)]
pub(in crate::web) struct Allowances(Mutex<HashMap<(TenantId, ProjectId, AccountId), Used>>);

#[derive(Clone, Copy, Debug)]
struct Used {
    since: Timestamp,
    lists: u32,
    addresses: usize,
}

impl Allowances {
    /// Uses the allowance, or says after how long it is new.
    fn take(
        &self,
        who: (TenantId, ProjectId, AccountId),
        addresses: usize,
        now: Timestamp,
    ) -> Result<(), SignedDuration> {
        let Ok(mut all) = self.0.lock() else { return Err(HOUR) };
        all.retain(|_, used| now.duration_since(used.since) < HOUR);
        let used = all.entry(who).or_insert(Used { since: now, lists: 0, addresses: 0 });
        if used.lists >= LISTS_AN_HOUR || used.addresses + addresses > ADDRESSES_AN_HOUR {
            return Err(HOUR - now.duration_since(used.since));
        }
        used.lists += 1;
        used.addresses += addresses;
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    addresses: Vec<String>,
}

#[derive(Serialize)]
struct Answer {
    results: Vec<report::CheckedReport>,
    summary: Summary,
}

/// How many of each kind of mail.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    invitation: usize,
    verification: usize,
    atlassian_invitation: usize,
    none: usize,
    unknown: usize,
    invalid: usize,
}

impl Summary {
    fn count(&mut self, check: &Check, mail: ExpectedMail) {
        let kind = match mail {
            _ if check.malformed => &mut self.invalid,
            ExpectedMail::Invitation => &mut self.invitation,
            ExpectedMail::Verification => &mut self.verification,
            ExpectedMail::AtlassianInvitation => &mut self.atlassian_invitation,
            ExpectedMail::None => &mut self.none,
            ExpectedMail::Unknown => &mut self.unknown,
        };
        *kind += 1;
    }
}

/// `POST /checks`
pub(in crate::web) async fn check(
    by: In<Agent>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    let body = head::bytes(&request, &mut payload.into_inner(), BODY).await?;
    let asked: Asked = serde_json::from_slice(&body).map_err(|_| Problem::bad_request(EXPECTED))?;
    if !(1..=MOST).contains(&asked.addresses.len()) {
        return Err(Problem::bad_request(EXPECTED));
    }
    let addresses = asked.addresses;
    let (tenant, project, account) = (by.tenant().id, by.project().id, by.visitor().account());
    let allowed = state.allowances().take((tenant, project, account.clone()), addresses.len(), state.clock.now());
    allowed.map_err(Problem::too_many)?;
    let entry = trail::entry(&state, Some(project), account, Deed::Check).with("addresses", addresses.len());
    let sharing = state.clone();
    let answer = state.run(async move {
        // First: what is answered afterwards is on record, whatever happens meanwhile.
        trail::note(&sharing, tenant, entry).await?;
        let examining = sharing.examiner.check(by.tenant(), project, &addresses);
        let (checks, around) = tokio::join!(examining, look::around(&sharing, by.tenant(), by.project()));
        let words = super::words();
        let now = sharing.clock.now();
        let mut summary = Summary::default();
        let rows = std::iter::zip(addresses, &checks).map(|(typed, check)| {
            let (row, mail) = report::of_check(check, typed, project, now, &around, &words);
            summary.count(check, mail);
            row
        });
        let results = rows.collect();
        Ok(Answer { results, summary })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_each_persons_in_each_project_and_new_after_an_hour() {
        let allowances = Allowances::default();
        let who = |tenant, project, name: &str| (TenantId(tenant), ProjectId(project), AccountId(name.to_owned()));
        let at = |minute: i64| Timestamp::from_second(1_790_000_000 + minute * 60).expect("a time");
        for _ in 0..4 {
            assert_eq!(allowances.take(who(1, 1, "ann"), 500, at(0)), Ok(()));
        }
        assert_eq!(allowances.take(who(1, 1, "ann"), 1, at(20)), Err(SignedDuration::from_mins(40)));
        for other in [who(1, 1, "bob"), who(1, 2, "ann"), who(2, 1, "ann")] {
            assert_eq!(allowances.take(other, 1, at(20)), Ok(()));
        }
        assert_eq!(allowances.take(who(1, 1, "ann"), 500, at(60)), Ok(()));
        for _ in 0..60 {
            assert_eq!(allowances.take(who(3, 3, "eve"), 1, at(0)), Ok(()));
        }
        assert!(allowances.take(who(3, 3, "eve"), 1, at(1)).is_err());
    }
}
