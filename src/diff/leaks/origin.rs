//! Whether a type is the program's or the framework's.
//!
//! Told by names of modules: a dump does not say which assemblies belong to the shared framework, and a single-file program
//! has no paths. Libraries count as the program: what leaks through them, the program holds.

use rustc_hash::FxHashSet;

use crate::graph::{TypeId, TypeTable};

/// Modules of the framework that bear no name of a family.
const MODULES: [&str; 3] = ["mscorlib.dll", "netstandard.dll", "WindowsBase.dll"];

/// How names of the framework's modules begin.
const FAMILIES: [&str; 9] = [
    "System.",
    "Microsoft.AspNetCore.",
    "Microsoft.Bcl.",
    "Microsoft.CSharp.",
    "Microsoft.EntityFrameworkCore.",
    "Microsoft.Extensions.",
    "Microsoft.Net.Http.",
    "Microsoft.VisualBasic.",
    "Microsoft.Win32.",
];

/// Whether a module is one of the framework's.
pub(super) fn is_framework(module: &str) -> bool {
    module == "System.dll"
        || MODULES.contains(&module)
        || FAMILIES.iter().any(|family| module.starts_with(family))
}

/// The types of a dump that are the program's: those of its own modules, and generic ones and arrays of these.
#[derive(Debug, Default)]
pub(super) struct Origins {
    of_program: Vec<bool>,
    names: FxHashSet<Box<str>>,
}

impl Origins {
    /// Those of a dump's types.
    pub fn of(types: &TypeTable) -> Origins {
        let own =
            types.all().iter().filter(|of| of.module.as_deref().is_some_and(|module| !is_framework(module)));
        // Their names without arguments, as they stand within other names.
        let names: FxHashSet<Box<str>> = own.map(|of| Box::from(definition(&of.name))).collect();
        let is_own = |name: &str| parts(name).any(|part| names.contains(part));
        let of_program = types.all().iter().map(|of| match &of.module {
            Some(module) if !is_framework(module) => true,
            _ => is_own(&of.name),
        });
        let of_program = of_program.collect();
        Origins { of_program, names }
    }

    /// Whether a type is the program's.
    pub fn is_of_program(&self, of: TypeId) -> bool {
        self.of_program.get(of.0 as usize).copied().unwrap_or(false)
    }

    /// Whether a name (of a type or a member) speaks of a type of the program that has objects.
    pub fn speaks_of_program(&self, name: &str) -> bool {
        let is_prefix =
            |part: &str| part.match_indices(['.', '+']).any(|(at, _)| self.names.contains(&part[..at]));
        parts(name).any(|part| self.names.contains(part) || is_prefix(part))
    }
}

/// A name without its generic arguments and dimensions. A name that begins with `<` is made by a compiler.
fn definition(name: &str) -> &str {
    parts(name).next().unwrap_or(name)
}

/// The names of types of which a name is put together.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    // `<Park>d__6` and `<>c` are no arguments: what stands before their bracket is `+` or `.`, or nothing.
    let mut starts = vec![0];
    let bytes = name.as_bytes();
    let mut made = 0_u32;
    for (at, &byte) in bytes.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        match byte {
            b'<' if matches!(before, None | Some(b'+' | b'.' | b'<' | b',' | b' ')) => made += 1,
            b'>' if made > 0 => made -= 1,
            b'<' | b'>' | b',' | b'[' | b']' | b' ' => starts.push(at + 1),
            _ => {}
        }
    }
    let ends: Vec<usize> = starts.iter().skip(1).map(|&start| start - 1).chain([name.len()]).collect();
    starts.into_iter().zip(ends).filter(|(start, end)| start < end).map(move |(start, end)| &name[start..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(name: &str) -> Vec<&str> {
        parts(name).collect()
    }

    #[test]
    fn names_are_put_together_of_parts() {
        assert_eq!(split("Shop.Order"), ["Shop.Order"]);
        assert_eq!(
            split("System.Func<Shop.Order, Shop.Line[]>[,]"),
            ["System.Func", "Shop.Order", "Shop.Line"]
        );
        assert_eq!(split("Shop.Cart+<>c__DisplayClass1_0"), ["Shop.Cart+<>c__DisplayClass1_0"]);
        assert_eq!(split("System.Box<Shop.Cart+<Pay>d__6>"), ["System.Box", "Shop.Cart+<Pay>d__6"]);
        assert_eq!(split("A<B+<<Main>g__X|0>d>"), ["A", "B+<<Main>g__X|0>d"]);
        assert_eq!(split(""), [""; 0]);
    }

    #[test]
    fn modules_of_the_framework_are_told_by_their_names() {
        let all =
            ["System.Private.CoreLib.dll", "System.dll", "mscorlib.dll", "Microsoft.AspNetCore.Http.dll"];
        assert!(all.into_iter().all(is_framework));
        assert!(
            !["Shop.dll", "SystemShop.dll", "Microsoft.Mcp.dll", "Newtonsoft.Json.dll"]
                .into_iter()
                .any(is_framework)
        );
    }
}
