//! Small values that the store's tests start from.
//! Knows no store.

use diagnosis::Moment;
use invite_guard::domain::tenant::{Installation, Tenant};
use invite_guard::domain::work::{NewWork, Work};
use invite_guard::domain::{AccountId, ProjectId, TenantId};
use jiff::Timestamp;

/// A second of the tests' day.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).expect("a time")
}

pub(crate) fn window(from: i64, until: i64) -> Moment {
    Moment { not_before: at(from), not_after: at(until) }
}

pub(crate) fn account(name: &str) -> AccountId {
    AccountId::parse(&format!("qm:{name}")).expect("an account id")
}

pub(crate) fn installation(client_key: &str, base_url: &str, secret: &str) -> Installation {
    Installation {
        client_key: client_key.to_owned(),
        app_key: "invite-guard".to_owned(),
        base_url: base_url.parse().expect("a URL"),
        display_url: None,
        help_center_url: None,
        shared_secret: secret.into(),
        installation_id: None,
        cloud_id: None,
    }
}

/// What the tenant's last signed install said.
pub(crate) fn installation_of(tenant: &Tenant) -> Installation {
    let connect = tenant.connect.clone().expect("installed by Connect");
    Installation {
        client_key: connect.client_key,
        app_key: connect.app_key,
        base_url: tenant.base_url.clone(),
        display_url: tenant.display_url.clone(),
        help_center_url: tenant.help_center_url.clone(),
        shared_secret: connect.shared_secret,
        installation_id: connect.installation_id,
        cloud_id: tenant.cloud_id.clone(),
    }
}

pub(crate) fn examine(person: &str) -> Work {
    Work::Examine { project: ProjectId(10_000), account: account(person), fresh: false, quiet: false }
}

pub(crate) fn locate(person: &str) -> Work {
    Work::Locate { account: account(person), hinted_at: at(0), looked: 0 }
}

/// A delivery about a person, with its identity.
pub(crate) fn delivery(tenant: i64, identity: &str, person: &str) -> NewWork {
    NewWork::delivery(TenantId(tenant), identity.to_owned(), at(0), locate(person))
}

/// A wish, due at once.
pub(crate) fn wish(tenant: i64, work: Work) -> NewWork {
    NewWork::wish(TenantId(tenant), at(0), work)
}
