//! The service desk API: a project's desk and, paced, its customer list.
//! The list says who may use the desk, never who was invited; no case comes from it.

use super::client::{Answer, Call, Endpoint, count_objects, endpoint};
use super::projects::as_number;
use super::{JiraError, ProjectRef, Result, Site, users::flag};
use crate::domain::{AccountId, ProjectId};
use serde::Deserialize;
use serde_json::Value;

static DESKS: Endpoint = endpoint!(GET "/rest/servicedeskapi/servicedesk");
static CUSTOMERS: Endpoint = endpoint!(GET "/rest/servicedeskapi/servicedesk/{desk}/customer");

const DESKS_PAGE: usize = 100;
/// The list has at most 50 a page, whatever is asked.
pub(super) const CUSTOMERS_PAGE: usize = 50;
/// More desks than this are not looked through.
const PAGES: usize = 100;

/// One page of a customer list or of an organisation's members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomersPage {
    /// How many entries it has, readable or not.
    pub read: usize,
    /// Who is on it.
    pub accounts: Vec<AccountId>,
    /// Where the next page starts, if there is one.
    pub next: Option<usize>,
}

/// A page as every list of this API has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) values: Vec<Value>,
    #[serde(default)]
    is_last_page: Value,
}

impl Page {
    /// Where the next page starts, if there is one. An empty page is the last, whatever it says.
    pub(super) fn next(&self, start: usize) -> Option<usize> {
        let last = self.values.is_empty() || flag(&self.is_last_page).unwrap_or(false);
        (!last).then_some(start + self.values.len())
    }

    /// The people on it. Single closed accounts have no id; none readable at all is another shape, and nobody would seem to be there.
    pub(super) fn people(&self, start: usize) -> Result<CustomersPage> {
        let account = |value: &Value| AccountId::parse(value["accountId"].as_str()?);
        let accounts: Vec<AccountId> = self.values.iter().filter_map(account).collect();
        if accounts.is_empty() && !self.values.is_empty() {
            return Err(JiraError::Garbage("people"));
        }
        count_objects(0, self.values.len());
        Ok(CustomersPage { read: self.values.len(), accounts, next: self.next(start) })
    }
}

impl Site {
    /// Projects that have a service desk the app user can see, at most `limit`; none where this is not to be had either.
    pub(super) async fn projects_with_desk(&self, limit: usize) -> Result<Vec<ProjectRef>> {
        let (mut found, mut start) = (Vec::new(), 0);
        for _ in 0..PAGES {
            let call = Call::to(&DESKS).query("start", start).query("limit", DESKS_PAGE);
            let page: Page = match self.send(call).await {
                Err(JiraError::NotFound | JiraError::Forbidden | JiraError::Refused(_)) if start == 0 => break,
                other => other?.json()?,
            };
            let count = page.values.len();
            count_objects(count, 0);
            found.extend(page.values.iter().filter_map(|desk| {
                let (id, key) = (as_number(&desk["projectId"])?, desk["projectKey"].as_str()?);
                Some(ProjectRef { id: ProjectId(id), key: key.to_owned() })
            }));
            start += count;
            if count == 0 || found.len() >= limit || flag(&page.is_last_page).unwrap_or(count < DESKS_PAGE) {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Id of a project's service desk, which is also its portal's; remembered for a day.
    pub async fn portal(&self, project: ProjectId) -> Result<String> {
        let tenant = self.tenant.id;
        if let Some(desk) = self.inner.desks.get(&(tenant, project)).await {
            return Ok(desk);
        }
        let mut start = 0;
        for _ in 0..PAGES {
            let call = Call::to(&DESKS).query("start", start).query("limit", DESKS_PAGE);
            let page: Page = self.send(call).await?.json()?;
            let count = page.values.len();
            count_objects(count, 0);
            for desk in &page.values {
                let id = as_number(&desk["id"]).map(|id| id.to_string());
                if let (Some(id), Some(of)) = (id, as_number(&desk["projectId"])) {
                    self.inner.desks.insert((tenant, ProjectId(of)), id).await;
                }
            }
            start += count;
            if count == 0 || flag(&page.is_last_page).unwrap_or(count < DESKS_PAGE) {
                break;
            }
        }
        self.inner.desks.get(&(tenant, project)).await.ok_or(JiraError::NotFound)
    }

    /// One page of the customer list, at the rate that Jira allows a tenant.
    pub async fn customers_page(&self, desk: &str, start: usize) -> Result<Answer<CustomersPage>> {
        self.pace(&CUSTOMERS, self.inner.settings.customer_page_rate).await?;
        let call = Call::to(&CUSTOMERS)
            .part(desk)
            .query("start", start)
            .query("limit", CUSTOMERS_PAGE)
            .header("x-experimentalapi", "opt-in");
        let answer = self.send(call).await?;
        let page: Page = answer.json()?;
        Ok(Answer::new(page.people(start)?, answer.bounds))
    }
}
