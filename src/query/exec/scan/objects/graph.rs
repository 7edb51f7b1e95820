//! Columns of the graph: what an object retains, who holds it, whether and how far from the roots it is reached.

use std::sync::Arc;

use super::columns::Column;
use super::{Batch, ObjectScan, Rows};
use crate::bytes::room;
use crate::graph::{Depths, Dominator, Dominators, NO_GROUP, ObjectId, ObjectSet, Snapshot, TypeId};
use crate::progress::Progress;
use crate::query::Kind;
use crate::query::cells::Cells;
use crate::query::scalar::Scalar;

/// The parts of the graph that the columns of a query need.
#[derive(Debug, Default)]
pub(super) struct GraphParts {
    dominators: Option<Arc<Dominators>>,
    reachable: Option<ObjectSet>,
    depths: Option<Depths>,
}

impl GraphParts {
    /// What `columns` need, built where it was not yet.
    pub(super) fn load(
        columns: impl Iterator<Item = Column>,
        snapshot: &Snapshot,
        progress: &dyn Progress,
    ) -> Result<GraphParts, Arc<crate::Error>> {
        let columns: Vec<Column> = columns.collect();
        let takes = |wanted: &[Column]| columns.iter().any(|column| wanted.contains(column));
        let mut parts = GraphParts::default();
        // Before the dominators, who give up references that nobody uses.
        if takes(&[Column::Depth]) {
            parts.depths = Some(snapshot.depths(progress)?);
        }
        if takes(&[Column::Retained, Column::Dominator]) {
            parts.dominators = Some(snapshot.dominators(progress)?);
        } else if takes(&[Column::Reachable]) {
            parts.dominators = snapshot.graph().built_dominators();
            if parts.dominators.is_none() {
                let roots = snapshot.roots(progress)?.entries();
                parts.reachable = Some(snapshot.reachable_from(roots, progress)?);
            }
        }
        Ok(parts)
    }

    /// Whether an object is reachable. Dominators know; a search for this alone costs less than they do.
    fn is_reachable(&self, object: ObjectId) -> bool {
        match (&self.dominators, &self.reachable) {
            (Some(dominators), _) => dominators.is_reachable(object),
            (None, Some(reachable)) => reachable.contains(object),
            (None, None) => false,
        }
    }
}

impl ObjectScan<'_> {
    /// A column of the graph for the objects of a batch.
    pub(super) fn graph_column(&self, column: Column, batch: &Batch<'_>) -> Cells {
        let ids = || batch.numbers().into_iter().map(ObjectId);
        let GraphParts { dominators, depths, .. } = &self.graph;
        match (column, dominators, depths) {
            (Column::Retained, Some(dominators), _) => {
                Cells::unsigned(ids().map(|id| dominators.retained(id)).collect())
            }
            (Column::Dominator, Some(dominators), _) => Cells::optional(ids().map(|id| {
                let Some(Dominator::Object(holder)) = dominators.of(id) else { return None };
                self.heap.objects.address(holder).map(|address| address.0)
            })),
            (Column::Reachable, ..) => {
                let free = self.heap.types.free();
                let of_type = self.types_of(batch);
                let reachable = ids().zip(of_type).map(|(id, of)| match Some(of) == free {
                    true => Scalar::Null,
                    false => Scalar::Boolean(self.graph.is_reachable(id)),
                });
                Cells::scalars(Kind::Boolean, reachable)
            }
            (Column::Depth, _, Some(depths)) => Cells::optional(ids().map(|id| depths.of(id).map(u64::from))),
            _ => Cells::null(batch.len()),
        }
    }

    /// The types of the objects of a batch.
    fn types_of(&self, batch: &Batch<'_>) -> Vec<TypeId> {
        let Rows::Of(morsel, _) = batch.rows else { return Vec::new() };
        batch.pick(&self.block(morsel).types)
    }

    /// The bytes that the objects of each group retain together. `members` are objects and their groups, each object once;
    /// groups are numbered below `groups`.
    pub fn retained_of_groups(&self, members: Vec<Vec<(ObjectId, u32)>>, groups: usize) -> Vec<u64> {
        let Some(dominators) = &self.graph.dominators else { return vec![0; groups] };
        let mut group_of = room(self.heap.objects.len());
        group_of.resize(self.heap.objects.len(), NO_GROUP);
        // Each list is given up as soon as it was read: what follows takes as much memory.
        for (ObjectId(id), group) in members.into_iter().flatten() {
            group_of[id as usize] = group;
        }
        dominators.retained_of_groups(&group_of, groups)
    }
}
