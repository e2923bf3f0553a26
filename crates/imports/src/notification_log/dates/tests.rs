//! Dates as Jira writes them in its languages, and what a file tells about an ambiguous one.
//! Knows no table.

use super::*;
use rstest::rstest;

const NOW: &str = "2026-11-25T12:00:00Z";

fn orders() -> Orders {
    Orders::until(NOW.parse().expect("a time"))
}

fn dated(cell: &str) -> String {
    let zone = TimeZone::UTC;
    let seen = |dated: Dated| dated.not_before.to_string();
    match read(cell) {
        Ok(written) => match orders().dated(&written, Some(&zone)) {
            Ok(dated) => seen(dated),
            Err(true) => "ambiguous".to_owned(),
            Err(false) => "impossible".to_owned(),
        },
        Err(NoDate::Relative) => "relative".to_owned(),
        Err(NoDate::Unreadable) => "unreadable".to_owned(),
    }
}

#[rstest]
#[case::iso("2026-11-20T10:05:07Z", "2026-11-20T10:05:07Z")]
#[case::iso_offset("2026-11-20 10:05:07+01:00", "2026-11-20T09:05:07Z")]
#[case::iso_jira("2026-11-20T10:05:07.123+0100", "2026-11-20T09:05:07Z")]
#[case::iso_plain("2026-11-20 10:05", "2026-11-20T10:05:00Z")]
#[case::iso_day("2026-11-20", "2026-11-20T00:00:00Z")]
#[case::named_utc("Nov 20, 2026, 10:05 PM UTC", "2026-11-20T22:05:00Z")]
#[case::named_offset("20 Nov 2026 10:05 GMT+2", "2026-11-20T08:05:00Z")]
#[case::jira_default("20/Nov/26 3:04 PM", "2026-11-20T15:04:00Z")]
#[case::english("Nov 20, 2026, 3:04\u{202f}PM", "2026-11-20T15:04:00Z")]
#[case::english_words("Friday, November 20th, 2026 at 12:04 a.m.", "2026-11-20T00:04:00Z")]
#[case::noon("November 20, 2026 12:04 pm", "2026-11-20T12:04:00Z")]
#[case::time_first("3:04 PM 20-11-2026", "2026-11-20T15:04:00Z")]
#[case::midnight_first("12:04 AM 20-11-2026", "2026-11-20T00:04:00Z")]
#[case::german("20. Nov. 2026, 15:04", "2026-11-20T15:04:00Z")]
#[case::german_words("Fr., 20. November 2026 um 15:04 Uhr", "2026-11-20T15:04:00Z")]
#[case::german_am("am 2. März 2026 um 09:04 Uhr", "2026-03-02T09:04:00Z")]
#[case::german_dots("02.03.26 15:04", "2026-03-02T15:04:00Z")]
#[case::french("20 nov. 2026 à 15:04", "2026-11-20T15:04:00Z")]
#[case::french_h("vendredi 20 novembre 2026 15h04", "2026-11-20T15:04:00Z")]
#[case::french_tuesday("mar. 17 nov. 2026 15:04", "2026-11-17T15:04:00Z")]
#[case::french_first("1er août 2026 08:00", "2026-08-01T08:00:00Z")]
#[case::spanish("20 de noviembre de 2026 3:04 p. m.", "2026-11-20T15:04:00Z")]
#[case::spanish_short("20 nov 2026, 15:04", "2026-11-20T15:04:00Z")]
#[case::spanish_march("17 mar 2026 15:04", "2026-03-17T15:04:00Z")]
#[case::japanese("2026年11月20日 15:04", "2026-11-20T15:04:00Z")]
#[case::japanese_half("2026年11月20日(金) 午後3時04分", "2026-11-20T15:04:00Z")]
#[case::japanese_half_first("午前9:30 2026/11/20", "2026-11-20T09:30:00Z")]
#[case::japanese_wide("２０２６／１１／２０ １５：０４", "2026-11-20T15:04:00Z")]
#[case::one_meaning("13/11/2026", "2026-11-13T00:00:00Z")]
#[case::same_either_way("5/5/2026 10:00", "2026-05-05T10:00:00Z")]
#[case::other_would_be_future("11/12/2026 10:00", "2026-11-12T10:00:00Z")]
#[case::ambiguous("03/04/2026", "ambiguous")]
#[case::ambiguous_short("3/4/26 10:00", "ambiguous")]
#[case::no_month("20/13/2026", "impossible")]
#[case::no_day("31 Nov 2026", "unreadable")]
#[case::no_time("20 Nov 2026 25:04", "unreadable")]
#[case::no_half("20 Nov 2026 15:04 PM", "unreadable")]
#[case::yesterday("Yesterday 3:04 PM", "relative")]
#[case::ago("2 hours ago", "relative")]
#[case::gestern("Gestern um 15:04", "relative")]
#[case::vor("vor 2 Stunden", "relative")]
#[case::hier("hier à 15:04", "relative")]
#[case::il_y_a("il y a 3 jours", "relative")]
#[case::ayer("ayer 15:04", "relative")]
#[case::kinou("昨日 15:04", "relative")]
#[case::mae("3 時間前", "relative")]
#[case::text("Email address is blocked", "unreadable")]
#[case::formula("=DATE(2026,11,20)", "unreadable")]
#[case::address("ann@example.com", "unreadable")]
#[case::huge_number("99999999999999999999/1/2026", "unreadable")]
#[case::empty("", "unreadable")]
fn cells_are_read(#[case] cell: &str, #[case] expected: &str) {
    assert_eq!(dated(cell), expected, "{cell}");
}

