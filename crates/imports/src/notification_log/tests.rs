//! The log in every form it is taken from the page in, and whatever else somebody may upload.
//! Knows only what is handed on.

use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;

const NOW: &str = "2026-11-25T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

/// The rows as short texts, and what was read.
fn told(file: &[u8]) -> Result<(Vec<String>, Reading), Refusal> {
    let mut rows = Vec::new();
    let reading = read(file, now(), Some(&TimeZone::UTC), |row| {
        rows.push(match row {
            Row::Blocked { address, dated, of_request } => {
                let tab = if of_request { "request" } else { "invitation" };
                format!("blocked {address} {} {tab}", dated.not_before)
            }
            Row::Unblocked { address, dated } => format!("unblocked {address} {}", dated.not_before),
            Row::Failed(failure) => format!("{failure:?}"),
        });
    });
    reading.map(|reading| (rows, reading))
}

fn rows(file: &str) -> Vec<String> {
    let (rows, reading) = told(file.as_bytes()).expect("a log");
    assert_eq!(reading.skipped, [], "nothing is left out of {file}");
    rows
}

fn skipped(file: &str) -> Vec<(usize, Why)> {
    let (_, reading) = told(file.as_bytes()).expect("a log");
    reading.skipped.into_iter().map(|skipped| (skipped.line, skipped.why)).collect()
}

const ANN: &str = "blocked ann@example.com 2026-11-20T15:04:00Z invitation";
const ANN_OF_REQUEST: &str = "blocked ann@example.com 2026-11-20T15:04:00Z request";

#[test]
fn the_same_log_is_read_in_every_form() {
    for file in [
        "Date and time\tRecipient\tDetails\nNov 20, 2026, 3:04 PM\tann@example.com\tEmail address is blocked\n",
        "Customer invitations\r\n\r\nDate and time   Recipient   Details\r\nNov 20, 2026, 3:04 PM   ann@example.com   Blocked\r\n1-1 of 1",
        "Nov 20, 2026, 3:04 PM\tann@example.com\tEmail address is blocked\tUnblock email address",
        "Nov 20, 2026  3:04 PM  ann@example.com  Unblock email address",
        "RECIPIENT,details,Date And Time\n\"ann@example.com\",Blocked,\"Nov 20, 2026, 3:04 PM\"",
        "\u{feff}Details;Date;Time;Recipient\nBlocked;20.11.2026;15:04;Ann <ann@example.com>\n",
        "Datum und Uhrzeit;Empfänger;Grund\n20. Nov. 2026, 15:04;ann@example.com;E-Mail-Adresse ist blockiert",
        "Date et heure\tDestinataire\tDétails\n20 nov. 2026 à 15:04\tann@example.com\tAdresse e-mail bloquée",
        "Fecha y hora,Destinatario,Detalles\n20 nov 2026 15:04,ann@example.com,Bloqueado",
        "日時\t受信者\t詳細\n2026年11月20日 15:04\tann@example.com\tメールアドレスがブロックされています",
        "date and time,notification name,customer name,what went wrong\n2026-11-20 15:04,Customer invited,ann@example.com,Blocked",
    ] {
        assert_eq!(rows(file), [ANN], "{file}");
    }
    for file in [
        "Issue key\tRecipient\tDate and time\tDetails\nSUP-7\tann@example.com\tNov 20, 2026, 3:04 PM\tBlocked",
        "Nov 20, 2026, 3:04 PM   Public comment added   ann@example.com   SUP-7   Email is blocked   Unblock email address",
        "Datum,Vorgangsschlüssel,Empfänger,Details\n20.11.26 15:04,,ann@example.com,Blockiert",
    ] {
        assert_eq!(rows(file), [ANN_OF_REQUEST], "{file}");
    }
}

#[test]
fn both_tables_may_be_pasted_one_after_the_other() {
    let file = "Date and time\tRecipient\tDetails\n20/Nov/26 3:04 PM\tann@example.com\tBlocked\n\n\
        Request notifications\nDate and time\tNotification name\tRecipient\tIssue key\tDetails\n\
        20/Nov/26 3:04 PM\tRequest created\tann@example.com\tSUP-1\tBlocked\n\
        21/Nov/26 3:04 PM\tRequest created\tann@example.com\tSUP-1\tThe email address was unblocked\n";
    assert_eq!(rows(file), [ANN, ANN_OF_REQUEST, "unblocked ann@example.com 2026-11-21T15:04:00Z"]);
}

#[test]
fn other_reasons_are_findings_of_their_own_and_never_a_block() {
    let file = "time,recipient,details\n2026-11-20 15:04,ann@example.com,Internal error\n\
        yesterday,\"ann,example.com\",Email validation error\n2026-11-20 15:04,Ann,Notification template too large\n\
        2026-11-20 15:04,ann@example.com,Message blocked by the recipient's server\n";
    assert_eq!(rows(file), ["InternalError", "BadAddress", "TemplateTooLarge", "Other"]);
}

