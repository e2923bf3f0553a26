//! What browsers and Jira reach over HTTP.
//! Knows no verdict: it shows what `examine` and the store say.

pub mod panel;
pub mod shell;
