//! What people see inside Jira: the project page and the panel beside a request, as fragments that the page's script shows.
//! Knows no token and decides no verdict; rights are the handlers' argument types, words come from `words`.

mod card;
mod fragment;
pub mod health;
pub mod issue;
mod passes;
mod rich;

pub(in crate::web) use fragment::Say;
pub use fragment::{Fragment, Names};
pub use health::ProjectHealth;
pub use issue::RequestPanel;
pub use passes::Passed;

/// What the reader may do beyond looking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// *Administer projects* here: statements about the project, comment mode.
    pub administer_project: bool,
    /// *Administer Jira*: statements about the site.
    pub administer_jira: bool,
}
