//! Organisations on a service project, and who is in them.
//! Does not know since when; a list only says who is there.

use super::client::{Answer, Call, Endpoint, count_objects, endpoint};
use super::projects::as_number;
use super::servicedesk::{CUSTOMERS_PAGE, CustomersPage, Page};
use super::{JiraError, Result, Site};
use crate::domain::roster::Listed;
use jiff::Timestamp;
use serde_json::Value;

static ON_DESK: Endpoint = endpoint!(GET "/rest/servicedeskapi/servicedesk/{desk}/organization");
static MEMBERS: Endpoint = endpoint!(GET "/rest/servicedeskapi/organization/{organisation}/user");

/// One page of a project's organisations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationsPage {
    /// The organisations.
    pub organisations: Vec<Listed>,
    /// Where the next page starts, if there is one.
    pub next: Option<usize>,
}

fn listed(value: &Value) -> Option<Listed> {
    let created = value["created"]["epochMillis"].as_i64().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Some(Listed { id: as_number(&value["id"])?, created })
}

impl Site {
    /// One page of the organisations on a desk.
    pub async fn organisations_page(&self, desk: &str, start: usize) -> Result<Answer<OrganisationsPage>> {
        self.pace(&ON_DESK, self.inner.settings.customer_page_rate).await?;
        let call = Call::to(&ON_DESK).part(desk).query("start", start).query("limit", CUSTOMERS_PAGE);
        let answer = self.send(call).await?;
        let page: Page = answer.json()?;
        // An organisation that cannot be read would lose all its members.
        let organisations: Option<Vec<Listed>> = page.values.iter().map(listed).collect();
        let organisations = organisations.ok_or(JiraError::Garbage("organisations"))?;
        count_objects(organisations.len(), 0);
        Ok(Answer::new(OrganisationsPage { organisations, next: page.next(start) }, answer.bounds))
    }

    /// One page of an organisation's members.
    pub async fn members_page(&self, organisation: i64, start: usize) -> Result<Answer<CustomersPage>> {
        self.pace(&MEMBERS, self.inner.settings.customer_page_rate).await?;
        let call = Call::to(&MEMBERS).part(organisation).query("start", start).query("limit", CUSTOMERS_PAGE);
        let answer = self.send(call).await?;
        let page: Page = answer.json()?;
        Ok(Answer::new(page.people(start)?, answer.bounds))
    }
}
