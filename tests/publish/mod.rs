//! What is written into Jira, told by what the sandbox then holds.
//! Knows nothing of how a case came about beyond the statement that a switch is off.

mod comments;
mod properties;
