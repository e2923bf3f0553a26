//! The one question about comments: its choices, and what a trial comment showed.
//! Does not know who may choose.

use super::fragment::{Button, Look, Say, api};
use crate::domain::project::{Canary, CommentMode, Project};
use serde_json::json;

/// One way to comment, or not to.
pub(super) struct Choice {
    pub(super) title: String,
    pub(super) about: String,
    pub(super) chosen: bool,
    pub(super) button: Button,
}

pub(super) fn choices(say: Say<'_>, project: &Project) -> Vec<Choice> {
    let choice = |mode: CommentMode, id: &str| Choice {
        title: say.t(&format!("page-comments-{id}")),
        about: say.t(&format!("page-comments-{id}-about")),
        chosen: project.settings.comment_mode == mode,
        button: Button {
            label: String::new(),
            method: "PUT",
            path: format!("{}/settings", api(project.id)),
            body: json!({"commentMode": mode}).to_string(),
            done: say.t(&format!("page-comments-{id}-done")),
        },
    };
    vec![choice(CommentMode::Off, "off"), choice(CommentMode::Request, "request")]
}

/// What was found when comments were tried; nothing to tell while none are wanted or none was tried.
pub(super) fn proven(say: Say<'_>, project: &Project) -> Option<(Look, String)> {
    if project.settings.comment_mode == CommentMode::Off {
        return None;
    }
    let (look, id) = match project.canary {
        Canary::Untried => return None,
        Canary::Internal => (Look::CLEAR, "page-note-canary-internal"),
        Canary::Public => (Look::WARNING, "page-note-canary-public"),
        Canary::NoItem => (Look::WARNING, "page-note-canary-no_item"),
        Canary::Forbidden => (Look::WARNING, "page-note-canary-forbidden"),
    };
    Some((look, say.t(id)))
}
