//! What an address, its domain and the operator's own mail provider tell about mail to it.
//! Knows no Jira, no store and no verdict. It sends no mail, and connects to no mail server.

pub mod address;
pub mod dns;
pub mod providers;
pub mod typos;
