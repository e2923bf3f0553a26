//! A clock that stands still until it is moved.
//! Knows nobody who reads it.

use invite_guard::domain::Clock;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};

/// The tests' time.
#[derive(Debug)]
pub(crate) struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// Now, in whole seconds. The real time of the start, so that nothing depends on a date; `Date` headers, which are real,
    /// are then never ahead of it by more than the test takes.
    pub(crate) fn new() -> Self {
        let second = Timestamp::now().as_second();
        Self(Mutex::new(Timestamp::from_second(second).expect("the present is a time")))
    }

    /// Moves the time on.
    pub(crate) fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
