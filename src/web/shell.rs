//! The pages that Jira frames, through either door, and the files they load. A page holds no data: a replayed address shows nothing.
//! Knows no project and no person; what is shown arrives later by a context token (`panel`).

use super::panel::Say;
use crate::words::Words;
use askama::Template;
use rust_embed::RustEmbed;
use std::borrow::Cow;

/// Files under `/static/`: the script's modules and the style sheet.
#[derive(RustEmbed)]
#[folder = "src/web/assets/"]
pub struct Assets;

/// Name and content of a file to be written.
pub type File = (String, Cow<'static, [u8]>);

/// A file, with the entity tag of its content.
#[derive(Debug)]
pub struct Asset {
    /// Content type.
    pub kind: String,
    /// Strong entity tag, in quotes.
    pub tag: String,
    /// Content.
    pub body: Cow<'static, [u8]>,
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
    /// The page in a project's settings.
    Settings,
    /// The panel beside a request.
    Issue,
    /// The panel of an organisation.
    Organisation,
    /// The page in Jira's administration.
    Site,
}

impl Frame {
    /// Every frame there is.
    pub const ALL: [Self; 5] = [Self::Project, Self::Settings, Self::Issue, Self::Organisation, Self::Site];

    /// Key of the module that shows it, as `manifest.yml` has it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Settings => "settings",
            Self::Issue => "issue",
            Self::Organisation => "organisation",
            Self::Site => "site",
        }
    }

    /// Where its content comes from; the host knows the names in braces: by the frame's own address, or by its context.
    pub fn path(self) -> &'static str {
        match self {
            Self::Project => "/panel/projects/{project}/health",
            Self::Settings => "/panel/projects/{project}/settings",
            Self::Issue => "/panel/projects/{project}/issues/{issue}",
            Self::Organisation => "/panel/projects/{project}/organisations/{organisation}",
            Self::Site => "/panel/site",
        }
    }

    fn surface(self) -> &'static str {
        match self {
            Self::Project | Self::Settings | Self::Site => "page",
            Self::Issue | Self::Organisation => "panel",
        }
    }
}

/// What differs between the two doors.
enum Door<'a> {
    /// We serve the page ourselves, for one frame; Jira's script is its bridge.
    Connect { base: &'a str, bridge: &'a str, frame: Frame },
    /// Atlassian serves the files, the same for every frame; the bridge is in the module.
    Forge { languages: String },
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    say: Say<'a>,
    language: String,
    door: Door<'a>,
}

#[derive(Template)]
#[template(path = "states.html")]
struct States<'a> {
    say: Say<'a>,
}

/// The page. `base` is the path of our public URL without a slash at its end, `bridge` the address of Jira's script.
///
/// # Errors
/// Only when the template cannot be written, which text in memory never refuses.
pub fn page(frame: Frame, base: &str, bridge: &str, words: &Words) -> Result<String, askama::Error> {
    let door = Door::Connect { base: base.trim_end_matches('/'), bridge, frame };
    Shell { say: Say(words), language: words.language(), door }.render()
}

/// What a Forge app uploads, by name: the page in English, its states in every language we have, and the files that they
/// load. `forge.js` still names Atlassian's bridge, which is not ours to ship: `deploy/forge/build` bundles it.
///
/// # Errors
/// As [`page`].
pub fn forge_files() -> Result<Vec<File>, askama::Error> {
    let languages = Words::languages();
    let words = Words::for_locale("en");
    let page =
        Shell { say: Say(&words), language: words.language(), door: Door::Forge { languages: languages.join(" ") } };
    let mut files = vec![("index.html".to_owned(), Cow::Owned(page.render()?.into_bytes()))];
    for language in languages {
        let states = States { say: Say(&Words::for_locale(&language)) }.render()?;
        files.push((format!("states.{language}.html"), Cow::Owned(states.into_bytes())));
    }
    for name in ["app.css", "app.js", "forge.js", "forms.js", "icon.svg"] {
        files.extend(Assets::get(name).map(|file| (name.to_owned(), file.data)));
    }
    Ok(files)
}
