//! Names of types from the symbols of the program's file: each MethodTable has one, `_ZTV<length><mangled name>`.
//!
//! A publish sets symbols apart, in a `.dbg` file. Only files with the program's build id are believed.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::{MangledNames, TypeName};
use crate::bytes::Addr;
use crate::image::SymbolFile;
use crate::limits;

/// How symbols of MethodTables begin: those of virtual tables do in C++.
const PREFIX: &str = "_ZTV";
/// Symbols of that form that are no MethodTables.
const OTHERS: [&str; 2] = ["__optionalfields_", "__SealedVTable_"];

/// The names of a program's types by their MethodTables.
#[derive(Debug)]
pub struct TypeSymbols {
    file: PathBuf,
    by_address: FxHashMap<Addr, Box<str>>,
    names: MangledNames,
}

impl TypeSymbols {
    /// The symbols of the first of `files` that has any, of the program that is loaded at `base`, whose own file is
    /// called `program`. `None` when none has: the program was stripped and its symbols are elsewhere.
    pub fn read(files: &[SymbolFile], base: Addr, program: &str) -> Option<TypeSymbols> {
        files.iter().find_map(|file| {
            let mut by_address = FxHashMap::default();
            file.for_each_symbol(|symbol| {
                if let Some(mangled) = mangled(symbol.name) {
                    by_address.insert(base.offset(symbol.distance), Box::from(mangled));
                }
            });
            let names = MangledNames::new(by_address.values().map(|name| &**name), program);
            let file = file.path().to_owned();
            (!by_address.is_empty()).then_some(TypeSymbols { file, by_address, names })
        })
    }

    /// The file that has them.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The name of the type at `mt`; `None` when no symbol is there.
    pub fn name(&self, mt: Addr) -> Option<TypeName> {
        self.by_address.get(&mt).map(|mangled| self.names.name(mangled))
    }

    /// Where symbols say that MethodTables are, in no certain order.
    pub fn addresses(&self) -> impl Iterator<Item = Addr> {
        self.by_address.keys().copied()
    }
}

/// The mangled name of the type whose MethodTable a symbol marks; `None` for symbols of other things.
fn mangled(symbol: &str) -> Option<&str> {
    let rest = symbol.strip_prefix(PREFIX)?;
    let name = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let length: usize = rest.strip_suffix(name)?.parse().ok()?;
    // The length proves that this is a name and that none of its own digits were taken for it.
    let fits = name.len() == length && length <= limits::MAX_MANGLED_NAME_BYTES;
    (fits && !OTHERS.iter().any(|other| name.starts_with(other))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_symbols_of_method_tables_are_names() {
        assert_eq!(mangled("_ZTV17big_Big_OrderLine"), Some("big_Big_OrderLine"));
        assert_eq!(mangled("_ZTV18big_Big_OrderLine"), None, "another length");
        assert_eq!(mangled("_ZTVN3WKS6GCHeapE"), None, "a class of C++");
        assert_eq!(mangled("_ZTV24__optionalfields_big_Big"), None);
        assert_eq!(mangled("__GCSTATICSbig_Big_Program"), None);
        assert_eq!(mangled("_ZTV"), None);
    }
}
