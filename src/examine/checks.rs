//! Addresses judged before anybody is invited, as if each were added at *Customers > Add customers* now.
//! Stores nothing, writes nothing into Jira, and never calls an address new: a search that finds nobody tells nothing.

use super::Examiner;
use crate::domain::address::Address;
use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, ProjectId};
use crate::mail::{address, typos};
use crate::sources::CheckedAddress;
use diagnosis::{Diagnosis, FactKey, Route, Scenario, diagnose, scenarios};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What is said about one address of a list.
#[derive(Clone, Debug)]
pub struct Check {
    /// Who has it, if Jira told.
    pub account: Option<AccountId>,
    /// What every cause says that can concern an add which has not happened.
    pub diagnosis: Diagnosis,
    /// The kind of mail, if any, that Jira would send.
    pub route: Route,
    /// The address as it was typed is none.
    pub malformed: bool,
    /// The address that was probably meant, for the asker alone.
    pub meant: Option<Address>,
    /// Place in the list where the same address stands before.
    pub duplicate_of: Option<usize>,
    /// When another check may tell more.
    pub again_at: Option<Timestamp>,
}

/// Causes that can concern an add which has not happened: nobody has made an account by it.
static IMAGINED: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    let made = |scenario: &&Scenario| scenario.needs.contains(&FactKey::Creator);
    scenarios::REGISTRY.iter().filter(|scenario| !made(scenario)).copied().collect()
});

impl Examiner {
    /// Checks addresses as they were typed, each asked about once; as many answers, in their order.
    pub async fn check(&self, tenant: &Tenant, project: ProjectId, typed: &[String]) -> Vec<Check> {
        let (rows, distinct) = once(typed);
        let checked = Box::pin(self.sources.check(tenant, project, &distinct)).await;
        let mut first: HashMap<String, usize> = HashMap::new();
        let judged = |(row, text): (usize, &String)| {
            let address = address::bare(text);
            let earlier = first.get(address.expose()).copied();
            first.entry(address.expose().to_owned()).or_insert(row);
            Some(judge(checked.get(*rows.get(row)?)?, &address, earlier))
        };
        typed.iter().enumerate().filter_map(judged).collect()
    }
}

/// Each text once, and of every row where its text stands there. What is malformed is told as it was typed, to the character.
fn once(typed: &[String]) -> (Vec<usize>, Vec<String>) {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut distinct = Vec::new();
    let place = |text: &String| {
        let key = match address::fault(text) {
            Some(_) => text.clone(),
            None => address::bare(text).expose().to_owned(),
        };
        *places.entry(key).or_insert_with(|| {
            distinct.push(text.clone());
            distinct.len() - 1
        })
    };
    let rows = typed.iter().map(place).collect();
    (rows, distinct)
}

fn judge(checked: &CheckedAddress, address: &Address, duplicate_of: Option<usize>) -> Check {
    let diagnosis = diagnose(&IMAGINED, checked.sheet.facts());
    let malformed = checked.sheet.person.address_fault.known().is_ok_and(|seen| seen.value.is_some());
    Check {
        account: checked.account.clone(),
        diagnosis,
        route: checked.sheet.person.route(),
        malformed,
        meant: typos::meant(address).filter(|_| !malformed),
        duplicate_of,
        again_at: checked.again_at,
    }
}
