//! The runtime's variables: which table, which layout, which entries, each proved.

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::checks::{Check, Outcome};
use crate::clr::layout::{self, Bundled, Descriptor, GlobalValue, RuntimeVersion};
use crate::dump::{AddressSpace, Dump, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::image::ElfFile;
use crate::problem::Problem;

use super::contract::{self, Contract};
use super::dac_table::{DacTable, Entries};
use super::proof::{self, PROVABLE};
use super::{RuntimeModule, native_aot, table_search};

/// How far an entry of the table may have moved within a version family. Servicing adds entries:
/// 8.0.33 has one more than 8.0.0.
const LARGEST_SHIFT: i64 = 6;

/// Addresses of the runtime's variables by name.
#[derive(Clone, Debug, Default)]
pub struct Globals {
    addresses: FxHashMap<String, Addr>,
    /// What variables would hold that this runtime has none for.
    pointers: FxHashMap<String, Addr>,
}

impl Globals {
    /// The address of a variable, or `None` when this runtime has no such variable.
    pub fn address(&self, name: &str) -> Option<Addr> {
        self.addresses.get(name).copied()
    }

    /// The pointer that a variable holds; `None` when there is no such variable, it cannot be read, or it is null.
    pub fn pointer(&self, memory: &AddressSpace, name: &str) -> Option<Addr> {
        if let Some(&known) = self.pointers.get(name) {
            return Some(known);
        }
        memory.pointer(self.address(name)?).ok().filter(|p| !p.is_null())
    }

    /// Says where a variable is.
    pub(super) fn set_address(&mut self, name: &str, address: Addr) {
        self.addresses.insert(name.to_owned(), address);
    }

    /// Says what a variable would hold that this runtime does not have.
    pub(super) fn set_pointer(&mut self, name: &str, pointer: Addr) {
        self.pointers.insert(name.to_owned(), pointer);
    }
}

#[cfg(test)]
impl<'a> FromIterator<(&'a str, Addr)> for Globals {
    fn from_iter<I: IntoIterator<Item = (&'a str, Addr)>>(variables: I) -> Globals {
        let addresses = variables.into_iter().map(|(name, at)| (name.to_owned(), at)).collect();
        Globals { addresses, ..Globals::default() }
    }
}

/// The runtime's variables and layout, and how they were found.
#[derive(Debug)]
pub struct Located {
    /// The layout of the runtime's structures.
    pub layout: Descriptor,
    /// The version family of the layout: `8.0`.
    pub family: String,
    /// Where the layout comes from.
    pub layout_source: String,
    /// The variables.
    pub globals: Globals,
    /// How the table of variables was found.
    pub found_by: String,
    /// What was proved.
    pub checks: Vec<Check>,
}

/// Finds the runtime's variables: for each layout that may fit, by symbol, by known build, by shape.
///
/// Of a NativeAOT program its debug header tells them, whose names may lie in `file`, the program's own.
///
/// # Errors
/// No candidate proves right; the message says what the runtime is and what was tried.
pub fn locate(
    dump: &Dump,
    module: &RuntimeModule,
    file: Option<&ElfFile>,
    problems: &mut Vec<Problem>,
) -> Result<Located> {
    if let Some(header) = module.debug_header {
        return native_aot::locate(dump, module, header, file);
    }
    let memory = &dump.memory;
    let contract = contract::read(memory, module).unwrap_or_else(|error| {
        problems.push(Problem::note(format!("the runtime's own layout description cannot be used: {error}")));
        None
    });
    let mut search = Search::default();
    for bundled in layouts(module.version(), dump.target) {
        search.among(memory, module, bundled, contract.as_ref());
        if search.is_certain() {
            break;
        }
    }
    search.best.map(|(_, located)| located).ok_or_else(|| unproved(dump, module, search.closest))
}

/// What speaks against a candidate: checks that fail, then entries by which it is shifted.
type Doubt = (usize, u64);

/// The best of what was proved so far. With a table that begins elsewhere, or with the layout of
/// another version, entries may prove right by chance of a common shift: the less shift, the better.
#[derive(Debug, Default)]
struct Search {
    best: Option<(Doubt, Located)>,
    closest: Option<Vec<Check>>,
}

