//! Expressions whose names are resolved and whose kinds are checked.

use std::sync::Arc;

use regex::Regex;
use rustc_hash::FxHashSet;

use super::Plan;
use crate::bytes::Addr;
use crate::diagnostic::Span;
use crate::dump::AddressSpace;
use crate::query::Kind;
use crate::query::ast::{ArithmeticOp, CompareOp};
use crate::query::catalog::{Function, Level};
use crate::query::cells::Cells;
use crate::query::like::LikePattern;
use crate::query::path::Path;
use crate::query::scalar::Scalar;
use crate::query::value_set::ValueSet;
use crate::values::Values;

/// Something about an object, by its address.
#[derive(Clone, Debug)]
pub enum ObjectProperty {
    /// Whether its type is one of these, or derives from one.
    IsOf(Arc<TypeTest>),
    /// The address where its type is one of these, or derives from one; else null.
    As(Arc<TypeTest>),
    /// The name of its type.
    TypeName(Arc<Values>),
    /// The text that a person reads.
    Text(Arc<Values>),
}

/// Whether objects are of certain types. Types that no object had when the heap was walked are none of them.
#[derive(Debug)]
pub struct TypeTest {
    /// The memory that the objects lie in.
    pub memory: Arc<AddressSpace>,
    /// The MethodTables of these types and of those that derive from them.
    pub method_tables: FxHashSet<Addr>,
}

/// What is made of a select within an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inner {
    /// A set of values, for `in`.
    Set,
    /// One value.
    Value,
    /// Whether there is any row.
    Exists,
}

/// An expression over the columns of a source.
#[derive(Clone, Debug)]
pub struct Typed {
    /// What it is.
    pub node: Node,
    /// What its values are; `None` when they can only be null.
    pub kind: Option<Kind>,
    /// What its values depend on.
    pub level: Level,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum Node {
    /// The same value everywhere.
    Literal(Scalar),
    /// A column of the source, by its position.
    Column(usize),
    /// What a path leads to: from the object that an expression gives, or from the row, which then is an object.
    Path(Option<Box<Typed>>, Arc<Path>),
    /// Something about the object that an expression gives the address of.
    OfObject(Box<Typed>, ObjectProperty),
    /// A value for each type, computed before the scan.
    ByType(Arc<Cells>),
    /// A value for each place, computed before the scan.
    ByPlace(Arc<Cells>),
    /// Arithmetic; the result has the kind of the expression.
    Arithmetic(ArithmeticOp, Box<Typed>, Box<Typed>),
    /// The number with the other sign.
    Negate(Box<Typed>),
    /// A comparison.
    Compare(CompareOp, Box<Typed>, Box<Typed>),
    /// A negation.
    Not(Box<Typed>),
    /// All of several conditions.
    And(Vec<Typed>),
    /// One of several conditions.
    Or(Vec<Typed>),
    /// What a function over a window gives, by its number: until the plan is made of it.
    Window(usize),
    /// The value behind the first condition that is true, else the last one, else null.
    Case(Vec<(Typed, Typed)>, Option<Box<Typed>>),
    /// Whether there is no value.
    IsNull(Box<Typed>),
    /// Whether a text fits a pattern.
    Like(Box<Typed>, Arc<LikePattern>),
    /// Whether a regular expression is found in a text.
    Matches(Box<Typed>, Regex),
    /// The part of a text that fits a group of a regular expression.
    Extract(Box<Typed>, Regex, usize),
    /// Whether a value is in a set.
    InSet(Box<Typed>, Arc<ValueSet>),
    /// Whether a value is among those of a select, which is run first.
    InSelect(Box<Typed>, Arc<Plan>),
    /// The one value that a select gives, which is run first; where the select stands.
    Value(Arc<Plan>, Span),
    /// Whether a select, which is run first, gives any row.
    Exists(Arc<Plan>),
    /// A function.
    Call(Function, Vec<Typed>),
    /// A value of any sort as text.
    Spell(Box<Typed>),
}

impl Typed {
    /// An expression with the parts `parts`, which decide what its values depend on.
    pub fn new<'a>(node: Node, kind: Option<Kind>, parts: impl IntoIterator<Item = &'a Typed>) -> Typed {
        let level = parts.into_iter().fold(Level::Constant, |level, part| level.with(part.level));
        Typed { node, kind, level }
    }

    /// A constant.
    pub fn literal(value: Scalar, kind: Option<Kind>) -> Typed {
        Typed { node: Node::Literal(value), kind, level: Level::Constant }
    }

    /// A column.
    pub fn column(index: usize, kind: Option<Kind>, level: Level) -> Typed {
        Typed { node: Node::Column(index), kind, level }
    }

    /// The kind of the column that holds the values; text when they can only be null.
    pub fn kind_or_text(&self) -> Kind {
        self.kind.unwrap_or(Kind::Text)
    }

