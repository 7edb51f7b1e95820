//! The columns of the tables whose rows are objects.

use crate::query::catalog::TableId;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Where the object lies.
    Address,
    /// The name of its type.
    Type,
    /// The MethodTable of its type.
    MethodTable,
    /// Its own size.
    Size,
    /// Its generation.
    Generation,
    /// The heap it lies in.
    Heap,
    /// Its component count.
    Length,
    /// Whether its type has a finalizer.
    Finalizable,
    /// Whether its monitor is held.
    Locked,
    /// What a person reads.
    Value,
    /// The text of a string.
    Text,
    /// The type of an array's elements.
    ElementType,
    /// An array's dimensions.
    Rank,
    /// An array's length in each dimension.
    Lengths,
    /// An array's elements that are not null or zero.
    Used,
    /// An exception's message.
    Message,
    /// An exception's HRESULT.
    HResult,
    /// The exception that an exception was made from.
    Inner,
    /// All exceptions that an exception was made from.
    InnerExceptions,
    /// The methods that an exception went through.
    Stack,
    /// The thread that has the exception in flight, or threw it last.
    Thread,
    /// Whether the exception is in flight.
    InFlight,
    /// How many exceptions in flight were thrown within its handlers.
    Nesting,
    /// What a collection is.
    Shape,
    /// A collection's items.
    Count,
    /// The items that a collection has room for.
    Capacity,
    /// Items by capacity.
    Fill,
    /// Bytes of a collection's room that hold no item.
    Wasted,
    /// Bytes that would go with the object.
    Retained,
    /// The object that holds it alone.
    Dominator,
    /// Whether it can be reached from the roots.
    Reachable,
    /// References from the nearest root.
    Depth,
}

const OBJECTS: &[(&str, Column)] = &[
    ("address", Column::Address),
    ("type", Column::Type),
    ("mt", Column::MethodTable),
    ("size", Column::Size),
    ("gen", Column::Generation),
    ("heap", Column::Heap),
    ("length", Column::Length),
    ("value", Column::Value),
    ("retained", Column::Retained),
    ("dominator", Column::Dominator),
    ("reachable", Column::Reachable),
    ("depth", Column::Depth),
    ("finalizable", Column::Finalizable),
    ("locked", Column::Locked),
];

const STRINGS: &[(&str, Column)] = &[
    ("address", Column::Address),
    ("value", Column::Text),
    ("length", Column::Length),
    ("size", Column::Size),
    ("gen", Column::Generation),
    ("retained", Column::Retained),
    ("dominator", Column::Dominator),
    ("reachable", Column::Reachable),
    ("depth", Column::Depth),
];

const ARRAYS: &[(&str, Column)] = &[
    ("address", Column::Address),
    ("type", Column::Type),
    ("element_type", Column::ElementType),
    ("length", Column::Length),
    ("rank", Column::Rank),
    ("lengths", Column::Lengths),
    ("used", Column::Used),
    ("size", Column::Size),
    ("retained", Column::Retained),
    ("dominator", Column::Dominator),
    ("reachable", Column::Reachable),
    ("depth", Column::Depth),
];

const EXCEPTIONS: &[(&str, Column)] = &[
    ("address", Column::Address),
    ("type", Column::Type),
    ("message", Column::Message),
    ("hresult", Column::HResult),
    ("inner", Column::Inner),
    ("inner_exceptions", Column::InnerExceptions),
    ("stack", Column::Stack),
    ("thread", Column::Thread),
    ("in_flight", Column::InFlight),
    ("nesting", Column::Nesting),
    ("retained", Column::Retained),
    ("dominator", Column::Dominator),
    ("reachable", Column::Reachable),
    ("depth", Column::Depth),
];

const COLLECTIONS: &[(&str, Column)] = &[
    ("address", Column::Address),
    ("type", Column::Type),
    ("shape", Column::Shape),
    ("count", Column::Count),
    ("capacity", Column::Capacity),
    ("fill", Column::Fill),
    ("wasted", Column::Wasted),
    ("size", Column::Size),
    ("gen", Column::Generation),
    ("retained", Column::Retained),
    ("dominator", Column::Dominator),
    ("reachable", Column::Reachable),
    ("depth", Column::Depth),
];

/// The columns of a table whose rows are objects, in the order of the catalog; none for other tables.
pub fn columns(table: TableId) -> &'static [(&'static str, Column)] {
    match table {
        TableId::Objects => OBJECTS,
        TableId::Strings => STRINGS,
        TableId::Arrays => ARRAYS,
        TableId::Exceptions => EXCEPTIONS,
        TableId::Collections => COLLECTIONS,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::catalog::tables;

    #[test]
    fn the_columns_are_those_of_the_catalog() {
        for table in tables().iter().filter(|table| table.id.lists_objects()) {
            let names: Vec<_> = table.columns.iter().map(|c| c.name).collect();
            let read: Vec<_> = columns(table.id).iter().map(|c| c.0).collect();
            assert_eq!(names, read, "{}", table.name);
        }
    }
}
