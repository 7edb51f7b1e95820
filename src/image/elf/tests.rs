//! Modules laid out by hand: header and program headers at 0, notes at 0x300, the dynamic table at
//! 0x1000, GNU hash at 0x2000, symbols at 0x3000, strings at 0x4000, DT_HASH at 0x5000.

use super::*;
use crate::error::Place;

const BASE: u64 = 0x7f00_0000_0000;
const SIZE: u64 = 0x8000;
/// Symbol names in the order of the symbol table; the last one is not defined here.
const NAMES: [&str; 5] =
    ["g_dacTable", "DotNetRuntimeContractDescriptor", "coreclr_initialize", "a", "malloc"];
/// The functions among them; the others are variables.
const FUNCTIONS: [&str; 3] = ["coreclr_initialize", "a", "malloc"];
/// One page of the module each, as [`Module::without`] takes them away.
const PAGE_OF_HASH: u64 = 0x2000;

struct Module {
    bytes: Vec<u8>,
    /// The address of the first segment in the file.
    first: u64,
    /// What is added to the pointers of the dynamic table.
    pointer_bias: u64,
    gnu_hash: bool,
    sysv_hash: bool,
}

/// The GNU hash function, as its definition has it.
fn gnu(name: &str) -> u32 {
    name.bytes().fold(5381, |h: u32, c| h.wrapping_mul(33).wrapping_add(u32::from(c)))
}

/// The System V hash function, as the gABI has it.
fn sysv(name: &str) -> u32 {
    name.bytes().fold(0, |h: u32, c| {
        let h = (h << 4).wrapping_add(u32::from(c));
        (h ^ ((h & 0xf000_0000) >> 24)) & 0x0fff_ffff
    })
}

impl Module {
    fn new() -> Module {
        let bytes = vec![0; SIZE as usize];
        Module { bytes, first: 0, pointer_bias: BASE, gnu_hash: true, sysv_hash: false }
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn put32(&mut self, at: usize, words: &[u32]) {
        words.iter().enumerate().for_each(|(i, w)| self.put(at + 4 * i, &w.to_le_bytes()));
    }

    fn put64(&mut self, at: usize, words: &[u64]) {
        words.iter().enumerate().for_each(|(i, w)| self.put(at + 8 * i, &w.to_le_bytes()));
    }

    fn build(mut self) -> Module {
        self.put_headers();
        self.put32(0x300, &[4, 3, 3, u32::from_le_bytes(*b"GNU\0"), 0x00c0_ffee]);
        self.put_dynamic();
        self.put_symbols();
        self.put_gnu_hash();
        self.put_sysv_hash();
        self
    }

    fn put_headers(&mut self) {
        self.put(0, b"\x7fELF\x02\x01\x01");
        self.put(16, &[3, 0, 62, 0]);
        self.put64(32, &[64]);
        self.put(54, &[56, 0, 4, 0]);
        let first = self.first;
        // kind, flags; file offset, address, physical address, file size, memory size, alignment
        let headers = [
            (1, 5, 0, 0x6000, 0x1000),
            (1, 6, 0x6000, SIZE - 0x6000, 0x1000),
            (2, 6, 0x1000, 0x100, 8),
            (4, 4, 0x300, 20, 4),
        ];
        for (i, (kind, flags, offset, size, alignment)) in headers.into_iter().enumerate() {
            self.put32(64 + 56 * i, &[kind, flags]);
            let words = [offset, first + offset, 0, size, size, alignment];
            self.put64(64 + 56 * i + 8, &words);
        }
    }

    fn put_dynamic(&mut self) {
        let pointer = self.first.wrapping_add(self.pointer_bias);
        let mut entries = vec![(1, 1), (5, pointer + 0x4000), (6, pointer + 0x3000), (10, 0x200)];
        if self.gnu_hash {
            entries.push((0x6fff_fef5, pointer + 0x2000));
        }
        if self.sysv_hash {
            entries.push((4, pointer + 0x5000));
        }
        entries.extend([(0, 0), (5, 0x1234)]);
        for (i, (tag, value)) in entries.into_iter().enumerate() {
            self.put64(0x1000 + 16 * i, &[tag, value]);
        }
    }

    /// Symbol 0 is the empty one; then [`Self::order`].
    fn put_symbols(&mut self) {
        let mut at = 1;
        for (i, name) in self.order().into_iter().enumerate() {
            let section = if name == "malloc" { 0 } else { 1 };
            let kind = if FUNCTIONS.contains(&name) { 0x12 } else { 0x11 };
            self.put32(0x3000 + 24 * (i + 1), &[at as u32, section << 16 | kind]);
            let value = self.first + 0x6000 + 0x10 * NAMES.iter().position(|n| *n == name).unwrap() as u64;
            self.put64(0x3000 + 24 * (i + 1) + 8, &[value, 8]);
            self.put(0x4000 + at, name.as_bytes());
            at += name.len() + 1;
        }
    }

    /// The names sorted by bucket of two, as DT_GNU_HASH wants the symbols.
    fn order(&self) -> Vec<&'static str> {
        let mut names = NAMES.to_vec();
        names.sort_by_key(|name| gnu(name) % 2);
        names
    }

