//! What the sandbox promises: as strict as Jira, true about each add, valid by Atlassian's specifications.

mod adding;
mod answering;
mod app;
mod commenting;
mod console;
mod delivering;
mod forge;
mod gateway;
mod guarding;
mod installing;
mod limiting;
mod manifests;
mod misbehaving;
mod moving;
mod optional;
mod pages;
mod permitting;
mod setup;
mod shapes;
mod signing;
