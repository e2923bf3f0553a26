//! Who may frame a page of ours and what it may load.
//! Knows no page.

use crate::domain::tenant::Tenant;
use url::Url;

/// The policy of a page in one tenant's frame: framed by the site and its custom domains alone, scripts and styles from
/// ourselves and from where Jira's bridge comes. The bridge links Jira's theme from its own host, so nothing inline is needed.
pub fn csp(tenant: &Tenant, bridge_url: &Url) -> String {
    let bridge = bridge_url.origin().ascii_serialization();
    let ancestors = tenant.frame_ancestors().join(" ");
    format!(
        "default-src 'none'; script-src 'self' {bridge}; style-src 'self' {bridge}; img-src 'self' data:; \
         font-src 'self' {bridge}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )
}
