//! Objects as their program knew them: the values of fields, texts, arrays, exceptions, delegates, collections.
//!
//! Reads through the descriptions of [`crate::clr::type_system`]; knows nothing of columns or of how values are printed.

mod array_usage;
mod arrays;
pub mod collections;
mod delegates;
mod exceptions;
mod field_place;
mod named_fields;
mod object;
mod plain;
mod runtime_fields;
mod slot_names;
mod strings;
#[cfg(test)]
pub(crate) mod synthetic;
mod text;
mod thread_names;
mod value;

use std::sync::Arc;

use crate::clr::ClrRuntime;
use crate::clr::type_system::TypeSystem;
use crate::error::Result;
use collections::{CollectionShapes, Collections};

pub use arrays::{ArrayView, Dimension, NotAnArray};
pub use delegates::DelegateTarget;
pub use exceptions::{ExceptionDetails, ExceptionFrame};
pub use field_place::FieldPlace;
pub use object::{NotAnObject, ObjectView, Row};
pub use plain::Plain;
pub use slot_names::SlotNames;
pub use text::StructTexts;
pub use value::Value;

/// The reader of values of a dump. Shared between threads; what it finds out of types is found out once.
#[derive(Debug)]
pub struct Values {
    types: Arc<TypeSystem>,
    readings: text::Readings,
    collections: Collections,
    slot_names: slot_names::KnownSlotNames,
}

impl Values {
    /// The values of `runtime`'s objects.
    ///
    /// # Errors
    /// The dump holds no heap, or the runtime's types cannot be read.
    pub fn new(runtime: Arc<ClrRuntime>) -> Result<Values> {
        if let Err(error) = &runtime.gc {
            return Err(error.duplicate());
        }
        Ok(Values::of(Arc::new(TypeSystem::new(runtime)?)))
    }

    /// The values of objects of these types.
    pub fn of(types: Arc<TypeSystem>) -> Values {
        Values {
            types,
            readings: text::Readings::default(),
            collections: Collections::default(),
            slot_names: slot_names::KnownSlotNames::default(),
        }
    }

    /// The same values, with collections recognised by `shapes`.
    #[must_use]
    pub fn with_collections(self, shapes: CollectionShapes) -> Values {
        Values { collections: Collections::new(shapes), ..self }
    }

    /// The types.
    pub fn types(&self) -> &TypeSystem {
        &self.types
    }
}
