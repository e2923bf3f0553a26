//! The OAuth scopes of every operation: one classic set, one granular set, either of which is enough at the gateway.
//! Does not know tokens, nor which app was granted what. A test compares these with Atlassian's specifications.

/// What one operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scopes {
    /// Current scopes, all of which are needed.
    pub(crate) classic: &'static [&'static str],
    /// Granular scopes, all of which are needed.
    pub(crate) granular: &'static [&'static str],
}

impl Scopes {
    /// Whether granted scopes are enough.
    pub(crate) fn suffice<'a>(&self, granted: impl Fn(&'a str) -> bool) -> bool {
        self.classic.iter().all(|scope| granted(scope)) || self.granular.iter().all(|scope| granted(scope))
    }
}

pub(super) const USER: Scopes = Scopes {
    classic: &["read:jira-user"],
    granular: &["read:application-role:jira", "read:avatar:jira", "read:group:jira", "read:user:jira"],
};
pub(super) const USER_SEARCH: Scopes = Scopes {
    classic: &["read:jira-user"],
    granular: &[
        "read:application-role:jira",
        "read:avatar:jira",
        "read:group:jira",
        "read:user.property:jira",
        "read:user:jira",
    ],
};
pub(super) const MY_PERMISSIONS: Scopes = Scopes { classic: &["read:jira-work"], granular: &["read:permission:jira"] };
pub(super) const PERMISSIONS_CHECK: Scopes = Scopes { classic: &[], granular: &["read:permission:jira"] };
pub(super) const PROJECT: Scopes = Scopes {
    classic: &["read:jira-work"],
    granular: &[
        "read:application-role:jira",
        "read:avatar:jira",
        "read:group:jira",
        "read:issue-type-hierarchy:jira",
        "read:issue-type:jira",
        "read:project-category:jira",
        "read:project-version:jira",
        "read:project.component:jira",
        "read:project.property:jira",
        "read:project:jira",
        "read:user:jira",
    ],
};
pub(super) const ROLES: Scopes = Scopes { classic: &["read:jira-work"], granular: &["read:project-role:jira"] };
pub(super) const ROLE: Scopes = Scopes {
    classic: &["read:jira-work"],
    granular: &[
        "read:avatar:jira",
        "read:group:jira",
        "read:project-category:jira",
        "read:project-role:jira",
        "read:project:jira",
        "read:user:jira",
    ],
};
pub(super) const PROJECT_PROPERTY: Scopes =
    Scopes { classic: &["read:jira-work"], granular: &["read:project.property:jira"] };
pub(super) const PROJECT_PROPERTY_WRITE: Scopes =
    Scopes { classic: &["manage:jira-project"], granular: &["write:project.property:jira"] };
pub(super) const PROJECT_PROPERTY_DELETE: Scopes =
    Scopes { classic: &["manage:jira-project"], granular: &["delete:project.property:jira"] };
pub(super) const PERMISSION_SCHEME: Scopes = Scopes {
    classic: &["read:jira-work"],
    granular: &[
        "read:application-role:jira",
        "read:avatar:jira",
        "read:field:jira",
        "read:group:jira",
        "read:permission-scheme:jira",
        "read:permission:jira",
        "read:project-category:jira",
        "read:project-role:jira",
        "read:project:jira",
        "read:user:jira",
    ],
};
pub(super) const PROJECT_EMAIL: Scopes =
    Scopes { classic: &["manage:jira-project"], granular: &["read:project.email:jira"] };
pub(super) const LICENSE: Scopes = Scopes { classic: &["manage:jira-configuration"], granular: &["read:license:jira"] };
pub(super) const AUDIT: Scopes =
    Scopes { classic: &["manage:jira-configuration"], granular: &["read:audit-log:jira", "read:user:jira"] };
