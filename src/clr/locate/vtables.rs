//! The virtual tables of the runtime's classes, which its table of variables lists behind the variables.
//!
//! Source: `src/coreclr/inc/vptr_list.h` (the order), `src/coreclr/debug/ee/dactable.cpp`. An entry is what the first word of an
//! object of the class holds. How many variables stand before differs between builds, so the list is found by one class of which
//! an object is known.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::AddressSpace;

use super::Located;

/// How far into the table the list is looked for. All versions have some 200 entries.
const MOST_ENTRIES: usize = 1024;
/// What a layout calls the number of a class in the list.
const PREFIX: &str = "Vtable.";

impl Located {
    /// The classes that the layout knows and their virtual tables, where the class called `anchor` has the virtual table
    /// `known`; empty when that is not in the table, or the layout does not tell the order.
    pub(in crate::clr) fn vtables(
        &self,
        memory: &AddressSpace,
        anchor: &str,
        known: Addr,
    ) -> Vec<(String, Addr)> {
        let all = || {
            let table = self.table?;
            let place = number(&self.layout, anchor)?;
            let entry = |index: usize| table.variable(memory, index).ok().flatten();
            let found = (0..MOST_ENTRIES).find(|&index| entry(index) == Some(known))?;
            let first = found.checked_sub(place)?;
            let classes = self.layout.globals().filter_map(|(name, _)| name.strip_prefix(PREFIX));
            let vtable = |class: &str| Some((class.to_owned(), entry(first + number(&self.layout, class)?)?));
            Some(classes.filter_map(vtable).collect())
        };
        all().unwrap_or_default()
    }
}

/// Which entry of the list is that of a class.
fn number(layout: &Descriptor, class: &str) -> Option<usize> {
    usize::try_from(layout.number(&format!("{PREFIX}{class}"))?).ok()
}
