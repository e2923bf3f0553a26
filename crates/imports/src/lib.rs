//! What admins export from Jira, read: bytes in, readings out.
//! Does not know whose site a file is from, keeps nothing of it, and judges nobody.

pub mod automation;
pub mod notification_log;
