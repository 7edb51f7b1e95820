//! From the common options of the command line to how dumps are opened.

use std::path::Path;

use crate::open::{IndexOptions, OpenOptions};
use crate::values::collections::CollectionShapes;

use super::console::Console;
use super::exit::ExitStatus;
use super::request::Common;
use super::user_folders;

/// How dumps are opened, the files that the options name read. What is wrong with one is told.
pub(super) fn open_options(common: &Common, console: &Console) -> Result<OpenOptions, ExitStatus> {
    let mut collections = CollectionShapes::default();
    // What is added is tried before what was there: added in reverse, the files are tried as they were given.
    for file in common.collections.iter().rev() {
        collections = collections.with_file(file).map_err(|error| {
            console.messages.error(&error);
            ExitStatus::Usage
        })?;
    }
    let folder = || common.cache.clone().or_else(user_folders::cache);
    Ok(OpenOptions {
        files: common.files.iter().filter(|path| !is_auto(path)).cloned().collect(),
        recorded_files: common.files.iter().any(|path| is_auto(path)),
        cache: common.cache.clone(),
        collections,
        stacks: common.stacks,
        index: common.index.then(|| IndexOptions { folder: folder() }),
    })
}

/// Whether `--files` has the word that stands for the paths which the dump records; a folder of that name is `./auto`.
fn is_auto(path: &Path) -> bool {
    path == Path::new("auto")
}
