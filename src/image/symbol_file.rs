//! An ELF file on disk that was proved, by its build id, to be a module of the dump: the executable or library itself,
//! or the file with its symbols that `objcopy --only-keep-debug` set apart.

use std::path::{Path, PathBuf};

use object::SymbolKind;
use object::read::{Object, ObjectSegment, ObjectSymbol};

use super::{BuildId, ModuleFiles};
use crate::bytes::Mapped;

/// What the file with a module's symbols is called: the module's name and this.
const SYMBOLS_SUFFIX: &str = ".dbg";

/// An ELF file with the build id of a module of the dump.
#[derive(Debug)]
pub struct SymbolFile {
    path: PathBuf,
    contents: Mapped,
}

/// A symbol that an ELF file defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSymbol<'a> {
    /// Its distance from the module's base, in bytes.
    pub distance: u64,
    /// How many bytes it covers; 0 where the file does not say.
    pub size: u64,
    /// Whether it is a function.
    pub is_function: bool,
    /// Its name.
    pub name: &'a str,
}

impl SymbolFile {
    /// The files among `files` that are the module `name` of this build, by the name of the module or of its symbols' file.
    pub fn of_build(files: &ModuleFiles, name: &str, build_id: &BuildId) -> Vec<SymbolFile> {
        let names = [name.to_owned(), format!("{name}{SYMBOLS_SUFFIX}")];
        let candidates = names.iter().flat_map(|name| files.candidates(name));
        let proved = candidates.filter_map(|path| {
            let contents = ModuleFiles::open(&path).ok()?;
            let file = SymbolFile { path, contents };
            (BuildId::of_file(&file.contents).as_ref() == Some(build_id)).then_some(file)
        });
        proved.collect()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file has at a distance from the module's base, to the end of that segment; `None` where the file has
    /// nothing (memory that begins as zeros, a file of symbols only), or is damaged.
    pub fn bytes_at(&self, distance: u64) -> Option<&[u8]> {
        let file = object::File::parse(&*self.contents).ok()?;
        let first = first_address(&file)?;
        let address = first.checked_add(distance)?;
        file.segments().find_map(|segment| {
            let at = usize::try_from(address.checked_sub(segment.address())?).ok()?;
            segment.data().ok()?.get(at..).filter(|bytes| !bytes.is_empty())
        })
    }

    /// Calls `each` with every symbol that the file defines and that has a name. A damaged table ends early.
    pub fn for_each_symbol<'a>(&'a self, mut each: impl FnMut(FileSymbol<'a>)) {
        let Ok(file) = object::File::parse(&*self.contents) else { return };
        let first = first_address(&file).unwrap_or(0);
        for symbol in file.symbols().filter(ObjectSymbol::is_definition) {
            if let (Ok(name), Some(distance)) = (symbol.name(), symbol.address().checked_sub(first)) {
                let (size, is_function) = (symbol.size(), symbol.kind() == SymbolKind::Text);
                each(FileSymbol { distance, size, is_function, name });
            }
        }
    }
}

/// The address at which the file's first segment begins, which lies at the module's base.
fn first_address(file: &object::File<'_>) -> Option<u64> {
    file.segments().map(|segment| segment.address()).min().map(|address| address & !0xfff)
}

#[cfg(test)]
mod tests;
