//! Our nouns, the rules that hold between them, and the ports that lower rooms need from higher ones.
//! Knows no SQL, no HTTP, no Jira wire shape and no words; imports only `diagnosis`.

pub mod address;
pub mod audit;
pub mod calibration;
pub mod case;
pub mod clock;
pub mod history;
pub mod id;
pub mod ingest;
pub mod mark;
pub mod person_line;
pub mod principal;
pub mod project;
pub mod roster;
pub mod scan;
pub mod suppression;
pub mod tenant;
pub mod throttle;
pub mod trail;
pub mod work;

pub use clock::Clock;
pub use id::{AccountId, ProjectId, TenantId, WorkId};
