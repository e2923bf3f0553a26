//! Which base URLs may install: the hosts an operator allows, read as strictly as an attacker reads them loosely.
//! Knows no key server and fetches nothing.

use url::{Host, Url};

/// A base URL as a body gives it, if it may install.
///
/// `*` stands for exactly one label. `http` and bare addresses only where the entry names host and port exactly. No user,
/// no path, no query, no port that is not named.
pub(super) fn allowed(base_url: &str, tenant_hosts: &[String]) -> Option<Url> {
    // The URL parser drops tabs and newlines and turns `\` into `/`; whoever sends them wants to be read in two ways.
    if base_url.bytes().any(|byte| byte <= b' ' || byte == b'\\' || byte >= 0x7f) {
        return None;
    }
    let url = Url::parse(base_url).ok()?;
    let bare = url.username().is_empty()
        && url.password().is_none()
        && !base_url.contains('@')
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none();
    if !bare {
        return None;
    }
    let host = url.host()?;
    let port = url.port_or_known_default()?;
    let named = tenant_hosts.iter().any(|entry| is_named(entry, &host, port));
    let matches = || match &host {
        Host::Domain(name) => url.port().is_none() && tenant_hosts.iter().any(|entry| covers(entry, name)),
        Host::Ipv4(_) | Host::Ipv6(_) => false,
    };
    let permitted = match url.scheme() {
        "https" => named || matches(),
        "http" => named,
        _ => false,
    };
    permitted.then_some(url)
}

/// `127.0.0.1:9000`, `[::1]:9000`, `jira.example.com:8443`: this very host and port.
fn is_named(entry: &str, host: &Host<&str>, port: u16) -> bool {
    let Some((name, entry_port)) = entry.rsplit_once(':') else { return false };
    !name.contains('*') && entry_port.parse() == Ok(port) && name.eq_ignore_ascii_case(&host.to_string())
}

/// `jira.example.com`, or `*.atlassian.net` with one label in place of the star.
fn covers(entry: &str, name: &str) -> bool {
    match entry.strip_prefix("*.") {
        Some(suffix) => {
            name.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(suffix))
        }
        None => !entry.contains(':') && entry.eq_ignore_ascii_case(name),
    }
}

#[cfg(test)]
mod tests {
    use super::allowed;

    fn hosts() -> Vec<String> {
        ["*.atlassian.net", "*.jira.com", "127.0.0.1:9000", "[::1]:9000", "jira.example.com", "local.example:8443"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn c41_hosts_that_may_install() {
        for good in [
            "https://acme.atlassian.net",
            "https://acme.atlassian.net/",
            "https://ACME.Atlassian.NET",
            "https://acme.atlassian.net:443",
            "https://old.jira.com",
            "https://jira.example.com",
            "http://127.0.0.1:9000",
            "https://127.0.0.1:9000",
            "http://[::1]:9000",
            "https://local.example:8443",
        ] {
            assert!(allowed(good, &hosts()).is_some(), "{good} may install");
        }
    }

    #[test]
    fn c41_the_star_is_one_label_and_nothing_matches_in_part() {
        for bad in [
            "https://atlassian.net",
            "https://.atlassian.net",
            "https://a.b.atlassian.net",
            "https://acme.atlassian.net.evil.example",
            "https://evil-atlassian.net",
            "https://evilatlassian.net",
            "https://acme.atlassian.net.",
            "https://sub.jira.example.com",
            "https://local.example",
            "http://acme.atlassian.net",
            "http://jira.example.com",
            "https://acme.atlassian.net:8443",
            "https://acme.atlassian.net@evil.example",
            "https://user@acme.atlassian.net",
            "https://evil.example\\@acme.atlassian.net",
            "https://acme.atlassian.net/wiki",
            "https://acme.atlassian.net/../x",
            "https://acme.atlassian.net//",
            "https://acme.atlassian.net?x=1",
            "https://acme.atlassian.net#x",
            "https://acme.atlass\tian.net",
            " https://acme.atlassian.net",
            "ftp://acme.atlassian.net",
            "acme.atlassian.net",
            "",
        ] {
            assert!(allowed(bad, &hosts()).is_none(), "{bad:?} must not install");
        }
    }

    #[test]
    fn private_addresses_only_when_named_with_their_port() {
        for bad in [
            "http://127.0.0.1:9001",
            "http://127.0.0.1",
            "https://127.0.0.1",
            "http://2130706433:9001",
            "https://10.0.0.1",
            "https://169.254.169.254",
            "https://[::1]",
            "https://[::ffff:127.0.0.1]:9000",
            "http://localhost:9000",
        ] {
            assert!(allowed(bad, &hosts()).is_none(), "{bad:?} must not install");
        }
    }
}
