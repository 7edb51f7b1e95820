//! The table of what is broken on the heap.

use super::{TableDoc, TableId, column, measure};
use crate::query::Kind;

pub(super) const DAMAGE: TableDoc = TableDoc {
    id: TableId::Damage,
    name: "damage",
    summary: "What is broken on the heap or not in the dump, a row each: stretches that could not be walked, and references \
              that lead to no object. All objects and references are read for it; no row means that none is broken.",
    columns: &[
        column(
            "kind",
            Kind::Text,
            "gap (a stretch that could not be walked), dangling_reference (it leads to where no object begins), \
             free_reference (it leads to free space), or unattached_dependent (of a dependent handle).",
        ),
        column("address", Kind::Address, "Where the gap begins, or the object that holds the reference."),
        column("type", Kind::Text, "The type of that object; null for a gap."),
        column(
            "offset",
            Kind::Integer,
            "Bytes from the start of the object to the reference; null for a gap.",
        ),
        column("target", Kind::Address, "Where the reference leads; null for a gap."),
        measure("bytes", Kind::Bytes, "How much the gap leaves out; null for a reference."),
        column("segment", Kind::Address, "The segment that the address lies in; null where it lies in none."),
        column("reason", Kind::Text, "Why the walk broke there, or what lies where the reference leads."),
    ],
};
