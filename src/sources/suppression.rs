//! Whether an address is blocked: imported rows of *Customer notification logs*, and what admins said about a person.
//! Asks nobody for the list itself, which nobody can read. An address is compared by its mark and forgotten at once.

use super::{Asked, Reach, Reader, Sources, Spec, Told, soon, store_gap};
use crate::domain::address::{Address, AddressMark};
use crate::domain::mark::MarkedRow;
use crate::domain::person_line::PersonLine;
use crate::domain::suppression::{Add, as_of, stated_via};
use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::jira::JiraError;
use crate::store::StoreError;
use diagnosis::{Fact, FactKey, Gap, Moment, key};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Deserialize as _;

pub(super) struct Suppression;

/// The call is the one that tells the account's type: this reader comes after that one and takes its answer.
static SPEC: Spec = Spec { name: "notification_log", supplies: &[FactKey::AddressSuppressed], authority: 80, calls: 1 };

/// Calls at a time; Jira allows 150 a second.
const AT_ONCE: usize = 8;

/// What is known about one person's address.
enum Shown {
    As(AddressMark),
    Hidden,
    /// Could not be asked, and when to ask again.
    Failed(Gap, Option<Timestamp>),
}

#[async_trait::async_trait]
impl Reader for Suppression {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        match gathered(at, who).await {
            Ok((said, shown, rows)) => {
                let one = |(asked, shown): (&Asked<'_>, &Shown)| judged(at, asked, &said, shown, &rows);
                std::iter::zip(who, &shown).map(one).collect()
            }
            Err(error) => {
                let gap = store_gap(error);
                who.iter().map(|_| not_read(gap, at)).collect()
            }
        }
    }
}

fn not_read(gap: Gap, at: &Reach<'_>) -> Told {
    let mut told = Told::default();
    told.look_again(soon(at.now));
    told.put::<key::AddressSuppressed>(Fact::Unknown(gap));
    told
}

