//! Files that give pages to dumps, and files that may not.

use std::fs;
use std::path::Path;

use super::*;
use crate::dump::AddressSpace;
use crate::synth::elf_core::{ElfCore, Note};

const BASE: u64 = 0x7f00_0000_0000;
/// What is mapped read-only, with headers in front; behind it lies what is written to.
const TEXT: u64 = 0x3000;
const DATA: u64 = 0x1000;
/// Where in the data the mark of the bundle stands, and where an assembly of the bundle is mapped.
const MARK: u64 = 0x3100;
const ASSEMBLY: u64 = BASE - 0x10_0000;
const PATH: &str = "/app/zoo";

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A program of 4 pages with this build id; every byte behind its headers tells its page.
fn program(build_id: &[u8]) -> Vec<u8> {
    let mut file: Vec<u8> = (0..TEXT + DATA).map(|at| 0x10 + (at >> 12) as u8).collect();
    file[..0x400].fill(0);
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"\x7fELF\x02\x01\x01");
    put(16, &[3, 0, 62, 0]);
    put(32, &words(&[64]));
    put(54, &[56, 0, 3, 0]);
    let notes = if build_id.is_empty() { 0 } else { 16 + build_id.len() as u64 };
    let headers = [(1_u32, 5_u32, 0, TEXT), (1, 6, TEXT, DATA), (4, 4, 0x300, notes)];
    for (i, (kind, flags, at, size)) in headers.into_iter().enumerate() {
        put(64 + 56 * i, &kind.to_le_bytes());
        put(68 + 56 * i, &flags.to_le_bytes());
        put(72 + 56 * i, &words(&[at, at, at, size, size, 4]));
    }
    if notes > 0 {
        put(0x300, &[4, 0, 0, 0, build_id.len() as u8, 0, 0, 0, 3, 0, 0, 0]);
        put(0x30c, b"GNU\0");
        put(0x310, build_id);
    }
    file
}

/// A program with a bundle of two pages behind it, whose manifest lies at `manifest`.
fn single_file(manifest: u64) -> Vec<u8> {
    let mut file = program(&[1; 20]);
    let mark = MARK as usize;
    file[mark..mark + 8].copy_from_slice(&manifest.to_le_bytes());
    file[mark + 8..mark + 40].copy_from_slice(&proof::BUNDLE_SIGNATURE);
    file.resize(file.len() + 0x2000, 0xbb);
    file
}

/// The kernel's core of a process that runs `file`: its headers' page and its data are saved, with a word written.
fn kernel_core(file: &[u8], path: &str) -> ElfCore {
    let (text, data) = (TEXT as usize, (TEXT + DATA) as usize);
    let mut written = file[text..data].to_vec();
    written[0x800..0x808].fill(0xee);
    let bundle = (ASSEMBLY, ASSEMBLY + 0x1000, (TEXT + DATA) >> 12, path);
    let own = [(BASE, BASE + TEXT, 0, path), (BASE + TEXT, BASE + TEXT + DATA, TEXT >> 12, path)];
    let files: Vec<_> = Some(bundle).filter(|_| file.len() > data).into_iter().chain(own).collect();
    ElfCore::default()
        .note(&Note::thread(1, &[0; 27]))
        .note(&Note::files(&files))
        .load_of(ASSEMBLY, &[], 0x1000)
        .load_of(BASE, &file[..0x1000], TEXT)
        .load(BASE + TEXT, &written)
}

fn dump(core: &ElfCore) -> Dump {
    Dump::parse(Mapped::Memory(core.build())).unwrap()
}

/// What the files of a folder give to a core.
fn backed(core: &ElfCore, files: &[(&str, &[u8])]) -> (Dump, Backing, u64) {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        fs::write(path, contents).unwrap();
    }
    let (files, _) = ModuleFiles::new(&[folder.path().to_owned()]);
    let mut dump = dump(core);
    let mut backing = Backing::find(&dump, &files);
    let bytes = backing.lay_under(&mut dump);
    (dump, backing, bytes)
}

fn byte(memory: &AddressSpace, at: u64) -> Option<u8> {
    memory.u8(Addr(at)).ok()
}

#[test]
fn a_file_with_the_same_build_id_gives_what_the_kernel_left_out() {
    let file = program(&[1; 20]);
    let (dump, backing, bytes) = backed(&kernel_core(&file, PATH), &[("zoo", &file)]);
    assert_eq!((backing.files.len(), bytes), (1, TEXT - 0x1000));
    assert_eq!(backing.files[0].recorded, PATH);
    assert_eq!(byte(&dump.memory, BASE + 0x1234), Some(0x11));
    assert_eq!(byte(&dump.memory, BASE + TEXT + 0x800), Some(0xee), "the dump's own bytes hold");
    assert_eq!(backing.problems, []);
}

