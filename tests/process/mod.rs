//! The program as a process: commands and exit codes, starting, stopping, and being killed.
//! Knows nothing of the inside; it sees exit codes, HTTP and what Jira holds.

mod commands;
mod kill;
mod lint;
mod memory;
mod program;
mod selftest;
