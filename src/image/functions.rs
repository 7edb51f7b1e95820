//! The functions of a native module, by where their code lies.

use std::ops::Range;

use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::image::{ElfImage, SymbolFile};

/// A function that a symbol names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Function {
    /// Where its code lies.
    pub code: Range<Addr>,
    /// The symbol.
    pub name: String,
}

/// The functions of one module, in the order of their addresses.
///
/// Only what a symbol covers by its size is named: the symbol before an address may lie far from it, for most modules
/// keep no symbols of what they do not export.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    by_start: Vec<Function>,
}

impl Functions {
    /// The functions that `image` exports, as far as its tables are in the dump, and those that the `files` of its build
    /// have symbols of.
    pub fn of(memory: &AddressSpace, image: &ElfImage, files: &[SymbolFile]) -> Functions {
        let mut functions = image.exported_functions(memory);
        for file in files {
            file.for_each_symbol(|symbol| {
                let start = image.base().offset(symbol.distance);
                if symbol.is_function {
                    functions.push(Function {
                        code: start..start.offset(symbol.size),
                        name: symbol.name.to_owned(),
                    });
                }
            });
        }
        Functions::new(functions)
    }

    fn new(mut functions: Vec<Function>) -> Functions {
        functions.retain(|function| function.code.start < function.code.end);
        functions.sort_by(|a, b| rank(a).cmp(&rank(b)));
        functions.dedup_by_key(|function| function.code.start);
        Functions { by_start: functions }
    }

    /// The function whose code is at `address`, and how far into it the address is; `None` where no symbol covers it.
    pub fn at(&self, address: Addr) -> Option<(&str, u64)> {
        let behind = self.by_start.partition_point(|function| function.code.start <= address);
        let function = self.by_start.get(behind.checked_sub(1)?)?;
        let distance = address.since(function.code.start)?;
        (address < function.code.end).then_some((&function.name, distance))
    }
}

/// Of several names of one place the one that programs call comes first: `poll` before `__poll`.
fn rank(function: &Function) -> (Addr, usize, usize, &str) {
    let underscores = function.name.bytes().take_while(|&byte| byte == b'_').count();
    (function.code.start, underscores, function.name.len(), &function.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions(of: &[(u64, u64, &str)]) -> Functions {
        let function = |&(start, end, name): &(u64, u64, &str)| Function {
            code: Addr(start)..Addr(end),
            name: name.into(),
        };
        Functions::new(of.iter().map(function).collect())
    }

    #[test]
    fn an_address_is_named_by_the_function_that_covers_it() {
        let functions = functions(&[(0x200, 0x240, "write"), (0x100, 0x180, "read")]);
        assert_eq!(functions.at(Addr(0x100)), Some(("read", 0)));
        assert_eq!(functions.at(Addr(0x17f)), Some(("read", 0x7f)));
        assert_eq!(functions.at(Addr(0x180)), None, "nothing is known of what lies between");
        assert_eq!(functions.at(Addr(0x210)), Some(("write", 0x10)));
        assert_eq!(functions.at(Addr(0xff)), None);
    }

    #[test]
    fn of_several_names_the_one_that_programs_call_is_told() {
        let of = |names: &[&str]| {
            let rows: Vec<_> = names.iter().map(|name| (0x100, 0x180, *name)).collect();
            functions(&rows).at(Addr(0x104)).map(|(name, _)| name.to_owned())
        };
        assert_eq!(of(&["__poll", "poll"]).as_deref(), Some("poll"));
        assert_eq!(of(&["pthread_cond_wait", "__pthread_cond_wait"]).as_deref(), Some("pthread_cond_wait"));
        assert_eq!(of(&["b", "a"]).as_deref(), Some("a"), "the same in every order");
    }

    #[test]
    fn a_symbol_without_size_names_nothing() {
        assert_eq!(functions(&[(0x100, 0x100, "_start")]).at(Addr(0x100)), None);
    }
}
