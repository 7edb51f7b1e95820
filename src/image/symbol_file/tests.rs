//! ELF files made byte by byte.

use std::fs;

use super::*;

/// Where the only segment of the file is loaded.
const ADDRESS: u64 = 0x40_0000;
/// The file's size before its tables.
const LOADED: usize = 0x200;

fn word(file: &mut [u8], at: usize, value: u64, size: usize) {
    file[at..at + size].copy_from_slice(&value.to_le_bytes()[..size]);
}

/// A file with one segment, which holds `LOADED` bytes, and one symbol 0x110 behind its beginning.
fn elf(name: &str) -> Vec<u8> {
    let mut file = vec![0; LOADED];
    file[..16].copy_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    let header = [(16, 3, 2), (18, 62, 2), (20, 1, 4), (32, 64, 8), (52, 64, 2), (54, 56, 2), (56, 1, 2)];
    header.iter().for_each(|&(at, value, size)| word(&mut file, at, value, size));
    let segment =
        [(0, 1, 4), (4, 4, 4), (16, ADDRESS, 8), (32, LOADED as u64, 8), (40, 0x1000, 8), (48, 0x1000, 8)];
    segment.iter().for_each(|&(at, value, size)| word(&mut file, 64 + at, value, size));
    file[0x180..0x184].copy_from_slice(b"text");
    let symbols = file.len();
    file.extend([0; 48]);
    // Name, a global object, in section 1, value, size.
    let symbol = [(0, 1, 4), (4, 0x11, 1), (6, 1, 2), (8, ADDRESS + 0x110, 8), (16, 24, 8)];
    symbol.iter().for_each(|&(at, value, size)| word(&mut file, symbols + 24 + at, value, size));
    let names = file.len();
    file.extend([&[0], name.as_bytes(), &[0]].concat());
    file.resize(file.len().next_multiple_of(8), 0);
    let sections = file.len();
    file.extend([0; 192]);
    let tables =
        [(64, [2, symbols as u64, 48, 2, 24]), (128, [3, names as u64, name.len() as u64 + 2, 0, 0])];
    for (at, [kind, offset, size, link, entry]) in tables {
        let fields = [(4, kind, 4), (24, offset, 8), (32, size, 8), (40, link, 4), (56, entry, 8)];
        fields.iter().for_each(|&(field, value, size)| word(&mut file, sections + at + field, value, size));
    }
    let header = [(40, sections as u64, 8), (58, 64, 2), (60, 3, 2), (62, 2, 2)];
    header.iter().for_each(|&(at, value, size)| word(&mut file, at, value, size));
    file
}

fn file(folder: &Path, contents: &[u8]) -> SymbolFile {
    let path = folder.join("big");
    fs::write(&path, contents).unwrap();
    SymbolFile { contents: ModuleFiles::open(&path).unwrap(), path }
}

#[test]
fn symbols_and_bytes_lie_at_distances_from_the_base() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(folder.path(), &elf("_ZTV5a_b_c"));
    let mut found = Vec::new();
    file.for_each_symbol(|symbol| {
        found.push((symbol.distance, symbol.size, symbol.is_function, symbol.name.to_owned()));
    });
    assert_eq!(found, [(0x110, 24, false, "_ZTV5a_b_c".to_owned())]);
    assert!(file.bytes_at(0x180).unwrap().starts_with(b"text"));
    assert!(file.bytes_at(0x800).is_none(), "memory that the file does not have");
}

#[test]
fn a_file_of_another_build_or_of_none_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("big"), b"\x7fELF").unwrap();
    fs::write(folder.path().join("big.dbg"), b"text").unwrap();
    let (files, problems) = ModuleFiles::new(&[folder.path().to_path_buf()]);
    assert_eq!(problems, []);
    let build_id = BuildId::from_bytes(&[1; 20]).unwrap();
    assert!(SymbolFile::of_build(&files, "big", &build_id).is_empty());
}

#[test]
fn bytes_that_are_no_elf_file_have_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(folder.path(), b"\x7fELF\x02\x01\x01");
    assert!(file.bytes_at(0).is_none());
    file.for_each_symbol(|_| panic!("there is none"));
}
