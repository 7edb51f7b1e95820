//! The runtime's module in memory: of Windows `coreclr.dll` (see `native_pe`), else `libcoreclr.so`: ELF headers, a symbol table of one symbol or two, and the writable data with
//! the runtime's variables and the table of their addresses.
//!
//! Pages: headers and notes at 0, the dynamic table at 0x1000, the GNU hash table at 0x2000, symbols
//! at 0x3000, strings at 0x4000; data from [`DATA`] on, with variables first.

use crate::synth::layout::{Family, Layout};
use crate::synth::memory::Memory;
use crate::synth::minidump::MinidumpModule;
use crate::synth::native_pe::NativePe;

const BASE: u64 = 0x7f12_3400_0000;
/// Bytes of the part that is not written to.
const TEXT: u64 = 0x6000;
/// Where the writable data begin, from the base on, and how many bytes they have: the tables of
/// all published builds lie inside.
const DATA: u64 = 0x68_0000;
const DATA_SIZE: u64 = 0x10_0000;
/// Bytes of each variable: the largest one is an allocation context.
const VARIABLE: u64 = 64;
/// Words in front of the table that look like entries of it.
const DECOYS: u64 = 3;
/// Empty entries for functions, and entries for vtables, behind a table of distances.
const FUNCTIONS: u64 = 5;
const VTABLES: u64 = 68;
const SYMBOL: &str = "g_dacTable";
const CONTRACT_SYMBOL: &str = "DotNetRuntimeContractDescriptor";
/// Where the runtime's own description lies, from the base on.
const CONTRACT: u64 = 0x5000;
/// The resource that holds the table of distances on Windows.
const RESOURCE: &str = "COREXTERNALDATAACCESSRESOURCE";
/// TimeDateStamp of the module.
const STAMP: u32 = 0x6387_cbf1;

/// How the runtime's file lies in memory.
#[derive(Clone, Debug)]
pub struct RuntimeFile {
    /// Its path among the mapped files; `None` leaves the list of mapped files out.
    pub path: Option<String>,
    /// Its build id; empty for a file without.
    pub build_id: Vec<u8>,
    /// Distance of the table of variables from the file's base.
    pub table_distance: u64,
    /// The runtime's own description, as JSON; without pointer data.
    pub contract: Option<String>,
    /// Distance that the symbol tells instead of the true one.
    pub symbol_distance: Option<u64>,
    /// Whether the table is exported. The runtime does so since 5.0.
    pub exports_table: bool,
    /// Whether the pages with symbols are saved. The kernel leaves them out.
    pub symbols_saved: bool,
    /// Whether the page with headers and build id is saved.
    pub headers_saved: bool,
    /// Whether it is coreclr.dll.
    pub windows: bool,
    /// Whether the file is the program, with a bundle of assemblies behind the runtime.
    pub is_program: bool,
    /// A further entry at this index of the table, as servicing releases have them.
    pub further_entry: Option<usize>,
}

/// What the runtime's variables hold.
#[derive(Debug)]
pub(super) struct Variables {
    pub thread_store: u64,
    pub finalizer: u64,
    pub gc_dac_vars: u64,
    pub app_domain: u64,
    pub global_context: (u64, u64),
    pub object: u64,
    pub canon: u64,
    pub string: u64,
    pub array: u64,
    pub free: u64,
}

impl RuntimeFile {
    pub(super) fn of(family: Family) -> RuntimeFile {
        let version = family.version();
        let path = match family.is_windows() {
            true => format!(r"C:\Program Files\dotnet\shared\Microsoft.NETCore.App\{version}\coreclr.dll"),
            false => format!("/usr/share/dotnet/shared/Microsoft.NETCore.App/{version}/libcoreclr.so"),
        };
        RuntimeFile {
            path: Some(path),
            build_id: (1..=20).collect(),
            table_distance: 0x69_1238,
            contract: None,
            symbol_distance: None,
            exports_table: family != Family::V3_1 && family != Family::Windows6_0,
            symbols_saved: true,
            headers_saved: true,
            windows: family.is_windows(),
            is_program: false,
            further_entry: None,
        }
    }

    /// What of the file is mapped: start, end, offset in pages. Of a program's file an assembly of the bundle too, at a
    /// lower address.
    pub(super) fn mappings(&self) -> Vec<(u64, u64, u64)> {
        let assembly = (BASE - 0x100_0000, BASE - 0xff_0000, 0x2000);
        Some(assembly).filter(|_| self.is_program).into_iter().chain([(BASE, BASE + TEXT, 0)]).collect()
    }

