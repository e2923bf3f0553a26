//! Dates as Jira shows them, in the languages that it speaks: what a cell says, and which order of numbers a file uses.
//! Knows no clock and no zone of its own; a date that could mean two days means none.

use super::Dated;
use super::months::{self, Half};
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The order of the numbers of a date like 03/04/2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Dmy,
    Mdy,
    Ymd,
}

impl Order {
    const ALL: [Self; 3] = [Self::Dmy, Self::Mdy, Self::Ymd];
}

/// What a cell says about the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    Sure(Date),
    /// Three numbers whose order it does not tell.
    Numbers([i16; 3]),
}

/// Where a time of day is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// It does not say: wherever the reader's page said it.
    Page,
    /// It names a zone that has no one meaning.
    Unclear,
    /// By so much off.
    Offset(Offset),
}

/// A date as it stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) day: Day,
    /// The time of day, and whether it tells seconds.
    time: Option<(Time, bool)>,
    zone: Zone,
}

/// Why a cell is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoDate {
    /// "Yesterday", "2 hours ago".
    Relative,
    Unreadable,
}

/// Reads a cell.
pub(super) fn read(cell: &str) -> Result<Written, NoDate> {
    if cell.is_empty() || cell.len() > 80 || cell.contains('@') {
        return Err(NoDate::Unreadable);
    }
    let text = months::plain(cell);
    if months::is_relative(&text) {
        return Err(NoDate::Relative);
    }
    let Some(clock) = Clock::find(&text) else {
        let day = day(&text).ok_or(NoDate::Unreadable)?;
        return Ok(Written { day, time: None, zone: Zone::Page });
    };
    let (half, rest) = months::leading_half(&text[clock.until..]);
    let mut left = format!("{} {rest}", &text[..clock.from]);
    let half = half.or_else(|| months::take_half(&mut left));
    let time = clock.time(half).ok_or(NoDate::Unreadable)?;
    let zone = take_zone(&mut left);
    let day = day(&left).ok_or(NoDate::Unreadable)?;
    Ok(Written { day, time: Some((time, clock.second.is_some())), zone })
}

/// Takes the zone out of the text: "Z", "+0100", "UTC", "GMT+2"; a name such as "CET" tells none that could be relied on.
fn take_zone(text: &mut String) -> Zone {
    let mut zone = Zone::Page;
    let mut kept = Vec::new();
    for word in text.split_whitespace() {
        let offset = match word.strip_prefix("utc").or_else(|| word.strip_prefix("gmt")) {
            Some("") => Some(Offset::UTC),
            Some(offset) => read_offset(offset),
            None if word == "z" => Some(Offset::UTC),
            None => read_offset(word),
        };
        match offset {
            Some(offset) => zone = Zone::Offset(offset),
            None if months::is_zone_name(word) => zone = Zone::Unclear,
            None => kept.push(word),
        }
    }
    *text = kept.join(" ");
    zone
}

/// "+1", "+01", "+0100", "+01:00"; offsets reach from -12 to +14 hours.
fn read_offset(word: &str) -> Option<Offset> {
    let (sign, digits) = match word.as_bytes().first()? {
        b'+' => (1, &word[1..]),
        b'-' => (-1, &word[1..]),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    let seconds = sign * (hours * 3600 + minutes * 60);
    let known = minutes < 60 && (-12 * 3600..=14 * 3600).contains(&seconds);
    known.then(|| Offset::from_seconds(seconds).ok()).flatten()
}

/// A time of day as it stands in a text.
struct Clock {
    from: usize,
    until: usize,
    hour: i8,
    minute: i8,
    second: Option<i8>,
}

impl Clock {
    /// The first "15:04", "15:04:05.678" or "15h04".
    fn find(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let parts = |at: usize| bytes[at] == b':' || (bytes[at] == b'h' && digits(at + 1) == 2);
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let colon = (1..bytes.len()).find(|at| parts(*at) && is_digit(at - 1) && is_digit(at + 1))?;
        let hours = colon - bytes[..colon].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let minutes = colon + 1 + digits(colon + 1);
        let (mut until, mut second) = (minutes, None);
        if bytes.get(minutes) == Some(&b':') && is_digit(minutes + 1) {
            until = minutes + 1 + digits(minutes + 1);
            second = Some(text[minutes + 1..until].parse().ok()?);
            if matches!(bytes.get(until), Some(b'.' | b',')) && is_digit(until + 1) {
                until += 1 + digits(until + 1);
            }
        }
        // "2026-11-20t10:00": the letter belongs to the time.
        let joined = hours > 1 && bytes[hours - 1] == b't' && is_digit(hours - 2);
        let (hour, minute) = (text[hours..colon].parse().ok()?, text[colon + 1..minutes].parse().ok()?);
        Some(Self { from: hours - usize::from(joined), until, hour, minute, second })
    }

    fn time(&self, half: Option<Half>) -> Option<Time> {
        let hour = match half {
            None => self.hour,
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(Half::Before) => self.hour % 12,
            Some(Half::After) => self.hour % 12 + 12,
        };
        Time::new(hour, self.minute, self.second.unwrap_or(0), 0).ok()
    }
}

/// The day in what is left: numbers, and perhaps the name of a month.
fn day(text: &str) -> Option<Day> {
    let mut numbers: Vec<(i16, usize)> = Vec::new();
    let mut month: Option<(&str, i8, usize)> = None;
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '-' | ',' | '.'));
    for word in parts.filter(|word| !word.is_empty()) {
        let number = months::without_ordinal(word);
        match months::month(word) {
            _ if number.bytes().all(|byte| byte.is_ascii_digit()) => numbers.push((number.parse().ok()?, number.len())),
            // French and Spanish Tuesday looks like March; it stands before the date.
            Some(named) if month.is_none_or(|(word, _, after)| word == "mar" && after == 0) => {
                month = Some((word, named, numbers.len()));
            }
            Some(_) => return None,
            None if months::is_filler(word) => {}
            None => return None,
        }
    }
    let number = |month: i16| i8::try_from(month).ok();
    let sure = |year, month, day| date(full(year), month, day).map(Day::Sure);
    match (month, numbers.as_slice()) {
        (Some((_, month, 1)), [(year, 4), (day, 1 | 2)]) => sure(*year, month, *day),
        (Some((_, month, _)), [(day, 1 | 2), (year, 2 | 4)]) => sure(*year, month, *day),
        (None, [(year, 4), (month, 1 | 2), (day, 1 | 2)]) => sure(*year, number(*month)?, *day),
        (None, [(day, 1 | 2), (month, 1 | 2), (year, 2 | 4)]) if dotted(text) => sure(*year, number(*month)?, *day),
        (None, [(a, 1 | 2), (b, 1 | 2), (year, 2 | 4)]) => Some(Day::Numbers([*a, *b, *year])),
        _ => None,
    }
}

