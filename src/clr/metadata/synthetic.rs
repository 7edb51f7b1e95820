//! Metadata laid out by hand, from constants of its own: widths are chosen by the test, not by the
//! reader's description of the tables.

use std::collections::BTreeMap;

/// What one column holds.
#[derive(Clone, Copy)]
pub(super) enum Cell<'a> {
    /// Two bytes: a number, or an index into tables of few rows.
    U16(u16),
    /// Four bytes.
    U32(u32),
    /// A name.
    Name(&'a str),
    /// A blob.
    Blob(&'a [u8]),
    /// A GUID.
    Guid([u8; 16]),
    /// No GUID.
    NoGuid,
}

/// Metadata in the making.
#[derive(Clone)]
pub(super) struct Builder {
    strings: Vec<u8>,
    blobs: Vec<u8>,
    guids: Vec<u8>,
    pub(super) user_strings: Vec<u8>,
    tables: BTreeMap<u8, (u32, Vec<u8>)>,
    pub(super) wide_heaps: bool,
    pub(super) extra_data: bool,
    pub(super) tables_stream: &'static str,
    /// Streams in front of and behind the others.
    pub(super) decoys: Vec<(&'static str, Vec<u8>)>,
    pub(super) more_decoys: Vec<(&'static str, Vec<u8>)>,
}

impl Builder {
    pub(super) fn new() -> Builder {
        Builder {
            strings: vec![0],
            blobs: vec![0],
            guids: Vec::new(),
            user_strings: vec![0],
            tables: BTreeMap::new(),
            wide_heaps: false,
            extra_data: false,
            tables_stream: "#~",
            decoys: Vec::new(),
            more_decoys: Vec::new(),
        }
    }

    /// Adds a row to the table of this number.
    pub(super) fn row(&mut self, table: u8, cells: &[Cell<'_>]) {
        let mut bytes = Vec::new();
        for cell in cells {
            match *cell {
                Cell::U16(n) => bytes.extend(n.to_le_bytes()),
                Cell::U32(n) => bytes.extend(n.to_le_bytes()),
                Cell::Name(name) => {
                    let index = self.name(name);
                    self.heap_index(&mut bytes, index);
                }
                Cell::Blob(blob) => {
                    let index = self.blobs.len();
                    self.blobs.push(blob.len() as u8);
                    self.blobs.extend(blob);
                    self.heap_index(&mut bytes, index);
                }
                Cell::Guid(guid) => {
                    self.guids.extend(guid);
                    let index = self.guids.len() / 16;
                    self.heap_index(&mut bytes, index);
                }
                Cell::NoGuid => self.heap_index(&mut bytes, 0),
            }
        }
        let (count, rows) = self.tables.entry(table).or_default();
        *count += 1;
        rows.extend(bytes);
    }

    fn name(&mut self, name: &str) -> usize {
        if name.is_empty() {
            return 0;
        }
        self.strings.extend(name.as_bytes());
        self.strings.push(0);
        self.strings.len() - name.len() - 1
    }

    fn heap_index(&self, bytes: &mut Vec<u8>, index: usize) {
        if self.wide_heaps {
            bytes.extend((index as u32).to_le_bytes());
        } else {
            bytes.extend((index as u16).to_le_bytes());
        }
    }

    fn tables_bytes(&self) -> Vec<u8> {
        let heap_sizes = if self.wide_heaps { 7 } else { 0 } | if self.extra_data { 0x40 } else { 0 };
        let mut bytes = vec![0, 0, 0, 0, 2, 0, heap_sizes, 1];
        let valid = self.tables.keys().fold(0_u64, |valid, table| valid | 1 << table);
        bytes.extend(valid.to_le_bytes());
        bytes.extend([0; 8]);
        self.tables.values().for_each(|(count, _)| bytes.extend(count.to_le_bytes()));
        if self.extra_data {
            bytes.extend([0xee; 4]);
        }
        self.tables.values().for_each(|(_, rows)| bytes.extend(rows));
        bytes
    }

    /// The finished metadata, and where each stream begins in it, by name.
    pub(super) fn build_with_places(&self) -> (Vec<u8>, BTreeMap<&'static str, usize>) {
        let mut streams = self.decoys.clone();
        streams.extend([
            (self.tables_stream, self.tables_bytes()),
            ("#Strings", self.strings.clone()),
            ("#US", self.user_strings.clone()),
            ("#GUID", self.guids.clone()),
            ("#Blob", self.blobs.clone()),
        ]);
        streams.extend(self.more_decoys.clone());
        let mut bytes = b"BSJB\x01\0\x01\0\0\0\0\0\x0c\0\0\0v4.0.30319\0\0\0\0".to_vec();
        bytes.extend((streams.len() as u16).to_le_bytes());
        let padded = |length: usize| (length + 4) & !3;
        let mut offset = bytes.len() + streams.iter().map(|(name, _)| 8 + padded(name.len())).sum::<usize>();
        let mut places = BTreeMap::new();
        for (name, contents) in &streams {
            bytes.extend((offset as u32).to_le_bytes());
            bytes.extend((contents.len() as u32).to_le_bytes());
            bytes.extend(name.as_bytes());
            bytes.extend(vec![0; padded(name.len()) - name.len()]);
            places.insert(*name, offset);
            offset += contents.len();
        }
        streams.iter().for_each(|(_, contents)| bytes.extend(contents));
        (bytes, places)
    }

    /// The finished metadata.
    pub(super) fn build(&self) -> Vec<u8> {
        self.build_with_places().0
    }
}

/// The bytes of the sample's GUID.
pub(super) const MVID: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/// `zoo.dll` with these types, from row 1 on: `<Module>`, `Zoo.Dog` (two fields, two methods),
/// ``Zoo.Cage`1``, ``Zoo.Cage`1+Door``, ``Zoo.Cage`1+Door+Hinge`1``, `Sys.TitleAttribute` (a constructor).
pub(super) fn sample(form: &'static str, wide_heaps: bool) -> Builder {
    use Cell::{Blob, Guid, Name, NoGuid, U16, U32};
    let mut b = Builder { tables_stream: form, wide_heaps, ..Builder::new() };
    b.row(0x00, &[U16(0), Name("zoo.dll"), Guid(MVID), NoGuid, NoGuid]);
    b.row(0x01, &[U16(1 << 2 | 2), Name("Object"), Name("System")]);
    b.row(0x01, &[U16(1 << 2 | 2), Name("AssemblyFileVersionAttribute"), Name("System.Reflection")]);
    for (flags, name, namespace, fields, methods) in [
        (0, "<Module>", "", 1, 1),
        (0x0010_0001, "Dog", "Zoo", 1, 1),
        (0x0010_0001, "Cage`1", "Zoo", 3, 3),
        (0x0010_0002, "Door", "", 3, 3),
        (0x0010_0005, "Hinge`1", "", 3, 3),
        (0x0010_0001, "TitleAttribute", "Sys", 3, 3),
    ] {
        let names = [U32(flags), Name(name), Name(namespace)];
        b.row(0x02, &[&names[..], &[U16(1 << 2 | 1), U16(fields), U16(methods)]].concat());
    }
    b.row(0x04, &[U16(1), Name("name"), Blob(&[6, 14])]);
    b.row(0x04, &[U16(0x8056), Name("Legs"), Blob(&[6, 8])]);
    b.row(0x06, &[U32(0x2050), U16(0), U16(0x1886), Name(".ctor"), Blob(&[0x20, 0, 1]), U16(1)]);
    b.row(0x06, &[U32(0x2058), U16(0), U16(0x86), Name("Bark"), Blob(&[0x20, 1, 1, 8]), U16(1)]);
    b.row(0x06, &[U32(0x2060), U16(0), U16(0x1886), Name(".ctor"), Blob(&[0x20, 1, 1, 14]), U16(2)]);
    b.row(0x08, &[U16(0), U16(1), Name("times")]);
    b.row(0x0a, &[U16(2 << 3 | 1), Name(".ctor"), Blob(&[0x20, 1, 1, 14])]);
    b.row(0x0b, &[U16(8), U16(2 << 2), Blob(&[4, 0, 0, 0])]);
    // On a type; on the assembly by MemberRef and by MethodDef; one whose text is null.
    b.row(0x0c, &[U16(2 << 5 | 3), U16(1 << 3 | 3), Blob(b"\x01\0\x03no!\0\0")]);
    b.row(0x0c, &[U16(1 << 5 | 14), U16(1 << 3 | 3), Blob(b"\x01\0\x0810.0.1.2\0\0")]);
    b.row(0x0c, &[U16(1 << 5 | 14), U16(3 << 3 | 2), Blob(b"\x01\0\x03Zoo\0\0")]);
    b.row(0x0c, &[U16(1 << 5 | 14), U16(1 << 3 | 2), Blob(b"\x01\0\xff\0\0")]);
    b.row(0x0f, &[U16(8), U32(24), U16(2)]);
    b.row(0x10, &[U32(16), U16(1)]);
    b.row(0x1b, &[Blob(&[0x1d, 8])]);
    b.row(0x1d, &[U32(0x3000), U16(2)]);
    let versions = [U16(1), U16(2), U16(3), U16(65535)];
    b.row(0x20, &[&[U32(0x8004)], &versions[..], &[U32(0), Blob(&[]), Name("zoo"), Name("")]].concat());
    let system = [U32(0), Blob(&[7; 8]), Name("System.Runtime"), Name(""), Blob(&[])];
    b.row(0x23, &[&[U16(10), U16(0), U16(0), U16(0)], &system[..]].concat());
    b.row(0x27, &[U32(0x20_0000), U32(0), Name("Cat"), Name("Zoo"), U16(1 << 2 | 1)]);
    b.row(0x29, &[U16(5), U16(4)]);
    b.row(0x29, &[U16(4), U16(3)]);
    b.row(0x2a, &[U16(0), U16(0), U16(3 << 1), Name("T")]);
    b.row(0x2a, &[U16(0), U16(0), U16(4 << 1), Name("T")]);
    b.row(0x2a, &[U16(0), U16(0), U16(5 << 1), Name("T")]);
    b.row(0x2a, &[U16(1), U16(0), U16(5 << 1), Name("U")]);
    b.row(0x2b, &[U16(2 << 1), Blob(&[10, 1, 8])]);
    b
}
