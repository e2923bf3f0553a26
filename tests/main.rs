//! The one integration binary; its modules mirror `src`.
//! Knows no internals: everything goes through public surfaces.

mod jira;
mod page;
mod store;
mod tidy;
mod words;
