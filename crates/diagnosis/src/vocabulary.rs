//! The closed lists of words that facts, findings and their readers share; each word has one stable name outside.
//! Does not know how a word is shown to people: that is the business of the words room.

use serde::{Deserialize, Serialize};

/// Makes enums whose stable names (JSON, store, message ids) are written once, beside the variant.
macro_rules! names {
    ($($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? })+) => { $(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),+ }
        impl $name {
            /// Every word of this list, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The stable name: the same in JSON, in the store and in message ids.
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// The word with this stable name.
            pub fn from_name(name: &str) -> Option<Self> { Self::ALL.iter().copied().find(|w| w.name() == name) }
        }
    )+ };
}
pub(crate) use names;

names! {
    /// How sure a verdict is, or the most that one observation may contribute. Ordered: the least of several counts.
    Confidence {
        /// Worth nothing: a source that may not speak in this direction.
        Unknown = "unknown",
        /// Points that way, yet something we cannot see could make it untrue.
        Likely = "likely",
        /// The source states the thing itself.
        Confirmed = "confirmed",
    }

    /// Why a fact is not known.
    Gap {
        /// Somebody could answer, but nobody has been asked or has answered.
        NotAsked = "not_asked",
        /// Structural: no source on this site can ever tell. Shown once a page; does not lower a person's overall word.
        NotExposed = "not_exposed",
        /// A right is missing.
        Forbidden = "forbidden",
        /// The source did not answer.
        Unavailable = "unavailable",
        /// The answer is too old to count.
        Stale = "stale",
    }

    /// What a fact or a cause is about. Ordered: a cause on the site outranks one in the project, and that one in the person.
    Level {
        /// The whole Jira site.
        Site = "site",
        /// One service project.
        Project = "project",
        /// One customer in one service project.
        Person = "person",
    }

    /// How loud a cause is. Ordered: worst first.
    Severity {
        /// Nothing works until it is cured.
        Error = "error",
        /// Somebody has to act for this customer.
        Warning = "warning",
        /// Works as Jira intends, but not as people expect.
        Information = "information",
    }

    /// The one word about a person or a page. Ordered: the worst of several findings counts.
    Overall {
        /// Nothing that could be checked blocks. Never "will arrive".
        NoBlockFound = "no_block_found",
        /// Something that could have been checked was not.
        CouldNotCheck = "could_not_check",
        /// A cause likely blocks.
        MayBeBlocked = "may_be_blocked",
        /// A cause blocks, confirmed.
        Blocked = "blocked",
    }

    /// Jira's type of an account (`accountType`).
    Kind {
        /// An Atlassian account, perhaps with a licence.
        Atlassian = "atlassian",
        /// A portal-only account of this site.
        Customer = "customer",
        /// An app's account.
        App = "app",
    }

    /// How we know that somebody was added to a service project.
    Via {
        /// Actor of the *Service Desk Customers* role.
        Role = "role",
        /// Member of an organisation that is on the project.
        Organisation = "organisation",
        /// A rule's web request said so.
        Rule = "rule",
        /// Audit record "User created".
        Audit = "audit",
        /// First request, comment or participation.
        Request = "request",
        /// Only on the customer list, which says who may use the desk, not who was invited.
        ListOnly = "list_only",
    }

    /// The kind of mail, if any, that Jira sends for an add.
    ///
    /// `Unknown` is a word for answers, never worth a fact: a route that cannot be told is a gap
    /// ([`Fact::Unknown`](crate::Fact::Unknown)), and [`PersonFacts::route`](crate::PersonFacts::route) says `Unknown` for it.
    Route {
        /// The project's own *Customer invited* mail.
        PortalInvite = "portal_invite",
        /// The invitation to an Atlassian account, sent by Atlassian and not by this Jira site.
        AccountInvite = "account_invite",
        /// Made by Automation, an app or REST: nothing is sent.
        SilentCreate = "silent_create",
        /// The person signed up: a verification mail, no invitation.
        SelfSignup = "self_signup",
        /// The person came by a request, by mail or portal, or one was raised for them: a verification mail, no invitation.
        EmailChannel = "email_channel",
        /// Cannot be told.
        Unknown = "unknown",
    }

    /// Which mail the person should look for.
    ExpectedMail {
        /// The project's own invitation.
        Invitation = "invitation",
        /// Only a mail that asks to verify the address.
        Verification = "verification",
        /// The invitation to an Atlassian account, sent by Atlassian.
        AtlassianInvitation = "atlassian_invitation",
        /// None at all.
        None = "none",
        /// Cannot be told.
        Unknown = "unknown",
    }

    /// What the domain name system says about mail to a domain.
    DomainMail {
        /// It names a mail exchanger, or an address that stands for one.
        Receives = "receives",
        /// A null MX (RFC 7505): the domain states that it takes no mail.
        NullMx = "null_mx",
        /// There is no such domain, looked up twice.
        NoSuchDomain = "no_such_domain",
        /// The domain exists, without a mail exchanger and without an address.
        NoMailHost = "no_mail_host",
    }

    /// Who made an account.
    CreatorKind {
        /// Atlassian's own Automation account.
        Automation = "automation",
        /// Another app's account.
        App = "app",
        /// Another person.
        Person = "person",
        /// The customer.
        Themselves = "themselves",
    }

    /// Who can do what a remedy asks for.
    Who {
        /// *Administer projects* in this service project.
        ProjectAdmin = "project_admin",
        /// *Administer Jira* on the site.
        JiraAdmin = "jira_admin",
        /// Administers the organisation at Atlassian.
        OrgAdmin = "org_admin",
        /// Works on requests of this service project.
        Agent = "agent",
        /// The invited person.
        Customer = "customer",
        /// Runs the mail server that receives the invitation.
        MailAdmin = "mail_admin",
        /// Owns the automation flow (rule).
        FlowOwner = "flow_owner",
    }
}

/// The maker of an account, by account id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Creator {
    /// Jira account id of the author of "User created"; never a name or an address.
    pub account: String,
    /// What that account is to the customer.
    pub kind: CreatorKind,
}

/// Where an address as it was typed stops being one. Holds one character of it at most, never the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressFault {
    /// Place of the character, counted from 1; one past the end when something is missing there.
    pub at: u64,
    /// The character; `None` when something is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character: Option<char>,
}
