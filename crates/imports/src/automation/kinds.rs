//! What the components of rules are, by the type strings that exports carry; Cloud and Data Center, old and new.
//! Does not guess: a type that stands in no list here is unknown, whatever its name sounds like.
//!
//! Types were seen in rules read back from live sites, in exports and in migration tools. `schemaVersion` differs between Cloud
//! and Data Center and says nothing here.

/// A component's `component` field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Action,
    Condition,
    Block,
    Branch,
    /// Something else, or nothing.
    Other,
}

impl Category {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "ACTION" => Self::Action,
            "CONDITION" => Self::Condition,
            "CONDITION_BLOCK" => Self::Block,
            "BRANCH" => Self::Branch,
            _ => Self::Other,
        }
    }
}

/// What a component does to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Adds a customer.
    Add,
    /// Sends a mail.
    Mail,
    /// Makes a variable.
    Variable,
    /// Sends a web request.
    WebRequest,
    /// Does something that concerns us not.
    Other,
    /// Does nobody knows what.
    Unknown,
    /// Ends the path unless it is met.
    Condition,
    /// Holds the blocks of an if/else.
    Container,
    /// A block of an if/else.
    Block,
    /// Runs what is in it for each of several things, beside the rest of the rule.
    Loop(Over),
}

/// What a loop runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Issues: within it, `issue` is each of them.
    Issues,
    /// Values of a smart value, each under a name.
    Values,
}

const ADD: &[&str] = &[
    "jira.sd.add.customer",
    "jira.issue.servicedesk.customer.add", // named by a migration tool for Data Center
];
const MAIL: &[&str] = &["jira.issue.outgoing.email", "action.send-templated-email"];
const CONDITIONS: &[&str] = &[
    "jira.issue.condition",
    "jira.comparator.condition",
    "jira.jql.condition",
    "jira.user.condition",
    "jira.issues.related.condition",
    "jira.related.issues.condition",
    "jira.issue.hasAttachments",
    "jira.issue.attachment.condition",
];
/// Steps known to send no mail to an address that the rule names.
const OTHERS: &[&str] = &[
    "codebarrel.action.log",
    "cmdb.object.create",
    "cmdb.object.edit.attributes",
    "confluence.create-page.action",
    "focus.link-work-to-focus-area.action",
    "focus.unlink-work-from-focus-area.action",
    "jira.auto.approve.action",
    "jira.board.issue.move",
    "jira.cmdb.field.edit.attributes",
    "jira.create.dynamic-mapping-variable",
    "jira.create.mapping-variable",
    "jira.edit.request.type",
    "jira.issue.add.watcher",
    "jira.issue.archive",
    "jira.issue.assign",
    "jira.issue.clone",
    "jira.issue.comment",
    "jira.issue.comment.update",
    "jira.issue.create",
    "jira.issue.create.subtask",
    "jira.issue.create.subtasks",
    "jira.issue.delete",
    "jira.issue.delete.attachment",
    "jira.issue.delete.comment",
    "jira.issue.delete.link",
    "jira.issue.deleteattachment",
    "jira.issue.deletelink",
    "jira.issue.edit",
    "jira.issue.entity.property",
    "jira.issue.link",
    "jira.issue.log",
    "jira.issue.log.work",
    "jira.issue.lookup",
    "jira.issue.refetch",
    "jira.issue.refresh.issue",
    "jira.issue.servicedesk.request.create",
    "jira.issue.set.security.level",
    "jira.issue.slack.message",
    "jira.issue.transition",
    "jira.lookup.issues",
    "jira.proforma.form.add.action",
    "jira.sd.create.request",
    "jira.set.entity.property",
    "jira.sprint.create",
    "jira.version.create",
    "jira.version.release",
    "jira.version.unrelease",
    "jira.work-item.remote-link.add",
    "jira.worklog.add",
    "jsm.create.incident",
    "msteams.notification",
    "security.vulnerability.link",
];

/// What a component is, and whether its type is one that we know.
pub(super) fn kind(category: Category, name: &str) -> (Kind, bool) {
    let known = match name {
        _ if ADD.contains(&name) => Kind::Add,
        _ if MAIL.contains(&name) => Kind::Mail,
        "jira.create.variable" => Kind::Variable,
        "jira.issue.outgoing.webhook" => Kind::WebRequest,
        "jira.condition.container.block" => Kind::Container,
        "jira.condition.if.block" | "jira.condition.else.block" => Kind::Block,
        "jira.issue.related" => Kind::Loop(Over::Issues),
        "jira.smart.values.branch" => Kind::Loop(Over::Values),
        _ if CONDITIONS.contains(&name) => Kind::Condition,
        _ if OTHERS.contains(&name) => Kind::Other,
        _ => return (by_category(category), false),
    };
    (known, true)
}

/// The category tells how an unknown component bends the path, not what it does.
fn by_category(category: Category) -> Kind {
    match category {
        Category::Condition => Kind::Condition,
        Category::Block => Kind::Block,
        Category::Branch => Kind::Loop(Over::Issues),
        Category::Action | Category::Other => Kind::Unknown,
    }
}
