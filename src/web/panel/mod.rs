//! What people see inside Jira: pages of project and site, panels beside a request, as fragments that the page's script shows.
//! Knows no token and decides no verdict; rights are the handlers' argument types, words come from `words`.

mod asked;
mod card;
mod comments;
mod fragment;
pub mod health;
pub mod issue;
pub mod organisation;
mod passes;
mod rich;
pub mod settings;
pub mod site;
mod trail;

pub(in crate::web) use fragment::Say;
pub use fragment::{Fragment, Names};
pub use health::ProjectHealth;
pub use issue::RequestPanel;
pub use organisation::OrganisationPanel;
pub use passes::Passed;
pub use settings::ProjectSettings;
pub use site::{SiteOverview, SiteProject};

/// What the reader may do beyond looking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// *Administer projects* here: statements about the project, comment mode.
    pub administer_project: bool,
    /// *Administer Jira*: statements about the site.
    pub administer_jira: bool,
}
