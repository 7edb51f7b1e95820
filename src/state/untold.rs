//! Why a table that is read from a library's own objects may be empty where the program has such.

use crate::graph::{Heap, TypeInfo};
use crate::problem::Problem;
use crate::values::{FieldPlace, Values};

/// The module of the types that tasks, timers and queues of work are made of.
pub(super) const CORE_LIBRARY: &str = "System.Private.CoreLib.dll";

/// What rows are read from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    /// The rows, as a person calls them.
    pub(super) rows: &'a str,
    /// The library's type whose objects they are.
    pub(super) of: &'a str,
    /// A field of that type, by the names that versions have.
    pub(super) fields: &'a [&'a str],
    /// The module that defines it.
    pub(super) module: &'a str,
}

/// Why there may be rows that are not told; `None` where all are, or the program has no such type.
pub(super) fn untold(values: &Values, heap: &Heap, source: Source<'_>) -> Option<Problem> {
    let Source { rows, of, fields, module } = source;
    let types = values.types().named(of);
    if types.iter().any(|&mt| FieldPlace::of(values, mt, fields).is_some()) {
        return None;
    }
    if types.is_empty() && !lacks_names(heap, module) {
        return None;
    }
    let message = format!("no {rows} are told: the dump lacks the metadata of {module}, which has {of}");
    Some(Problem::loss(message).hint(format!("--files and a folder that holds {module} give it")))
}

/// Whether objects are of types of a module whose names are not known.
fn lacks_names(heap: &Heap, module: &str) -> bool {
    let nameless = |of: &TypeInfo| of.name.contains("!02");
    heap.types.all().iter().any(|of| of.module.as_deref() == Some(module) && nameless(of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::TypeTable;
    use crate::values::synthetic::{kennel, values};

    const TIMERS: Source<'static> = Source {
        rows: "timers",
        of: "System.Threading.TimerQueueTimer",
        fields: &["_dueTime"],
        module: CORE_LIBRARY,
    };

    fn heap(types: &[(&str, &str)]) -> Heap {
        let of = |&(name, module): &(&str, &str)| TypeInfo {
            name: name.into(),
            module: Some(module.into()),
            ..TypeInfo::default()
        };
        Heap { types: TypeTable::new(types.iter().map(of).collect()), ..Heap::default() }
    }

    #[test]
    fn a_type_that_is_not_loaded_is_missing_only_where_its_module_has_no_names() {
        let values = values(kennel().process);
        let named = heap(&[("System.String", CORE_LIBRARY), ("zoo.dll!02000003", "zoo.dll")]);
        assert_eq!(untold(&values, &named, TIMERS), None);
        let nameless = heap(&[("System.Private.CoreLib.dll!02000003", CORE_LIBRARY)]);
        let problem = untold(&values, &nameless, TIMERS).unwrap();
        assert_eq!(problem.severity, crate::problem::Severity::Loss);
        assert!(problem.message.starts_with("no timers are told: "), "{problem}");
    }
}
