//! Finding `g_dacTable` by its shape, where no symbol and no known build leads to it.
//!
//! Kernel cores lack the pages with the symbols, and runtimes before 5.0 do not export the table.
//! What is found here is a proposal; [`super::proof`] decides.

use crate::bytes::Addr;
use crate::dump::AddressSpace;

use super::RuntimeModule;
use super::dac_table::{DacTable, Entries};

/// The shortest table has 77 entries (8.0); a shorter run is none.
const SHORTEST_RUN: usize = 60;
/// Positions tried at the start of a run: upper halves of pointers before the table, or a pointer
/// array before it, may look like entries.
const STARTS_TRIED: usize = 48;
/// Distances below this are headers and code at the very start of the module, never variables.
const LOWEST_RVA: u64 = 0x1000;

/// All places in the module's data that look like a table of absolute addresses: long runs of words
/// that point into the module itself.
pub(super) fn pointer_tables(memory: &AddressSpace, module: &RuntimeModule) -> Vec<DacTable> {
    let (base, end) = (module.base.0, module.end().0);
    let into_module = |word: &[u8; 8]| {
        let value = u64::from_le_bytes(*word);
        value >= base + LOWEST_RVA && value < end
    };
    let runs = runs::<8>(memory, module, into_module);
    starts(&runs, 8).map(|address| DacTable { address, entries: Entries::Pointers }).collect()
}

/// All places in the module's data that look like a table of u32 distances from its base.
pub(super) fn rva_tables(memory: &AddressSpace, module: &RuntimeModule) -> Vec<DacTable> {
    let span = module.end().0 - module.base.0;
    let is_rva = |word: &[u8; 4]| {
        let value = u64::from(u32::from_le_bytes(*word));
        value >= LOWEST_RVA && value < span
    };
    let runs = runs::<4>(memory, module, is_rva);
    starts(&runs, 4).map(|address| DacTable { address, entries: Entries::Rvas(module.base) }).collect()
}

/// The first entries that each run may have, run by run.
fn starts(runs: &[(Addr, usize)], width: u64) -> impl Iterator<Item = Addr> {
    runs.iter().flat_map(move |&(start, length)| {
        let tried = STARTS_TRIED.min(length - SHORTEST_RUN + 1) as u64;
        (0..tried).map(move |i| start.offset(width * i))
    })
}

/// Runs of at least [`SHORTEST_RUN`] neighbouring words that `fits`, with their lengths.
fn runs<const N: usize>(
    memory: &AddressSpace,
    module: &RuntimeModule,
    fits: impl Fn(&[u8; N]) -> bool,
) -> Vec<(Addr, usize)> {
    let mut found = Vec::new();
    for run in memory.runs(module.base, module.end()) {
        let mut length = 0;
        let (words, _) = run.bytes.as_chunks::<N>();
        for (index, word) in words.iter().chain([&[0; N]]).enumerate() {
            if fits(word) {
                length += 1;
                continue;
            }
            if length >= SHORTEST_RUN {
                found.push((run.start.offset(((index - length) * N) as u64), length));
            }
            length = 0;
        }
    }
    found
}
