//! The answer to a statement: named, typed columns.

use std::time::Duration;

use super::cells::Cells;
use super::chains::Chains;
use crate::bytes::Addr;
use crate::problem::Problem;

/// What the values of a column are; the `kind` of the JSON contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A floating-point number.
    Real,
    /// A number of bytes.
    Bytes,
    /// A virtual address.
    Address,
    /// True or false.
    Boolean,
    /// A list of values.
    List,
    /// A value whose sort differs from row to row: a number, true or false, an address, text. What the fields of
    /// objects and statics hold.
    Value,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 8] = [
        Kind::Text,
        Kind::Integer,
        Kind::Real,
        Kind::Bytes,
        Kind::Address,
        Kind::Boolean,
        Kind::List,
        Kind::Value,
    ];

    /// The kind that the JSON contract has this word for.
    pub fn of_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What values of the kind are, with their unit, for people.
    pub fn described(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "whole number",
            Kind::Real => "real number",
            Kind::Bytes => "bytes",
            Kind::Address => "address",
            Kind::Boolean => "true or false",
            Kind::List => "list",
            Kind::Value => "number, boolean, address or text",
        }
    }

    /// Whether its values are numbers to add up and to set on the right. Addresses are not.
    pub fn adds_up(self) -> bool {
        matches!(self, Kind::Integer | Kind::Real | Kind::Bytes)
    }

    /// The word of the JSON contract.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Real => "real",
            Kind::Bytes => "bytes",
            Kind::Address => "address",
            Kind::Boolean => "boolean",
            Kind::List => "list",
            Kind::Value => "value",
        }
    }
}

/// One value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// No value.
    Null,
    /// Text.
    Text(&'a str),
    /// A whole number; i128 so that sums of u64 and negative numbers both fit.
    Integer(i128),
    /// A floating-point number, NaN and infinities included.
    Real(f64),
    /// A number of bytes.
    Bytes(u64),
    /// A virtual address.
    Address(Addr),
    /// True or false.
    Boolean(bool),
    /// A list.
    List(Vec<ValueRef<'a>>),
}

/// A named column of an answer.
#[derive(Clone, Debug)]
pub struct AnswerColumn {
    /// Its name: the column's, the alias, or the expression as it was written.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
    /// Its values.
    pub cells: Cells,
}

impl AnswerColumn {
    /// A column of values of one kind, or null.
    pub fn new<'a>(
        name: impl Into<String>,
        kind: Kind,
        values: impl IntoIterator<Item = ValueRef<'a>>,
    ) -> Self {
        AnswerColumn { name: name.into(), kind, cells: Cells::from_values(kind, values) }
    }

    /// How many rows the column has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether the column has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value in row `row`; null past the end.
    pub fn value(&self, row: usize) -> ValueRef<'_> {
        self.cells.value(self.kind, row)
    }
}

/// What became of an assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// What it is about: its message, or else the condition as it was written.
    pub message: String,
    /// How many rows, or groups of rows, fail; 0 where it holds.
    pub failing: u64,
    /// The first of them in words: `type=Zoo.Dog count=36`.
    pub first: Vec<String>,
}

impl Assertion {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.failing == 0
    }
}

/// The assertion in a line: that it holds, or which rows fail.
///
/// ```text
/// assertion failed: too many dogs: 3 rows, first type=Zoo.Dog count=36
/// ```
impl std::fmt::Display for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.holds() {
            return write!(f, "assertion holds: {}", self.message);
        }
        let rows = crate::units::grouped(i128::from(self.failing));
        write!(
            f,
            "assertion failed: {}: {rows} row{}",
            self.message,
            if self.failing == 1 { "" } else { "s" }
        )?;
        match &self.first[..] {
            [] => Ok(()),
            [only] if self.failing == 1 => write!(f, ": {only}"),
            all => write!(f, ", first {}", all.join("; ")),
        }
    }
}

/// The answer to one statement.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The statement's text, trimmed.
    pub query: String,
    /// What is known of the whole, beside the rows: columns of one row each. Empty for most statements.
    pub heading: Vec<AnswerColumn>,
    /// The columns, all of the same length.
    pub columns: Vec<AnswerColumn>,
    /// The columns that are changes, by position, that by which rows are ordered first: people are shown their sign.
    pub changes: Vec<usize>,
    /// The dump that its addresses are of, by its position; `None` where they are of several, or that is not known.
    pub dump: Option<usize>,
    /// The name under which the answer is to be kept, where the statement says so.
    pub keep_as: Option<String>,
    /// What became of the assertion, where the statement is one: the rows are then those that fail.
    pub assertion: Option<Assertion>,
    /// The rows once more as paths, where they are such.
    pub chains: Option<Chains>,
    /// What was left out or deserves a word.
    pub warnings: Vec<Problem>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Answer {
    /// How many rows the answer has.
    pub fn row_count(&self) -> usize {
        self.columns.first().map_or(0, AnswerColumn::len)
    }

    /// About how many bytes its columns take; lists of texts that it shares with others are left out.
    pub fn bytes(&self) -> u64 {
        self.heading.iter().chain(&self.columns).map(|column| column.cells.bytes()).sum()
    }
}
