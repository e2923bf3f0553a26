//! What was read out of a file of rules: per rule a verdict, its silent paths and why, and what could not be judged.
//! Does not know an address, a header or a body: none of these types has a place for one.

use serde::Serialize;

/// All that one file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Rules that were judged.
    pub read: usize,
    /// Each of them, in the order of the file.
    pub rules: Vec<Rule>,
    /// Component types that we do not know, most frequent first; they were not guessed at.
    pub unknown: Vec<Unknown>,
    /// What could not be judged.
    pub skipped: Vec<Skipped>,
}

impl Reading {
    /// Rules that add customers silently, or may; disabled ones do not count.
    pub fn silent(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.counts() && rule.verdict.is_silent())
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// `uuid`, else `id`, where the file has one.
    pub id: Option<String>,
    /// The name its author gave it; for the reader who brought the file, never to be stored.
    pub name: Option<String>,
    /// Whether it runs.
    pub state: State,
    /// How many steps add a customer.
    pub adds: usize,
    /// What we make of it.
    pub verdict: Verdict,
    /// Its silent paths, one for each step that adds a customer.
    pub findings: Vec<Finding>,
    /// Silent paths that are not listed, since there are too many.
    pub unlisted: usize,
    /// What to look at although a mail follows.
    pub notes: Vec<Note>,
}

impl Rule {
    /// Whether it can run: a rule whose state the file does not tell may.
    pub fn counts(&self) -> bool {
        self.state != State::Disabled
    }
}

impl Verdict {
    /// Silent, or maybe.
    pub fn is_silent(self) -> bool {
        matches!(self, Self::MayBeSilent | Self::Silent)
    }
}

/// One step that adds a customer, and the path that ends without a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The way to the step, outermost first; the last is the step itself.
    pub path: Vec<Step>,
    /// Why nobody is mailed.
    pub reason: Reason,
    /// The condition at which the path ends, where one ends it.
    pub stops_at: Option<Step>,
    /// What keeps this from being sure; empty: it is.
    pub doubts: Vec<Doubt>,
}

impl Finding {
    /// Whether the file alone proves it.
    pub fn is_sure(&self) -> bool {
        self.doubts.is_empty()
    }
}

/// A component of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Where it stands, counted from 1: `2.1.3` is the third step in the first block of the second step.
    pub position: String,
    /// Its type, as the file names it.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Something to look at in a rule that mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The way to the step it is about.
    pub path: Vec<Step>,
    /// What.
    pub about: About,
}

/// A type that we do not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// As the file names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many components have it.
    pub count: usize,
}

/// Something in the file that was not judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// `rules[4]`: the fifth rule of the file.
    #[serde(rename = "where")]
    pub place: String,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Why.
    pub why: Why,
}

macro_rules! words {
    ($(#[$meta:meta])* $list:ident, $prefix:literal { $($(#[$about:meta])* $word:ident = $name:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum $list { $($(#[$about])* #[serde(rename = $name)] $word),+ }

        impl $list {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// The stable word.
            pub fn name(self) -> &'static str {
                match self { $(Self::$word => $name),+ }
            }

            /// The id of the message that says it.
            pub fn message_id(self) -> String {
                format!(concat!("automation-", $prefix, "-{}"), self.name())
            }
        }
    };
}

words! {
    /// Whether a rule runs.
    State, "state" {
        /// It does.
        Enabled = "enabled",
        /// It does not, and therefore does not count.
        Disabled = "disabled",
        /// The file does not say.
        Unknown = "unknown",
    }
}

words! {
    /// What a rule does to the people it adds.
    Verdict, "verdict" {
        /// It adds nobody.
        AddsNobody = "adds_nobody",
        /// Whoever it adds gets a mail afterwards, on every path.
        Mailed = "mailed",
        /// It may add somebody without a mail; something on the path cannot be judged.
        MayBeSilent = "may_be_silent",
        /// It adds somebody without a mail afterwards, on some path.
        Silent = "silent",
    }
}

words! {
    /// Why a path is silent.
    Reason, "reason" {
        /// No mail follows anywhere.
        NoMail = "no_mail",
        /// A mail follows, to somebody else.
        OtherAddress = "other_address",
        /// The only mail to this person is sent before they are added.
        MailBefore = "mail_before",
        /// A condition between the two may end the rule first.
        ConditionBetween = "condition_between",
        /// A mail to this person follows, but not on every path.
        MailNotAlways = "mail_not_always",
    }
}

words! {
    /// Why a finding is not sure.
    Doubt, "doubt" {
        /// A step of an unknown type follows; it may be a mail.
        UnknownStep = "unknown_step",
        /// A web request follows; what it asks for may send a mail.
        WebRequest = "web_request",
        /// A mail follows whose recipients cannot be read.
        UnreadableMail = "unreadable_mail",
        /// A mail follows to an address that may be the same person's.
        OtherAddress = "may_be_same_address",
        /// Whether a condition in a block ends the rule or only the block is not documented.
        ConditionInBlock = "condition_in_block",
        /// The file does not say whether the rule is enabled.
        StateUnknown = "state_unknown",
    }
}

words! {
    /// What a note is about.
    About, "note" {
        /// The person is added in a loop, the mail is sent once, after it.
        MailAfterLoop = "mail_after_loop",
    }
}

words! {
    /// Why something was not judged.
    Why, "why" {
        /// It is not a rule with components.
        NotARule = "not_a_rule",
        /// A component has not the form of one.
        BrokenComponent = "broken_component",
        /// Components are nested too deeply.
        TooDeep = "too_deep",
        /// There are too many components.
        TooManyComponents = "too_many_components",
        /// Components lie side by side and name their parents; this form is not known.
        FlatComponents = "flat_components",
    }
}

words! {
    /// Why a file cannot be read at all.
    Fault, "file" {
        /// Nothing in it.
        Empty = "empty",
        /// Larger than [`super::MAX_BYTES`].
        TooLarge = "too_large",
        /// An archive.
        Archive = "archive",
        /// UTF-16 or UTF-32.
        Utf16 = "utf16",
        /// Neither.
        NotUtf8 = "not_utf8",
        /// Not JSON.
        NotJson = "not_json",
        /// JSON, but not rules.
        NotRules = "not_rules",
        /// A list of rules without their steps, as the REST API's summary gives it.
        Summary = "summary",
        /// More than [`super::MAX_RULES`].
        TooManyRules = "too_many_rules",
    }
}

/// Why a file cannot be read, and where. Never repeats anything of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// Why.
    pub fault: Fault,
    /// Line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// Column in bytes, counted from 1, where it is known.
    pub column: Option<usize>,
}

impl Unreadable {
    pub(super) fn new(fault: Fault) -> Self {
        Self { fault, line: None, column: None }
    }

    pub(super) fn at(fault: Fault, line: usize, column: usize) -> Self {
        Self { fault, line: Some(line), column: Some(column.max(1)) }
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.fault.name())?;
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, " at line {line}, column {column}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Unreadable {}
