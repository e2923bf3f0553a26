//! Where an observation may come from and the most it may prove.
//! Does not know how any source is read, nor whether it is proven on a given site: that arrives as `Origin::at_most`.

use crate::vocabulary::{Confidence, names};

names! {
    /// One way of coming to know something. The caps are the table of evidence in `docs/scenarios.md`.
    Source {
        /// A documented REST answer about the thing itself.
        JiraRest = "jira_rest",
        /// An undocumented Jira resource, read only where the operator opted in.
        JiraInternal = "jira_internal",
        /// A record of Jira's audit log.
        AuditLog = "audit_log",
        /// A webhook: a hint that arrives late, twice or never.
        Webhook = "webhook",
        /// A Forge event: a hint like a webhook.
        ForgeEvent = "forge_event",
        /// Presence in a role or organisation, seen in a completed pass.
        Roster = "roster",
        /// What became of earlier customers here.
        OwnHistory = "own_history",
        /// An admin's dated word.
        AdminStatement = "admin_statement",
        /// A file an admin imported: notification log, rule export.
        ImportedFile = "imported_file",
        /// A rule's web request step. Its origin says `likely` until roster or audit agree.
        AutomationRule = "automation_rule",
        /// The outgoing-mail probe. Its origin says `likely` until calibrated on the site.
        MailProbe = "mail_probe",
        /// The address itself, as it was typed.
        Input = "input",
        /// The domain name system.
        Dns = "dns",
        /// The operator's own mail provider.
        MailProvider = "mail_provider",
        /// Our conclusion from other facts.
        Inferred = "inferred",
    }
}

impl Source {
    /// The most an observation of this source may contribute: (to a block, to a clear). `Unknown` = may not.
    ///
    /// One observation may be worth less (`Origin::at_most`), never more.
    pub fn cap(self) -> (Confidence, Confidence) {
        use Confidence::{Confirmed, Likely, Unknown};
        match self {
            Self::JiraRest | Self::AuditLog => (Confirmed, Confirmed),
            Self::JiraInternal | Self::AdminStatement | Self::ImportedFile | Self::MailProbe => (Confirmed, Likely),
            // Only presence is evidence: a roster that lacked somebody, or a domain that resolves, clears nothing.
            Self::Roster | Self::AutomationRule | Self::Dns | Self::Input => (Confirmed, Unknown),
            // Somebody who got in shows that mail and toggle worked for that add.
            Self::OwnHistory => (Likely, Likely),
            Self::Webhook | Self::ForgeEvent | Self::MailProvider | Self::Inferred => (Likely, Unknown),
        }
    }
}