/// What was said, whose addresses are shown, and every row about these.
async fn gathered(
    at: &Reach<'_>,
    who: &[Asked<'_>],
) -> Result<(Vec<PersonLine>, Vec<Shown>, Vec<MarkedRow>), StoreError> {
    let accounts: Vec<_> = who.iter().map(|asked| asked.account.clone()).collect();
    let said = at.store.person_lines(at.tenant.id, &accounts).await?;
    // Without any row there is nothing to know an address for.
    if !at.store.has_marks(at.tenant.id).await? {
        return Ok((said, who.iter().map(|_| Shown::Hidden).collect(), Vec::new()));
    }
    let key = at.store.marking_key().await?;
    let asked: Vec<_> = who.iter().map(|asked| shown(at, asked, key.expose_secret())).collect();
    let shown: Vec<Shown> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let marks: Vec<AddressMark> = shown.iter().filter_map(Shown::mark).cloned().collect();
    let rows = at.store.marks(at.tenant.id, &marks).await?;
    Ok((said, shown, rows))
}

impl Shown {
    fn mark(&self) -> Option<&AddressMark> {
        match self {
            Self::As(mark) => Some(mark),
            Self::Hidden | Self::Failed(..) => None,
        }
    }
}

/// The mark of the address that Jira shows. The account was asked for just now; if that failed, once is enough.
async fn shown(at: &Reach<'_>, asked: &Asked<'_>, marking_key: &[u8]) -> Shown {
    if let Fact::Unknown(gap @ (Gap::Forbidden | Gap::Unavailable)) = asked.so_far.person.account_kind {
        return Shown::Failed(gap, None);
    }
    match at.remembered.user(at.site, at.tenant.id, asked.account, at.now, false).await {
        Ok((user, _)) => match user.address {
            Some(address) => Shown::As(Address::mark(&address, marking_key, at.tenant.id)),
            None => Shown::Hidden,
        },
        Err(JiraError::NotFound) => Shown::Hidden,
        Err(error) => Shown::Failed(error.gap(), error.again_at(at.now)),
    }
}

fn judged(at: &Reach<'_>, asked: &Asked<'_>, said: &[PersonLine], shown: &Shown, rows: &[MarkedRow]) -> Told {
    let mut told = Told::default();
    let add = Add { project: at.project, window: asked.added };
    let rows: Vec<MarkedRow> = rows.iter().filter(|row| Some(&row.mark) == shown.mark()).cloned().collect();
    let said: Vec<PersonLine> = said.iter().filter(|line| line.account == *asked.account).cloned().collect();
    let fact = match (as_of(add, &rows, &said, at.now), shown) {
        // There are rows, and nobody could tell whether they are about this person.
        (Fact::Unknown(_), Shown::Failed(gap, again_at)) => {
            told.look_again(*again_at);
            Fact::Unknown(*gap)
        }
        (fact, _) => fact,
    };
    told.put::<key::AddressSuppressed>(fact);
    told
}

impl Sources {
    /// What imported logs say about these addresses, and admins about whoever has them, for adds now.
    pub(super) async fn heard_of(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        addresses: &[Address],
        accounts: &[Option<AccountId>],
        now: Timestamp,
    ) -> Vec<Fact<bool>> {
        let heard = self.rows_and_words(tenant.id, addresses, accounts).await;
        let (marks, rows, said) = match heard {
            Ok(heard) => heard,
            Err(error) => return vec![Fact::Unknown(store_gap(error)); addresses.len()],
        };
        let add = Add { project, window: Moment::at(now) };
        let one = |(mark, account): (&AddressMark, &Option<AccountId>)| {
            let rows: Vec<MarkedRow> = rows.iter().filter(|row| row.mark == *mark).cloned().collect();
            let said: Vec<PersonLine> =
                said.iter().filter(|line| Some(&line.account) == account.as_ref()).cloned().collect();
            as_of(add, &rows, &said, now)
        };
        std::iter::zip(&marks, accounts).map(one).collect()
    }

    async fn rows_and_words(
        &self,
        tenant: TenantId,
        addresses: &[Address],
        accounts: &[Option<AccountId>],
    ) -> Result<(Vec<AddressMark>, Vec<MarkedRow>, Vec<PersonLine>), StoreError> {
        let key = self.store.marking_key().await?;
        let mark = |address: &Address| address.mark(key.expose_secret(), tenant);
        let marks: Vec<AddressMark> = addresses.iter().map(mark).collect();
        let rows = self.store.marks(tenant, &marks).await?;
        let known: Vec<AccountId> = accounts.iter().flatten().cloned().collect();
        let said = self.store.person_lines(tenant, &known).await?;
        Ok((marks, rows, said))
    }
}

/// How somebody was added, by an admin's word.
pub(super) struct StatedVia;

static VIA: Spec = Spec { name: "admin_statements", supplies: &[FactKey::AddedVia], authority: 70, calls: 0 };

#[async_trait::async_trait]
impl Reader for StatedVia {
    fn spec(&self) -> &'static Spec {
        &VIA
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let accounts: Vec<_> = who.iter().map(|asked| asked.account.clone()).collect();
        // That the store cannot be read is told by `suppression`; how we know of the add is known without.
        let said = at.store.person_lines(at.tenant.id, &accounts).await.unwrap_or_default();
        let one = |asked: &Asked<'_>| {
            let mut told = Told::default();
            let said: Vec<PersonLine> = said.iter().filter(|line| line.account == *asked.account).cloned().collect();
            let stated = stated_via(at.project, &said);
            if let Some((via, origin)) = stated.and_then(|(v, o)| Some((diagnosis::Via::deserialize(v).ok()?, o))) {
                told.put::<key::AddedVia>(Fact::of(via, origin));
            }
            told
        };
        who.iter().map(one).collect()
    }
}