impl Search {
    /// Looks at the tables that may be there by one layout, until one is certain.
    fn among(
        &mut self,
        memory: &AddressSpace,
        module: &RuntimeModule,
        bundled: &Bundled,
        contract: Option<&Contract>,
    ) {
        let (layout, layout_source) = described(bundled, contract);
        for (table, found_by) in tables(memory, module, &layout) {
            let Some(candidate) = candidate(memory, &layout, table, contract) else { continue };
            let Candidate { globals, checks, shift } = candidate;
            if !proof::suffices(&checks) {
                self.miss(checks);
                continue;
            }
            let (family, layout, layout_source) = (bundled.name(), layout.clone(), layout_source.clone());
            let doubt = (proof::failed(&checks), shift);
            self.hit(doubt, Located { layout, family, layout_source, globals, found_by, checks });
            if self.is_certain() {
                return;
            }
        }
    }

    fn hit(&mut self, doubt: Doubt, located: Located) {
        if self.best.as_ref().is_none_or(|&(least, _)| doubt < least) {
            self.best = Some((doubt, located));
        }
    }

    fn miss(&mut self, checks: Vec<Check>) {
        if self.closest.as_ref().is_none_or(|c| proof::passed(c) < proof::passed(&checks)) {
            self.closest = Some(checks);
        }
    }

    fn is_certain(&self) -> bool {
        matches!(self.best, Some(((0, 0), _)))
    }
}

/// The layouts to try: the version's own; all, newest first, when the version is not known.
fn layouts(version: Option<RuntimeVersion>, target: Target) -> Vec<&'static Bundled> {
    match version {
        Some(version) => layout::for_version(version, target).into_iter().collect(),
        None => layout::all(target).collect(),
    }
}

/// The bundled layout, under what the dump itself says.
fn described(bundled: &Bundled, contract: Option<&Contract>) -> (Descriptor, String) {
    let mut layout = bundled.descriptor();
    let Some(own) = contract.and_then(|c| Some((c.descriptor.clone()?, c.json_size))) else {
        return (layout, format!("bundled for {}", bundled.name()));
    };
    layout.overlay(own.0);
    (
        layout,
        format!(
            "the dump's own contract descriptor ({} bytes), completed by what is bundled for {}",
            own.1,
            bundled.name()
        ),
    )
}

/// Candidates for the table of variables, the surest first. The search by shape runs only when the
/// others led to nothing.
fn tables<'a>(
    memory: &'a AddressSpace,
    module: &'a RuntimeModule,
    layout: &Descriptor,
) -> impl Iterator<Item = (DacTable, String)> + 'a {
    let pointers = layout.number("DacTableEntrySize") != Some(4);
    let entries = if pointers { Entries::Pointers } else { Entries::Rvas(module.base) };
    let symbol = module.symbol(memory, "g_dacTable");
    let by_symbol = symbol.map(|address| (DacTable { address, entries }, "the symbol g_dacTable".to_owned()));
    let by_build = module.known.map(|known| {
        let address = module.base.offset(known.dac_table);
        (DacTable { address, entries }, format!("the build id, which is {}'s", known.version))
    });
    let search = move || {
        let found = if pointers {
            table_search::pointer_tables(memory, module)
        } else {
            table_search::rva_tables(memory, module)
        };
        found.into_iter().map(|table| (table, "its shape in the runtime's data".to_owned()))
    };
    by_symbol.into_iter().chain(by_build).chain(std::iter::once_with(search).flatten())
}

/// A table read by a layout: its variables, the proofs of those that can be proved, and by how many
/// entries those lie from where the layout has them, all told.
struct Candidate {
    globals: Globals,
    checks: Vec<Check>,
    shift: u64,
}

