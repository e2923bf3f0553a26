//! The mailbox: what Jira would have sent, to whom, and who caused it.
//! Nothing leaves the process. Does not decide whether an add deserves an invitation (`customers` does).

use jiff::Timestamp;

use crate::state::State;

/// What kind of mail it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// The project's own *Customer invited* mail.
    Invitation,
    /// "Verify your address".
    Verification,
    /// The invitation of Atlassian's account system, which the site's mail switch does not stop.
    AtlassianInvitation,
    /// A customer is told of a public comment, a new request or a change of status.
    CustomerNotification,
    /// Sent by the *notify* call.
    Notify,
}

/// How the *notify* call behaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NotifyMood {
    /// As documented.
    #[default]
    Proper,
    /// Queues a mail whatever it is asked, even about nothing to nobody.
    QueuesEverything,
    /// Refuses with 403 and this text, whether or not mail is on.
    Refuses(String),
}

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Account id of the receiver.
    pub to: String,
    /// Kind.
    pub kind: MailKind,
    /// When it was put into the queue.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// Account id of whoever caused it.
    pub caused_by: String,
}

fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_string())
}

impl State {
    /// Sends unless something stops it: the site's switch stops all but Atlassian's own invitations, the suppression
    /// list stops everything for one address. Nothing is queued for later. Tells whether it went out.
    pub(crate) fn send(&mut self, to: &str, kind: MailKind, caused_by: &str) -> bool {
        let switched_off = !self.outgoing_mail_on && kind != MailKind::AtlassianInvitation;
        let suppressed = self.person(to).is_some_and(|person| self.suppressed.contains(&person.address));
        if switched_off || suppressed {
            return false;
        }
        let at = self.now();
        self.mails.push(Mail { to: to.to_owned(), kind, at, caused_by: caused_by.to_owned() });
        true
    }
}
