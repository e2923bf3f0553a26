//! A role's actors, read while the answer still comes: bytes go to a thread that parses them and gives accounts back in batches.
//! Knows neither project nor role, and keeps nobody but the batch at hand.

use super::client::{Bounds, Opened, count_objects};
use super::{JiraError, Result, Site};
use crate::domain::AccountId;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::io::{self, BufReader, Read};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

/// Accounts in one batch.
const BATCH: usize = 1_000;
/// Pieces of the body, and batches, that may wait for whoever takes them.
const WAITING: usize = 4;

/// A role being read.
#[derive(Debug)]
pub struct RoleReading {
    batches: Receiver<Vec<AccountId>>,
    /// Ends with whoever reads: then nothing more is loaded, and the parser meets its end.
    bytes: AbortOnDropHandle<Result<Bounds>>,
    parsed: JoinHandle<serde_json::Result<Counted>>,
}

/// What is known once all of a role is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleEnd {
    /// Between which moments the answer was true.
    pub bounds: Bounds,
    /// Actors of all kinds.
    pub actors: usize,
}

impl RoleReading {
    pub(super) fn of(site: Site, opened: Opened) -> Self {
        let (bytes_in, bytes_out) = channel(WAITING);
        let (batches_in, batches) = channel(WAITING);
        let bytes = AbortOnDropHandle::new(tokio::spawn(hand_on(site, opened, bytes_in)));
        let parsed = tokio::task::spawn_blocking(move || {
            let mut found = Found { batch: Vec::new(), counted: Counted::default(), to: batches_in };
            let mut json = serde_json::Deserializer::from_reader(BufReader::new(Incoming::of(bytes_out)));
            json.deserialize_map(RoleVisitor(&mut found))?;
            json.end()?;
            found.flush();
            Ok(found.counted)
        });
        Self { batches, bytes, parsed }
    }

    /// The next accounts; somebody may come twice. `None` when there are no more, for whatever reason: see [`RoleReading::end`].
    pub async fn next(&mut self) -> Option<Vec<AccountId>> {
        self.batches.recv().await
    }

    /// Whether all of it came and could be read. Without that nobody may be taken for absent.
    pub async fn end(self) -> Result<RoleEnd> {
        let Self { batches, bytes, parsed } = self;
        drop(batches);
        let gone = |_| JiraError::Unavailable("broken_off");
        let counted = parsed.await.map_err(gone)?;
        // The reason why bytes are missing explains why they cannot be parsed, not the other way round.
        let bounds = bytes.await.map_err(gone)??;
        let counted = counted
            .map_err(|error| JiraError::Garbage(if error.is_data() { "unexpected_shape" } else { "not_json" }))?;
        count_objects(0, 1 + counted.actors);
        // Single closed accounts have no id. None readable at all is another shape: everybody would seem removed.
        if counted.accounts == 0 && counted.users > 0 {
            return Err(JiraError::Garbage("role_actors"));
        }
        Ok(RoleEnd { bounds, actors: counted.actors })
    }
}

/// Gives the body to the parser as it comes.
async fn hand_on(site: Site, mut opened: Opened, to: Sender<Vec<u8>>) -> Result<Bounds> {
    loop {
        match opened.incoming.chunk().await {
            Ok(Some(chunk)) if !chunk.is_empty() => {
                // A parser that has gone away has met what it cannot read, and tells that itself.
                if to.send(chunk).await.is_err() {
                    return Ok(opened.bounds(site.now()));
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => return Ok(opened.bounds(site.now())),
            Err(error) => return Err(error.into()),
        }
    }
}

/// The body as the parser reads it.
struct Incoming {
    from: Receiver<Vec<u8>>,
    chunk: io::Cursor<Vec<u8>>,
}

impl Incoming {
    fn of(from: Receiver<Vec<u8>>) -> Self {
        Self { from, chunk: io::Cursor::default() }
    }
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.chunk.read(into)? {
                0 if !into.is_empty() => match self.from.blocking_recv() {
                    Some(next) => self.chunk = io::Cursor::new(next),
                    None => return Ok(0),
                },
                read => return Ok(read),
            }
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Counted {
    actors: usize,
    users: usize,
    accounts: usize,
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted").field("actors", &self.actors).finish_non_exhaustive()
    }
}

struct Found {
    batch: Vec<AccountId>,
    counted: Counted,
    to: Sender<Vec<AccountId>>,
}

impl Found {
    fn take(&mut self, actor: Actor) {
        self.counted.actors += 1;
        let is_user = actor.actor_user.is_some() || actor.kind.as_deref() == Some("atlassian-user-role-actor");
        self.counted.users += usize::from(is_user);
        let id = actor.actor_user.and_then(|user| user.account_id);
        if let Some(account) = id.as_deref().and_then(AccountId::parse).filter(|_| is_user) {
            self.counted.accounts += 1;
            self.batch.push(account);
            if self.batch.len() >= BATCH {
                self.flush();
            }
        }
    }

    /// Nobody may be waiting for it any more; then the rest is read for its end alone.
    fn flush(&mut self) {
        if !self.batch.is_empty() {
            let batch = std::mem::take(&mut self.batch);
            self.to.blocking_send(batch).ok();
        }
    }
}

/// An actor; a group has no user. Other shapes of single fields are read as missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Actor {
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    actor_user: Option<ActorUser>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActorUser {
    #[serde(default, deserialize_with = "lenient")]
    account_id: Option<String>,
}

fn lenient<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(
    from: D,
) -> std::result::Result<Option<T>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(serde_json::from_value(value).ok())
}

struct RoleVisitor<'f>(&'f mut Found);

impl<'de> Visitor<'de> for RoleVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a role with its actors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        let mut listed = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "actors" && !listed {
                map.next_value_seed(Actors(&mut *self.0))?;
                listed = true;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        // Without the list nothing is known; an empty list is one.
        if listed { Ok(()) } else { Err(serde::de::Error::missing_field("actors")) }
    }
}

struct Actors<'f>(&'f mut Found);

impl<'de> DeserializeSeed<'de> for Actors<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> std::result::Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Actors<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of actors")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<(), A::Error> {
        while let Some(actor) = seq.next_element::<Actor>()? {
            self.0.take(actor);
        }
        Ok(())
    }
}
