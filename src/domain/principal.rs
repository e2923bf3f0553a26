//! Who is asking, once a door has proved it.
//! Knows no token; only doors make principals.

use super::tenant::UserToken;
use super::{AccountId, TenantId};

/// A person in front of a page, of one tenant.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The site.
    pub tenant: TenantId,
    /// The person; a token without `sub` makes no principal.
    pub account: AccountId,
    /// The person's own token, where the door brings one: then Jira is asked as them.
    pub token: Option<UserToken>,
}

/// Jira permissions that our rights rest on (rules.md section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Agent of the project, `SERVICEDESK_AGENT`.
    Agent,
    /// `ADMINISTER_PROJECTS` on the project.
    AdministerProjects,
    /// Global `ADMINISTER`.
    AdministerJira,
    /// `BROWSE_PROJECTS` on the project.
    BrowseProjects,
}

impl Permission {
    /// Jira's key of the permission.
    pub fn key(self) -> &'static str {
        match self {
            Self::Agent => "SERVICEDESK_AGENT",
            Self::AdministerProjects => "ADMINISTER_PROJECTS",
            Self::AdministerJira => "ADMINISTER",
            Self::BrowseProjects => "BROWSE_PROJECTS",
        }
    }
}
