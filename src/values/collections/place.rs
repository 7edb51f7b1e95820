//! What walking a collection gives: places in memory, items, and what was lost.

use std::fmt;
use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::type_system::FieldType;
use crate::dump::Fault;

/// A value in memory: where, and how it lies there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place<'a> {
    /// Where its bytes begin.
    pub address: Addr,
    /// What they are.
    pub field_type: &'a FieldType,
    /// Of the bits that a `BitArray` packs the number of the bit in the byte at `address`; `None` for all other values.
    pub bit: Option<u8>,
}

impl<'a> Place<'a> {
    /// The value of that type at `address`.
    pub fn new(address: Addr, field_type: &'a FieldType) -> Place<'a> {
        Place { address, field_type, bit: None }
    }
}

/// Something more that is known of an item: a cache entry's size, its expiry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detail<'a> {
    /// What it is, as the shape names it.
    pub name: &'a str,
    /// Where it is.
    pub place: Place<'a>,
}

/// An item of a collection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item<'a> {
    /// Its number in the order of the walk, from 0; of an array the number of the element.
    pub index: u64,
    /// Its key; of a priority queue its priority; `None` where items have none.
    pub key: Option<Place<'a>>,
    /// The item itself.
    pub value: Place<'a>,
    /// What more is known of it; empty for nearly all shapes.
    pub details: &'a [Detail<'a>],
}

/// How a walk over the items of a collection ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemsEnd {
    /// How many items were given.
    pub given: u64,
    /// How many more there must be, as far as can be told: their memory is missing or the structure is damaged.
    pub missing: u64,
    /// The first thing that was wrong.
    pub damage: Option<Damage>,
    /// Whether the taker of the items had enough.
    pub stopped: bool,
}

/// Why a part of a collection cannot be read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Damage {
    /// Memory is not in the dump.
    Missing(Fault),
    /// A chain or tree comes back to a node where it has been.
    Cycle(Addr),
    /// The collection says to have more items than its arrays have room for, or fewer than none.
    Count {
        /// What it says.
        count: i64,
        /// How many there may be.
        room: u64,
    },
    /// An array was expected at that address.
    NotAnArray {
        /// The object.
        object: Addr,
        /// Its type.
        type_name: Arc<str>,
    },
    /// An object or struct lacks the field that the shape names.
    NoField {
        /// Its type.
        type_name: Arc<str>,
        /// The field's name, as the shape spells it.
        field: Arc<str>,
    },
    /// The field there holds no number.
    NotANumber(Addr),
    /// An object is no collection, where the shape expects one.
    NotACollection {
        /// The object.
        object: Addr,
        /// Its type.
        type_name: Arc<str>,
    },
    /// A dependent handle that does not stand in the handle table.
    NotADependentHandle(Addr),
    /// A collection wraps a collection that wraps a collection, too often to be true.
    TooDeep(Addr),
}

impl From<Fault> for Damage {
    fn from(fault: Fault) -> Damage {
        Damage::Missing(fault)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Damage::Missing(fault) => fault.fmt(f),
            Damage::Cycle(node) => write!(f, "the nodes come back to the one at {node}"),
            Damage::Count { count, room } => {
                write!(f, "it says to hold {count} items and has room for {room}")
            }
            Damage::NotAnArray { object, type_name } => {
                write!(f, "at {object} an array was expected, not a {type_name}")
            }
            Damage::NoField { type_name, field } => write!(f, "{type_name} has no field `{field}`"),
            Damage::NotANumber(address) => write!(f, "at {address} a number was expected"),
            Damage::NotACollection { object, type_name } => {
                write!(f, "the {type_name} at {object} that it wraps is no collection that is known")
            }
            Damage::NotADependentHandle(handle) => write!(f, "{handle} is no dependent handle"),
            Damage::TooDeep(object) => write!(f, "at {object} collections wrap each other too deeply"),
        }
    }
}

impl std::error::Error for Damage {}
