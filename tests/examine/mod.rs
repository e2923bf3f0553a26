//! From what Jira holds to what every cause says: known before, creator, and switches as of the add.
//! Knows no queue and writes nothing into Jira.

mod add;
mod calls;
mod given;
mod log;
mod now;
mod setup;
mod suppression;
