//! Files that admins export, read through the crate's public surface.
//! Does not know who uploads them.

mod automation;