#[test]
fn the_file_decides_what_a_single_date_cannot() {
    let told = |cells: &[&str], asked: &str| {
        let mut orders = orders();
        cells.iter().for_each(|cell| orders.see(read(cell).expect("a date").day));
        orders.dated(&read(asked).expect("a date"), Some(&TimeZone::UTC)).map(|d| d.not_before.to_string())
    };
    let third_of_april = Ok("2026-04-03T00:00:00Z".to_owned());
    let fourth_of_march = Ok("2026-03-04T00:00:00Z".to_owned());
    assert_eq!(told(&["03/04/2026", "25/03/2026"], "03/04/2026"), third_of_april, "days first");
    assert_eq!(told(&["03/04/2026", "03/25/2026"], "03/04/2026"), fourth_of_march, "months first");
    assert_eq!(told(&["11/12/2026"], "03/04/2026"), fourth_of_march, "11 December would be in the future");
    assert_eq!(told(&["25/03/2026", "03/25/2026"], "03/04/2026"), Err(true), "a file that mixes tells nothing");
    assert_eq!(told(&["25/03/2026", "03/25/2026"], "03/25/2026"), Ok("2026-03-25T00:00:00Z".to_owned()));
    assert_eq!(told(&["26/11/20"], "26/11/12"), Ok("2026-11-12T00:00:00Z".to_owned()), "years first");
}

#[test]
fn a_time_is_as_tight_as_its_cell_and_zone() {
    let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("Berlin's rules");
    let span = |cell: &str, zone: Option<&TimeZone>| {
        let dated = orders().dated(&read(cell).expect("a date"), zone).expect("one day");
        (dated.not_before.to_string(), dated.not_after.to_string())
    };
    let text = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let minute = text("2026-11-20T09:05:00Z", "2026-11-20T09:05:59.999Z");
    assert_eq!(span("20 Nov 2026 10:05", Some(&berlin)), minute, "the page's zone");
    let unknown = text("2026-11-19T20:05:00Z", "2026-11-20T22:05:59.999Z");
    assert_eq!(span("20 Nov 2026 10:05", None), unknown, "anywhere on earth");
    assert_eq!(span("20 Nov 2026 10:05 CST", Some(&berlin)), unknown, "a name of several zones");
    let day = text("2026-11-19T23:00:00Z", "2026-11-20T22:59:59.999Z");
    assert_eq!(span("20 Nov 2026", Some(&berlin)), day);
    let twice = text("2026-10-25T00:30:00Z", "2026-10-25T01:30:59.999Z");
    assert_eq!(span("25 Oct 2026 02:30", Some(&berlin)), twice, "an hour that comes twice");
}
