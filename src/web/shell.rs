//! The pages that Jira frames, and the files they load. A page holds no data: a replayed address shows nothing.
//! Knows no project and no person; what is shown arrives later by a context token (`panel`).

use super::panel::Say;
use crate::words::Words;
use askama::Template;
use rust_embed::RustEmbed;

/// Files under `/static/`: the script's modules and the style sheet.
#[derive(RustEmbed)]
#[folder = "src/web/assets/"]
pub struct Assets;

/// A file, with the entity tag of its content.
#[derive(Debug)]
pub struct Asset {
    /// Content type.
    pub kind: String,
    /// Strong entity tag, in quotes.
    pub tag: String,
    /// Content.
    pub body: std::borrow::Cow<'static, [u8]>,
}

impl Asset {
    /// The file of that name.
    pub fn named(name: &str) -> Option<Self> {
        let file = Assets::get(name)?;
        let hash = file.metadata.sha256_hash();
        let tag: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let kind = file.metadata.mimetype();
        let text = kind.starts_with("text/");
        let kind = if text { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
        Some(Self { kind, tag: format!("\"{tag}\""), body: file.data })
    }

    /// Whether `If-None-Match` names this file as the reader already has it.
    pub fn is_known(&self, if_none_match: &str) -> bool {
        if_none_match.split(',').any(|tag| {
            let tag = tag.trim();
            // A proxy that compresses makes the tag a weak one.
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.tag
        })
    }
}

/// Which frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The project page.
    Project,
    /// The panel beside a request.
    Issue,
}

impl Frame {
    /// Where its content comes from; the names in braces are parameters of the frame's own address.
    fn path(self) -> &'static str {
        match self {
            Self::Project => "/panel/projects/{project}/health",
            Self::Issue => "/panel/projects/{project}/issues/{issue}",
        }
    }

    fn surface(self) -> &'static str {
        match self {
            Self::Project => "page",
            Self::Issue => "panel",
        }
    }
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    say: Say<'a>,
    language: String,
    base: &'a str,
    bridge: &'a str,
    path: &'static str,
    surface: &'static str,
}

/// The page. `base` is the path of our public URL without a slash at its end, `bridge` the address of Jira's script.
///
/// # Errors
/// Only when the template cannot be written, which text in memory never refuses.
pub fn page(frame: Frame, base: &str, bridge: &str, words: &Words) -> Result<String, askama::Error> {
    let shell = Shell {
        say: Say(words),
        language: words.language(),
        base: base.trim_end_matches('/'),
        bridge,
        path: frame.path(),
        surface: frame.surface(),
    };
    shell.render()
}
