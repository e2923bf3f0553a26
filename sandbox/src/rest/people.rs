//! `myself`, `user`, `user/search`, `users/search`. Does not know customers of a desk (`servicedesk`).

use serde_json::{Value, json};

use super::{Ask, Reply};
use crate::people::{AccountType, Person};

pub(crate) fn myself(ask: &mut Ask<'_>) -> Reply {
    match ask.state.person(&ask.me) {
        Some(person) => Reply::ok(person.as_user(&ask.state.base_url)).costing(0, 1),
        None => Reply::error(404, "The user does not exist."),
    }
}

pub(crate) fn user(ask: &mut Ask<'_>) -> Reply {
    if !ask.state.has_global(&ask.me, "USER_PICKER") {
        return Reply::error(403, "You are not authorized to browse users.");
    }
    let Some(account) = ask.call.parameter("accountId").filter(|account| !account.is_empty()) else {
        return Reply::error(400, "The accountId query parameter needs to be provided");
    };
    match ask.state.person(account) {
        Some(person) => {
            let mut user = person.as_user(&ask.state.base_url);
            for expand in ask.call.list("expand") {
                if expand == "groups" || expand == "applicationRoles" {
                    user[&expand] = json!({"size": 0, "items": []});
                }
            }
            Reply::ok(user).costing(0, 1)
        }
        None => Reply::error(404, "Specified user does not exist or you do not have required permissions"),
    }
}

/// Whether somebody is found by a prefix of a word of their name or of their address.
pub(crate) fn found_by(person: &Person, query: &str) -> bool {
    let query = query.to_lowercase();
    let name = person.display_name.to_lowercase();
    name.starts_with(&query)
        || name.split_whitespace().any(|word| word.starts_with(&query))
        || person.address.to_lowercase().starts_with(&query)
}

pub(crate) fn search(ask: &mut Ask<'_>) -> Reply {
    let query = ask.call.parameter("query").or_else(|| ask.call.parameter("accountId"));
    let Some(query) = query.map(str::to_owned) else {
        return Reply::error(400, "The query parameter needs to be provided");
    };
    // Without "Browse users and groups" Jira does not refuse: it finds nobody.
    if !ask.state.has_global(&ask.me, "USER_PICKER") {
        return Reply::ok(json!([]));
    }
    let by_id = ask.call.parameter("query").is_none();
    let found = |person: &&Person| match by_id {
        true => person.account_id == query,
        false => found_by(person, &query),
    };
    let (start, most) = (ask.number("startAt", 0), ask.number("maxResults", 50).min(1000));
    let people = ask.state.people.values().filter(|person| person.active).filter(found).skip(start).take(most);
    let users: Vec<Value> = people.map(|person| person.as_user(&ask.state.base_url)).collect();
    let count = users.len();
    Reply::ok(Value::Array(users)).costing(0, count)
}

/// Everybody with an Atlassian account, active or not. Closed to Connect apps, for whom the door refuses before this.
pub(crate) fn users(ask: &mut Ask<'_>) -> Reply {
    if !ask.state.has_global(&ask.me, "USER_PICKER") {
        return Reply::error(403, "You are not authorized to browse users.");
    }
    let (start, most) = (ask.number("startAt", 0), ask.number("maxResults", 50).min(1000));
    let known = ask.state.people.values().filter(|person| person.account_type != AccountType::Customer);
    let users: Vec<Value> = known.skip(start).take(most).map(|person| person.as_user(&ask.state.base_url)).collect();
    let count = users.len();
    Reply::ok(Value::Array(users)).costing(0, count)
}
