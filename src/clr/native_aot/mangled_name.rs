//! Reading mangled names of types: `S_P_CoreLib_System_Collections_Generic_List_1<big_Big_Order>` is
//! `System.Collections.Generic.List<Big.Order>` of System.Private.CoreLib.
//!
//! Source: dotnet/runtime `src/coreclr/tools/aot/ILCompiler.Compiler/Compiler/NativeAotNameMangler.cs`. Assembly,
//! namespaces, types and nested types are joined by `_`, which also stands for every letter that C does not allow, so
//! that a name alone does not tell its parts. What does tell them, in this order:
//! - the names of all types: one that is the beginning of another is the type around it, and each assembly has a type
//!   `<Module>`, mangled `assembly__Module_`;
//! - the number of generic parameters, which ends the name of a type;
//! - what compilers name: `<>c`, `<>c__DisplayClass1_0`, `<Park>d__6`;
//! - habits: the program's assembly is called like its file, and namespaces begin like their assembly or with `System`.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::clr::types::spelling;
use crate::limits;

/// How `System.Private.` is abbreviated in the names of assemblies.
const SYSTEM_PRIVATE: &str = "S_P_";
/// First parts of the namespaces and types in the framework's assemblies.
const FRAMEWORK_ROOTS: [&str; 6] = ["System", "Internal", "Microsoft", "Interop", "FxResources", "MS"];
/// Types that have names of their own, with what else they are called.
const PRIMITIVES: [(&str, &str); 18] = [
    ("Object", "System.Object"),
    ("String", "System.String"),
    ("Void", "System.Void"),
    ("Bool", "System.Boolean"),
    ("Char", "System.Char"),
    ("Int8", "System.SByte"),
    ("UInt8", "System.Byte"),
    ("Int16", "System.Int16"),
    ("UInt16", "System.UInt16"),
    ("Int32", "System.Int32"),
    ("UInt32", "System.UInt32"),
    ("Int64", "System.Int64"),
    ("UInt64", "System.UInt64"),
    ("IntPtr", "System.IntPtr"),
    ("UIntPtr", "System.UIntPtr"),
    ("Single", "System.Single"),
    ("Double", "System.Double"),
    ("System___Canon", "System.__Canon"),
];
const CORE_LIBRARY: &str = "System.Private.CoreLib";
/// What stands before the mangled name of a value type's MethodTable, which is that of its boxes.
const BOXED: &str = "Boxed_";
const ARRAY: &str = "__Array<";
const ARRAY_OF_DIMENSIONS: &str = "__MDArray<";
/// The type of an assembly's global members.
const MODULE_TYPE: &str = "__Module_";
/// More generic parameters than that, and a number in a name is none of parameters.
const MOST_PARAMETERS: usize = 32;

/// A type's name, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// The full name as listings print it.
    pub name: String,
    /// The assembly that defines it, of an array that of its element; `None` where it cannot be told.
    pub assembly: Option<Arc<str>>,
}

/// The mangled names of all types of a program, by which each is read.
#[derive(Debug, Default)]
pub struct MangledNames {
    /// All names, arguments left out.
    types: FxHashSet<Box<str>>,
    /// Beginnings of names that are assemblies, with the `_` behind them.
    assemblies: FxHashSet<Box<str>>,
    program: String,
}

