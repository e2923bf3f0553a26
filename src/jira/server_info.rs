//! Where people see a site: what a call through a gateway does not tell by its own address.
//! Does not know who may install.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::{JiraError, Result, Site};
use serde::Deserialize;
use url::Url;

static SERVER_INFO: Endpoint = endpoint!(GET "/rest/api/3/serverInfo");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    base_url: Url,
}

impl Site {
    /// The site's own base URL.
    pub async fn own_url(&self) -> Result<Url> {
        let answer = self.send(Call::to(&SERVER_INFO)).await?;
        count_objects(1, 0);
        answer.json::<Info>().map(|info| info.base_url).map_err(|_| JiraError::Garbage("unexpected_shape"))
    }
}
