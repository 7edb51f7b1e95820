//! Whether a type is the program's or the framework's.
//!
//! Told by names of modules: a dump does not say which assemblies belong to the shared framework, and a single-file program
//! has no paths. Libraries count as the program: what leaks through them, the program holds.

use crate::graph::{TypeId, TypeTable};

/// How names of the framework's namespaces begin, in names of members that bear no module.
const NAMESPACES: [&str; 4] = ["System.", "Microsoft.", "Internal.", "Interop"];

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

/// Whether a name of a type, a member or a whole way speaks of something that is not the framework's.
pub(super) fn speaks_of_program(name: &str) -> bool {
    let is_own = |part: &str| {
        part.contains(['.', '+']) && !NAMESPACES.iter().any(|namespace| part.starts_with(namespace))
    };
    // What begins with a bracket is a slot's name: `.[]`.
    parts(name).filter(|part| part.starts_with(char::is_alphanumeric)).any(is_own)
}

/// The types of a dump that are the program's: those of its own modules, and generic ones and arrays of these.
#[derive(Debug, Default)]
pub(super) struct Origins {
    of_program: Vec<bool>,
}

impl Origins {
    /// Those of a dump's types.
    pub fn of(types: &TypeTable) -> Origins {
        let of_program = types.all().iter().map(|of| match of.module.as_deref() {
            Some(module) if !is_framework(module) => true,
            // Of arguments only the names are known.
            Some(_) => of.name.contains(['<', '[']) && speaks_of_program(&of.name),
            None => false,
        });
        Origins { of_program: of_program.collect() }
    }

    /// Whether a type is the program's.
    pub fn is_of_program(&self, of: TypeId) -> bool {
        self.of_program.get(of.0 as usize).copied().unwrap_or(false)
    }
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
    fn names_that_speak_of_the_program_are_told() {
        let own = [
            "static Shop.Program.all -> System.Object[].[]",
            "System.Func<Shop.Order>",
            "Program.<Main>$",
            "System.Box<Shop.Cart+<Pay>d__6>",
        ];
        assert!(own.into_iter().all(speaks_of_program));
        let others = [
            "static System.Text.Cache.all -> System.Object[].[]",
            "System.Func<System.Int32[]>",
            "stack",
            "",
        ];
        assert!(!others.into_iter().any(speaks_of_program));
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