/// Reads a table. `None` when it cannot be read, or when its first two variables prove wrong.
fn candidate(
    memory: &AddressSpace,
    layout: &Descriptor,
    table: DacTable,
    contract: Option<&Contract>,
) -> Option<Candidate> {
    let pointer_data = |index: usize| contract.and_then(|c| c.pointer_data.get(index).copied());
    let mut checks: Vec<Check> = Vec::new();
    // Index as described, and how far the entry really lies from it.
    let mut shifts: Vec<(usize, i64)> = Vec::new();
    for name in PROVABLE {
        let check = match layout.global(name) {
            Some(&GlobalValue::DacTable(index)) => {
                let (shift, check) = find_entry(memory, layout, table, name, index)?;
                if check.outcome == Outcome::Passed {
                    shifts.push((index, shift));
                }
                check
            }
            Some(&GlobalValue::PointerData(index)) => match pointer_data(index) {
                Some(variable) => proof::prove(memory, layout, name, variable),
                None => Check::not_possible(name, "the runtime's pointer data is not in the dump"),
            },
            _ => continue,
        };
        checks.push(check);
        // Nearly all wrong candidates end here, after two looks.
        if let [first, second] = &*checks
            && first.outcome == Outcome::Failed
            && second.outcome == Outcome::Failed
        {
            return None;
        }
    }
    let shift_at = |index: usize| {
        let next = shifts.iter().find(|&&(proved, _)| proved >= index).or(shifts.last());
        next.map_or(0, |&(_, shift)| shift)
    };
    let mut globals = Globals::default();
    for (name, value) in layout.globals() {
        let address = match *value {
            GlobalValue::DacTable(index) => {
                let index = index.checked_add_signed(isize::try_from(shift_at(index)).ok()?);
                index.and_then(|i| table.variable(memory, i).ok().flatten())
            }
            GlobalValue::PointerData(index) => pointer_data(index),
            _ => None,
        };
        if let Some(address) = address {
            globals.addresses.insert(name.to_owned(), address);
        }
    }
    let shift = shifts.iter().map(|&(_, shift)| shift.unsigned_abs()).sum();
    Some(Candidate { globals, checks, shift })
}

/// The entry near `index` that proves to be the variable `name`: its shift, and the proof. Without
/// one, the proof of the entry at `index`. `None` when the table cannot be read.
fn find_entry(
    memory: &AddressSpace,
    layout: &Descriptor,
    table: DacTable,
    name: &'static str,
    index: usize,
) -> Option<(i64, Check)> {
    let mut first = None;
    for distance in 0..=LARGEST_SHIFT {
        for shift in if distance == 0 { vec![0] } else { vec![distance, -distance] } {
            let Some(index) = index.checked_add_signed(shift as isize) else { continue };
            let check = match table.variable(memory, index) {
                Ok(Some(variable)) => proof::prove(memory, layout, name, variable),
                Ok(None) => Check::of(name, false, "the table's entry is empty"),
                Err(_) if shift == 0 => return None,
                Err(_) => continue,
            };
            if check.outcome == Outcome::Passed {
                return Some((shift, check));
            }
            first.get_or_insert((0, check));
        }
    }
    first
}

fn unproved(dump: &Dump, module: &RuntimeModule, closest: Option<Vec<Check>>) -> Error {
    let version = module.version();
    let name = version.map_or_else(|| "of an unknown version".to_owned(), |v| v.to_string());
    if version.is_some_and(|v| layout::for_version(v, dump.target).is_none()) {
        let known = layout::all(dump.target).map(Bundled::name).collect::<Vec<_>>().join(", ");
        let target = dump.target;
        let message = format!(
            "the runtime is .NET {name}, whose structures are not known; known for {target} are {known}"
        );
        return Error::new(ErrorKind::UnknownRuntime, message).at(module.base);
    }
    let what = format!("the variables of the runtime (.NET {name}) were not found");
    if dump.memory.cut_bytes() > 0 {
        let message = format!("{what}: they lie in the part of the file that is cut off");
        return Error::new(ErrorKind::UnknownRuntime, message).at(module.base).hint("copy the dump again");
    }
    let failed = closest.into_iter().flatten().find(|c| c.outcome != Outcome::Passed);
    let why = failed.map_or_else(String::new, |c| format!(": {} did not prove right ({})", c.name, c.detail));
    Error::new(ErrorKind::UnknownRuntime, what + &why)
        .at(module.base)
        .hint("please report the runtime's version and build id, and how the dump was taken")
}
