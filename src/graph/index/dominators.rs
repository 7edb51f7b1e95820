//! Dominators as sections. They depend on which roots there are: on whether stacks are searched, and on what statics
//! could be found. So they bear the roots that they were computed from, as a hash.

use xxhash_rust::xxh3::xxh3_64;

use super::Unusable;
use super::contents::Section;
use super::reading::Sections;
use super::section::SectionKind;
use crate::graph::dominators::FREE;
use crate::graph::{DominatorColumns, Dominators, ObjectSet, Roots};

/// What tells the roots that dominators are computed from from others.
pub fn setting_of_roots(roots: &Roots) -> u64 {
    xxh3_64(bytemuck::cast_slice(&roots.entries()))
}

/// The sections of dominators that were computed from roots of this setting.
pub(super) fn sections(dominators: &Dominators, setting: u64) -> Vec<Section<'_>> {
    let DominatorColumns { dominators, reachable, retained, large_objects, large_sizes, totals } =
        dominators.columns();
    let columns = [
        (SectionKind::Dominators, dominators.as_bytes()),
        (SectionKind::Reachable, reachable.words().as_bytes()),
        (SectionKind::Retained, retained.as_bytes()),
        (SectionKind::LargeRetainers, large_objects.as_bytes()),
        (SectionKind::LargeRetained, large_sizes.as_bytes()),
        (SectionKind::ReachableTotals, totals.as_bytes()),
    ];
    let section = |(kind, column)| Section { setting, ..Section::of_columns(kind, [column]) };
    columns.into_iter().map(section).collect()
}

/// The dominators of so many objects.
pub(super) fn read(sections: &Sections<'_>, objects: usize) -> Result<Dominators, Unusable> {
    let words = sections.column(SectionKind::Reachable, |_| true)?;
    let columns = DominatorColumns {
        dominators: sections.column(SectionKind::Dominators, |ids: &[u32]| {
            ids.iter().all(|&id| (id as usize) < objects || id >= FREE)
        })?,
        reachable: ObjectSet::new(words, objects).ok_or(Unusable::Damaged(SectionKind::Reachable.name()))?,
        retained: sections.column(SectionKind::Retained, |_| true)?,
        large_objects: sections.column(SectionKind::LargeRetainers, |_| true)?,
        large_sizes: sections.column(SectionKind::LargeRetained, |_| true)?,
        totals: sections.column(SectionKind::ReachableTotals, |_| true)?,
    };
    Dominators::new(columns).map_err(|_| Unusable::Damaged(SectionKind::Dominators.name()))
}
