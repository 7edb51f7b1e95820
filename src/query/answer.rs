//! The answer to a statement: named, typed columns.

use std::sync::Arc;
use std::time::Duration;

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
}

impl Kind {
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

/// The cells of a column, in the form they were computed in.
#[derive(Clone, Debug)]
pub enum Cells {
    /// Text: a number into the list of distinct texts, `u32::MAX` for null.
    Text {
        /// The distinct texts.
        values: Vec<Arc<str>>,
        /// One a row.
        rows: Vec<u32>,
    },
    /// Any other kind, one optional value a row.
    Integer(Vec<Option<i128>>),
    /// Real numbers.
    Real(Vec<Option<f64>>),
    /// Numbers of bytes.
    Bytes(Vec<Option<u64>>),
    /// Addresses.
    Address(Vec<Option<Addr>>),
    /// Truth values.
    Boolean(Vec<Option<bool>>),
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
    /// A column of values of one kind, or null. A value of another kind counts as null.
    pub fn new<'a>(
        name: impl Into<String>,
        kind: Kind,
        values: impl IntoIterator<Item = ValueRef<'a>>,
    ) -> Self {
        let values = values.into_iter();
        macro_rules! collect {
            ($cells:ident, $value:ident) => {
                Cells::$cells(
                    values.map(|v| if let ValueRef::$value(v) = v { Some(v) } else { None }).collect(),
                )
            };
        }
        let cells = match kind {
            Kind::Text | Kind::List => {
                let mut texts: Vec<Arc<str>> = Vec::new();
                let code = |value: ValueRef<'_>| {
                    let ValueRef::Text(text) = value else { return u32::MAX };
                    let known = texts.iter().position(|known| &**known == text);
                    known.unwrap_or_else(|| {
                        texts.push(text.into());
                        texts.len() - 1
                    }) as u32
                };
                let rows = values.map(code).collect();
                Cells::Text { values: texts, rows }
            }
            Kind::Integer => collect!(Integer, Integer),
            Kind::Real => collect!(Real, Real),
            Kind::Bytes => collect!(Bytes, Bytes),
            Kind::Address => collect!(Address, Address),
            Kind::Boolean => collect!(Boolean, Boolean),
        };
        AnswerColumn { name: name.into(), kind, cells }
    }

    /// How many rows the column has.
    pub fn len(&self) -> usize {
        match &self.cells {
            Cells::Text { rows, .. } => rows.len(),
            Cells::Integer(v) => v.len(),
            Cells::Real(v) => v.len(),
            Cells::Bytes(v) => v.len(),
            Cells::Address(v) => v.len(),
            Cells::Boolean(v) => v.len(),
        }
    }

    /// Whether the column has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value in row `row`; null past the end.
    pub fn value(&self, row: usize) -> ValueRef<'_> {
        fn pick<'a, T: Copy>(
            cells: &[Option<T>],
            row: usize,
            make: impl Fn(T) -> ValueRef<'a>,
        ) -> ValueRef<'a> {
            cells.get(row).copied().flatten().map_or(ValueRef::Null, make)
        }
        match &self.cells {
            Cells::Text { values, rows } => rows
                .get(row)
                .and_then(|&i| values.get(i as usize))
                .map_or(ValueRef::Null, |t| ValueRef::Text(t)),
            Cells::Integer(v) => pick(v, row, ValueRef::Integer),
            Cells::Real(v) => pick(v, row, ValueRef::Real),
            Cells::Bytes(v) => pick(v, row, ValueRef::Bytes),
            Cells::Address(v) => pick(v, row, ValueRef::Address),
            Cells::Boolean(v) => pick(v, row, ValueRef::Boolean),
        }
    }
}

/// The answer to one statement.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The statement's text, trimmed.
    pub query: String,
    /// The columns, all of the same length.
    pub columns: Vec<AnswerColumn>,
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
}
