//! What a site's *Customer notification logs* said about an address, as far as that is kept: a mark, a date, who imported it.
//! Knows no address. What follows for somebody's add is `suppression`'s business.

use super::address::AddressMark;
use super::{AccountId, ProjectId};
use diagnosis::Moment;
use jiff::{SignedDuration, Timestamp};

/// A row of the log is as good as new for so long after its date (rules.md section 1).
pub const ROW_FRESH: SignedDuration = SignedDuration::from_hours(21 * 24);
/// Our own history speaks for so long, as likely; then the mark goes.
pub const MARK_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MarkKind {
    /// An invitation to the address was not sent, since the address is blocked.
    InvitationBlocked,
    /// Another mail to the address was not sent, since the address is blocked.
    NotificationBlocked,
    /// The address was taken off the list.
    Unblocked,
}

impl MarkKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::InvitationBlocked, Self::NotificationBlocked, Self::Unblocked];

    /// Stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvitationBlocked => "invitation_blocked",
            Self::NotificationBlocked => "notification_blocked",
            Self::Unblocked => "unblocked",
        }
    }

    /// Reads [`MarkKind::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One row of a log about one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedRow {
    /// Whose log it is.
    pub project: ProjectId,
    /// The address, as nobody can read it.
    pub mark: AddressMark,
    /// What it says.
    pub kind: MarkKind,
    /// When, as tightly as the row tells: a time without its zone leaves a day open.
    pub dated: Moment,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// Account id of whoever imported it.
    pub by: AccountId,
}
