//! One cause as data plus one plain function, and what that function may answer.
//! Does not know the other causes, nor how their answers are put in order (see `diagnose`).

use crate::{
    fact::{Observed, Origin},
    remedy::Remedy,
    table::{FactKey, Facts},
    vocabulary::{Confidence, ExpectedMail, Gap, Level, Severity},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A message id and typed arguments. There is no free-text argument, so a name or an address cannot enter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Message id.
    pub id: String,
    /// Arguments by their name in the message.
    pub args: Vec<(String, Arg)>,
}

/// What a message may be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arg {
    /// A point in time.
    When(Timestamp),
    /// A number of things.
    Count(u64),
    /// One character; too little to be a name or an address.
    Character(char),
    /// A fact, by its key.
    Fact(FactKey),
}

/// One observation that speaks for a ruling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The fact it is about.
    pub key: FactKey,
    /// What was seen, as a message.
    pub statement: Text,
    /// What vouches for it.
    pub origin: Origin,
}

impl Evidence {
    /// Says what was seen (message id, told the time as `observed`) and takes the origin over.
    pub fn new<T>(key: FactKey, statement: &str, seen: &Observed<T>) -> Self {
        let args = vec![("observed".to_owned(), Arg::When(seen.origin.observed_at))];
        Self { key, statement: Text { id: statement.to_owned(), args }, origin: seen.origin.clone() }
    }

    /// The same evidence with one more argument of its message.
    #[must_use]
    pub fn with(mut self, name: &str, arg: Arg) -> Self {
        self.statement.args.push((name.to_owned(), arg));
        self
    }

    /// The same evidence, worth at most this much here.
    #[must_use]
    pub fn at_most(mut self, ceiling: Confidence) -> Self {
        self.origin = self.origin.at_most(ceiling);
        self
    }

    /// What this piece is worth for a block.
    pub fn blocks_at_most(&self) -> Confidence {
        self.origin.at_most.min(self.origin.source.cap().0)
    }

    /// What this piece is worth for a clear.
    pub fn clears_at_most(&self) -> Confidence {
        self.origin.at_most.min(self.origin.source.cap().1)
    }
}

/// What a scenario answers when the facts suffice. Evidence lists every observation the answer rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This cause stops the mail.
    Blocks(Vec<Evidence>),
    /// This cause does not stop the mail.
    Clears(Vec<Evidence>),
    /// This cause cannot concern this person.
    NotApplicable,
}

/// What is said about one cause in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Stops the mail.
    Blocks,
    /// Does not stop the mail.
    Clears,
    /// Could not be told, and why.
    Undetermined(Gap),
    /// Cannot concern this person.
    NotApplicable,
}

impl Ruling {
    /// The stable name outside.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Clears => "clears",
            Self::Undetermined(_) => "undetermined",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// Why it could not be told.
    pub fn gap(self) -> Option<Gap> {
        match self {
            Self::Undetermined(gap) => Some(gap),
            _ => None,
        }
    }
}

/// One cause. A scenario file is one constant; the registry is an array of them, and its order breaks ties.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Stable name: file, fixture folder, JSON value, docs anchor, first part of its message ids.
    pub slug: &'static str,
    /// Where the cause sits, and so where its cure is.
    pub level: Level,
    /// How loud it is.
    pub severity: Severity,
    /// What to do.
    pub remedy: Remedy,
    /// The facts it reads. The plan of what to gather is the union of these; a test forgets each and proves the list true.
    pub needs: &'static [FactKey],
    /// The mail that still goes while this cause blocks.
    pub still_sent: ExpectedMail,
    /// Whether it is only a note on the project's page: mail may be late or look different, but nobody can tell whether it kept
    /// one person's invitation. A note is never a person's finding and never moves the one word.
    pub note: bool,
    /// Keys of Atlassian's public tickets about it.
    pub tickets: &'static [&'static str],
    /// The rule. Cannot fail, only abstain with the gap that kept it from knowing.
    pub judge: fn(Facts<'_>) -> Result<Outcome, Gap>,
}
