//! The group committer in front of the queue: as many waiting rows as there are in one statement, no delay added.
//! Does not know what the rows mean; an answer is given only when the row is on disk.

use super::{Accepted, Queue, StoreError};
use crate::domain::TenantId;
use crate::domain::work::{Dedup, NewWork};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Bounds of the inbox.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows that may wait in memory; one tenant may hold at most a quarter of them.
    pub waiting: usize,
    /// Rows of one statement.
    pub batch_rows: usize,
    /// Bytes of one statement, about.
    pub batch_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { waiting: 4096, batch_rows: 512, batch_bytes: 1 << 20 }
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// New, on disk.
    Fresh,
    /// Known before; on disk since then.
    Duplicate,
}

/// Why a row is not on disk, or not known to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InboxError {
    /// Too many rows wait, or too many of this tenant.
    #[error("too many events are waiting")]
    Full,
    /// The program is stopping.
    #[error("stopping")]
    Closed,
    /// The store's answer. After an ambiguous commit too: the retry meets the deduplication.
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct Waiting {
    new: NewWork,
    bytes: usize,
    answer: oneshot::Sender<Result<Delivery, InboxError>>,
    _share: Share,
}

/// A tenant's part of the memory, given back when dropped.
struct Share {
    tenant: TenantId,
    shares: Arc<Mutex<HashMap<TenantId, usize>>>,
}

impl Share {
    fn take(shares: &Arc<Mutex<HashMap<TenantId, usize>>>, tenant: TenantId, most: usize) -> Option<Self> {
        let mut held = shares.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(tenant).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Self { tenant, shares: Arc::clone(shares) })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.tenant);
            }
        }
    }
}

/// The way into the queue for everybody who needs an answer at once. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    sender: Arc<Mutex<Option<mpsc::Sender<Waiting>>>>,
    committer: Arc<Mutex<Option<JoinHandle<()>>>>,
    shares: Arc<Mutex<HashMap<TenantId, usize>>>,
    most_per_tenant: usize,
}

impl Inbox {
    /// Starts the committer on the runtime this is called on: the main one, since web workers have small ones of their own.
    pub fn start<Q: Queue + ?Sized + 'static>(store: Arc<Q>, limits: Limits) -> Self {
        let (sender, receiver) = mpsc::channel(limits.waiting.max(1));
        let committer = tokio::spawn(commit(store, receiver, limits));
        Self {
            sender: Arc::new(Mutex::new(Some(sender))),
            committer: Arc::new(Mutex::new(Some(committer))),
            shares: Arc::default(),
            most_per_tenant: (limits.waiting / 4).max(1),
        }
    }

    /// Answers when the row is on disk. Never waits for room; a caller that goes away does not stop the write.
    ///
    /// # Errors
    /// [`InboxError`]; unless it is `Store(Rejected)`, sending again is right.
    pub async fn accept(&self, new: NewWork) -> Result<Delivery, InboxError> {
        let share = Share::take(&self.shares, new.tenant, self.most_per_tenant).ok_or(InboxError::Full)?;
        let (answer, told) = oneshot::channel();
        let waiting = Waiting { bytes: size(&new), new, answer, _share: share };
        self.send(waiting)?;
        // The committer answers everybody it takes; it can only be gone by a crash of its own.
        told.await.unwrap_or(Err(InboxError::Store(StoreError::Unavailable)))
    }

    fn send(&self, waiting: Waiting) -> Result<(), InboxError> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or(InboxError::Closed)?;
        sender.try_send(waiting).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => InboxError::Full,
            mpsc::error::TrySendError::Closed(_) => InboxError::Closed,
        })
    }

    /// Takes nothing more in, and returns when everything that waited is written and answered.
    pub async fn close_and_drain(&self) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let committer = self.committer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(committer) = committer
            && let Err(error) = committer.await
        {
            tracing::error!(panicked = error.is_panic(), "the inbox's committer ended badly");
        }
    }
}

/// What a row takes in a statement, about.
fn size(new: &NewWork) -> usize {
    let (Dedup::Once(key) | Dedup::Coalesce(key)) = &new.dedup;
    // The lane holds the account id; the payload little more.
    key.len() + 3 * new.work.lane().len() + 128
}

async fn commit<Q: Queue + ?Sized + 'static>(store: Arc<Q>, mut receiver: mpsc::Receiver<Waiting>, limits: Limits) {
    let mut left_over = None;
    loop {
        let first = match left_over.take() {
            Some(waiting) => waiting,
            None => match receiver.recv().await {
                Some(waiting) => waiting,
                None => return,
            },
        };
        let mut bytes = first.bytes;
        let mut batch = vec![first];
        while batch.len() < limits.batch_rows
            && let Ok(next) = receiver.try_recv()
        {
            if bytes + next.bytes > limits.batch_bytes {
                left_over = Some(next);
                break;
            }
            bytes += next.bytes;
            batch.push(next);
        }
        // A task of its own, so that a panic costs this batch and not the inbox; its waiters see their answer dropped.
        let store = Arc::clone(&store);
        if let Err(error) = tokio::spawn(async move { write(&*store, batch).await }).await {
            tracing::error!(panicked = error.is_panic(), "a batch of events was not written");
        }
    }
}

async fn write<Q: Queue + ?Sized>(store: &Q, batch: Vec<Waiting>) {
    let (rows, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|w| (w.new, (w.answer, w._share))).unzip();
    let outcome = store.accept(&rows).await;
    if let Err(error) = &outcome {
        tracing::warn!(%error, rows = rows.len(), "events could not be stored; their senders are told to come again");
    }
    for (place, (answer, _share)) in answers.into_iter().enumerate() {
        // A waiter that has gone away does not want an answer.
        let _ = answer.send(told(&outcome, place));
    }
}

fn told(outcome: &Result<Accepted, StoreError>, place: usize) -> Result<Delivery, InboxError> {
    match outcome {
        Err(error) => Err(InboxError::Store(error.clone())),
        Ok(accepted) if accepted.refused.binary_search(&place).is_ok() => Err(InboxError::Store(StoreError::Rejected)),
        Ok(accepted) if accepted.repeated.binary_search(&place).is_ok() => Ok(Delivery::Duplicate),
        Ok(_) => Ok(Delivery::Fresh),
    }
}