/// 20.11.2026: with dots the day comes first everywhere.
fn dotted(text: &str) -> bool {
    text.contains('.') && !text.contains(['/', '-'])
}

fn full(year: i16) -> i16 {
    if year < 100 { 2000 + year } else { year }
}

fn date(year: i16, month: i8, day: i16) -> Option<Date> {
    if !(2000..=2100).contains(&year) {
        return None;
    }
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}

/// The day that these numbers mean in this order.
fn ordered([a, b, c]: [i16; 3], order: Order) -> Option<Date> {
    let month = |number: i16| i8::try_from(number).ok();
    match order {
        Order::Dmy => date(full(c), month(b)?, a),
        Order::Mdy => date(full(c), month(a)?, b),
        // Only where every number has two digits, and the last of them is no year then.
        Order::Ymd => (c < 100).then(|| date(full(a), month(b)?, c)).flatten(),
    }
}

/// Which orders of numbers the dates of a file leave possible. The log shows the last three weeks, so an order that puts a row
/// into the future, or years back, is not the file's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Orders {
    possible: [bool; 3],
    earliest: Date,
    latest: Date,
}

impl Orders {
    pub(super) fn until(now: Timestamp) -> Self {
        let latest = Offset::constant(14).to_datetime(now).date();
        let earliest = latest.checked_sub(jiff::Span::new().days(366)).unwrap_or(Date::MIN);
        Self { possible: [true; 3], earliest, latest }
    }

    fn means(&self, numbers: [i16; 3], order: Order) -> Option<Date> {
        ordered(numbers, order).filter(|date| (self.earliest..=self.latest).contains(date))
    }

    /// Takes another date of the file into account.
    pub(super) fn see(&mut self, day: Day) {
        let Day::Numbers(numbers) = day else { return };
        let means = Order::ALL.map(|order| self.means(numbers, order).is_some());
        for (possible, means) in std::iter::zip(&mut self.possible, means) {
            *possible &= means;
        }
    }

    /// The day, if only one is meant. `Err(true)`: several could be.
    fn day(&self, day: Day) -> Result<Date, bool> {
        let numbers = match day {
            Day::Sure(date) => return Ok(date),
            Day::Numbers(numbers) => numbers,
        };
        // A file that mixes orders tells none: then each date has to speak for itself.
        let mixed = self.possible == [false; 3];
        let orders = std::iter::zip(self.possible, Order::ALL).filter(|(possible, _)| *possible || mixed);
        let mut meant: Vec<Date> = orders.filter_map(|(_, order)| self.means(numbers, order)).collect();
        meant.sort();
        meant.dedup();
        match meant.as_slice() {
            [one] => Ok(*one),
            several => Err(!several.is_empty()),
        }
    }

    /// When that was, as tightly as the cell, the file and the page's zone tell. `Err(true)`: it could be two days.
    pub(super) fn dated(&self, written: &Written, page: Option<&TimeZone>) -> Result<Dated, bool> {
        let day = self.day(written.day)?;
        // A cell tells minutes mostly, and the whole minute is meant; without a time the whole day is.
        let (first, last, rest) = match written.time {
            Some((time, true)) => (time, time, 999),
            Some((time, false)) => (time, time, 59_999),
            None => (Time::midnight(), Time::constant(23, 59, 59, 0), 999),
        };
        let earliest = |zone: &TimeZone| zone.to_ambiguous_timestamp(day.to_datetime(first)).earlier().ok();
        let latest = |zone: &TimeZone| zone.to_ambiguous_timestamp(day.to_datetime(last)).later().ok();
        let (not_before, not_after) = match (written.zone, page) {
            (Zone::Offset(offset), _) => (earliest(&offset.to_time_zone()), latest(&offset.to_time_zone())),
            (Zone::Page, Some(page)) => (earliest(page), latest(page)),
            // Clocks reach from 14 hours before UTC's to 12 behind.
            _ => (earliest(&Offset::constant(14).to_time_zone()), latest(&Offset::constant(-12).to_time_zone())),
        };
        let not_after = not_after.and_then(|at| at.checked_add(SignedDuration::from_millis(rest)).ok());
        not_before.zip(not_after).map(|(not_before, not_after)| Dated { not_before, not_after }).ok_or(false)
    }
}

#[cfg(test)]
mod tests;
