//! Who may frame a page of ours and what it may load.
//! Knows no page.

use crate::domain::tenant::Tenant;
use url::Url;

/// The policy of a page in one tenant's frame: framed by the site and its custom domains alone, scripts from ourselves and
/// from where Jira's bridge comes. The bridge puts Jira's theme into style elements, hence inline styles; scripts never.
pub fn csp(tenant: &Tenant, bridge_url: &Url) -> String {
    let bridge = bridge_url.origin().ascii_serialization();
    let ancestors = tenant.frame_ancestors().join(" ");
    format!(
        "default-src 'none'; script-src 'self' {bridge}; style-src 'self' 'unsafe-inline' {bridge}; img-src 'self' data:; \
         font-src 'self' {bridge}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )
}