    /// Where the kernel says that the program's headers and its entry point lie.
    pub(super) fn auxiliary_vector(&self) -> Vec<(u64, u64)> {
        let program = [(3, BASE + 64), (9, BASE + TEXT - 16)];
        [(6, 4096)].into_iter().chain(program.into_iter().filter(|_| self.is_program)).collect()
    }

    /// The bytes of the file in front of its data, with the distance of each from the base.
    pub fn file(&self) -> Vec<u8> {
        self.text()
    }

    /// The address of the table of variables.
    pub fn table(&self) -> u64 {
        BASE + self.table_distance
    }

    pub(super) fn map(&self, memory: &mut Memory, layout: &Layout, variables: &Variables) {
        if self.windows {
            self.map_pe(memory, layout, variables);
            return;
        }
        let text = self.text();
        let pages = |from: usize, to: usize| text[from..to].to_vec();
        if self.headers_saved {
            memory.map(BASE, pages(0, 0x1000));
        } else {
            memory.map_unsaved(BASE, 0x1000);
        }
        if self.symbols_saved {
            memory.map(BASE + 0x1000, pages(0x1000, TEXT as usize));
        } else {
            memory.map_unsaved(BASE + 0x1000, TEXT - 0x1000);
        }
        memory.map(BASE + DATA, variables_page(layout, variables));
        let table = self.table_bytes(layout);
        let word = if layout.table_of_rvas { 4 } else { 8 };
        memory.map(self.table() - DECOYS * word, table);
    }

    /// The module of Windows: what it exports, or its resource, leads to the table.
    fn map_pe(&self, memory: &mut Memory, layout: &Layout, variables: &Variables) {
        let size = (DATA + DATA_SIZE) as u32;
        let mut image = NativePe { time_date_stamp: STAMP, size, ..NativePe::default() };
        if layout.table_of_rvas {
            let header = [layout.table_entries as u32, VTABLES as u32, STAMP, 0, 0, 0];
            let entries = (0..layout.table_entries).map(|index| variable(index) as u32);
            let words: Vec<u32> = header.into_iter().chain(entries).collect();
            image.resource = Some((RESOURCE.to_owned(), words32(&words)));
        } else {
            image = image.export("coreclr_initialize", 0x5000).export(SYMBOL, self.table_distance as u32);
            let table = (0..layout.table_entries).map(|index| BASE + variable(index));
            memory.map(self.table(), table.flat_map(u64::to_le_bytes).chain([0; 64]).collect());
        }
        let mut pages = image.build();
        pages.truncate(TEXT as usize);
        memory.map(BASE, pages);
        memory.map(BASE + DATA, variables_page(layout, variables));
    }

    /// The module as Windows lists it; `None` for one of Linux.
    pub(super) fn listed(&self, family: Family) -> Option<MinidumpModule> {
        let path = self.path.clone().filter(|_| self.windows)?;
        let mut numbers = family.version().split('.').map(|number| number.parse::<u16>().unwrap_or(0));
        let mut number = || numbers.next().unwrap_or(0);
        // The third number of the file's version is a hundred times the patch and some.
        let version = Some([number(), number(), 100 * number() + 26, 1]);
        let size = (DATA + DATA_SIZE) as u32;
        Some(MinidumpModule { base: BASE, size, time_date_stamp: STAMP, path, version, pdb: None })
    }

    /// The table, with decoys in front: addresses of variables, or distances from the base.
    fn table_bytes(&self, layout: &Layout) -> Vec<u8> {
        let mut entries: Vec<u64> = (0..layout.table_entries).map(variable).collect();
        if let Some(index) = self.further_entry {
            entries.insert(index, variable(layout.table_entries));
        }
        let decoys = vec![DATA + DATA_SIZE - 8; DECOYS as usize];
        let mut distances: Vec<u64> = decoys.into_iter().chain(entries).collect();
        if !layout.table_of_rvas {
            return distances.into_iter().flat_map(|d| (BASE + d).to_le_bytes()).chain([0; 64]).collect();
        }
        distances.extend((0..FUNCTIONS).map(|_| 0));
        distances.extend((0..VTABLES).map(|i| 0x5000 + 16 * i));
        distances.into_iter().flat_map(|d| (d as u32).to_le_bytes()).chain([0; 64]).collect()
    }

