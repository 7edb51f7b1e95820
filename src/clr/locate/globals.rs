//! The runtime's variables: which table, which layout, which entries, each proved.

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::checks::{Check, Outcome};
use crate::clr::layout::{self, Bundled, Descriptor, GlobalValue, RuntimeVersion};
use crate::dump::{AddressSpace, Dump, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::image::SymbolFile;
use crate::problem::Problem;

use super::calibration;
use super::contract::{self, Contract};
use super::dac_table::{self, DacTable, Entries};
use super::proof::{self, PROVABLE};
use super::{RuntimeModule, native_aot, sync_table, table_search};

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
    /// The table of variables; `None` for a NativeAOT program, which has none.
    pub(in crate::clr) table: Option<DacTable>,
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
    file: Option<&SymbolFile>,
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
    let layouts = layouts(module.version(), dump.target, contract.as_ref());
    for trust in [Trust::AsStated, Trust::InDoubt] {
        for &bundled in &layouts {
            search.among(dump, module, bundled, contract.as_ref(), trust);
            if search.is_certain() {
                break;
            }
        }
        if search.is_sound() {
            break;
        }
    }
    search.best.map(|(_, located)| located).ok_or_else(|| unproved(dump, module, search.closest))
}

/// What speaks against a candidate: checks that fail, then entries by which it is shifted.
type Doubt = (usize, u64);

/// How far a bundled layout is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trust {
    /// Each offset that it states.
    AsStated,
    /// What moves between builds is looked for anew: the build is not as any of its family that was seen.
    InDoubt,
}

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
        dump: &Dump,
        module: &RuntimeModule,
        bundled: &Bundled,
        contract: Option<&Contract>,
        trust: Trust,
    ) {
        let memory = &*dump.memory;
        let (mut stated, layout_source) = described(bundled, contract, module.version());
        if trust == Trust::InDoubt {
            calibration::doubt(&mut stated);
        }
        for (table, found_by) in tables(memory, module, &stated) {
            let Some(first) = candidate(memory, &stated, table, contract) else { continue };
            if !proof::suffices(&first.checks) {
                self.miss(first.checks);
                continue;
            }
            let (layout, Candidate { globals, mut checks, shift }, calibrated) =
                calibrated(dump, &stated, first, table, contract);
            let doubt = (proof::failed(&checks), shift);
            // What was looked for anew must prove all: less was proved by the layout as it stands.
            if trust == Trust::InDoubt && proof::passed(&checks) < checks.len() {
                continue;
            }
            checks.extend(calibrated);
            let (family, layout_source) = (bundled.name(), layout_source.clone());
            let table = Some(table);
            self.hit(doubt, Located { layout, family, layout_source, globals, table, found_by, checks });
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

    /// Whether nothing speaks against the best.
    fn is_sound(&self) -> bool {
        matches!(self.best, Some(((0, _), _)))
    }

    fn is_certain(&self) -> bool {
        matches!(self.best, Some(((0, 0), _)))
    }
}

/// The layouts to try: the version's own; of a version newer than all the newest, where the dump describes its
/// structures itself; all, the surest and newest first, when the version is not known.
fn layouts(
    version: Option<RuntimeVersion>,
    target: Target,
    contract: Option<&Contract>,
) -> Vec<&'static Bundled> {
    let Some(version) = version else {
        let mut all: Vec<_> = layout::all(target).collect();
        all.sort_by_cached_key(|bundled| bundled.descriptor().has_proposals());
        return all;
    };
    if let Some(bundled) = layout::for_version(version, target) {
        return vec![bundled];
    }
    let describes_itself = contract.is_some_and(|contract| contract.descriptor.is_some());
    let newest = layout::all(target).next().filter(|newest| newest.family < (version.major, version.minor));
    newest.filter(|_| describes_itself).into_iter().collect()
}

