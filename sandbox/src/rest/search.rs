//! `search/jql`, read-after-write consistent. Does not parse JQL (`jql`).

use serde::Deserialize;
use serde_json::{Value, json};

use super::issues::bean;
use super::jql::{self, Direction, Order, Query};
use super::{Ask, Reply};
use crate::requests::WorkItem;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Search {
    jql: String,
    max_results: Option<usize>,
    next_page_token: Option<String>,
    fields: Vec<String>,
    properties: Vec<String>,
}

pub(crate) fn post(ask: &mut Ask<'_>) -> Reply {
    match serde_json::from_slice(&ask.call.body) {
        Ok(search) => run(ask, search),
        Err(_) => Reply::error(400, "INVALID_INPUT"),
    }
}

pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let search = Search {
        jql: ask.call.parameter("jql").unwrap_or_default().to_owned(),
        max_results: ask.call.parameter("maxResults").and_then(|value| value.parse().ok()),
        next_page_token: ask.call.parameter("nextPageToken").map(str::to_owned),
        fields: ask.call.list("fields"),
        properties: ask.call.list("properties"),
    };
    run(ask, search)
}

fn run(ask: &Ask<'_>, search: Search) -> Reply {
    let query = match jql::parse(&search.jql) {
        Ok(query) => query,
        Err(why) => return Reply::error(400, &why),
    };
    if query.clauses.is_empty() {
        return Reply::error(400, "Unbounded JQL queries are not allowed here. Add a search restriction.");
    }
    if let Err(why) = query.check(ask.state) {
        return Reply::error(400, &why);
    }
    let start = match search.next_page_token.as_deref().map(read_token) {
        None => 0,
        Some(Some(start)) => start,
        Some(None) => return Reply::error(400, "The next page token is invalid."),
    };
    let found = found(ask, &query);
    let most = search.max_results.unwrap_or(50).clamp(1, 5000);
    let fields = if search.fields.is_empty() { vec!["id".to_owned()] } else { search.fields };
    let page = found.iter().skip(start).take(most);
    let issues: Vec<Value> = page.map(|item| bean(ask, item, &fields, &search.properties)).collect();
    let count = issues.len();
    let last = start + count >= found.len();
    let mut body = json!({"issues": issues, "isLast": last});
    if !last {
        body["nextPageToken"] = json!(format!("page-{}", start + count));
    }
    Reply::ok(body).costing(count, 0)
}

fn read_token(token: &str) -> Option<usize> {
    token.strip_prefix("page-")?.parse().ok()
}

fn found<'a>(ask: &'a Ask<'_>, query: &Query) -> Vec<&'a WorkItem> {
    let visible = ask.state.items.values().filter(|item| ask.may(item.project, "BROWSE_PROJECTS"));
    let mut found: Vec<&WorkItem> = visible.filter(|item| query.holds(ask.state, item)).collect();
    match query.order {
        // Without an order Jira answers newest first.
        None => found.sort_by_key(|item| std::cmp::Reverse((item.created, item.id))),
        Some((order, direction)) => {
            let place = |item: &WorkItem| match order {
                Order::Created => (item.created, item.id),
                Order::Updated => (item.updated, item.id),
                Order::Key => (jiff::Timestamp::UNIX_EPOCH, item.id),
            };
            found.sort_by_key(|item| place(item));
            if direction == Direction::Descending {
                found.reverse();
            }
        }
    }
    found
}
