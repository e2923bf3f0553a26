//! Lets one call speak for one tenant: by Connect signed with the tenant's secret, by Forge with the token that it brought, and
//! in either case to the tenant's own address and no other.
//! Knows no answer; besides `store/seal` and the doors the only place that opens a secret.

use crate::domain::tenant::{Connect, TICK, Tenant, UserToken, Voice};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Why a call is not made.
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
    /// Forge's last token has ended; the next is expected then.
    #[error("no token before {0}")]
    NoToken(Timestamp),
    /// Forge's gateway serves documented resources alone.
    #[error("not served through Forge")]
    NotServed,
}

/// For whom a call speaks.
#[derive(Clone, Debug)]
pub(super) enum Speaker {
    /// The app.
    App,
    /// A person, whose own token came with their call.
    Person(UserToken),
}

/// What Forge's gateway serves; everything else of a site is out of its reach.
const SERVED: [&str; 2] = ["/rest/api/", "/rest/servicedeskapi/"];

/// How the calls of one moment speak.
pub(super) enum Voicing<'a> {
    Signed(&'a Connect, &'a Url),
    Bearer(&'a SecretString, &'a Url),
}

/// Chooses how to speak. `path` is the call's template.
pub(super) fn voicing<'a>(
    tenant: &'a Tenant,
    speaker: &'a Speaker,
    path: &str,
    now: Timestamp,
) -> Result<Voicing<'a>, AuthError> {
    let voicing = match (speaker, tenant.voice(now), &tenant.forge) {
        (Speaker::Person(UserToken(token)), _, Some(forge)) => Voicing::Bearer(token, &forge.api_base_url),
        (_, Some(Voice::Connect(connect)), _) => Voicing::Signed(connect, &tenant.base_url),
        (_, Some(Voice::Forge(forge, token)), _) => Voicing::Bearer(token, &forge.api_base_url),
        (_, None, _) => return Err(AuthError::NoToken(now.saturating_add(TICK).unwrap_or(now))),
    };
    match voicing {
        Voicing::Bearer(..) if !SERVED.iter().any(|start| path.starts_with(start)) => Err(AuthError::NotServed),
        voicing => Ok(voicing),
    }
}

impl Voicing<'_> {
    /// Below which URL the call goes.
    pub(super) fn base(&self) -> &Url {
        match self {
            Self::Signed(_, base) | Self::Bearer(_, base) => base,
        }
    }

    /// Whether Forge's gateway answers, which has words of its own for a refusal.
    pub(super) fn is_gateway(&self) -> bool {
        matches!(self, Self::Bearer(..))
    }

    /// Value of the header `Authorization` for exactly this request.
    pub(super) fn header(&self, method: &str, url: &Url, now: Timestamp) -> Result<String, AuthError> {
        let base_path = own_base_path(self.base(), url).ok_or(AuthError::Foreign)?;
        match self {
            Self::Bearer(token, _) => Ok(format!("Bearer {}", token.expose_secret())),
            Self::Signed(connect, _) => sign(connect, method, url, base_path, now),
        }
    }
}

/// Good for three minutes.
fn sign(connect: &Connect, method: &str, url: &Url, base_path: &str, now: Timestamp) -> Result<String, AuthError> {
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let qsh = atlassian_jwt::qsh(method, &target, base_path).map_err(|_| AuthError::Unsignable)?;
    // The app key as this site knows it, even when the descriptor's changed since.
    let mut claims = atlassian_jwt::Claims::outbound(&connect.app_key, qsh, now.as_second());
    claims.aud = vec![connect.client_key.clone()];
    let secret = connect.shared_secret.expose_secret().as_bytes();
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
    use crate::domain::tenant::{Forge, State, SystemToken};
    use jiff::SignedDuration;
    use rstest::rstest;

    const SECRET: &str = "a shared secret of 32 bytes, ok!";
    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn tenant(base: &str, secret: &str) -> Tenant {
        let connect = Connect {
            client_key: "client-1".into(),
            app_key: "invite-guard-as-installed".into(),
            shared_secret: SecretString::from(secret),
            previous_secret: None,
            installation_id: None,
        };
        Tenant {
            id: TenantId(1),
            base_url: base.parse().expect("a URL"),
            display_url: None,
            help_center_url: None,
            cloud_id: None,
            connect: Some(connect),
            forge: None,
            state: State::Active,
            installed_at: NOW,
        }
    }

    fn sign(tenant: &Tenant, method: &str, url: &Url, now: Timestamp) -> Result<String, AuthError> {
        voicing(tenant, &Speaker::App, url.path(), now)?.header(method, url, now)
    }

    /// The same site moved to Forge; the token ends in a minute.
    fn moved(connect: bool) -> Tenant {
        let mut tenant = tenant("https://acme.atlassian.net", SECRET);
        let token = SystemToken { token: SecretString::from("system"), expires_at: NOW + SignedDuration::from_mins(1) };
        tenant.connect = tenant.connect.filter(|_| connect);
        tenant.forge = Some(Forge {
            installation_id: "installation-1".into(),
            api_base_url: "https://api.atlassian.com/ex/jira/cloud-1".parse().expect("a URL"),
            token: Some(token),
            license_active: None,
            since: NOW,
        });
        tenant
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
        let called = tenant.base_url.join(target).expect("a URL");
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

    #[test]
    fn forge_speaks_to_its_gateway_until_its_token_ends_and_then_connect_while_it_is_open() {
        let documented = "/rest/api/3/myself";
        let below = url("https://api.atlassian.com/ex/jira/cloud-1/rest/api/3/myself");
        let both = moved(true);
        let voice = voicing(&both, &Speaker::App, documented, NOW).expect("a token is there");
        assert_eq!(voice.header("GET", &below, NOW).as_deref(), Ok("Bearer system"));
        for other in [
            "https://acme.atlassian.net/rest/api/3/myself",
            "https://api.atlassian.com/ex/jira/cloud-2/rest/api/3/myself",
            "https://api.atlassian.com/rest/api/3/myself",
            "http://api.atlassian.com/ex/jira/cloud-1/rest/api/3/myself",
        ] {
            assert_eq!(voice.header("GET", &url(other), NOW), Err(AuthError::Foreign), "{other}");
        }
        let ended = NOW + SignedDuration::from_secs(55);
        let signed = voicing(&both, &Speaker::App, documented, ended).expect("Connect is still open");
        assert_eq!(signed.base(), &both.base_url, "a call to the site itself, signed with the secret");
        let forge = moved(false);
        let silent = voicing(&forge, &Speaker::App, documented, ended).map(|_| ());
        assert_eq!(silent, Err(AuthError::NoToken(ended + TICK)));
    }

    #[test]
    fn a_person_is_asked_for_as_themselves_and_undocumented_resources_are_out_of_reach() {
        let tenant = moved(false);
        let person = Speaker::Person(UserToken(SecretString::from("person")));
        let below = url("https://api.atlassian.com/ex/jira/cloud-1/rest/api/3/mypermissions");
        let voice = voicing(&tenant, &person, below.path(), NOW);
        assert_eq!(voice.map(|_| ()), Err(AuthError::NotServed), "the template begins below the gateway's prefix");
        let voice = voicing(&tenant, &person, "/rest/api/3/mypermissions", NOW).expect("documented");
        assert_eq!(voice.header("GET", &below, NOW).as_deref(), Ok("Bearer person"));
        let hidden = voicing(&tenant, &Speaker::App, "/rest/servicedesk/notifications/1/x", NOW);
        assert_eq!(hidden.map(|_| ()), Err(AuthError::NotServed));
    }
}