/// The bundled layout, under what the dump itself says, and in words where it comes from.
fn described(
    bundled: &Bundled,
    contract: Option<&Contract>,
    version: Option<RuntimeVersion>,
) -> (Descriptor, String) {
    let mut layout = bundled.descriptor();
    let family = bundled.name();
    let from_sources =
        if layout.has_proposals() { ", from the sources, completed by what this dump proves" } else { "" };
    let Some(own) = contract.and_then(|c| Some((c.descriptor.clone()?, c.json_size))) else {
        return (layout, format!("bundled for {family}{from_sources}"));
    };
    layout.overlay(own.0);
    let newer = version.filter(|v| (v.major, v.minor) > bundled.family);
    let newer =
        newer.map_or_else(String::new, |v| format!(", the newest known: {}.{} is newer", v.major, v.minor));
    let size = own.1;
    let source = "the dump's own contract descriptor";
    (layout, format!("{source} ({size} bytes), completed by what is bundled for {family}{newer}"))
}

/// A candidate with what its layout only proposed looked for, and what came of that.
fn calibrated(
    dump: &Dump,
    stated: &Descriptor,
    candidate: Candidate,
    table: DacTable,
    contract: Option<&Contract>,
) -> (Descriptor, Candidate, Vec<Check>) {
    let mut layout = stated.clone();
    if !layout.has_proposals() {
        return (layout, candidate, Vec::new());
    }
    let found = calibration::calibrate(dump, &mut layout, &candidate.globals);
    let again = self::candidate(&dump.memory, &layout, table, contract);
    (layout, again.unwrap_or(candidate), found)
}

/// Candidates for the table of variables, the surest first. The search by shape runs only when the
/// others led to nothing.
fn tables<'a>(
    memory: &'a AddressSpace,
    module: &'a RuntimeModule,
    layout: &Descriptor,
) -> impl Iterator<Item = (DacTable, String)> + 'a {
    let size = layout.number("DacTableEntrySize");
    let forms: Vec<Entries> = [(8, Entries::Pointers), (4, Entries::Rvas(module.base))]
        .into_iter()
        .filter_map(|(bytes, form)| size.is_none_or(|size| size == bytes).then_some(form))
        .collect();
    let symbol = module.symbol(memory, dac_table::SYMBOL);
    let by_symbol = symbol.map(|address| (address, "the symbol g_dacTable".to_owned()));
    let by_resource = dac_table::of_resource(memory, module)
        .filter(|table| forms.contains(&table.entries))
        .map(|table| (table, format!("the resource {}", dac_table::RESOURCE)));
    let by_build = module.known.map(|known| {
        let address = module.base.offset(known.dac_table);
        (address, format!("the build id, which is {}'s", known.version))
    });
    let in_each_form = {
        let forms = forms.clone();
        move |(address, found_by): (Addr, String)| {
            let table = move |entries| (DacTable { address, entries }, found_by.clone());
            forms.clone().into_iter().map(table)
        }
    };
    let search = move || {
        let found = forms.into_iter().flat_map(|form| match form {
            Entries::Pointers => table_search::pointer_tables(memory, module),
            Entries::Rvas(_) => table_search::rva_tables(memory, module),
        });
        found.map(|table| (table, "its shape in the runtime's data".to_owned()))
    };
    let by_symbol = by_symbol.into_iter().flat_map(in_each_form.clone());
    let by_build = by_build.into_iter().flat_map(in_each_form);
    by_symbol.chain(by_resource).chain(by_build).chain(std::iter::once_with(search).flatten())
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
    // Entries are added and taken away in servicing: what lies near a proved one is shifted as that.
    let shift_at = |index: usize| {
        let nearest = shifts.iter().min_by_key(|&&(proved, _)| (proved.abs_diff(index), proved < index));
        nearest.map_or(0, |&(_, shift)| shift)
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
    let variable = |index: usize| table.variable(memory, index).ok().flatten();
    sync_table::settle(memory, layout, &mut globals, LARGEST_SHIFT, variable);
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
        let error = Error::new(ErrorKind::UnknownRuntime, message).at(module.base);
        let newest = layout::all(dump.target).next().map(|newest| newest.family);
        let is_newer = version.zip(newest).is_some_and(|(v, newest)| (v.major, v.minor) > newest);
        let hint = "a dump taken with `createdump --full` holds the runtime's own description, by which a newer one may open";
        return if is_newer { error.hint(hint) } else { error };
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