#[test]
fn another_build_gives_nothing_and_is_told() {
    let (file, other) = (program(&[1; 20]), program(&[2; 20]));
    let (dump, backing, bytes) = backed(&kernel_core(&file, PATH), &[("zoo", &other)]);
    assert_eq!((backing.files.len(), bytes), (0, 0));
    assert_eq!(byte(&dump.memory, BASE + 0x1234), None);
    assert!(backing.problems[0].message.contains("other builds"), "{:?}", backing.problems);
    let (_, backing, bytes) = backed(&kernel_core(&file, PATH), &[("a/zoo", &other), ("b/zoo", &file)]);
    assert_eq!((backing.files.len(), bytes), (1, TEXT - 0x1000), "the right one of several");
    assert_eq!(backing.problems, []);
}

#[test]
fn without_a_build_id_equal_pages_prove_and_others_disprove() {
    let file = program(&[]);
    assert_eq!(backed(&kernel_core(&file, PATH), &[("zoo", &file)]).2, TEXT - 0x1000);
    let mut other = file.clone();
    other[0xfff] ^= 1;
    let (_, backing, bytes) = backed(&kernel_core(&file, PATH), &[("zoo", &other)]);
    assert_eq!(bytes, 0);
    assert!(backing.problems[0].message.contains("other builds"), "{:?}", backing.problems);
}

#[test]
fn a_dump_that_holds_nothing_of_the_file_proves_nothing() {
    let file = program(&[1; 20]);
    let mut core = kernel_core(&file, PATH);
    core.loads[1].bytes.clear();
    let (_, backing, bytes) = backed(&core, &[("zoo", &file)]);
    assert_eq!(bytes, 0);
    assert!(backing.problems[0].message.contains("not proved"), "{:?}", backing.problems);
}

#[test]
fn of_createdumps_dumps_only_what_cannot_be_written_to_is_filled() {
    let file = program(&[1; 20]);
    let mut core = kernel_core(&file, PATH).by_createdump();
    core.loads[2].bytes.clear();
    let (dump, _, bytes) = backed(&core, &[("zoo", &file)]);
    assert_eq!(bytes, TEXT - 0x1000);
    assert_eq!(byte(&dump.memory, BASE + TEXT + 0x800), None, "the process may have written there");
}

#[test]
fn paths_of_containers_and_of_replaced_files_match_by_their_names() {
    let file = program(&[1; 20]);
    for path in ["/var/lib/docker/overlay2/0123abcd/merged/app/zoo", "/app/zoo (deleted)"] {
        assert_eq!(backed(&kernel_core(&file, path), &[("zoo", &file)]).2, TEXT - 0x1000, "{path}");
    }
}

#[test]
fn a_bundle_is_taken_when_its_manifest_lies_where_the_process_has_it() {
    let file = single_file(0x5800);
    let (dump, _, bytes) = backed(&kernel_core(&file, PATH), &[("zoo", &file)]);
    assert_eq!(bytes, TEXT - 0x1000 + 0x1000);
    assert_eq!(byte(&dump.memory, ASSEMBLY), Some(0xbb));
}

#[test]
fn of_gcores_dumps_the_mappings_that_are_not_listed_are_filled() {
    let file = single_file(0x5800);
    let mut core = kernel_core(&file, PATH).by_gcore();
    core.loads.remove(0);
    let (dump, _, bytes) = backed(&core, &[("zoo", &file)]);
    assert_eq!(bytes, TEXT - 0x1000 + 0x1000);
    assert_eq!(byte(&dump.memory, ASSEMBLY), Some(0xbb));
    let mut core = kernel_core(&file, PATH).by_createdump();
    core.loads.remove(0);
    let (dump, _, _) = backed(&core, &[("zoo", &file)]);
    assert_eq!(byte(&dump.memory, ASSEMBLY), None, "createdump may have left out what was written");
}

#[test]
fn of_another_program_of_the_same_runtime_only_the_runtime_is_taken() {
    let (file, other) = (single_file(0x5800), single_file(0x5900));
    let (dump, backing, bytes) = backed(&kernel_core(&file, PATH), &[("zoo", &other)]);
    assert_eq!((backing.files.len(), bytes), (1, TEXT - 0x1000));
    assert_eq!(byte(&dump.memory, ASSEMBLY), None);
    let shorter = &file[..(TEXT + DATA) as usize - 8];
    assert_eq!(byte(&backed(&kernel_core(&file, PATH), &[("zoo", shorter)]).0.memory, ASSEMBLY), None);
}

#[test]
fn what_is_no_module_gives_nothing() {
    let core = kernel_core(&program(&[1; 20]), PATH);
    for contents in [&b"no module"[..], b"\x7fELF\x02\x01\x01", b""] {
        let (_, backing, bytes) = backed(&core, &[("zoo", contents)]);
        assert_eq!((backing.files.len(), backing.problems.len(), bytes), (0, 0, 0), "{contents:?}");
    }
}
