//! ECMA-335 metadata laid out by hand, from constants of its own: widths are chosen by the test, not
//! by the reader's description of the tables.

use std::collections::BTreeMap;

/// What one column holds.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
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
#[derive(Clone, Debug)]
pub struct Builder {
    strings: Vec<u8>,
    blobs: Vec<u8>,
    guids: Vec<u8>,
    /// The stream of user strings, as it stands in the file.
    pub user_strings: Vec<u8>,
    tables: BTreeMap<u8, (u32, Vec<u8>)>,
    /// Whether indexes into heaps have four bytes, and not two.
    pub wide_heaps: bool,
    /// Whether four bytes stand between row counts and rows, as `#-` streams may have them.
    pub extra_data: bool,
    /// The name of the stream of tables: `#~`, or `#-` when it is not compressed.
    pub tables_stream: &'static str,
    /// Streams in front of the others.
    pub decoys: Vec<(&'static str, Vec<u8>)>,
    /// Streams behind the others.
    pub more_decoys: Vec<(&'static str, Vec<u8>)>,
}

impl Default for Builder {
    fn default() -> Builder {
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
}

impl Builder {
    /// Empty metadata with that name for the stream of tables and that width of heap indexes.
    pub fn of_form(tables_stream: &'static str, wide_heaps: bool) -> Builder {
        Builder { tables_stream, wide_heaps, ..Builder::default() }
    }

    /// Adds a row to the table of this number (ECMA-335 II.22).
    pub fn row(&mut self, table: u8, cells: &[Cell<'_>]) {
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
    pub fn build_with_places(&self) -> (Vec<u8>, BTreeMap<&'static str, usize>) {
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
    pub fn build(&self) -> Vec<u8> {
        self.build_with_places().0
    }
}
