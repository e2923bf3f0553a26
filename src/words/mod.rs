//! Words: message ids and typed arguments become sentences, in the reader's language where we have it, else in English.
//! Does not know what any finding means, nor who reads; names and addresses come in as slots when somebody looks, and stay
//! nowhere.
//!
//! Strings live in `locales/<language>/*.ftl` (Fluent). `causes.ftl` and `vocabulary.ftl` are bound to the `diagnosis` crate:
//! a test finds every id that it can produce and every string that nobody uses. Page and comments have files of their own.

mod automation;
mod finding;
mod markdown;
mod vocabulary;

pub use finding::{RenderedEvidence, RenderedFinding, RenderedLink, Slots};
pub use fluent_templates::fluent_bundle::FluentValue as Value;
pub use markdown::scenarios_markdown;
pub use vocabulary::{RenderedMail, Word};

use diagnosis::{Arg, Text};
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use jiff::{Timestamp, tz::TimeZone};
use std::{borrow::Cow, collections::HashMap};

static_loader! {
    static LOCALES = {
        locales: "./src/words/locales",
        fallback_language: "en",
        // Fluent would put invisible direction marks around every argument; they break links and copied texts.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A character that can be seen as itself, any other by its number: it may be invisible or turn the direction of writing.
fn shown(character: char) -> String {
    let seen = character.is_alphanumeric() || character.is_ascii_punctuation();
    if seen { character.to_string() } else { format!("U+{:04X}", u32::from(character)) }
}

type Args<'a> = HashMap<Cow<'static, str>, Value<'a>>;

/// The words of one language. Cheap to make, one per answer.
#[derive(Clone, Debug)]
pub struct Words {
    locale: LanguageIdentifier,
}

impl Words {
    /// The words for a locale as Jira names it (`en-US`, `de_DE`): that locale, else its language, else English.
    pub fn for_locale(locale: &str) -> Self {
        let wanted: Option<LanguageIdentifier> = locale.parse().ok();
        let language = wanted.as_ref().map(|wanted| LanguageIdentifier::from_parts(wanted.language, None, None, &[]));
        let known = |candidate: &LanguageIdentifier| LOCALES.locales().any(|locale| locale == candidate);
        let locale = wanted.into_iter().chain(language).find(known).unwrap_or_else(|| LOCALES.fallback().clone());
        Self { locale }
    }

    /// Every language that we have, sorted.
    pub fn languages() -> Vec<String> {
        let mut all: Vec<_> = LOCALES.locales().map(ToString::to_string).collect();
        all.sort();
        all
    }

    /// The language in use, as a tag for `lang="…"`.
    pub fn language(&self) -> String {
        self.locale.to_string()
    }

    /// One message. An id that no file has comes back as itself, so a gap is seen and harms nothing.
    pub fn text(&self, id: &str, args: &[(&'static str, Value<'_>)]) -> String {
        let args = args.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        self.look_up(id, &args).unwrap_or_else(|| id.to_owned())
    }

    /// A message with its own arguments.
    pub fn told(&self, text: &Text) -> String {
        self.render_text(text, &HashMap::new())
    }

    /// A message that a cause may have and need not.
    fn optional(&self, id: &str, args: &Args<'_>) -> Option<String> {
        self.look_up(id, args)
    }

    fn look_up(&self, id: &str, args: &Args<'_>) -> Option<String> {
        LOCALES.try_lookup_complete(&self.locale, id, Some(args))
    }

    fn render(&self, id: &str, args: &Args<'_>) -> String {
        self.look_up(id, args).unwrap_or_else(|| id.to_owned())
    }

    /// A message of the diagnosis with its own arguments on top of the given ones.
    fn render_text(&self, text: &Text, around: &Args<'_>) -> String {
        let mut args = around.clone();
        for (name, arg) in &text.args {
            let value = match arg {
                Arg::When(time) => Value::from(self.when(*time)),
                Arg::Count(count) => Value::from(*count),
                Arg::Character(character) => Value::from(shown(*character)),
                Arg::Fact(key) => Value::from(self.word(*key)),
            };
            args.insert(Cow::Owned(name.clone()), value);
        }
        self.render(&text.id, &args)
    }

    /// A time as people read it, always in UTC and never relative: a saved text stays true.
    pub fn when(&self, time: Timestamp) -> String {
        let time = time.to_zoned(TimeZone::UTC);
        self.text(
            "when",
            &[
                ("day", Value::from(time.day().to_string())),
                ("month", Value::from(time.month())),
                ("year", Value::from(time.year().to_string())),
                ("time", Value::from(format!("{:02}:{:02}", time.hour(), time.minute()))),
            ],
        )
    }
}
