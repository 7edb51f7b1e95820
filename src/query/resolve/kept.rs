//! Answers that were kept: as sources, and their addresses as operands.

use std::sync::Arc;

use super::scope::Scope;
use super::source::{Resolved, unknown_answer};
use super::{Checked, Resolver};
use crate::bytes::Addr;
use crate::diagnostic::{Diagnostic, one_of};
use crate::query::ast::{KeptValue, Limit, Name, SourceArgument};
use crate::query::catalog::Level;
use crate::query::cells::Columns;
use crate::query::given::Given;
use crate::query::plan::{Addresses, OutputItem, Plan, Source, Typed};
use crate::query::{Answer, Environment, Kind, ValueRef};

impl Resolver<'_> {
    /// Whether rows bear the name: those of `with`, or of an answer that was kept.
    pub(super) fn is_name_of_rows(&self, name: &Name) -> bool {
        let is_numbered = name.text.starts_with('$');
        self.known_names().any(|known| known == name.text)
            || is_numbered
            || self.schema.environment().answer(&name.text).is_some()
    }

    /// The rows that bear the name.
    pub(super) fn rows_of_name(&self, name: &Name) -> Checked<Resolved> {
        if let Some(named) = self.named(name)? {
            return Ok(named);
        }
        let answer = find(name, self.schema.environment())?;
        let (shown, alias) = match name.text.starts_with('$') {
            true => (name.text.clone(), None),
            false => (format!("`{}`", name.text), Some(name.text.clone())),
        };
        let scope = Scope::of_given(Given { rows: answer, name: &shown });
        let scope = Scope { snapshot: answer.dump.unwrap_or(0), alias, ..scope };
        Ok(Resolved::all(of_answer(name, answer), scope))
    }

    /// The value that a name like that of a type means, where its first part is the name of an answer: `big.address`.
    pub(super) fn kept_value_of(&self, name: &Name) -> Option<KeptValue> {
        let (answer, column) = name.text.split_once('.')?;
        self.schema.environment().answer(answer)?;
        let part = |text: &str, start: usize| Name { text: text.to_owned(), span: start..start + text.len() };
        let (start, end) = (name.span.start, name.span.end);
        let column = Name { span: end.saturating_sub(column.len())..end, ..part(column, start) };
        Some(KeptValue { name: part(answer, start), row: None, column, span: name.span.clone() })
    }

    /// The dump whose objects the addresses of a kept answer are, where that is known.
    pub(super) fn dump_of_kept(&self, argument: &SourceArgument) -> Option<usize> {
        let name = match argument {
            SourceArgument::Kept(value) => value.name.text.clone(),
            SourceArgument::Type { name, .. } => self.kept_value_of(name)?.name.text,
            SourceArgument::Values(_) | SourceArgument::Select(_) => return None,
        };
        self.schema.environment().answer(&name)?.dump
    }

    /// The addresses in a column of an answer, or in one row of it.
    pub(super) fn kept_addresses(&self, value: &KeptValue, taker: &str) -> Checked<Addresses> {
        let answer = find(&value.name, self.schema.environment())?;
        let at = column(value, answer)?;
        let found = &answer.columns[at];
        if !matches!(found.kind, Kind::Address | Kind::Value) {
            let message = format!("`{taker}` takes addresses, and this is {}", found.kind.phrase());
            return Err(Diagnostic::new(value.column.span.clone(), message).expected(addresses_of(answer)));
        }
        let mut plan = Plan::over(of_answer(&value.name, answer));
        plan.limit = row(value, answer)?.map(|row| Limit { count: 1, offset: row as u64 });
        let expr = Typed::column(at, Some(found.kind), Level::Row);
        plan.items = vec![OutputItem { name: found.name.clone(), expr, measure: false }];
        plan.complete();
        Ok(Addresses::Select(Box::new(plan)))
    }
}

fn of_answer(name: &Name, answer: &Arc<Answer>) -> Source {
    let columns = Columns::Answer(Arc::clone(answer));
    Source::Given { columns, name: name.text.clone(), snapshot: answer.dump }
}

/// The answer of that name.
///
/// # Errors
/// None was kept under it.
pub fn find<'e>(name: &Name, environment: &'e Environment) -> Checked<&'e Arc<Answer>> {
    environment.answer(&name.text).ok_or_else(|| unknown_answer(name, environment))
}

/// The position of the column that is meant.
///
/// # Errors
/// The answer has none or several of that name.
pub fn column(value: &KeptValue, answer: &Answer) -> Checked<usize> {
    let KeptValue { name, column, .. } = value;
    let names: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    let mut found = (0..names.len()).filter(|&at| names[at] == column.text);
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        (Some(_), Some(_)) => {
            let message = format!("several columns of `{}` are called `{}`", name.text, column.text);
            Err(Diagnostic::new(column.span.clone(), message))
        }
        (None, _) => {
            let message = format!("`{}` has no column `{}`", name.text, column.text);
            Err(Diagnostic::new(column.span.clone(), message)
                .nearest(&column.text, names.iter().copied())
                .expected(one_of(&names)))
        }
    }
}

/// The position of the row that is meant; `None` for all.
///
/// # Errors
/// The answer has no such row.
pub fn row(value: &KeptValue, answer: &Answer) -> Checked<Option<usize>> {
    let Some((number, span)) = &value.row else { return Ok(None) };
    let rows = answer.row_count();
    match usize::try_from(*number).ok().and_then(|number| number.checked_sub(1)).filter(|&row| row < rows) {
        Some(row) => Ok(Some(row)),
        None => {
            let s = if rows == 1 { "" } else { "s" };
            let message = format!("`{}` has {rows} row{s}", value.name.text);
            let diagnostic = Diagnostic::new(span.clone(), message);
            Err(if rows == 0 {
                diagnostic
            } else {
                diagnostic.expected(format!("a number from 1 to {rows}"))
            })
        }
    }
}

/// The address that a value of a kept answer is, that of the first row where none is named, and the position of the dump
/// that it is of, where that is known.
///
/// # Errors
/// There is no such answer, column or row; what stands there is no address.
pub fn kept_address(value: &KeptValue, environment: &Environment) -> Checked<(Option<usize>, Addr)> {
    let answer =
        find(&value.name, environment).map_err(|unknown| match value.name.text.starts_with('$') {
            true => unknown,
            false => unknown.expected("an address (`0x7f00`), or one in an answer (`$1.address`)"),
        })?;
    let at = column(value, answer)?;
    let row = row(value, answer)?.unwrap_or(0);
    let address = match answer.columns[at].value(row) {
        ValueRef::Address(address) => Some(address),
        _ => None,
    };
    let message = match answer.row_count() {
        0 => format!("`{}` has no rows", value.name.text),
        _ => format!("`{}` is no address in row {} of `{}`", value.column.text, row + 1, value.name.text),
    };
    address
        .map(|address| (answer.dump, address))
        .ok_or_else(|| Diagnostic::new(value.span.clone(), message).expected(addresses_of(answer)))
}

/// The columns of addresses, as something that could stand there.
fn addresses_of(answer: &Answer) -> String {
    let columns = answer.columns.iter().filter(|column| column.kind == Kind::Address);
    let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
    if names.is_empty() { "a column of addresses".to_owned() } else { one_of(&names) }
}