    fn text(&self) -> Vec<u8> {
        let mut text = vec![0; TEXT as usize];
        self.put_headers(&mut text);
        let dynamic =
            [(5, BASE + 0x4000), (6, BASE + 0x3000), (10, 0x100), (0x6fff_fef5, BASE + 0x2000), (0, 0)];
        for (i, (tag, value)) in dynamic.into_iter().enumerate() {
            put(&mut text, 0x1000 + 16 * i, &words(&[tag, value]));
        }
        let name = if self.exports_table { SYMBOL } else { "coreclr_initialize" };
        // One bucket and one Bloom word; symbol 1 is the first that is hashed. The last of a chain is odd.
        let mut hashes = vec![gnu_hash(name)];
        put(&mut text, 0x3018, &words32(&[1, 17 << 16 | 0x11]));
        put(&mut text, 0x3020, &words(&[self.symbol_distance.unwrap_or(self.table_distance), 8]));
        put(&mut text, 0x4001, name.as_bytes());
        if let Some(json) = &self.contract {
            hashes.push(gnu_hash(CONTRACT_SYMBOL));
            put(&mut text, 0x3030, &words32(&[0x40, 17 << 16 | 0x11]));
            put(&mut text, 0x3038, &words(&[CONTRACT, 40]));
            put(&mut text, 0x4040, CONTRACT_SYMBOL.as_bytes());
            let at = CONTRACT as usize;
            put(&mut text, at, b"DNCCDAC\0");
            put(&mut text, at + 8, &words32(&[1, json.len() as u32]));
            put(&mut text, at + 16, &words(&[BASE + CONTRACT + 0x80, 0, BASE + CONTRACT + 0x40]));
            put(&mut text, at + 0x80, json.as_bytes());
        }
        let bits = hashes.iter().fold(0_u64, |bits, hash| bits | 1 << (hash % 64) | 1 << ((hash >> 6) % 64));
        put(&mut text, 0x2000, &words32(&[1, 1, 1, 6]));
        put(&mut text, 0x2010, &words(&[bits]));
        put(&mut text, 0x2018, &words32(&[1]));
        let last = hashes.len() - 1;
        for (i, hash) in hashes.iter().enumerate() {
            let hash = if i == last { hash | 1 } else { hash & !1 };
            put(&mut text, 0x201c + 4 * i, &words32(&[hash]));
        }
        text
    }

    fn put_headers(&self, text: &mut [u8]) {
        put(text, 0, b"\x7fELF\x02\x01\x01");
        put(text, 16, &[3, 0, 62, 0]);
        put(text, 32, &words(&[64]));
        put(text, 54, &[56, 0, 4, 0]);
        let notes = if self.build_id.is_empty() { 0 } else { 16 + self.build_id.len() as u64 };
        // Kind, flags; offset and address, size, alignment.
        let headers = [
            (1, 5, 0, TEXT, 0x1000),
            (1, 6, DATA, DATA_SIZE, 0x1000),
            (2, 6, 0x1000, 0x100, 8),
            (4, 4, 0x300, notes, 4),
        ];
        for (i, (kind, flags, at, size, alignment)) in headers.into_iter().enumerate() {
            put(text, 64 + 56 * i, &words32(&[kind, flags]));
            put(text, 72 + 56 * i, &words(&[at, at, at, size, size, alignment]));
        }
        if notes > 0 {
            put(text, 0x300, &words32(&[4, self.build_id.len() as u32, 3]));
            put(text, 0x30c, b"GNU\0");
            put(text, 0x310, &self.build_id);
        }
    }
}

/// Distance of the variable of entry `index` from the base.
fn variable(index: usize) -> u64 {
    DATA + 0x100 + VARIABLE * index as u64
}

fn variables_page(layout: &Layout, variables: &Variables) -> Vec<u8> {
    let mut page = vec![0; 0x4000];
    let mut set = |index: usize, value: u64| {
        put(&mut page, (variable(index) - DATA) as usize, &words(&[value]));
    };
    let table = &layout.table;
    // What stands in no test is a number that leads nowhere.
    (0..layout.table_entries).for_each(|index| set(index, 0x11 * index as u64));
    set(table.thread_store, variables.thread_store);
    set(table.finalizer, variables.finalizer);
    set(table.gc_dac_vars, variables.gc_dac_vars);
    set(table.app_domain, variables.app_domain);
    set(table.object, variables.object);
    set(table.canon, variables.canon);
    set(table.string, variables.string);
    set(table.array, variables.array);
    set(table.free, variables.free);
    if let Some(index) = table.global_alloc_context {
        let (pointer, limit) = variables.global_context;
        let at = variable(index) - DATA + layout.global_context;
        put(&mut page, at as usize, &words(&[pointer, limit]));
    }
    page
}

fn gnu_hash(name: &str) -> u32 {
    name.bytes().fold(5381, |hash: u32, c| hash.wrapping_mul(33).wrapping_add(u32::from(c)))
}

fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn words32(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
