//! The table of the types that are loaded.

use super::{TableDoc, TableId, column};
use crate::query::Kind;

pub(super) const LOADED_TYPES: TableDoc = TableDoc {
    id: TableId::LoadedTypes,
    name: "loaded_types",
    summary: "The types that the runtime has loaded, with objects or without, one row a MethodTable.",
    columns: &[
        column("type", Kind::Text, "Its name, or module and token where the metadata is missing."),
        column("mt", Kind::Address, "Its MethodTable."),
        column("class", Kind::Address, "Its EEClass; null where that is not in the dump."),
        column(
            "kind",
            Kind::Text,
            "class, interface, string, array, struct, enum or primitive; null where it is not told.",
        ),
        column(
            "module",
            Kind::Text,
            "The file name of the module that defines it; null where it is not known.",
        ),
        column("token", Kind::Text, "Its TypeDef token there, as `0x02000003`; null for arrays."),
        column("parent", Kind::Text, "The type it derives from; null for System.Object and interfaces."),
        column("parent_mt", Kind::Address, "The MethodTable of that type."),
        column(
            "base_size",
            Kind::Bytes,
            "Size of an instance without elements; of a struct that of its box.",
        ),
        column(
            "element_size",
            Kind::Bytes,
            "Size of an element of an array, 2 for strings, 0 for all others.",
        ),
        column("fields", Kind::Integer, "How many instance fields it has, inherited ones too."),
        column("statics", Kind::Integer, "How many static fields it declares."),
        column(
            "finalizable",
            Kind::Boolean,
            "Whether it has a finalizer; null where that is not in the dump.",
        ),
    ],
};
