//! The entries of the table of variables that lead to the sync blocks.
//!
//! They lie far behind the entries that prove themselves, and servicing adds entries in between: 8.0.33 has them one
//! further than 8.0.0. So they are looked for about where the layout has them; what proves the first is that its blocks
//! carry their own numbers. The second is shifted as the first.

use crate::bytes::Addr;
use crate::clr::layout::{Descriptor, GlobalValue};
use crate::clr::sync_blocks;
use crate::dump::AddressSpace;

use super::Globals;

/// The variable that proves itself.
const TABLE: &str = "SyncTableEntries";
/// The variable that is shifted as that.
const CACHE: &str = "SyncBlockCache";

/// Corrects the addresses of both variables, if an entry up to `farthest` beside the stated one proves to be the table's.
/// `variable` gives the address that an entry holds.
pub(super) fn settle(
    memory: &AddressSpace,
    layout: &Descriptor,
    globals: &mut Globals,
    farthest: i64,
    variable: impl Fn(usize) -> Option<Addr>,
) {
    let entry = |name: &str| match layout.global(name) {
        Some(&GlobalValue::DacTable(index)) => Some(index),
        _ => None,
    };
    let Some(stated) = entry(TABLE) else { return };
    let shifted =
        |index: usize, shift: i64| index.checked_add_signed(isize::try_from(shift).ok()?).and_then(&variable);
    let proves = |shift: &i64| {
        let table = shifted(stated, *shift).and_then(|at| memory.pointer(at).ok()).filter(|t| !t.is_null());
        table.is_some_and(|table| sync_blocks::proofs(memory, layout, table) > 0)
    };
    let shifts = (0..=farthest).flat_map(|distance| [distance, -distance]);
    // A process that never needed a sync block has an empty table, which proves nothing.
    let Some(shift) = shifts.into_iter().find(proves) else { return };
    for name in [TABLE, CACHE] {
        if let Some(at) = entry(name).and_then(|index| shifted(index, shift)) {
            globals.set_address(name, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clr::synthetic::{bundled, space, zeros};

    const VARIABLES: u64 = 0x1000;
    const TABLES: u64 = 0x2000;

    /// Variables that all lead to tables, of which that of entry `real` is one.
    fn globals(real: Option<usize>) -> Globals {
        let mut memory = zeros(VARIABLES, 0x8000);
        for entry in 60..100_u64 {
            memory.write_u64(VARIABLES + 8 * entry, TABLES + 0x40 * entry);
        }
        if let Some(real) = real {
            let table = TABLES + 0x40 * real as u64;
            memory.write_u64(table + 16, 0x7000);
            memory.write_u64(table + 24, 0x7800);
            memory.write(0x7000 + 28, &1_u32.to_le_bytes());
        }
        let layout = bundled("8.0");
        let variable = |index: usize| (60..100).contains(&index).then(|| Addr(VARIABLES + 8 * index as u64));
        let mut globals = Globals::default();
        for (name, index) in [(TABLE, 80), (CACHE, 81)] {
            globals.set_address(name, variable(index).unwrap());
        }
        settle(&space(memory), &layout, &mut globals, 6, variable);
        globals
    }

    fn entries(globals: &Globals) -> [u64; 2] {
        [TABLE, CACHE].map(|name| (globals.address(name).unwrap().0 - VARIABLES) / 8)
    }

    #[test]
    fn both_variables_are_shifted_as_the_one_that_proves_itself() {
        for (real, expected) in [(80, [80, 81]), (79, [79, 80]), (83, [83, 84]), (74, [74, 75])] {
            assert_eq!(entries(&globals(Some(real))), expected);
        }
    }

    #[test]
    fn what_proves_nothing_stays_where_the_layout_has_it() {
        assert_eq!(entries(&globals(None)), [80, 81]);
        assert_eq!(entries(&globals(Some(90))), [80, 81]);
    }
}
