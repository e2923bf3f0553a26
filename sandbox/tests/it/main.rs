//! What the sandbox promises: as strict as Jira, true about each add, valid by Atlassian's specifications.

mod app;
mod installing;
