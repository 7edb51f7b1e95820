//! Paths from an object through references, structs and arrays to a value: `Friend.Name`, `Items[0].Price`.
//!
//! A path is compiled for each type of object that it begins at ([`Program`]): offsets are added up once, and what is
//! left for each object is to follow references. Where the declared type of a reference does not say where the path
//! goes on (an interface, `object`, a base class), each type of object that is met there has a program of its own,
//! compiled when the first such object is met.

mod leaf;
mod outcome;
mod program;

use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

pub use leaf::Leaf;
pub use outcome::{Outcome, outcome, outcome_of_any};
pub use program::{End, Move, Program, Stuck};

use super::Kind;
use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::values::Values;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To a field, or to the length of an array or a string.
    Member(Arc<str>),
    /// To an element: one index a dimension.
    Index(Arc<[i64]>),
}

/// In which form a path's values are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Each as its kind says: an enum by its name.
    Plain,
    /// An enum as its number.
    Number,
    /// As the text that a person reads.
    Text,
}

/// The programs of types that were met, by MethodTable and step; `None` where the path does not exist for one.
type MetPrograms = FxHashMap<(Addr, usize), Option<Arc<Program>>>;

/// A path, ready to be followed from many objects, by many threads.
#[derive(Debug)]
pub struct Path {
    /// What reads the values, and where the types are described.
    pub values: Arc<Values>,
    /// The dump, by its position.
    pub snapshot: usize,
    /// The steps.
    pub steps: Arc<[Step]>,
    /// What its values are.
    pub outcome: Outcome,
    /// In which form they are wanted.
    pub form: Form,
    /// For rows that are objects: the program of each type of the dump, by its id; `None` where the path does not exist.
    pub by_type: Vec<Option<Arc<Program>>>,
    /// The programs of types that were met on the way, from the step on at which they were met.
    met: RwLock<MetPrograms>,
}

impl Path {
    /// A path of which nothing was met yet.
    pub fn new(
        values: Arc<Values>,
        snapshot: usize,
        steps: Arc<[Step]>,
        outcome: Outcome,
        by_type: Vec<Option<Arc<Program>>>,
    ) -> Path {
        Path { values, snapshot, steps, outcome, form: Form::Plain, by_type, met: RwLock::default() }
    }

    /// The same path with its values in another form.
    pub fn in_form(&self, form: Form, kind: Kind) -> Path {
        Path {
            values: Arc::clone(&self.values),
            steps: Arc::clone(&self.steps),
            by_type: self.by_type.clone(),
            met: RwLock::default(),
            form,
            outcome: Outcome { kind: Some(kind), ..self.outcome },
            snapshot: self.snapshot,
        }
    }

    /// The types.
    pub fn types(&self) -> &TypeSystem {
        self.values.types()
    }

    /// The program from step `step` on for objects of the type at `mt`; `None` when the path does not exist there.
    pub fn program(&self, mt: Addr, step: usize) -> Option<Arc<Program>> {
        // A thread that panicked left whole entries only.
        if let Some(known) = self.met.read().unwrap_or_else(|e| e.into_inner()).get(&(mt, step)) {
            return known.clone();
        }
        let made = Program::new(self.types(), mt, &self.steps, step).ok().map(Arc::new);
        self.met.write().unwrap_or_else(|e| e.into_inner()).insert((mt, step), made.clone());
        made
    }
}