impl MangledNames {
    /// Names out of `mangled`, of a program whose file is called `program`.
    pub fn new<'a>(mangled: impl Iterator<Item = &'a str>, program: &str) -> MangledNames {
        let mut names = MangledNames { program: format!("{}_", sanitized(program)), ..Default::default() };
        for name in mangled {
            let name = name.strip_prefix(BOXED).unwrap_or(name);
            let definition = name.split_once('<').map_or(name, |(definition, _)| definition);
            if let Some(assembly) = definition.strip_suffix(MODULE_TYPE) {
                names.assemblies.insert(format!("{assembly}_").into());
            }
            names.types.insert(definition.into());
        }
        names
    }

    /// The name that `mangled` stands for.
    pub fn name(&self, mangled: &str) -> TypeName {
        let mangled = mangled.strip_prefix(BOXED).unwrap_or(mangled);
        let TypeName { name, assembly } = self.read(mangled, 0);
        TypeName { name: spelling::cut(name), assembly }
    }

    fn read(&self, mangled: &str, depth: u32) -> TypeName {
        if depth >= limits::MAX_TYPE_DEPTH {
            return TypeName { name: "...".to_owned(), assembly: None };
        }
        if let Some((_, name)) = PRIMITIVES.iter().find(|(mangled_as, _)| *mangled_as == mangled) {
            return TypeName { name: (*name).to_owned(), assembly: Some(CORE_LIBRARY.into()) };
        }
        self.composed(mangled, depth).unwrap_or_else(|| self.with_arguments(mangled, depth))
    }

    /// An array or a pointer; `None` for all others.
    fn composed(&self, mangled: &str, depth: u32) -> Option<TypeName> {
        let inner = |prefix: &str| mangled.strip_prefix(prefix)?.strip_suffix('>');
        let of = |element: &str, suffix: &str| {
            let TypeName { name, assembly } = self.read(element, depth + 1);
            TypeName { name: format!("{name}{suffix}"), assembly }
        };
        if let Some(element) = inner(ARRAY) {
            return Some(of(element, "[]"));
        }
        if let Some((element, rank)) = inner(ARRAY_OF_DIMENSIONS).and_then(|inner| inner.rsplit_once(',')) {
            return Some(of(element, &spelling::array_suffix(false, rank.parse().ok()?)));
        }
        let (to, suffix) = [("<Pointer>", "*"), ("<ByRef>", "&")]
            .iter()
            .find_map(|(mark, suffix)| Some((mangled.strip_suffix(mark)?, suffix)))?;
        Some(of(to, suffix))
    }

    /// A type with or without generic arguments.
    fn with_arguments(&self, mangled: &str, depth: u32) -> TypeName {
        let (definition, arguments) = match mangled.split_once('<') {
            Some((definition, rest)) => (definition, Some(rest.strip_suffix('>').unwrap_or(rest))),
            None => (mangled, None),
        };
        let (name, assembly) = self.definition(definition);
        let Some(arguments) = arguments else { return TypeName { name, assembly } };
        let expected = parameter_count(&name);
        let arguments = self.arguments(arguments, expected);
        let arguments: Vec<String> = arguments.iter().map(|of| self.read(of, depth + 1).name).collect();
        TypeName { name: spelling::with_arguments(&name, &arguments), assembly }
    }

    /// Splits arguments where `__` joins them. Identifiers may have `__` within or at their beginning as well: of all
    /// ways to split into as many as the type takes, the first counts whose parts are types of the program.
    fn arguments<'a>(&self, text: &'a str, expected: usize) -> Vec<&'a str> {
        let joints = joints(text);
        if expected <= 1 {
            return vec![text];
        }
        if joints.len() < expected {
            return split_at(text, &joints);
        }
        let mut parts = Vec::new();
        let mut from = 0;
        for taken in 1..expected {
            let rest = joints.iter().copied().filter(|&joint| joint > from);
            let rest: Vec<usize> = rest.collect();
            // As many joints must be left as there are arguments to come.
            let tried = rest.len().saturating_sub(expected - taken - 1);
            let known =
                rest.iter().take(tried.max(1)).find(|&&to| self.is_type(text.get(from..to).unwrap_or("")));
            let Some(&to) = known.or(rest.first()) else { break };
            parts.push(text.get(from..to).unwrap_or(""));
            from = to + 2;
        }
        parts.push(text.get(from..).unwrap_or(""));
        parts
    }

    fn is_type(&self, mangled: &str) -> bool {
        let definition = mangled.split_once('<').map_or(mangled, |(definition, _)| definition);
        let composed = mangled.starts_with(ARRAY) || mangled.starts_with(ARRAY_OF_DIMENSIONS);
        composed || self.types.contains(definition) || PRIMITIVES.iter().any(|(name, _)| *name == mangled)
    }

    /// The full name of a type without arguments, with ``` `n ``` where it takes some, and its assembly.
    fn definition(&self, mangled: &str) -> (String, Option<Arc<str>>) {
        let prefix = self.assembly_prefix(mangled);
        let rest = mangled.get(prefix.len()..).unwrap_or("");
        let (outer, generated) = generated_name(rest);
        let mut name = String::with_capacity(mangled.len());
        let mut around = prefix.len();
        let (mut is_type, mut at_start) = (false, true);
        for part in parts(outer) {
            // Where a part begins that is not the first, `_` joins it to what stands before.
            around += part.len() + usize::from(!at_start);
            let count = part.parse::<usize>().ok().filter(|n| (1..=MOST_PARAMETERS).contains(n));
            match count.filter(|_| !at_start) {
                Some(count) => {
                    name.push_str(&format!("`{count}"));
                    is_type = true;
                }
                None => {
                    if !at_start {
                        name.push(if is_type { '+' } else { '.' });
                    }
                    name.push_str(part);
                    let until_here = mangled.get(..around).unwrap_or(mangled);
                    is_type |= self.types.contains(until_here);
                }
            }
            at_start = false;
        }
        if let Some(generated) = generated {
            if !at_start {
                name.push('+');
            }
            name.push_str(&generated);
        }
        (name, assembly_name(prefix).map(Arc::from))
    }

    /// The beginning of a mangled name that is its assembly, with the `_` behind it; empty where none can be told.
    fn assembly_prefix<'a>(&self, mangled: &'a str) -> &'a str {
        let prefixes = || mangled.match_indices('_').map(|(at, _)| mangled.get(..=at).unwrap_or(""));
        let known = prefixes().rfind(|prefix| self.assemblies.contains(*prefix));
        if let Some(prefix) = known.or_else(|| prefixes().find(|prefix| *prefix == self.program)) {
            return prefix;
        }
        let mut parts = mangled.match_indices('_').map(|(at, _)| at + 1);
        let begins_with = |at: usize, root: &str| {
            let rest = mangled.get(at..).and_then(|rest| rest.strip_prefix(root));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        let is_framework =
            mangled.starts_with(SYSTEM_PRIVATE) || FRAMEWORK_ROOTS.iter().any(|root| begins_with(0, root));
        let first = mangled.split('_').next().unwrap_or("");
        let begins_namespace = |at: &usize| match is_framework {
            true => FRAMEWORK_ROOTS.iter().any(|root| begins_with(*at, root)),
            false => begins_with(*at, first),
        };
        let namespace = parts.find(begins_namespace);
        // Without any habit the assembly is the first part: most are one word.
        let end = namespace.or_else(|| if is_framework { None } else { Some(mangled.find('_')? + 1) });
        mangled.get(..end.unwrap_or(0)).unwrap_or("")
    }
}

