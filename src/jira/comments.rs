//! Internal comments: written, edited in place without a notice, found again by a property, deleted.
//! Does not decide whether a comment may be written; a comment without its internal property would mail the customer, so
//! there is no call here that leaves it out.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::projects::{as_number, text};
use super::{Result, Site, properties::gone, users};
use serde::Deserialize;
use serde_json::{Value, json};

static LIST: Endpoint = endpoint!(GET "/rest/api/3/issue/{issue}/comment");
static ADD: Endpoint = endpoint!(POST "/rest/api/3/issue/{issue}/comment");
static EDIT: Endpoint = endpoint!(PUT "/rest/api/3/issue/{issue}/comment/{comment}");
static DELETE: Endpoint = endpoint!(DELETE "/rest/api/3/issue/{issue}/comment/{comment}");

const PAGE: usize = 100;
/// Items with more comments than this are read from the newest end only.
const PAGES: usize = 10;

/// A comment without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: String,
    /// Whether Jira shows it to the customer; `None` when it does not tell.
    pub jsd_public: Option<bool>,
    /// The property it was looked for by, where it was.
    pub property: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(deserialize_with = "text")]
    id: String,
    #[serde(default)]
    jsd_public: Value,
    #[serde(default)]
    properties: Value,
}

#[derive(Deserialize)]
struct Page {
    comments: Vec<Value>,
    #[serde(default)]
    total: Value,
}

impl Wire {
    fn read(self, key: Option<&str>) -> Comment {
        let has_key = |property: &&Value| key.is_some() && property["key"].as_str() == key;
        let found = self.properties.as_array().and_then(|list| list.iter().find(has_key));
        let property = found.map(|property| property["value"].clone());
        Comment { id: self.id, jsd_public: users::flag(&self.jsd_public), property }
    }
}

/// The body of every comment we write: the internal property is always sent again, since an edit without it makes a
/// comment public.
fn internal(adf: &Value, properties: &[(&str, Value)]) -> Value {
    let mut list = vec![json!({"key": "sd.public.comment", "value": {"internal": true}})];
    let own = properties.iter().filter(|(key, _)| *key != "sd.public.comment");
    list.extend(own.map(|(key, value)| json!({"key": key, "value": value})));
    json!({"body": adf, "properties": list})
}

impl Site {
    /// Comments of a work item that carry this property, newest first.
    pub async fn comments_with_property(&self, issue: &str, key: &str) -> Result<Vec<Comment>> {
        let (mut found, mut start) = (Vec::new(), 0);
        for _ in 0..PAGES {
            let call = Call::to(&LIST)
                .part(issue)
                .query("startAt", start)
                .query("maxResults", PAGE)
                .query("orderBy", "-created")
                .query("expand", "properties");
            let answer = self.send(call).await?;
            let page: Page = answer.json()?;
            let count = page.comments.len();
            count_objects(count, 0);
            let read = page.comments.into_iter().filter_map(|value| Wire::deserialize(value).ok());
            found.extend(read.map(|wire| wire.read(Some(key))).filter(|comment| comment.property.is_some()));
            start += count;
            if count == 0 || as_number(&page.total).map_or(count < PAGE, |total| start as i64 >= total) {
                break;
            }
        }
        Ok(found)
    }

    /// Writes an internal comment. Look at [`Comment::jsd_public`]: without *SERVICEDESK_AGENT* Jira silently makes it public.
    pub async fn add_internal_comment(
        &self,
        issue: &str,
        adf: &Value,
        properties: &[(&str, Value)],
    ) -> Result<Comment> {
        let answer = self.send(Call::to(&ADD).part(issue).json(internal(adf, properties))).await?;
        Ok(answer.json::<Wire>()?.read(None))
    }

    /// Edits a comment in place, telling nobody.
    pub async fn edit_comment(
        &self,
        issue: &str,
        id: &str,
        adf: &Value,
        properties: &[(&str, Value)],
    ) -> Result<Comment> {
        let call = Call::to(&EDIT).part(issue).part(id).query("notifyUsers", false).json(internal(adf, properties));
        let answer = self.send(call).await?;
        Ok(answer.json::<Wire>()?.read(None))
    }

    /// Deletes a comment; that it was not there is fine.
    pub async fn delete_comment(&self, issue: &str, id: &str) -> Result<()> {
        gone(self.send(Call::to(&DELETE).part(issue).part(id)).await.map(drop))
    }
}