#[test]
fn what_cannot_be_read_is_left_out_with_its_line_and_why() {
    let file = "time,recipient,details\n2026-11-20 15:04,Ann Example,Blocked\n,ann@example.com,Blocked\n\
        soon,ann@example.com,Blocked\nYesterday 3:04 PM,ann@example.com,Blocked\n03/04/2026,ann@example.com,Blocked\n\
        2026-11-27 15:04,ann@example.com,Blocked\n=NOW(),=cmd|' /C calc'!A0,Blocked\n";
    let expected = [
        (2, Why::NoAddress),
        (3, Why::NoDate),
        (4, Why::UnreadableDate),
        (5, Why::RelativeDate),
        (6, Why::AmbiguousDate),
        (7, Why::FutureDate),
        (8, Why::NoAddress),
    ];
    assert_eq!(skipped(file), expected);
    let two = "20 Nov 2026 15:04   ann@example.com   bob@example.com   Blocked\n20 Nov 2026 15:04   cid@example.com   Blocked";
    assert_eq!(skipped(two), [(1, Why::NoAddress)], "nobody can tell whose the row is");
    let long = format!(
        "time,recipient,details\n2026-11-20,ann@example.com,{}\n2026-11-20,b@example.com,Blocked",
        "x".repeat(9000)
    );
    assert_eq!(skipped(&long), [(2, Why::LongCell)]);
}

#[test]
fn the_whole_file_decides_an_ambiguous_date() {
    let file = "time,recipient,details\n03/11/2026 15:04,ann@example.com,Blocked\n20/11/2026 15:04,bob@example.com,Internal error";
    assert_eq!(rows(file)[0], "blocked ann@example.com 2026-11-03T15:04:00Z invitation");
}

#[test]
fn what_is_no_log_is_refused_as_a_whole() {
    for (file, why) in [
        (&b""[..], Refusal::NoLog),
        (b"{\"rules\":[{\"name\":\"Add customer\"}]}", Refusal::NoLog),
        (b"Recipient,Details\n", Refusal::NoLog),
        (b"<html><body>Log in</body></html>\n", Refusal::NoLog),
        (b"PK\x03\x04rest", Refusal::Archive),
        (b"ann@example.com;Gr\xfcnde", Refusal::NotUtf8),
    ] {
        assert_eq!(told(file).err(), Some(why), "{}", String::from_utf8_lossy(file));
    }
    let mut many = String::from("time,recipient,details\n");
    for n in 0..=MOST_ROWS {
        let _ = writeln!(many, "2026-11-20,a{n}@example.com,Blocked");
    }
    let mut handed_on = 0;
    assert_eq!(read(many.as_bytes(), now(), None, |_| handed_on += 1), Err(Refusal::TooManyRows));
    assert_eq!(handed_on, 0, "half a file is not read");
}

#[test]
fn what_is_left_out_is_told_up_to_a_number() {
    let mut file = String::from("time,recipient,details\n2026-11-20,ann@example.com,Blocked\n");
    file.push_str(&"soon,ann@example.com,Blocked\n".repeat(MOST_SKIPPED + 7));
    let (rows, reading) = told(file.as_bytes()).expect("a log");
    assert_eq!((rows.len(), reading.read), (1, MOST_SKIPPED + 8));
    assert_eq!((reading.skipped.len(), reading.skipped_more), (MOST_SKIPPED, 7));
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("ann@example.com".to_owned()),
        Just("20/11/26 3:04 PM".to_owned()),
        Just("2026年11月20日 午後3時04分".to_owned()),
        Just("Blocked".to_owned()),
        Just("Recipient".to_owned()),
        Just("Date and time".to_owned()),
        Just("\"".to_owned()),
        Just("=1+1".to_owned()),
        "[0-9/:. apmAPMzZ+-]{0,24}",
        "\\PC{0,24}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_are_read_or_refused(file in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = told(&file);
    }

    #[test]
    fn any_table_is_read_or_refused(
        table in prop::collection::vec(prop::collection::vec(cell(), 0..6), 0..12),
        delimiter in prop_oneof![Just(","), Just(";"), Just("\t"), Just("   ")],
        ending in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
    ) {
        let lines: Vec<String> = table.iter().map(|row| row.join(delimiter)).collect();
        let file = lines.join(ending);
        if let Ok((rows, reading)) = told(file.as_bytes()) {
            prop_assert_eq!(rows.len() + reading.skipped.len() + reading.skipped_more, reading.read);
            for row in rows {
                prop_assert!(!row.starts_with("blocked") || row.contains('@'), "a block is somebody's: {}", row);
            }
        }
    }

    #[test]
    fn an_address_goes_in_and_comes_out_whatever_the_columns(
        local in "[a-z0-9._+-]{1,20}",
        place in 0_usize..3,
        delimiter in prop_oneof![Just(","), Just(";"), Just("\t")],
    ) {
        let address = format!("{local}@example.com");
        let (mut header, mut row) = (vec!["Date and time", "Details"], vec!["2026-11-20 15:04", "Blocked"]);
        header.insert(place, "Recipient");
        row.insert(place, &address);
        let file = format!("{}\n{}\n", header.join(delimiter), row.join(delimiter));
        prop_assert_eq!(rows(&file), [format!("blocked {address} 2026-11-20T15:04:00Z invitation")]);
    }
}