/// A name with `_` for what may not stand in symbols.
fn sanitized(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The name of an assembly out of the beginning of a mangled name.
fn assembly_name(prefix: &str) -> Option<String> {
    let prefix = prefix.strip_suffix('_').filter(|prefix| !prefix.is_empty())?;
    Some(match prefix.strip_prefix(SYSTEM_PRIVATE) {
        Some(rest) => format!("System.Private.{}", rest.replace('_', ".")),
        None => prefix.replace('_', "."),
    })
}

/// The parts of a name between single `_`; more than one begin the next part.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(name).filter(|name| !name.is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let own = text.len() - text.trim_start_matches('_').len();
        let end = text.get(own..)?.find('_').map(|at| own + at);
        let (part, left) = match end {
            Some(end) => (text.get(..end)?, text.get(end + 1..).filter(|left| !left.is_empty())),
            None => (text, None),
        };
        rest = left;
        Some(part)
    })
}

/// Parts off the name that a compiler made from the end of a mangled one: closures, iterators, state machines.
fn generated_name(mangled: &str) -> (&str, Option<String>) {
    let split = |at: usize, mark: usize| Some((mangled.get(..at)?, mangled.get(at + mark..)?));
    if let Some((outer, rest)) = mangled.find("___c__DisplayClass").and_then(|at| split(at, 4)) {
        return (outer, Some(format!("<>c{rest}")));
    }
    if let Some(outer) = mangled.strip_suffix("___c") {
        return (outer, Some("<>c".to_owned()));
    }
    let state_machine = || {
        let mark = mangled.rfind("_d__")?;
        let (number, parameters) = match mangled.get(mark + 4..)?.split_once('_') {
            Some((number, parameters)) => (number, Some(parameters)),
            None => (mangled.get(mark + 4..)?, None),
        };
        number.parse::<u32>().ok()?;
        let begin = mangled.get(..mark)?.rfind("__")?;
        let method = mangled.get(begin + 2..mark)?;
        let parameters = match parameters {
            Some(count) => format!("`{}", count.parse::<u32>().ok()?),
            None => String::new(),
        };
        Some((mangled.get(..begin)?, Some(format!("<{method}>d__{number}{parameters}"))))
    };
    state_machine().unwrap_or((mangled, None))
}

/// How many parameters a name says that its type takes, those of the types around it included.
fn parameter_count(name: &str) -> usize {
    let numbers = name.split('+').filter_map(|part| part.rsplit_once('`')?.1.parse::<usize>().ok());
    numbers.fold(0, usize::saturating_add).min(MOST_PARAMETERS)
}

/// Where `__` stands outside of angle brackets, each time at the end of a longer row of `_`'s beginning.
fn joints(text: &str) -> Vec<usize> {
    let (mut depth, mut joints, mut free) = (0_usize, Vec::new(), 0);
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' => depth = depth.saturating_sub(1),
            b'_' if depth == 0 && at >= free && bytes.get(at + 1) == Some(&b'_') && at > 0 => {
                joints.push(at);
                free = at + 2;
            }
            _ => {}
        }
    }
    joints
}

fn split_at<'a>(text: &'a str, joints: &[usize]) -> Vec<&'a str> {
    let begins = std::iter::once(0).chain(joints.iter().map(|joint| joint + 2));
    let ends = joints.iter().copied().chain([text.len()]);
    begins.zip(ends).map(|(from, to)| text.get(from..to).unwrap_or("")).collect()
}

#[cfg(test)]
mod tests;