    /// Two buckets, two Bloom words, shift 6, hashed symbols from 1 on.
    fn put_gnu_hash(&mut self) {
        self.put32(0x2000, &[2, 1, 2, 6]);
        let order = self.order();
        let mut bloom = [0_u64; 2];
        for name in &order {
            let hash = gnu(name);
            bloom[(hash / 64 % 2) as usize] |= 1 << (hash % 64) | 1 << ((hash >> 6) % 64);
        }
        self.put64(0x2010, &bloom);
        for bucket in 0..2 {
            let first = order.iter().position(|name| gnu(name) % 2 == bucket).map_or(0, |i| i as u32 + 1);
            self.put32(0x2020 + 4 * bucket as usize, &[first]);
        }
        for (i, name) in order.iter().enumerate() {
            let last = order.get(i + 1).is_none_or(|next| gnu(next) % 2 != gnu(name) % 2);
            self.put32(0x2028 + 4 * i, &[gnu(name) & !1 | u32::from(last)]);
        }
    }

    /// Three buckets at 0x5008, chains at 0x5014; new symbols go to the front of their chain.
    fn put_sysv_hash(&mut self) {
        let mut buckets = [0_u32; 3];
        let mut chains = vec![0];
        for (name, index) in self.order().into_iter().zip(1..) {
            let bucket = &mut buckets[sysv(name) as usize % 3];
            chains.push(*bucket);
            *bucket = index;
        }
        self.put32(0x5000, &[3, chains.len() as u32]);
        self.put32(0x5008, &buckets);
        self.put32(0x5014, &chains);
    }

    fn space(self) -> AddressSpace {
        AddressSpace::from_memory(vec![(Addr(BASE), self.bytes)])
    }

    /// The memory without the bytes of this range.
    fn space_without(self, hole: Range<u64>) -> AddressSpace {
        let (head, tail) = (&self.bytes[..hole.start as usize], &self.bytes[hole.end as usize..]);
        AddressSpace::from_memory(vec![(Addr(BASE), head.to_vec()), (Addr(BASE + hole.end), tail.to_vec())])
    }
}

fn symbol(space: &AddressSpace, name: &str) -> Result<Option<Addr>, Error> {
    ElfImage::at(space, Addr(BASE)).unwrap().symbol(space, name)
}

fn assert_finds_all(space: &AddressSpace) {
    for (i, name) in NAMES.into_iter().take(4).enumerate() {
        assert_eq!(symbol(space, name).unwrap(), Some(Addr(BASE + 0x6000 + 0x10 * i as u64)), "{name}");
    }
    for name in ["malloc", "no_such_symbol", "", "g_dacTabl", "g_dacTable2"] {
        assert_eq!(symbol(space, name).unwrap(), None, "{name}");
    }
}

#[test]
fn headers_tell_size_writable_memory_and_build_id() {
    let space = Module::new().build().space();
    let image = ElfImage::at(&space, Addr(BASE)).unwrap();
    assert_eq!(image.base(), Addr(BASE));
    assert_eq!(image.load_size(), SIZE);
    let writable: Vec<_> = image.writable_ranges().collect();
    assert_eq!(writable, [Addr(BASE + 0x6000)..Addr(BASE + SIZE)]);
    assert_eq!(image.build_id().unwrap().to_string(), "eeffc0");
    assert_eq!(image.missing_notes(), None);
}

#[test]
fn symbols_are_found_by_gnu_hash() {
    assert_finds_all(&Module::new().build().space());
}

#[test]
fn symbols_are_found_by_sysv_hash() {
    assert_finds_all(&Module { gnu_hash: false, sysv_hash: true, ..Module::new() }.build().space());
}

