//! The Connect door: proofs, lifecycle, webhooks, descriptor. Atlassian's shapes stop here.
//! Knows no verdict and no page; nothing behind it knows which door somebody came through.

pub(super) mod descriptor;
mod event;
mod gate;
mod keys;
pub(super) mod lifecycle;
mod tenancy;
mod token;
pub(super) mod webhooks;

pub(super) use gate::ConnectGate;
pub(super) use keys::Keys;
pub(super) use tenancy::Tenancy;
pub(super) use token::{FrameVisit, refused};
