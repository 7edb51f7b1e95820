//! What a path can lead to, found out before anything is read.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{End, Leaf, Program, Step, Stuck};
use crate::bytes::Addr;
use crate::clr::type_system::{TypeKind, TypeSystem};
use crate::graph::TypeInfo;
use crate::query::Kind;

/// What the values of a path are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The kind of all values: text where those of several types differ; `None` when there can be none but null.
    pub kind: Option<Kind>,
    /// Whether all of them are enums.
    pub is_enum: bool,
}

/// What the path `steps` leads to that begins with `programs`. `heap` are the types that objects have.
///
/// # Errors
/// At some step, no type that an object there can have goes on as the path wants.
pub fn outcome<'p>(
    types: &TypeSystem,
    heap: &[TypeInfo],
    steps: &[Step],
    programs: impl IntoIterator<Item = &'p Program>,
) -> Result<Outcome, Stuck> {
    let mut search = Search { types, heap, steps, leaves: Vec::new(), done: FxHashMap::default() };
    let mut failure = None;
    let mut found = false;
    for program in programs {
        match search.program(program) {
            Ok(()) => found = true,
            Err(stuck) => stuck.keep_furthest(&mut failure),
        }
    }
    match failure {
        Some(stuck) if !found => Err(stuck),
        _ => Ok(search.outcome()),
    }
}

/// The same for a path that begins at objects of any type.
///
/// # Errors
/// No object has a type that goes on as the path wants.
pub fn outcome_of_any(types: &TypeSystem, heap: &[TypeInfo], steps: &[Step]) -> Result<Outcome, Stuck> {
    let mut search = Search { types, heap, steps, leaves: Vec::new(), done: FxHashMap::default() };
    search.dispatch(None, 0)?;
    Ok(search.outcome())
}

struct Search<'a> {
    types: &'a TypeSystem,
    heap: &'a [TypeInfo],
    steps: &'a [Step],
    leaves: Vec<(Option<Kind>, bool)>,
    /// What was found for a declared type and the step at which it was met.
    done: FxHashMap<(Option<Addr>, usize), Result<(), Stuck>>,
}

impl Search<'_> {
    fn outcome(&self) -> Outcome {
        let kinds = || self.leaves.iter().filter_map(|(kind, _)| *kind);
        let kind = kinds().next().map(|first| if kinds().all(|k| k == first) { first } else { Kind::Text });
        Outcome { kind, is_enum: !self.leaves.is_empty() && self.leaves.iter().all(|(_, is_enum)| *is_enum) }
    }

    fn program(&mut self, program: &Program) -> Result<(), Stuck> {
        match &program.end {
            End::Leaf(_, leaf) => {
                let found = (leaf.kind(), matches!(leaf, Leaf::Enum(..)));
                if !self.leaves.contains(&found) {
                    self.leaves.push(found);
                }
                Ok(())
            }
            End::Dispatch { declared, step, .. } => self.dispatch(*declared, *step),
        }
    }

    /// What the objects have at `step` whose declared type is `declared`: at most one level deeper for each step.
    fn dispatch(&mut self, declared: Option<Addr>, step: usize) -> Result<(), Stuck> {
        let bound = declared.filter(|&mt| self.bounds(mt));
        if let Some(known) = self.done.get(&(bound, step)) {
            return known.clone();
        }
        let mut failure = None;
        let mut members = Vec::new();
        let mut found = false;
        for info in self.heap {
            if bound.is_some_and(|bound| !self.types.derives_from(info.method_table, bound)) {
                continue;
            }
            let made = Program::new(self.types, info.method_table, self.steps, step);
            match made.and_then(|program| self.program(&program)) {
                Ok(()) => found = true,
                Err(stuck) if stuck.step == step => members.extend(stuck.members),
                Err(stuck) => stuck.keep_furthest(&mut failure),
            }
        }
        let result = match failure {
            _ if found => Ok(()),
            Some(stuck) => Err(stuck),
            None => Err(self.nowhere(declared, step, members)),
        };
        self.done.insert((bound, step), result.clone());
        result
    }

    /// Whether a declared type says anything about the types of the objects: an interface does not, since which types
    /// implement it is not looked at, and neither does `System.Object`.
    fn bounds(&self, mt: Addr) -> bool {
        let description = self.types.description(mt);
        description.kind != TypeKind::Interface && description.parent.is_some()
    }

    fn nowhere(&self, declared: Option<Addr>, step: usize, mut members: Vec<Arc<str>>) -> Stuck {
        members.sort_unstable();
        members.dedup();
        let type_name = declared.map_or_else(|| Arc::from("System.Object"), |mt| self.types.name(mt));
        Stuck { step, type_name, members, incomplete: None, has_elements: false }
    }
}