    /// The expressions that this one is made of.
    pub fn parts(&self) -> Vec<&Typed> {
        match &self.node {
            Node::Literal(_)
            | Node::Column(_)
            | Node::Window(_)
            | Node::ByType(_)
            | Node::ByPlace(_)
            | Node::Path(None, _)
            | Node::Value(..)
            | Node::Exists(_) => Vec::new(),
            Node::Arithmetic(_, a, b) | Node::Compare(_, a, b) => vec![a, b],
            Node::Negate(a)
            | Node::Not(a)
            | Node::Path(Some(a), _)
            | Node::OfObject(a, _)
            | Node::IsNull(a)
            | Node::Like(a, _)
            | Node::Matches(a, _)
            | Node::Extract(a, ..)
            | Node::InSet(a, _)
            | Node::InSelect(a, _)
            | Node::Spell(a) => vec![a],
            Node::And(all) | Node::Or(all) | Node::Call(_, all) => all.iter().collect(),
            Node::Case(branches, otherwise) => {
                let both = branches.iter().flat_map(|(condition, value)| [condition, value]);
                both.chain(otherwise.as_deref()).collect()
            }
        }
    }

    /// The same expression over what `change` makes of its parts.
    ///
    /// # Errors
    /// The first error of `change`.
    pub fn try_map_parts<E>(self, mut change: impl FnMut(Typed) -> Result<Typed, E>) -> Result<Typed, E> {
        let Typed { node, kind, level } = self;
        if let Node::Case(branches, otherwise) = node {
            let branches =
                branches.into_iter().map(|(condition, value)| Ok((change(condition)?, change(value)?)));
            let branches = branches.collect::<Result<_, E>>()?;
            let otherwise = otherwise.map(|value| change(*value).map(Box::new)).transpose()?;
            return Ok(Typed { node: Node::Case(branches, otherwise), kind, level });
        }
        let mut boxed = |part: Box<Typed>| change(*part).map(Box::new);
        let node = match node {
            Node::Arithmetic(op, a, b) => Node::Arithmetic(op, boxed(a)?, boxed(b)?),
            Node::Compare(op, a, b) => Node::Compare(op, boxed(a)?, boxed(b)?),
            Node::Negate(a) => Node::Negate(boxed(a)?),
            Node::Not(a) => Node::Not(boxed(a)?),
            Node::IsNull(a) => Node::IsNull(boxed(a)?),
            Node::Like(a, pattern) => Node::Like(boxed(a)?, pattern),
            Node::Matches(a, regex) => Node::Matches(boxed(a)?, regex),
            Node::Extract(a, regex, group) => Node::Extract(boxed(a)?, regex, group),
            Node::InSet(a, set) => Node::InSet(boxed(a)?, set),
            Node::InSelect(a, plan) => Node::InSelect(boxed(a)?, plan),
            Node::Spell(a) => Node::Spell(boxed(a)?),
            Node::And(all) => Node::And(all.into_iter().map(change).collect::<Result<_, E>>()?),
            Node::Or(all) => Node::Or(all.into_iter().map(change).collect::<Result<_, E>>()?),
            Node::Call(function, all) => {
                Node::Call(function, all.into_iter().map(change).collect::<Result<_, E>>()?)
            }
            Node::Path(Some(a), path) => Node::Path(Some(boxed(a)?), path),
            Node::OfObject(a, property) => Node::OfObject(boxed(a)?, property),
            leaf @ (Node::Literal(_)
            | Node::Case(..)
            | Node::Window(_)
            | Node::Column(_)
            | Node::Path(None, _)
            | Node::ByType(_)
            | Node::ByPlace(_)
            | Node::Value(..)
            | Node::Exists(_)) => leaf,
        };
        Ok(Typed { node, kind, level })
    }

    /// Whether a function over a window is in it.
    pub fn has_window(&self) -> bool {
        matches!(self.node, Node::Window(_)) || self.parts().into_iter().any(Typed::has_window)
    }

    /// Calls `seen` with the position of every column that is used.
    pub fn columns(&self, seen: &mut impl FnMut(usize)) {
        if let Node::Column(index) = self.node {
            seen(index);
        }
        for part in self.parts() {
            part.columns(seen);
        }
    }

    /// Calls `seen` with every select that must be run first, and what is made of it.
    pub fn selects<'a>(&'a self, seen: &mut impl FnMut(Inner, &'a Plan)) {
        match &self.node {
            Node::InSelect(_, plan) => seen(Inner::Set, plan),
            Node::Value(plan, _) => seen(Inner::Value, plan),
            Node::Exists(plan) => seen(Inner::Exists, plan),
            _ => {}
        }
        for part in self.parts() {
            part.selects(seen);
        }
    }
}
