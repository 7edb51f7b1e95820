//! Rows to groups: keys and aggregates.
//!
//! There are three ways, from the fastest to the most general: the totals that each type holds, a
//! loop over type ids and sizes, and expressions batch by batch. All give the same groups.

mod batches;
pub mod key_table;
mod keys;
mod retained;
mod samples;
mod state;
mod totals;
pub mod words;

use super::filter::Filter;
use super::scan::{Scan, Table};
use super::{Execution, QueryError};
use crate::query::catalog::Aggregate;
use crate::query::cells::Cells;
use crate::query::plan::{AggregateCall, Grouping, Node, Typed};
use keys::GroupKeys;

/// An aggregate whose argument is prepared for the scan.
struct Prepared<'a> {
    call: &'a AggregateCall,
    argument: Option<Typed>,
    /// Whether it is the sum of what objects retain, of which no byte counts twice in a group.
    is_retained: bool,
}

/// Groups the rows that pass `filter`. The table has a column for each key and then one for each
/// aggregate, in no particular order of rows that a query may rely on, but always the same.
///
/// # Errors
/// [`QueryError::Cancelled`].
pub fn aggregate(
    grouping: &Grouping,
    scan: &dyn Scan,
    filter: &Filter,
    execution: &Execution<'_>,
) -> Result<Table, QueryError> {
    let keys = execution.prepare_all(grouping.keys.iter().map(|k| &k.expr), scan)?;
    let keys = GroupKeys::new(keys, scan);
    let mut calls = Vec::new();
    for call in &grouping.aggregates {
        let argument = call.argument.as_ref().map(|a| execution.prepare(a, scan)).transpose()?;
        let is_retained = call.function == Aggregate::Sum && is_retained(argument.as_ref(), scan);
        calls.push(Prepared { call, argument, is_retained });
    }
    let totals = match scan.objects() {
        Some(objects) if grouping.from_type_totals => Some(totals::of_types(&keys, objects, filter)),
        Some(objects) if totals::suffice(&keys, &calls, scan, filter) => {
            Some(totals::of_objects(&keys, objects, filter, execution)?)
        }
        _ => None,
    };
    match totals {
        Some(totals) => {
            let ids = keys.dense_ids(|id| totals.counts[id as usize] > 0);
            let aggregates = calls.iter().map(|c| totals.column(c.call, &ids, &execution.notes));
            Ok(table(keys.dense_columns(&ids), aggregates, ids.len()))
        }
        None => batches::aggregate(&keys, &calls, scan, filter, execution),
    }
}

/// Whether an expression is what the objects that are scanned retain.
fn is_retained(argument: Option<&Typed>, scan: &dyn Scan) -> bool {
    match argument {
        Some(Typed { node: Node::Column(column), .. }) => {
            scan.objects().is_some_and(|objects| objects.is_retained(*column))
        }
        _ => false,
    }
}

fn table(mut columns: Vec<Cells>, aggregates: impl Iterator<Item = Cells>, rows: usize) -> Table {
    columns.extend(aggregates);
    Table::new(columns, rows)
}

impl Prepared<'_> {
    /// Whether the aggregate is the number of rows.
    fn counts_rows(&self) -> bool {
        self.call.function == Aggregate::Count && self.argument.is_none()
    }
}
