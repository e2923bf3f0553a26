//! *Customer notification logs*, pasted or as CSV, both of its tables: which addresses it says are blocked, and what else failed.
//! Does not keep an address: each row is handed on, borrowed from the file, and forgotten.

mod columns;
mod dates;
mod months;
mod reason;
mod table;

use columns::{Columns, Missing};
use dates::Orders;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use reason::Said;
use table::{Delimiter, Record, Records};

/// More rows than three weeks of failures can have.
pub const MOST_ROWS: usize = 50_000;
/// Rows that were left out are told one by one up to so many.
pub const MOST_SKIPPED: usize = 500;

/// When a row is from, as tightly as it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Not before this.
    pub not_before: Timestamp,
    /// Not after this.
    pub not_after: Timestamp,
}

/// Another kind of failure than a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// An error inside of Jira Service Management, mostly passing.
    InternalError,
    /// What was typed is no address.
    BadAddress,
    /// The notification's template is larger than 6 MB.
    TemplateTooLarge,
    /// A reason that we do not know.
    Other,
}

/// One row of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row<'r> {
    /// The mail was not sent since the address is blocked.
    Blocked {
        /// To whom.
        address: &'r str,
        /// When.
        dated: Dated,
        /// It was about a request, not an invitation.
        of_request: bool,
    },
    /// The address is not blocked any more.
    Unblocked {
        /// Whose.
        address: &'r str,
        /// When.
        dated: Dated,
    },
    /// Something else went wrong.
    Failed(Failure),
}

/// Why a row was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// No address, or none that can be read; a log may show a name instead.
    NoAddress,
    /// No date.
    NoDate,
    /// A date that cannot be read, or is none.
    UnreadableDate,
    /// "Yesterday", "2 hours ago".
    RelativeDate,
    /// A date such as 03/04/2026, and nothing in the file tells which day it is.
    AmbiguousDate,
    /// A date in the future.
    FutureDate,
    /// A cell longer than any of the log's.
    LongCell,
}

/// A row that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The line where it begins, counted from 1.
    pub line: usize,
    /// Why.
    pub why: Why,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Rows, those left out too.
    pub read: usize,
    /// Rows left out, the first [`MOST_SKIPPED`].
    pub skipped: Vec<Skipped>,
    /// How many more.
    pub skipped_more: usize,
}

/// Why a file is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not text in UTF-8, nor in UTF-16 with its mark.
    NotUtf8,
    /// A compressed file, such as a spreadsheet.
    Archive,
    /// No row that the log could have.
    NoLog,
    /// More than [`MOST_ROWS`].
    TooManyRows,
}

/// Reads a file and hands on its rows in order. `page` is the zone that the page was shown in; without it, a time that names
/// none leaves a day open.
///
/// # Errors
/// [`Refusal`]; then no row was handed on.
pub fn read(
    file: &[u8],
    now: Timestamp,
    page: Option<&TimeZone>,
    mut each: impl FnMut(Row<'_>),
) -> Result<Reading, Refusal> {
    let text = table::text(file)?;
    let delimiter = delimiter(&text);
    let orders = orders(&text, delimiter, now)?;
    let mut reading = Reading::default();
    let mut columns = Columns::new(delimiter);
    for record in Records::of(&text, delimiter) {
        if is_prose(&record) || columns.take_header(&record) {
            continue;
        }
        reading.read += 1;
        match row(&columns, &record, &orders, now, page) {
            Ok(row) => each(row),
            Err(why) if reading.skipped.len() < MOST_SKIPPED => {
                reading.skipped.push(Skipped { line: record.line, why })
            }
            Err(_) => reading.skipped_more += 1,
        }
    }
    Ok(reading)
}

/// A line of the page around the table: its title, "1-20 of 31".
fn is_prose(record: &Record<'_>) -> bool {
    record.cells.iter().filter(|cell| !cell.is_empty()).count() < 2 && !record.long
}

/// Whether a row says anything that the log would: an address with a date or a reason.
fn speaks(row: &columns::Row<'_>) -> bool {
    let known = row.said != Said::Failed(Failure::Other);
    (row.address.is_some() && (known || row.date.is_ok() || row.date == Err(Missing::Relative)))
        || (known && row.date.is_ok())
}

/// The delimiter that makes the most sense of the first rows.
fn delimiter(text: &str) -> Delimiter {
    const LOOKED_AT: usize = 50;
    let sense = |delimiter: Delimiter| {
        let mut columns = Columns::new(delimiter);
        let sensible = |record: &Record<'_>| columns.take_header(record) || speaks(&columns.row(record));
        Records::of(text, delimiter).take(LOOKED_AT).filter(sensible).count()
    };
    // The first of the best.
    let mut best = (0, Delimiter::Comma);
    for delimiter in Delimiter::ALL {
        let sense = sense(delimiter);
        if sense > best.0 {
            best = (sense, delimiter);
        }
    }
    best.1
}

/// Looks through the whole file for the order of numbers in its dates, and whether it is such a log at all.
fn orders(text: &str, delimiter: Delimiter, now: Timestamp) -> Result<Orders, Refusal> {
    let mut orders = Orders::until(now);
    let mut columns = Columns::new(delimiter);
    let (mut rows, mut sense) = (0, false);
    for record in Records::of(text, delimiter) {
        if is_prose(&record) || columns.take_header(&record) {
            continue;
        }
        rows += 1;
        if rows > MOST_ROWS {
            return Err(Refusal::TooManyRows);
        }
        let row = columns.row(&record);
        sense |= speaks(&row);
        if let Ok(date) = &row.date {
            orders.see(date.day);
        }
    }
    if sense { Ok(orders) } else { Err(Refusal::NoLog) }
}

fn row<'r>(
    columns: &Columns,
    record: &'r Record<'_>,
    orders: &Orders,
    now: Timestamp,
    page: Option<&TimeZone>,
) -> Result<Row<'r>, Why> {
    if record.long {
        return Err(Why::LongCell);
    }
    let row = columns.row(record);
    // Whose and when does not matter for these; an address that is none is what one of them is about.
    match row.said {
        Said::Failed(Failure::Other) => {}
        Said::Failed(failure) => return Ok(Row::Failed(failure)),
        Said::Blocked | Said::Unblocked | Said::UnblockButton => {}
    }
    let address = row.address.ok_or(Why::NoAddress)?;
    let written = row.date.map_err(|missing| match missing {
        Missing::NoCell => Why::NoDate,
        Missing::Relative => Why::RelativeDate,
        Missing::Unreadable => Why::UnreadableDate,
    })?;
    let several = |several: bool| if several { Why::AmbiguousDate } else { Why::UnreadableDate };
    let dated = orders.dated(&written, page).map_err(several)?;
    if dated.not_before > now {
        return Err(Why::FutureDate);
    }
    Ok(match row.said {
        Said::Unblocked => Row::Unblocked { address, dated },
        Said::Failed(failure) => Row::Failed(failure),
        Said::Blocked | Said::UnblockButton => Row::Blocked { address, dated, of_request: row.of_request },
    })
}

#[cfg(test)]
mod tests;