#[test]
fn pointers_that_are_not_relocated_are_resolved() {
    assert_finds_all(&Module { pointer_bias: 0, ..Module::new() }.build().space());
}

#[test]
fn a_first_segment_above_zero_shifts_the_bias() {
    let module = Module { first: 0x20_0000, pointer_bias: 0, ..Module::new() }.build();
    let image_space = module.space();
    assert_finds_all(&image_space);
    let image = ElfImage::at(&image_space, Addr(BASE)).unwrap();
    assert_eq!(image.load_size(), SIZE);
    let absolute = Module { first: 0x20_0000, pointer_bias: BASE - 0x20_0000, ..Module::new() };
    assert_finds_all(&absolute.build().space());
}

#[test]
fn the_bias_does_not_depend_on_the_size_of_pages() {
    // Linked for pages of 64 KiB at an address that is on no border of them, mapped with pages of 4 KiB.
    let module = Module { first: 0x20_1000, pointer_bias: 0, ..Module::new() }.build();
    let space = module.space();
    assert_finds_all(&space);
    assert_eq!(ElfImage::at(&space, Addr(BASE)).unwrap().load_size(), SIZE);
}

#[test]
fn a_missing_bloom_filter_is_no_obstacle() {
    let space = Module::new().build().space_without(0x2010..0x2020);
    assert_finds_all(&space);
}

#[test]
fn missing_tables_are_told_apart_from_missing_symbols() {
    for (hole, what) in [
        (0x1000..0x1100, "dynamic table"),
        (PAGE_OF_HASH..0x3000, "hash tables"),
        (0x3000..0x4000, "symbols"),
        (0x4000..0x5000, "names"),
    ] {
        let start = hole.start;
        let error = symbol(&Module::new().build().space_without(hole), "g_dacTable").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingMemory, "{what}");
        assert!(error.message().contains(what), "{error}");
        let Some(Place::Address(at)) = error.place() else { panic!("no address") };
        assert!((BASE + start..BASE + start + 0x1000).contains(&at.0), "{error}");
    }
}

#[test]
fn a_missing_header_or_note_is_told() {
    let space = Module::new().build().space();
    let error = ElfImage::at(&space, Addr(0x10)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingMemory);
    let space = Module::new().build().space_without(0x100..0x200);
    let error = ElfImage::at(&space, Addr(BASE)).unwrap_err();
    assert!(error.message().contains("program headers"), "{error}");
    let space = Module::new().build().space_without(0x308..0x30c);
    let image = ElfImage::at(&space, Addr(BASE)).unwrap();
    assert_eq!(image.build_id(), None);
    assert_eq!(image.missing_notes().unwrap().address(), Addr(BASE + 0x308));
}

#[test]
fn what_is_no_loaded_module_of_64_bits_is_refused() {
    let with = |at: usize, bytes: &[u8]| {
        let mut module = Module::new().build();
        module.put(at, bytes);
        ElfImage::at(&module.space(), Addr(BASE)).unwrap_err()
    };
    assert_eq!(with(4, &[1]).kind(), ErrorKind::Unsupported);
    assert_eq!(with(5, &[2]).kind(), ErrorKind::Unsupported);
    for (at, bytes, what) in [
        (0, [0, 0], "magic"),
        (16, [4, 0], "type"),
        (54, [57, 0], "unknown size"),
        (56, [0, 2], "absurd number"),
        (56, [0, 0], "no segment"),
    ] {
        let error = with(at, &bytes);
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.message().contains(what), "{error}");
    }
}

#[test]
fn a_pointer_out_of_the_module_is_refused() {
    let mut module = Module::new().build();
    module.put64(0x1010, &[5, 0x1_0000_0000]);
    let error = symbol(&module.space(), "a").unwrap_err();
    assert!(error.message().contains("points out of the module"), "{error}");
}

#[test]
fn a_module_without_dynamic_table_or_hash_exports_nothing() {
    let mut module = Module::new().build();
    module.put32(64 + 56 * 2, &[6]);
    assert_eq!(symbol(&module.space(), "a").unwrap(), None);
    let module = Module { gnu_hash: false, ..Module::new() }.build();
    assert_eq!(symbol(&module.space(), "a").unwrap(), None);
}

