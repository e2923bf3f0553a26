//! Who was added while the site's mail or the project's notification was off, and a text to send to them.
//! Judges nothing: a case remembers which block stood when its person was added, whatever is on by now.

use crate::domain::AccountId;
use crate::domain::case::{Case, CaseState};
use crate::store::CaseFilter;
use crate::web::State;
use crate::web::gate::{Agent, In};
use crate::web::look;
use crate::web::problem::Problem;
use crate::words::Value;
use actix_web::HttpResponse;
use diagnosis::{Level, scenarios};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// Nobody sends a link to more people by hand; the newest are told.
const MOST: usize = 1_000;
const PAGE: u32 = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Missed {
    items: Vec<Item>,
    copy_text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    account_id: AccountId,
    added_at: Timestamp,
    scenario: &'static str,
}

/// `GET /missed`
pub(in crate::web) async fn show(by: In<Agent>, state: State) -> Result<HttpResponse, Problem> {
    let sharing = state.clone();
    let missed = state.run(async move { gather(&sharing, &by).await });
    Ok(HttpResponse::Ok().json(missed.await?))
}

async fn gather(state: &State, by: &In<Agent>) -> Result<Missed, Problem> {
    let mut found: BTreeMap<AccountId, Item> = BTreeMap::new();
    // Site before project: who was added under both is told once, by what had to be cured first.
    let mut causes: Vec<_> = scenarios::REGISTRY.iter().filter(|scenario| scenario.level < Level::Person).collect();
    causes.sort_by_key(|scenario| (scenario.level, scenario.severity));
    for scenario in causes {
        for case in standing(state, by, scenario.slug).await? {
            let item =
                Item { account_id: case.account.clone(), added_at: case.added.not_after, scenario: scenario.slug };
            found.entry(case.account).or_insert(item);
        }
    }
    let mut items: Vec<Item> = found.into_values().collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.added_at));
    items.truncate(MOST);
    let around = look::around(state, by.tenant(), by.project()).await;
    let site = state.examiner.project_health(by.tenant(), by.project().id).await.sheet.site;
    // While the site sends no mail the portal offers no new password.
    let mail_off = site.outgoing_mail_on.known().is_ok_and(|seen| !seen.value);
    let words = super::words();
    let id = match (&around.portal, mail_off) {
        (Some(_), false) => "missed-copy",
        (Some(_), true) => "missed-copy-without-password",
        (None, _) => "missed-copy-without-portal",
    };
    let portal = around.portal.unwrap_or_default();
    let copy_text = words.text(id, &[("space", Value::from(around.space)), ("portal", Value::from(portal))]);
    Ok(Missed { items, copy_text })
}

/// Open cases in which this cause stands, newest first.
async fn standing(state: &State, by: &In<Agent>, slug: &str) -> Result<Vec<Case>, Problem> {
    let mut filter = CaseFilter {
        state: Some(CaseState::Open),
        scenario: Some(slug.to_owned()),
        limit: PAGE,
        ..CaseFilter::default()
    };
    let mut all = Vec::new();
    while all.len() < MOST {
        let page = state.store.cases(by.tenant().id, by.project().id, &filter).await?;
        let Some(last) = page.last() else { break };
        filter.after = Some((last.added.not_after, last.account.clone()));
        let full = page.len() == PAGE as usize;
        all.extend(page);
        if !full {
            break;
        }
    }
    Ok(all)
}
