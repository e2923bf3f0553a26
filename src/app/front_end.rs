//! The front end as files, for the door where somebody else serves them.
//! Knows no bundler: `deploy/forge/build` makes of these files what Forge takes.

use crate::web::shell;
use std::io;
use std::path::Path;

/// Writes the files into this folder, made where it is missing; gives their names. What else lies there stays.
///
/// # Errors
/// The folder or a file cannot be written.
pub fn write(folder: &Path) -> io::Result<Vec<String>> {
    let files = shell::forge_files().map_err(io::Error::other)?;
    std::fs::create_dir_all(folder)?;
    let mut names = Vec::new();
    for (name, content) in files {
        std::fs::write(folder.join(&name), content)?;
        names.push(name);
    }
    Ok(names)
}
