//! Lines about passes: what cannot be read, and imports that were found.
//! Does not know how a pass is read.

use super::fragment::{Look, Say};
use super::rich::{As, Rich, mark};
use crate::domain::roster::{AddBatch, PassGap, Unread};
use crate::jira::ROLE_MOST_BYTES;
use crate::words::Value;
use diagnosis::Via;
use diagnosis::scenarios;

/// What passes left to tell.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    /// What cannot be read.
    pub gaps: Vec<PassGap>,
    /// Imports, newest first.
    pub batches: Vec<AddBatch>,
}

pub(super) fn lines(say: Say<'_>, passed: &Passed) -> Vec<(Look, Rich)> {
    let gaps = passed.gaps.iter().map(|gap| (look(gap), unread(say, gap)));
    gaps.chain(passed.batches.iter().map(|batch| (Look::INFORMATION, import(say, batch)))).collect()
}

/// No add is missed without the customer list.
fn look(gap: &PassGap) -> Look {
    if gap.via == Via::ListOnly { Look::INFORMATION } else { Look::WARNING }
}

fn unread(say: Say<'_>, gap: &PassGap) -> Rich {
    if gap.via == Via::ListOnly {
        return say.at("page-note-unread-list", gap.at, As::Date, &[]);
    }
    let way = say.t(&format!("page-way-{}", gap.via.name()));
    let id = match gap.why {
        Unread::Forbidden => "page-note-unread-forbidden",
        Unread::TooLarge => "page-note-unread-too_large",
        Unread::Unavailable => "page-note-unread-unavailable",
    };
    let most = (ROLE_MOST_BYTES / (1024 * 1024)).to_string();
    say.at(id, gap.at, As::Date, &[("way", &way), ("most", &most)])
}

/// How many came at once, and how many of them have which cause.
fn import(say: Say<'_>, batch: &AddBatch) -> Rich {
    let known = |slug: &str| scenarios::REGISTRY.iter().any(|scenario| scenario.slug == slug);
    let cause = |(slug, count): &(String, u64)| {
        let title = say.t(&format!("{slug}-what"));
        say.0.text("page-note-import-cause", &[("count", Value::from(*count)), ("cause", Value::from(title))])
    };
    let causes: Vec<String> = batch.causes.iter().filter(|(slug, _)| known(slug)).map(cause).collect();
    let id = if causes.is_empty() { "page-note-import" } else { "page-note-import-causes" };
    let args = [
        ("people", Value::from(batch.people)),
        ("time", Value::from(mark(batch.at, As::Date))),
        ("causes", Value::from(causes.join(" · "))),
    ];
    Rich::of(&say.0.text(id, &args), say.0)
}