#[test]
fn chains_without_end_and_counts_of_zero_end() {
    // DT_HASH: a symbol that follows itself.
    let sysv = || Module { gnu_hash: false, sysv_hash: true, ..Module::new() }.build();
    let mut module = sysv();
    module.put32(0x5008, &[5, 5, 5]);
    module.put32(0x5014 + 4 * 5, &[5]);
    assert!(symbol(&module.space(), "nowhere").unwrap_err().message().contains("does not end"));
    let mut module = sysv();
    module.put32(0x5008, &[77, 77, 77]);
    assert!(symbol(&module.space(), "a").unwrap_err().message().contains("leads out"));
    let mut module = sysv();
    module.put32(0x5000, &[0]);
    assert_eq!(symbol(&module.space(), "a").unwrap(), None);
    // DT_GNU_HASH: no bucket; no end bit up to the end of memory.
    let mut module = Module::new().build();
    module.put32(0x2000, &[0]);
    assert_eq!(symbol(&module.space(), "a").unwrap(), None);
    let mut module = Module::new().build();
    module.put32(0x2008, &[0, 200]);
    module.put32(0x2010, &[1, 1]);
    module.bytes[0x2018..].iter_mut().for_each(|b| *b &= !1);
    assert_eq!(symbol(&module.space(), "nowhere").unwrap_err().kind(), ErrorKind::MissingMemory);
}

/// The names of the functions that a module exports, with their distances from its base.
fn functions(space: &AddressSpace) -> Vec<(String, Range<u64>)> {
    let functions = ElfImage::at(space, Addr(BASE)).unwrap().exported_functions(space);
    let row = |f: Function| (f.name, f.code.start.0 - BASE..f.code.end.0 - BASE);
    let mut rows: Vec<_> = functions.into_iter().map(row).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

#[test]
fn functions_that_are_exported_are_listed_by_each_kind_of_hash_table() {
    let both = [("a".to_owned(), 0x6030..0x6038), ("coreclr_initialize".to_owned(), 0x6020..0x6028)];
    assert_eq!(functions(&Module::new().build().space()), both);
    let sysv = Module { gnu_hash: false, sysv_hash: true, ..Module::new() };
    assert_eq!(functions(&sysv.build().space()), both);
    let shifted = Module { first: 0x40_0000, pointer_bias: BASE.wrapping_sub(0x40_0000), ..Module::new() };
    assert_eq!(functions(&shifted.build().space()), both);
}

#[test]
fn functions_whose_tables_are_not_in_the_dump_are_not_listed() {
    let without = |hole: Range<u64>| functions(&Module::new().build().space_without(hole));
    assert_eq!(without(0x1000..0x2000), [], "the dynamic table");
    assert_eq!(without(0x2000..0x3000), [], "the hash table, which tells how many there are");
    assert_eq!(without(0x3000..0x4000), [], "the symbols");
    assert_eq!(without(0x4000..0x5000), [], "their names");
    let no_hash = Module { gnu_hash: false, ..Module::new() };
    assert_eq!(functions(&no_hash.build().space()), []);
}

#[test]
fn counts_of_symbols_that_are_damaged_end() {
    let mut module = Module { gnu_hash: false, sysv_hash: true, ..Module::new() }.build();
    module.put32(0x5000, &[3, u32::MAX]);
    assert!(functions(&module.space()).len() >= 2, "ends with the memory");
    let mut module = Module::new().build();
    module.put32(0x2000, &[u32::MAX]);
    assert_eq!(functions(&module.space()), []);
}

#[test]
fn an_absurd_segment_size_stays_in_the_address_space() {
    let mut module = Module::new().build();
    module.put64(64 + 56 + 40, &[u64::MAX]);
    let space = module.space();
    let image = ElfImage::at(&space, Addr(BASE)).unwrap();
    assert_eq!(image.load_size(), u64::MAX - BASE);
    assert_eq!(image.symbol(&space, "a").unwrap(), Some(Addr(BASE + 0x6030)));
}

proptest::proptest! {
    #[test]
    fn flipped_bytes_never_panic(flips in proptest::collection::vec((0..0x6000_usize, 0..=255_u8), 1..12)) {
        let mut module = Module { sysv_hash: true, ..Module::new() }.build();
        flips.into_iter().for_each(|(at, byte)| module.bytes[at] = byte);
        let space = module.space();
        if let Ok(image) = ElfImage::at(&space, Addr(BASE)) {
            image.writable_ranges().for_each(drop);
            let _ = (image.load_size(), image.symbol(&space, "g_dacTable"), image.symbol(&space, "nowhere"));
            image.exported_functions(&space);
        }
    }
}
