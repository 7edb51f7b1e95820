//! The table of what is broken on the heap.

use super::{TableDoc, TableId, column, measure};
use crate::query::Kind;

pub(super) const DAMAGE: TableDoc = TableDoc {
    id: TableId::Damage,
    name: "damage",
    summary: "What is broken on the heap or not in the dump, a row each: stretches that could not be walked, and references, \
              handles and entries of the queue of finalization that lead to no object. All objects and references are read for it; no row means that none is broken.",
    columns: &[
        column(
            "kind",
            Kind::Text,
            "Of stretches that could not be walked, by what broke the walk: missing_memory (the object is not in the dump), \
             missing_method_table (its type is not), bad_method_table (its first word leads to none), past_end (of its \
             segment), overwritten (by a collection under way). missing_contents: a part of an object is not in the dump. \
             dangling_reference, dangling_handle, dangling_finalizer: it leads to where no object begins; free_reference: \
             to free space; unattached_dependent: of a dependent handle.",
        ),
        column(
            "address",
            Kind::Address,
            "Where the stretch begins, the object that holds the reference, the handle, or the entry of the queue.",
        ),
        column(
            "type",
            Kind::Text,
            "The type of the object that holds the reference or lacks contents; null for others.",
        ),
        column(
            "offset",
            Kind::Integer,
            "Bytes from the start of the object to the reference; null for what is none.",
        ),
        column(
            "target",
            Kind::Address,
            "Where the reference, the handle or the entry leads; null for stretches.",
        ),
        measure("bytes", Kind::Bytes, "Bytes of the stretch; null for what refers."),
        column("segment", Kind::Address, "The segment that the address lies in; null where it lies in none."),
        column("reason", Kind::Text, "Why the walk broke there, or what lies where the reference leads."),
    ],
};
