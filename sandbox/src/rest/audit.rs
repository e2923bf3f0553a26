//! `auditing/record`. Does not know what records mean.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Ask, Reply};
use crate::audit::Record;
use crate::times;

pub(crate) fn records(ask: &mut Ask<'_>) -> Reply {
    if !ask.administers_jira() {
        return Reply::error(403, "You are not authorized to perform this action. Administer Jira is required.");
    }
    if !ask.state.audit_available {
        return Reply::error(403, "The audit log is not available on the Free plan.");
    }
    let (from, to) = match (moment(ask, "from"), moment(ask, "to")) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(reply), _) | (_, Err(reply)) => return reply,
    };
    let words: Vec<String> =
        ask.call.parameter("filter").unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    let inside = |record: &&Record| {
        from.is_none_or(|from| record.created >= from)
            && to.is_none_or(|to| record.created <= to)
            && record.matches(&words)
    };
    let mut found: Vec<&Record> = ask.state.audit_log.iter().filter(inside).collect();
    found.sort_by_key(|record| std::cmp::Reverse((record.created, record.id)));
    let (offset, limit) = (ask.number("offset", 0), ask.number("limit", 1000).min(1000));
    let page: Vec<Value> = found.iter().skip(offset).take(limit).map(|record| record.as_json()).collect();
    let count = page.len();
    Reply::ok(json!({"offset": offset, "limit": limit, "total": found.len(), "records": page})).costing(count, 0)
}

fn moment(ask: &Ask<'_>, name: &str) -> Result<Option<Timestamp>, Reply> {
    match ask.call.parameter(name) {
        None | Some("") => Ok(None),
        Some(text) => match times::parse(text) {
            Some(at) => Ok(Some(at)),
            None => Err(Reply::error(400, &format!("The value of {name} is not a date and time."))),
        },
    }
}