pub(super) const SEARCH: Scopes = Scopes {
    classic: &["read:jira-work"],
    granular: &[
        "read:audit-log:jira",
        "read:avatar:jira",
        "read:field-configuration:jira",
        "read:issue-details:jira",
        "read:issue-meta:jira",
    ],
};
pub(super) const SEARCH_POST: Scopes = Scopes {
    classic: &["read:jira-work"],
    granular: &[
        "read:field.default-value:jira",
        "read:field.option:jira",
        "read:field:jira",
        "read:group:jira",
        "read:issue-details:jira",
    ],
};
pub(super) const ISSUE_CREATE: Scopes = Scopes {
    classic: &["write:jira-work"],
    granular: &[
        "read:issue:jira",
        "write:attachment:jira",
        "write:comment.property:jira",
        "write:comment:jira",
        "write:issue:jira",
    ],
};
pub(super) const ISSUE_META: Scopes = Scopes {
    classic: &["read:jira-work"],
    granular: &["read:avatar:jira", "read:field-configuration:jira", "read:issue-meta:jira"],
};
pub(super) const ISSUE: Scopes = Scopes {
    classic: &["read:jira-work"],
    granular: &[
        "read:avatar:jira",
        "read:field-configuration:jira",
        "read:issue-meta:jira",
        "read:issue-security-level:jira",
        "read:issue.changelog:jira",
        "read:issue.vote:jira",
        "read:issue:jira",
        "read:status:jira",
        "read:user:jira",
    ],
};
pub(super) const NOTIFY: Scopes = Scopes { classic: &["write:jira-work"], granular: &["send:notification:jira"] };
pub(super) const ISSUE_PROPERTY: Scopes =
    Scopes { classic: &["read:jira-work"], granular: &["read:issue.property:jira"] };
pub(super) const ISSUE_PROPERTY_WRITE: Scopes =
    Scopes { classic: &["write:jira-work"], granular: &["write:issue.property:jira"] };
pub(super) const ISSUE_PROPERTY_DELETE: Scopes =
    Scopes { classic: &["write:jira-work"], granular: &["delete:issue.property:jira"] };
pub(super) const COMMENT: Scopes = Scopes {
    classic: &["read:jira-work"],
    granular: &[
        "read:avatar:jira",
        "read:comment.property:jira",
        "read:comment:jira",
        "read:group:jira",
        "read:project-role:jira",
        "read:project:jira",
        "read:user:jira",
    ],
};
pub(super) const COMMENT_WRITE: Scopes = Scopes {
    classic: &["write:jira-work"],
    granular: &[
        "read:avatar:jira",
        "read:comment.property:jira",
        "read:comment:jira",
        "read:group:jira",
        "read:project-role:jira",
        "read:project:jira",
        "read:user:jira",
        "write:comment:jira",
    ],
};
pub(super) const COMMENT_DELETE: Scopes =
    Scopes { classic: &["write:jira-work"], granular: &["delete:comment.property:jira", "delete:comment:jira"] };
pub(super) const DESK: Scopes =
    Scopes { classic: &["read:servicedesk-request"], granular: &["read:servicedesk:jira-service-management"] };
pub(super) const DESK_CUSTOMERS: Scopes = Scopes {
    classic: &["manage:servicedesk-customer"],
    granular: &["read:servicedesk.customer:jira-service-management", "read:user:jira"],
};
pub(super) const DESK_ORGANISATIONS: Scopes = Scopes {
    classic: &["manage:servicedesk-customer"],
    granular: &["read:servicedesk.organization:jira-service-management"],
};
pub(super) const ORGANISATION: Scopes =
    Scopes { classic: &["manage:servicedesk-customer"], granular: &["read:organization:jira-service-management"] };
pub(super) const ORGANISATION_USERS: Scopes = Scopes {
    classic: &["manage:servicedesk-customer"],
    granular: &["read:organization.user:jira-service-management", "read:user:jira"],
};
pub(super) const REQUEST: Scopes = Scopes {
    classic: &["read:servicedesk-request"],
    granular: &["read:request:jira-service-management", "read:user:jira"],
};
pub(super) const REQUEST_COMMENTS: Scopes = Scopes {
    classic: &["read:servicedesk-request"],
    granular: &["read:request.comment:jira-service-management", "read:user:jira"],
};
pub(super) const REQUEST_COMMENT_WRITE: Scopes = Scopes {
    classic: &["write:servicedesk-request"],
    granular: &[
        "read:request.comment:jira-service-management",
        "read:user:jira",
        "write:request.comment:jira-service-management",
    ],
};
pub(super) const NONE: Scopes = Scopes { classic: &[], granular: &[] };

/// No scope opens it: the gateway does not have undocumented resources.
pub(super) const UNREACHABLE: Scopes = Scopes { classic: &["none"], granular: &["none"] };
