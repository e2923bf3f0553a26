//! The place in a list of cases, as text that callers hand back unread.
//! Knows no order: it carries what the store's page ended with.

use crate::domain::AccountId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

pub(super) fn write(place: &(Timestamp, AccountId)) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", place.0, place.1))
}

/// `None` for anything that [`write`] has not made.
pub(super) fn read(text: &str) -> Option<(Timestamp, AccountId)> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (time, account) = plain.split_once(' ')?;
    Some((time.parse().ok()?, AccountId::parse(account)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let time = Timestamp::from_nanosecond(1_767_225_600_123_456_789).expect("a time");
        let place = (time, AccountId("qm:a:b".to_owned()));
        assert_eq!(read(&write(&place)), Some(place));
        for odd in ["", "x", "!!", "MjAyNg", &URL_SAFE_NO_PAD.encode("2026-01-01T00:00:00Z a\" OR 1=1")] {
            assert_eq!(read(odd), None, "{odd:?}");
        }
    }
}
