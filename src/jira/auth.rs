//! Signs one call for one tenant: HS256 with the tenant's secret, for the tenant's own base URL and no other.
//! Knows no answer; the only place besides `store/seal` that opens a secret.

use crate::domain::tenant::Tenant;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use url::Url;

/// Why a call is not signed. It is then not made either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The URL is not below the tenant's base URL.
    #[error("the address is not the tenant's own")]
    Foreign,
    /// The secret is too short to sign with (under 32 bytes).
    #[error("the shared secret is too short")]
    WeakSecret,
    /// The request cannot be hashed or signed.
    #[error("the call cannot be signed")]
    Unsignable,
}

/// Value of the header `Authorization` for exactly this request, good for three minutes.
pub(super) fn sign(tenant: &Tenant, method: &str, url: &Url, now: Timestamp) -> Result<String, AuthError> {
    let base = &tenant.installation.base_url;
    let base_path = own_base_path(base, url).ok_or(AuthError::Foreign)?;
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let qsh = atlassian_jwt::qsh(method, &target, base_path).map_err(|_| AuthError::Unsignable)?;
    // The app key as this site knows it, even when the descriptor's changed since.
    let mut claims = atlassian_jwt::Claims::outbound(&tenant.installation.app_key, qsh, now.as_second());
    claims.aud = vec![tenant.installation.client_key.clone()];
    let secret = tenant.installation.shared_secret.expose_secret().as_bytes();
    let token = atlassian_jwt::hs256::sign(&claims, secret).map_err(|error| match error {
        atlassian_jwt::Error::WeakSecret => AuthError::WeakSecret,
        _ => AuthError::Unsignable,
    })?;
    Ok(format!("JWT {token}"))
}

/// Path of the base URL without its last slash, if `url` is below it on a segment boundary.
fn own_base_path<'b>(base: &'b Url, url: &Url) -> Option<&'b str> {
    let path = base.path().trim_end_matches('/');
    let below = url.path().strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    let same_origin = base.scheme() == url.scheme()
        && base.host() == url.host()
        && base.port_or_known_default() == url.port_or_known_default();
    let plain = url.username().is_empty() && url.password().is_none();
    (same_origin && below && plain).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TenantId;
    use crate::domain::tenant::{Installation, State};
    use rstest::rstest;
    use secrecy::SecretString;

    const SECRET: &str = "a shared secret of 32 bytes, ok!";
    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn tenant(base: &str, secret: &str) -> Tenant {
        let installation = Installation {
            client_key: "client-1".into(),
            app_key: "invite-guard-as-installed".into(),
            base_url: base.parse().expect("a URL"),
            display_url: None,
            help_center_url: None,
            shared_secret: SecretString::from(secret),
            installation_id: None,
            cloud_id: None,
        };
        Tenant { id: TenantId(1), installation, previous_secret: None, state: State::Active, installed_at: NOW }
    }

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    /// connect-acceptance 45 and 46.
    #[rstest]
    #[case::plain("https://acme.atlassian.net", "/rest/api/3/myself", "/rest/api/3/myself")]
    #[case::encoded(
        "https://acme.atlassian.net",
        "/rest/api/3/search/jql?jql=reporter%20%3D%20%22qm%3Aa%3Ab%22&fields=a%2Cb",
        "/rest/api/3/search/jql?jql=reporter%20%3D%20%22qm%3Aa%3Ab%22&fields=a%2Cb"
    )]
    #[case::base_path(
        "https://jira.example/jira/",
        "/jira/rest/api/3/user?accountId=qm%3Aa",
        "/rest/api/3/user?accountId=qm%3Aa"
    )]
    fn h45_h46_a_call_to_the_tenant_is_signed_for_exactly_this_request(
        #[case] base: &str,
        #[case] target: &str,
        #[case] relative: &str,
    ) {
        let tenant = tenant(base, SECRET);
        let called = tenant.installation.base_url.join(target).expect("a URL");
        let header = sign(&tenant, "GET", &called, NOW).expect("the tenant's own URL is signed");
        let token = header.strip_prefix("JWT ").expect("the scheme is JWT");
        let expect = atlassian_jwt::Expect::request(atlassian_jwt::Request::new("GET", relative, ""));
        let claims = atlassian_jwt::hs256::verify(token, SECRET.as_bytes(), &expect, NOW.as_second() + 1)
            .expect("the hash is over the path relative to the base URL");
        assert_eq!(claims.iss, "invite-guard-as-installed", "H46: the key stored at install time");
        assert_eq!(claims.aud, ["client-1"]);
        assert_eq!(claims.exp, NOW.as_second() + 180, "a token lives three minutes");
    }

    #[rstest]
    #[case::other_host("https://evil.example/rest/api/3/myself")]
    #[case::other_site("https://acme2.atlassian.net/jira/rest/api/3/myself")]
    #[case::suffix("https://acme.atlassian.net.evil.example/jira/rest/api/3/myself")]
    #[case::other_port("https://acme.atlassian.net:8443/jira/rest/api/3/myself")]
    #[case::plain_http("http://acme.atlassian.net/jira/rest/api/3/myself")]
    #[case::beside_the_base("https://acme.atlassian.net/jira-admin/rest/api/3/myself")]
    #[case::above_the_base("https://acme.atlassian.net/rest/api/3/myself")]
    #[case::climbing("https://acme.atlassian.net/jira/../rest/api/3/myself")]
    #[case::user_info("https://me@acme.atlassian.net/jira/rest/api/3/myself")]
    fn h45_other_hosts_get_no_token(#[case] foreign: &str) {
        let tenant = tenant("https://acme.atlassian.net/jira", SECRET);
        assert_eq!(sign(&tenant, "GET", &url(foreign), NOW), Err(AuthError::Foreign), "{foreign}");
    }

    #[test]
    fn a_short_secret_signs_nothing() {
        let tenant = tenant("https://acme.atlassian.net", "only 31 bytes of secret, alas..");
        let called = url("https://acme.atlassian.net/rest/api/3/myself");
        assert_eq!(sign(&tenant, "GET", &called, NOW), Err(AuthError::WeakSecret));
    }
}
