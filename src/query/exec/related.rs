//! The objects that stand in a relation to others: what they reach, retain, refer to and are referred to by.

use rayon::prelude::*;

use super::operand::objects;
use super::{Execution, QueryError};
use crate::graph::{ObjectId, ObjectSet, Rows, Snapshot};
use crate::query::plan::{Addresses, Relation};

/// Objects whose references one thread looks through at once.
const SHARE: u32 = 1 << 16;

/// The objects of `snapshot` that stand in a relation to `of`.
///
/// # Errors
/// As for [`objects`]; the graph cannot be built: see [`Snapshot::references`].
pub fn related(
    relation: Relation,
    of: &Addresses,
    snapshot: &Snapshot,
    execution: &Execution<'_>,
) -> Result<ObjectSet, QueryError> {
    let of = objects(of, snapshot, execution)?;
    let references = snapshot.references(execution.progress)?;
    let rows = &references.forward;
    let count = rows.len();
    Ok(match relation {
        Relation::Reachable => snapshot.reachable_from(of, execution.progress)?,
        Relation::RetainedBy => snapshot.retained_by(&ObjectSet::from_ids(count, of), execution.progress)?,
        Relation::References => {
            ObjectSet::from_ids(count, of.iter().flat_map(|&object| rows.of(object)).copied())
        }
        Relation::Referrers => referrers(rows, &ObjectSet::from_ids(count, of)),
    })
}

/// The objects that refer to one of `targets`. One look through all references costs less than turning all of them
/// around, and hardly more than looking up the referrers of a few.
fn referrers(rows: &Rows, targets: &ObjectSet) -> ObjectSet {
    let count = rows.len() as u32;
    let of_share = |share: u32| {
        let ids = (share * SHARE..count.min(share.saturating_add(1).saturating_mul(SHARE))).map(ObjectId);
        ids.filter(|&id| rows.of(id).iter().any(|&member| targets.contains(member))).collect::<Vec<_>>()
    };
    let found: Vec<Vec<ObjectId>> = (0..count.div_ceil(SHARE)).into_par_iter().map(of_share).collect();
    ObjectSet::from_ids(rows.len(), found.into_iter().flatten())
}
