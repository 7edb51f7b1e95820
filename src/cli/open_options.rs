//! From the common options of the command line to how dumps are opened.

use crate::open::OpenOptions;
use crate::values::collections::CollectionShapes;

use super::console::Console;
use super::exit::ExitStatus;
use super::request::Common;

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
    Ok(OpenOptions {
        files: common.files.clone(),
        cache: common.cache.clone(),
        collections,
        stacks: common.stacks,
    })
}
