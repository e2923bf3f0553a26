//! Likely slips in the names of well-known mail domains: *gmial.com* for *gmail.com*.
//! A guess for whoever typed it, never evidence: a name that looks like a slip may be somebody's own.

use crate::domain::address::Address;

/// Domains that people most often have their mail at and most often mistype: what a slip is measured against.
const MEANT: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "outlook.com",
    "live.com",
    "yahoo.com",
    "yahoo.co.uk",
    "icloud.com",
    "protonmail.com",
    "proton.me",
    "web.de",
    "t-online.de",
    "freenet.de",
    "orange.fr",
    "wanadoo.fr",
    "laposte.net",
    "libero.it",
    "comcast.net",
    "verizon.net",
    "btinternet.com",
    "yandex.ru",
    "mail.ru",
    "qq.com",
    "163.com",
    "126.com",
    "naver.com",
    "rediffmail.com",
    "uol.com.br",
];

/// Real mail domains that are one slip away from another: never taken for one.
const REAL: &[&str] = &[
    "mail.com",
    "email.com",
    "ymail.com",
    "gmx.com",
    "gmx.net",
    "gmx.de",
    "gmx.at",
    "gmx.ch",
    "aol.com",
    "me.com",
    "mac.com",
    "msn.com",
    "pm.me",
    "hey.com",
    "live.de",
    "live.fr",
    "live.nl",
    "live.ca",
    "live.it",
    "yahoo.ca",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.com.br",
    "hotmail.ca",
    "outlook.de",
    "outlook.fr",
    "outlook.es",
    "qq.cn",
    "139.com",
    "189.cn",
    "ya.ru",
    "bk.ru",
    "list.ru",
    "inbox.ru",
    "fastmail.com",
    "fastmail.fm",
    "hushmail.com",
    "rocketmail.com",
    "tutanota.com",
    "cloud.com",
    "online.de",
    "web.com",
    "orange.com",
    "live.co.uk",
    "sky.com",
    "wp.pl",
    "o2.pl",
];

/// The address that was probably meant.
pub fn meant(address: &Address) -> Option<Address> {
    let domain = address.domain()?;
    let local = address.expose().strip_suffix(domain)?;
    nearest(domain).map(|known| Address::new(&format!("{local}{known}")))
}

/// The well-known domain that this is a slip of, if it is one.
fn nearest(domain: &str) -> Option<&'static str> {
    if MEANT.contains(&domain) || REAL.contains(&domain) {
        return None;
    }
    // The ending left off.
    let bare = MEANT.iter().find(|known| !domain.contains('.') && known.split('.').next() == Some(domain));
    let measured = MEANT.iter().map(|known| (strsim::osa_distance(domain, known), *known));
    let close = measured.filter(|(slips, known)| *slips <= allowed(known)).min().map(|(_, known)| known);
    bare.copied().or(close)
}

/// A short name is one slip away from too many others.
fn allowed(known: &str) -> usize {
    match known.len() {
        ..=7 => 0,
        8..=9 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("gmial.com", Some("gmail.com"))]
    #[case("gmail.con", Some("gmail.com"))]
    #[case("gamil.com", Some("gmail.com"))]
    #[case("gmaill.com", Some("gmail.com"))]
    #[case("gmail", Some("gmail.com"))]
    #[case("hotmial.com", Some("hotmail.com"))]
    #[case("hotmai.co", Some("hotmail.com"))]
    #[case("outlok.com", Some("outlook.com"))]
    #[case("yaho.com", Some("yahoo.com"))]
    #[case("iclod.com", Some("icloud.com"))]
    #[case("gmail.com", None)]
    #[case("ymail.com", None)]
    #[case("mail.com", None)]
    #[case("gmx.de", None)]
    #[case("shop.example", None)]
    #[case("acme.com", None)]
    #[case("outlook.fr", None)]
    fn a_slip_is_recognised_and_a_real_domain_is_none(#[case] domain: &str, #[case] known: Option<&str>) {
        let meant = meant(&Address::new(&format!("ann.lee@{domain}")));
        let expected = known.map(|known| format!("ann.lee@{known}"));
        assert_eq!(meant.as_ref().map(Address::expose), expected.as_deref(), "{domain}");
    }

    #[test]
    fn what_has_no_domain_has_no_slip() {
        assert!(meant(&Address::new("ann")).is_none());
        assert!(meant(&Address::new("ann@")).is_none());
    }
}
