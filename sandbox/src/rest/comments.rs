//! Comments by the platform API. Does not decide visibility (`crate::comments` does, as Jira would).

use serde::Deserialize;
use serde_json::{Value, json};

use super::properties::visible_item;
use super::{Ask, Reply};

#[derive(Deserialize)]
struct Written {
    body: Value,
    #[serde(default)]
    properties: Vec<Property>,
}

#[derive(Deserialize)]
struct Property {
    key: String,
    value: Value,
}

/// Longest document, in characters of its JSON.
const LONGEST_BODY: usize = 32_767;

fn written(ask: &Ask<'_>) -> Result<(Value, Vec<(String, Value)>), Reply> {
    let written: Written = match serde_json::from_slice(&ask.call.body) {
        Ok(written) => written,
        Err(_) => return Err(Reply::error(400, "INVALID_INPUT")),
    };
    let document = &written.body;
    let is_document = document["type"] == "doc" && document["version"] == 1 && document["content"].is_array();
    if !is_document {
        return Err(Reply::field_error(400, "comment", "Comment body is not valid!"));
    }
    if document.to_string().chars().count() > LONGEST_BODY {
        return Err(Reply::field_error(400, "comment", "The entered text is too long."));
    }
    Ok((written.body, written.properties.into_iter().map(|property| (property.key, property.value)).collect()))
}

fn expands_properties(ask: &Ask<'_>) -> bool {
    ask.call.list("expand").iter().any(|expand| expand == "properties")
}

pub(crate) fn list(ask: &mut Ask<'_>) -> Reply {
    let id = match visible_item(ask) {
        Ok(id) => id,
        Err(reply) => return reply,
    };
    let item = &ask.state.items[&id];
    let mut comments: Vec<_> = item.comments.iter().collect();
    match ask.call.parameter("orderBy").unwrap_or("created") {
        "created" | "+created" => {}
        "-created" => comments.reverse(),
        _ => return Reply::error(400, "orderBy must be created, +created or -created."),
    }
    let (start, most) = (ask.number("startAt", 0), ask.number("maxResults", 100).min(5000));
    let with_properties = expands_properties(ask);
    let page = comments.iter().skip(start).take(most);
    let page: Vec<Value> = page.map(|comment| ask.state.comment_json(item, comment, with_properties)).collect();
    let count = page.len();
    Reply::ok(json!({"startAt": start, "maxResults": most, "total": comments.len(), "comments": page}))
        .costing(count, 0)
}

fn shown(ask: &Ask<'_>, item: u64, comment: u64, status: u16) -> Reply {
    let item = &ask.state.items[&item];
    match item.comments.iter().find(|known| known.id == comment) {
        Some(found) => Reply::json(status, ask.state.comment_json(item, found, expands_properties(ask))).costing(1, 0),
        None => Reply::error(404, "Can not find a comment for the id."),
    }
}

/// The comment that the path names, with its item and its author.
fn named(ask: &Ask<'_>) -> Result<(u64, u64, String), Reply> {
    let item = visible_item(ask)?;
    let found = ask.state.items[&item].comments.iter().find(|comment| comment.id.to_string() == ask.path[1]);
    let found = found.ok_or_else(|| Reply::error(404, "Can not find a comment for the id."))?;
    Ok((item, found.id, found.author.clone()))
}

pub(crate) fn one(ask: &mut Ask<'_>) -> Reply {
    match named(ask) {
        Ok((item, comment, _)) => shown(ask, item, comment, 200),
        Err(reply) => reply,
    }
}

pub(crate) fn create(ask: &mut Ask<'_>) -> Reply {
    let item = match visible_item(ask) {
        Ok(item) => item,
        Err(reply) => return reply,
    };
    let target = &ask.state.items[&item];
    if target.locked || !ask.may(target.project, "ADD_COMMENTS") {
        return Reply::error(400, "You do not have the permission to comment on this issue.");
    }
    match written(ask) {
        Ok((body, properties)) => {
            let me = ask.me.clone();
            let comment = ask.state.comment(item, &me, body, properties);
            shown(ask, item, comment, 201)
        }
        Err(reply) => reply,
    }
}

pub(crate) fn update(ask: &mut Ask<'_>) -> Reply {
    let (item, comment, author) = match named(ask) {
        Ok(found) => found,
        Err(reply) => return reply,
    };
    let target = &ask.state.items[&item];
    let own = author == ask.me && ask.may(target.project, "EDIT_OWN_COMMENTS");
    if target.locked || !(own || ask.may(target.project, "EDIT_ALL_COMMENTS")) {
        return Reply::error(400, "You do not have permission to edit this comment.");
    }
    match written(ask) {
        Ok((body, properties)) => {
            let notify = ask.call.parameter("notifyUsers") != Some("false");
            let me = ask.me.clone();
            ask.state.edit_comment(item, comment, &me, body, properties, notify);
            shown(ask, item, comment, 200)
        }
        Err(reply) => reply,
    }
}

pub(crate) fn delete(ask: &mut Ask<'_>) -> Reply {
    let (item, comment, author) = match named(ask) {
        Ok(found) => found,
        Err(reply) => return reply,
    };
    let target = &ask.state.items[&item];
    let own = author == ask.me && ask.may(target.project, "DELETE_OWN_COMMENTS");
    if target.locked || !(own || ask.may(target.project, "DELETE_ALL_COMMENTS")) {
        return Reply::error(400, "You do not have permission to delete this comment.");
    }
    ask.state.queue_comment_event("comment_deleted", item, comment);
    ask.state.item_mut(item).comments.retain(|known| known.id != comment);
    Reply::empty(204)
}
