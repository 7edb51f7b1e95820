//! Names of `with`: each is a source for the later ones and for the select behind them.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use super::scope::Scope;
use super::source::Resolved;
use super::{Checked, Resolver};
use crate::diagnostic::Diagnostic;
use crate::graph::Snapshot;
use crate::query::ast::{Name, With};
use crate::query::catalog::{Keyword, source_functions, table};
use crate::query::plan::{NamedPlan, Source};

/// A name of `with`, seen from where a source is looked up.
#[derive(Clone, Debug)]
pub struct Named {
    name: String,
    meaning: Meaning,
}

#[derive(Clone, Debug)]
enum Meaning {
    /// Its plan, and how often it was asked for.
    Plan(Arc<NamedPlan>, Rc<Cell<usize>>),
    /// Its own select is being looked at.
    Itself,
    /// Its select comes later.
    Later,
}

impl Named {
    /// Whether the plan is that of this name, and one source only has its rows.
    pub(super) fn is_asked_once(&self, plan: &Arc<NamedPlan>) -> bool {
        match &self.meaning {
            Meaning::Plan(own, asked) => Arc::ptr_eq(own, plan) && asked.get() == 1,
            Meaning::Itself | Meaning::Later => false,
        }
    }
}

impl Resolver<'_> {
    /// The names that can be sources where `with` is written, those from outside included.
    pub(super) fn with(&self, with: &[With]) -> Checked<Vec<Named>> {
        let mut names = self.names.to_vec();
        let outside = names.len();
        for With { name, .. } in with {
            refuse_name(name, &names[outside..])?;
            names.push(Named { name: name.text.clone(), meaning: Meaning::Later });
        }
        for (With { name, select }, at) in with.iter().zip(outside..) {
            names[at].meaning = Meaning::Itself;
            let plan = Resolver { names: &names, ..*self }.select(select)?;
            let plan = Arc::new(NamedPlan { name: name.text.clone(), plan });
            names[at].meaning = Meaning::Plan(plan, Rc::default());
        }
        Ok(names)
    }

    /// The source that a name of `with` is; `None` when it is none.
    pub(super) fn named(&self, name: &Name) -> Checked<Option<Resolved>> {
        let Some(found) = self.names.iter().rev().find(|named| named.name == name.text) else {
            return Ok(None);
        };
        let wrong = |message: &str, hint: &str| {
            Err(Diagnostic::new(name.span.clone(), format!("`{}` {message}", name.text)).hint(hint))
        };
        match &found.meaning {
            Meaning::Plan(named, asked) => {
                asked.set(asked.get() + 1);
                let (name, alias) = (format!("`{}`", named.name), Some(named.name.clone()));
                let scope = Scope { name, alias, ..Scope::of_plan(&named.plan) };
                Ok(Some(Resolved::all(Source::Named(Arc::clone(named)), scope)))
            }
            Meaning::Itself => wrong(
                "is used in its own select: there is no recursion",
                "what objects reach, and what keeps them alive, is told by `reachable(...)` and `paths to`",
            ),
            Meaning::Later => wrong(
                "is defined behind this",
                "a select under `with` sees the names before it: change their order",
            ),
        }
    }

    /// The names of `with` that can be sources here.
    pub(super) fn known_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|named| named.name.as_str())
    }
}

/// Refuses a name that means something else already.
fn refuse_name(name: &Name, others: &[Named]) -> Checked<()> {
    let message = if table(&name.text).is_some() {
        format!("`{}` is a table, which the name would hide", name.text)
    } else if others.iter().any(|other| other.name == name.text) {
        format!("`{}` is defined twice", name.text)
    } else {
        return Ok(());
    };
    Err(Diagnostic::new(name.span.clone(), message).expected("another name"))
}

/// Checks the name under which an answer is to be kept.
///
/// # Errors
/// It means something else: a table, a function, a word of the language, a type of one of the dumps.
pub fn check_kept_name(name: &Name, snapshots: &[Snapshot]) -> Checked<()> {
    let text = name.text.as_str();
    let what = if table(text).is_some() {
        "a table"
    } else if source_functions().iter().any(|f| f.name == text) {
        "a function that gives rows"
    } else if Keyword::of(text).is_some() {
        "a word of the language"
    } else if snapshots.iter().any(|snapshot| is_type(text, snapshot)) {
        "a type"
    } else if text.contains(['.', '$']) {
        return Err(
            Diagnostic::new(name.span.clone(), "a name has no points and no signs in it").expected("a word")
        );
    } else {
        return Ok(());
    };
    Err(Diagnostic::new(name.span.clone(), format!("`{text}` is {what}, which the name would hide"))
        .expected("another name"))
}

/// Whether a type bears the name, as far as that is known without walking the heap.
fn is_type(name: &str, snapshot: &Snapshot) -> bool {
    let heap = snapshot.built_heap();
    let in_heap = heap.is_some_and(|heap| heap.types.all().iter().any(|known| &*known.name == name));
    let described = snapshot.values.as_ref().is_some_and(|values| !values.types().named(name).is_empty());
    in_heap || described
}
