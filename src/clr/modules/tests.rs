//! Modules of synthetic processes, and where their metadata is found.

use std::fs;
use std::sync::Arc;

use super::*;
use crate::bytes::Mapped;
use crate::clr::ClrRuntime;
use crate::clr::synthetic::{open, told};
use crate::dump::Dump;
use crate::image::{ModuleFiles, PeLayout};
use crate::synth::{Family, Image as SynthImage, Place, Process, ProcessDump};

/// A process with these modules beside CoreLib, each with one type.
fn process(family: Family, modules: &[(&str, SynthImage)]) -> Process {
    let mut process = Process::new(family);
    for &(name, image) in modules {
        let module = process.module(name, image);
        process.define(module, "Zoo", "Dog");
    }
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.string, 5);
    process
}

fn source<'a>(runtime: &'a ClrRuntime, name: &str) -> &'a MetadataSource {
    let mut all = runtime.modules_with_metadata();
    all.find(|(module, _)| module.file_name() == Some(name)).unwrap().1
}

#[test]
fn all_kinds_of_modules_are_listed_in_their_order() {
    use SynthImage::{Dynamic, Flat, Mapped, NotSaved};
    for family in Family::ALL {
        let modules = [("a.dll", Mapped), ("b.dll", Flat), ("Emitted", Dynamic), ("c.dll", NotSaved)];
        let runtime = open(&process(family, &modules).dump());
        let names: Vec<_> = runtime.modules.iter().map(Module::file_name).collect();
        let core_library = Some("System.Private.CoreLib.dll");
        assert_eq!(names, [core_library, Some("a.dll"), Some("b.dll"), None, Some("c.dll")], "{family:?}");
        let paths = runtime.modules.iter().filter_map(|m| m.path.as_deref());
        assert!(paths.clone().all(|path| path.starts_with("/app/")), "{:?}", paths.collect::<Vec<_>>());
        let layouts: Vec<_> = runtime.modules.iter().map(|m| m.image.map(|i| i.layout)).collect();
        let (mapped, flat) = (Some(PeLayout::Mapped), Some(PeLayout::Flat));
        assert_eq!(layouts, [mapped, mapped, flat, None, mapped]);
        assert_eq!(
            runtime.modules.iter().map(|m| m.dynamic).collect::<Vec<_>>(),
            [false, false, false, true, false]
        );
        let whole: Vec<bool> = runtime.metadata.iter().map(MetadataSource::is_whole).collect();
        assert_eq!(whole, [true, true, true, true, false]);
        for source in &runtime.metadata[..4] {
            assert!(source.open(&runtime.dump.memory).is_some());
        }
        let missing = format!("{:?}", source(&runtime, "c.dll"));
        assert!(missing.contains("DOS header"), "{missing}");
        assert_eq!(told(&runtime), [""; 0]);
    }
}

#[test]
fn lists_of_many_assemblies_go_on_in_further_blocks() {
    let names: Vec<String> = (0..40).map(|i| format!("m{i}.dll")).collect();
    let modules: Vec<_> = names.iter().map(|name| (name.as_str(), SynthImage::Flat)).collect();
    let runtime = open(&process(Family::V10_0, &modules).dump());
    let found: Vec<_> = runtime.modules.iter().skip(1).filter_map(Module::file_name).collect();
    assert_eq!(found, names);
}

/// The address of a module's image, and the metadata's place in it.
fn image_of(dump: &ProcessDump, name: &str) -> (u64, u64, u64) {
    let runtime = open(dump);
    let module = runtime.modules.iter().find(|m| m.file_name() == Some(name)).unwrap();
    let MetadataSource::Dump { address, size } = source(&runtime, name) else { panic!("not in the dump") };
    (module.image.unwrap().base.0, address.0, u64::from(*size))
}

#[test]
fn metadata_with_a_hole_is_partial_and_without_a_byte_missing() {
    let dump = process(Family::V10_0, &[("zoo.dll", SynthImage::Mapped)]).dump();
    let (_, address, size) = image_of(&dump, "zoo.dll");
    let mut hole = dump.clone();
    hole.memory.forget(address + size - 8, address + size);
    assert!(matches!(source(&open(&hole), "zoo.dll"), MetadataSource::Partial { .. }));
    let mut none = dump;
    none.memory.forget(address, address + size);
    let runtime = open(&none);
    let missing = source(&runtime, "zoo.dll");
    assert!(matches!(missing, MetadataSource::Missing(why) if why == "its metadata is not in the dump"));
}

fn open_with_files(dump: &ProcessDump, folder: &std::path::Path) -> ClrRuntime {
    let (files, problems) = ModuleFiles::new(&[folder.to_owned()]);
    assert_eq!(problems, []);
    let dump = Dump::parse(Mapped::Memory(dump.core().build())).unwrap();
    ClrRuntime::open(Arc::new(dump), &files).unwrap()
}

#[test]
fn a_file_is_believed_only_when_it_is_the_module() {
    let dump = process(Family::V10_0, &[("zoo.dll", SynthImage::Flat)]).dump();
    let (base, address, size) = image_of(&dump, "zoo.dll");
    let file: Vec<u8> = (base..address + size).map(|at| dump.memory.read_u8(at)).collect();
    let mut without = dump;
    without.memory.forget(address, address + size);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zoo.dll");
    fs::write(&path, &file).unwrap();
    let runtime = open_with_files(&without, folder.path());
    assert_eq!(source(&runtime, "zoo.dll").file(), Some(path.as_path()));
    // Another build: the TimeDateStamp differs.
    let mut other = file;
    other[0x88] ^= 1;
    fs::write(&path, &other).unwrap();
    let runtime = open_with_files(&without, folder.path());
    let missing = source(&runtime, "zoo.dll");
    assert!(matches!(missing, MetadataSource::Missing(why) if why.contains("1 files named zoo.dll")));
}

#[test]
fn an_assembly_that_cannot_be_read_is_told_and_the_others_are_listed() {
    let mut process = process(Family::V10_0, &[("a.dll", SynthImage::Flat), ("b.dll", SynthImage::Flat)]);
    let lost = process.module("lost.dll", SynthImage::Flat);
    let address = process.module_address(lost);
    let mut dump = process.dump();
    dump.memory.forget(address, address + 2048);
    let runtime = open(&dump);
    assert_eq!(runtime.modules.len(), 3);
    assert!(told(&runtime)[0].contains("cannot be read"), "{:?}", told(&runtime));
}

#[test]
fn what_has_no_pe_assembly_is_no_module_and_many_are_told_once() {
    let mut process = process(Family::V10_0, &[]);
    let names: Vec<String> = (0..40).map(|n| format!("m{n}.dll")).collect();
    let modules: Vec<u64> = names
        .iter()
        .map(|name| {
            let module = process.module(name, SynthImage::Flat);
            process.module_address(module)
        })
        .collect();
    let mut dump = process.dump();
    // Module::PEAssembly of 10.0.
    modules.iter().for_each(|module| dump.memory.write_u64(module + 216, 0));
    let runtime = open(&dump);
    assert_eq!(runtime.modules.len(), 1);
    let told = told(&runtime);
    assert!(told.len() == 1 && told[0].contains("and 39 more cannot be read"), "{told:?}");
}
