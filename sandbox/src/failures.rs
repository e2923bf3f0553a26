//! *Customer notification logs*: mails that Jira tried to send to customers and could not, for three weeks.
//! Knows nothing of a mail that nobody tried to send: one that a switch stops leaves no row.

use jiff::{SignedDuration, Timestamp};

use crate::state::State;

/// How long the log shows a row.
const SHOWN: SignedDuration = SignedDuration::from_hours(21 * 24);

/// The two tables of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogTab {
    /// *Customer invitations*.
    Invitations,
    /// *Request notifications*.
    Requests,
}

/// In which form the log is taken from the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// Selected and pasted: tabs between the cells, dates as the page shows them, and the button beside a block.
    Pasted,
    /// Put into a CSV file.
    Csv,
}

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct FailedMail {
    project: u64,
    at: Timestamp,
    recipient: String,
    /// Key of the request, of a notification.
    key: Option<String>,
    details: String,
}

const BLOCKED: &str = "Email address is blocked";

impl State {
    /// Writes a row if the address is blocked; what the site's switch stops is never tried.
    pub(crate) fn note_blocked(&mut self, project: u64, key: Option<&str>, to: &str) {
        let Some(address) = self.person(to).map(|person| person.address.clone()) else { return };
        if self.outgoing_mail_on && self.suppressed.contains(&address) {
            self.note_failure(project, key, &address, BLOCKED);
        }
    }

    /// Writes a row.
    pub(crate) fn note_failure(&mut self, project: u64, key: Option<&str>, recipient: &str, details: &str) {
        let (at, key) = (self.now(), key.map(str::to_owned));
        self.failed_mails.push(FailedMail {
            project,
            at,
            recipient: recipient.to_owned(),
            key,
            details: details.to_owned(),
        });
    }

    /// The log of a project as somebody takes it from the page, newest first.
    pub(crate) fn notification_log(&self, project: u64, tab: LogTab, form: LogForm) -> String {
        let since = self.now() - SHOWN;
        let of_tab = |row: &&FailedMail| row.key.is_some() == (tab == LogTab::Requests);
        let rows = self.failed_mails.iter().rev().filter(|row| row.project == project && row.at >= since);
        let mut lines = vec![line(&header(tab), form)];
        lines.extend(rows.filter(of_tab).map(|row| line(&cells(row, tab, form), form)));
        lines.join("\n") + "\n"
    }
}

fn header(tab: LogTab) -> Vec<String> {
    let names: &[&str] = match tab {
        LogTab::Invitations => &["Date and time", "Recipient", "Details"],
        LogTab::Requests => &["Date and time", "Notification name", "Recipient", "Issue key", "Details"],
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn cells(row: &FailedMail, tab: LogTab, form: LogForm) -> Vec<String> {
    let shown = match form {
        LogForm::Pasted => row.at.strftime("%b %-d, %Y, %-I:%M %p").to_string(),
        LogForm::Csv => row.at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    };
    let mut cells = match tab {
        LogTab::Invitations => vec![shown, row.recipient.clone(), row.details.clone()],
        LogTab::Requests => {
            let key = row.key.clone().unwrap_or_default();
            vec![shown, "Request updated".to_owned(), row.recipient.clone(), key, row.details.clone()]
        }
    };
    if form == LogForm::Pasted && row.details == BLOCKED {
        cells.push("Unblock email address".to_owned());
    }
    cells
}

fn line(cells: &[String], form: LogForm) -> String {
    match form {
        LogForm::Pasted => cells.join("\t"),
        LogForm::Csv => {
            let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            quoted.join(",")
        }
    }
}
