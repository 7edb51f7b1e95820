//! What the references of an object are called: `_items`, `Inner.Tag`, `[12]`, `[7].key`.
//!
//! The collector knows references by their offsets only. Their names are found out once a type and then spelled for each
//! slot without looking at the type again: there are millions of slots.

mod plan;

use std::fmt::Write;
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::Values;
use super::arrays::{Dimension, write_index};
use crate::bytes::Addr;
use plan::{Content, Plan};

/// The names of the references in objects of one type, spelled as in the rows of an object ([`Values::object`]).
#[derive(Debug)]
pub struct SlotNames {
    plan: Plan,
    /// Whether an element's index depends on the array: it has several dimensions, or one that may begin elsewhere than
    /// at 0.
    needs_dimensions: bool,
}

/// The names of slots of the types that were asked for.
#[derive(Debug, Default)]
pub(super) struct KnownSlotNames {
    by_method_table: RwLock<FxHashMap<Addr, Arc<SlotNames>>>,
}

impl SlotNames {
    /// Whether elements are spelled by the dimensions of the array that they are in.
    pub fn needs_dimensions(&self) -> bool {
        self.needs_dimensions
    }

    /// The name of the reference `offset` bytes behind the start of an object. `dimensions` are those of the array, and may
    /// be empty where [`SlotNames::needs_dimensions`] says no. Where nothing tells a name it is the distance from
    /// the last name that is known, or from the start of the object: `Inner+0x8`, `+0x18`.
    pub fn name(&self, offset: u64, dimensions: &[Dimension]) -> String {
        let mut name = String::new();
        self.write(offset, dimensions, &mut name);
        name
    }

    /// Appends to `name` what [`SlotNames::name`] gives.
    pub fn write(&self, offset: u64, dimensions: &[Dimension], name: &mut String) {
        write_slot(&self.plan, offset, dimensions, name);
    }

    /// The same name as [`SlotNames::name`] gives, without making a text, where it is that of a field outside of arrays.
    pub fn field(&self, offset: u64) -> Option<&Arc<str>> {
        let part = self.plan.part_at(offset)?;
        (part.offset == offset && part.content == Content::Reference).then_some(&part.name)
    }
}

fn write_slot(plan: &Plan, offset: u64, dimensions: &[Dimension], name: &mut String) {
    let written = match plan.part_at(offset) {
        Some(part) => {
            name.push_str(&part.name);
            let within = offset - part.offset;
            match &part.content {
                Content::Repeated { stride, element } => {
                    // Below the plan's bound, which is one of sizes that objects can have.
                    write_index(dimensions, (within / stride) as u32, name);
                    return write_slot(element, within % stride, &[], name);
                }
                Content::Reference | Content::Unknown if within == 0 => Ok(()),
                Content::Reference | Content::Unknown => write!(name, "+{within:#x}"),
            }
        }
        None => write!(name, "+{offset:#x}"),
    };
    written.expect("writing to a String does not fail");
}

impl Values {
    /// The names of the references in objects of the type at `mt`. Never fails: of a type of which nothing is
    /// known the names are offsets.
    pub fn slot_names(&self, mt: Addr) -> Arc<SlotNames> {
        let known = &self.slot_names.by_method_table;
        if let Some(names) = known.read().unwrap_or_else(PoisonError::into_inner).get(&mt) {
            return Arc::clone(names);
        }
        let description = self.types.description(mt);
        let names = Arc::new(SlotNames {
            plan: Plan::of_objects(&self.types, &description),
            needs_dimensions: plan::has_dimensions(&description),
        });
        Arc::clone(known.write().unwrap_or_else(PoisonError::into_inner).entry(mt).or_insert(names))
    }

    /// The name of the reference `offset` bytes behind the start of `object`: for a few objects. For many, ask for the
    /// [`Values::slot_names`] of each type once. An offset (`+0x18`) where nothing tells a name.
    pub fn slot_name(&self, object: Addr, offset: u64) -> String {
        let Ok(mt) = self.types.type_of(object) else { return format!("+{offset:#x}") };
        let names = self.slot_names(mt);
        if !names.needs_dimensions() {
            return names.name(offset, &[]);
        }
        match self.array(object) {
            Ok(array) => names.name(offset, &array.dimensions),
            Err(_) => format!("+{offset:#x}"),
        }
    }
}

#[cfg(test)]
mod tests;
