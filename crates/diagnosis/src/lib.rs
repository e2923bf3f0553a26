//! Facts in, findings out: which cause stops a customer's invitation, how sure that is, and who can do what about it.
//! Does not know where facts come from, what time it is, whose site it is, or any word of a human language.
//!
//! The order of reading: [`Fact`] (what is known, how, and what it is worth) → [`Scenario`] (one cause: data plus one
//! plain function) → [`diagnose`] (all causes over one person's facts) → [`Diagnosis`].
//!
//! Three rules hold everywhere here:
//! - **A gap is never a value.** The only way to a fact's value is [`Fact::known`], which hands out the gap otherwise.
//! - **Confidence is computed, never chosen**: the least of what each piece of evidence is worth ([`Source::cap`]).
//! - **No free text.** Evidence carries message ids with typed arguments, so no name or address can enter.

mod diagnose;
mod expected;
mod fact;
mod remedy;
pub mod route;
mod ruling;
pub mod scenarios;
mod source;
mod stored;
mod table;
mod vocabulary;

pub use diagnose::{Diagnosis, Finding, diagnose, diagnose_project};
pub use expected::expected_mail;
pub use fact::{Fact, Moment, Observed, Origin};
pub use remedy::{KNOWLEDGE_ARTICLE, Remedy, Step, ticket_url};
pub use ruling::{Arg, Evidence, Outcome, Ruling, Scenario, Text};
pub use source::Source;
pub use stored::StoredFinding;
pub use table::{FactKey, Facts, Key, PersonFacts, ProjectFacts, Reading, Sheet, SiteFacts, key};
pub use vocabulary::{
    AddressFault, Confidence, Creator, CreatorKind, DomainMail, ExpectedMail, Gap, Kind, Level, Overall, Route,
    Severity, Via, Who,
};
