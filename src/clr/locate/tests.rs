//! Finding the runtime's variables in synthetic processes: by each way, and by none.

use crate::bytes::Addr;
use crate::clr::checks::Outcome;
use crate::clr::synthetic::{open, try_open};
use crate::error::ErrorKind;
use crate::synth::{Family, Image, Place, Process, ProcessDump};

/// A path that tells no version.
const PLAIN_PATH: &str = "/app/libcoreclr.so";

fn process(family: Family) -> Process {
    let mut process = Process::new(family);
    let segment = process.segment(0, Place::Gen2);
    process.object(segment, process.string, 5);
    process
}

#[track_caller]
fn assert_found(dump: &ProcessDump, process: &Process, by: &str) {
    let runtime = open(dump);
    let located = &runtime.located;
    assert!(located.found_by.contains(by), "{}", located.found_by);
    let names = ["3.1", "8.0", "9.0", "10.0"];
    let family = Family::ALL.iter().position(|f| *f == process.family).unwrap();
    assert_eq!(located.family, names[family]);
    let pointer = |name| located.globals.pointer(&runtime.dump.memory, name).map(|a| a.0);
    assert_eq!(pointer("ThreadStore"), Some(dump.thread_store));
    assert_eq!(pointer("GcDacVars"), Some(dump.gc_dac_vars));
    assert_eq!(pointer("ObjectMethodTable"), Some(process.object.method_table));
    assert_eq!(pointer("StringMethodTable"), Some(process.string.method_table));
    assert_eq!(pointer("FreeObjectMethodTable"), Some(process.free.method_table));
    assert!(located.checks.iter().all(|c| c.outcome == Outcome::Passed), "{:?}", located.checks);
}

#[test]
fn by_the_exported_symbol() {
    for family in [Family::V8_0, Family::V9_0, Family::V10_0] {
        let process = process(family);
        assert_found(&process.clone().dump(), &process, "symbol");
    }
}

#[test]
fn by_the_build_id_of_a_published_build() {
    let builds = [
        (Family::V3_1, "d075e1e8028ae7eacab6607a539c316a2cd4828a", 0x76_5688),
        (Family::V8_0, "be4af8fbe7201f286fe16d9afb6e7ac51280e11c", 0x6a_ec68),
        (Family::V9_0, "178a030f028498f8e1ad6761370737925b4dd1a7", 0x72_8fb8),
        (Family::V10_0, "e217f0fc049d68f827cc2e462c0c3b59ad69a198", 0x6c_d380),
    ];
    for (family, build_id, table) in builds {
        let mut process = process(family);
        let byte = |i: usize| u8::from_str_radix(&build_id[i..i + 2], 16).unwrap();
        process.runtime.build_id = (0..40).step_by(2).map(byte).collect();
        process.runtime.table_distance = table;
        process.runtime.symbols_saved = false;
        process.runtime.path = Some(PLAIN_PATH.to_owned());
        assert_found(&process.clone().dump(), &process, "build id");
    }
}

#[test]
fn by_the_shape_of_the_table_in_a_kernels_core() {
    for family in Family::ALL {
        let mut process = process(family);
        process.runtime.symbols_saved = false;
        assert_found(&process.clone().dump(), &process, "shape");
        process.runtime.headers_saved = false;
        assert_found(&process.clone().dump(), &process, "shape");
    }
}

#[test]
fn by_the_shape_when_neither_build_nor_path_tell_the_version() {
    for family in Family::ALL {
        let mut process = process(family);
        process.runtime.symbols_saved = false;
        process.runtime.path = Some(PLAIN_PATH.to_owned());
        assert_found(&process.clone().dump(), &process, "shape");
    }
}

#[test]
fn without_the_list_of_mapped_files_by_what_a_module_exports() {
    let mut process = process(Family::V10_0);
    process.runtime.path = None;
    assert_found(&process.clone().dump(), &process, "symbol");
}

/// A single-file program: an assembly of its bundle is mapped below it, from the same file.
fn program(family: Family) -> Process {
    let mut process = process(family);
    process.runtime.path = Some("/app/zoo".to_owned());
    process.runtime.is_program = true;
    process
}

#[test]
fn within_the_program_that_it_is_linked_into() {
    for family in [Family::V8_0, Family::V9_0, Family::V10_0] {
        let process = program(family);
        assert_found(&process.clone().dump(), &process, "symbol");
    }
}

#[test]
fn within_a_program_whose_symbols_the_kernel_left_out_by_its_bundle() {
    let mut process = program(Family::V10_0);
    process.runtime.symbols_saved = false;
    assert_found(&process.clone().dump(), &process, "shape");
    // Without a bundle nothing tells that the runtime is in it.
    process.runtime.is_program = false;
    let error = try_open(&process.dump()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoRuntime);
}

#[test]
fn under_another_name_by_what_it_exports() {
    let mut process = process(Family::V10_0);
    process.runtime.path = Some("/app/zoo.so".to_owned());
    assert_found(&process.clone().dump(), &process, "symbol");
}

#[test]
fn a_table_with_a_further_entry_is_read_rightly() {
    for family in Family::ALL {
        for index in [0, 10, 16, 18, 25, 35, 43, 50, 60, 70] {
            let mut process = process(family);
            process.runtime.further_entry = Some(index);
            // The search by shape may find a beginning from which fewer entries are shifted.
            assert_found(&process.clone().dump(), &process, "");
        }
    }
}

#[test]
fn a_symbol_that_leads_elsewhere_is_not_believed() {
    let mut process = process(Family::V10_0);
    process.runtime.symbol_distance = Some(process.runtime.table_distance + 0x800);
    assert_found(&process.clone().dump(), &process, "shape");
}

#[test]
fn a_table_that_leads_nowhere_is_refused() {
    let dump = process(Family::V10_0).dump();
    for (thing, damage) in [("the table", 0..82), ("most of the table", 10..60)] {
        let mut dump = dump.clone();
        damage.for_each(|i| dump.memory.write_u64(dump.table + 8 * i, 0x4242_4242));
        let error = try_open(&dump).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownRuntime, "{thing}: {error}");
        assert!(error.message().contains("10.0.3"), "{error}");
    }
}

/// A runtime newer than all that is known, with what is laid down of it in `types` of its own description.
fn newer(types: Option<&str>) -> Process {
    let mut process = process(Family::V10_0);
    process.runtime.path = Some("/usr/share/dotnet/shared/Microsoft.NETCore.App/11.0.0/libcoreclr.so".into());
    process.runtime.contract = types
        .map(|types| format!(r#"{{"version":0,"baseline":"empty","types":{{{types}}},"globals":{{}}}}"#));
    process
}

#[test]
fn a_newer_version_is_refused_by_its_name() {
    let error = try_open(&newer(None).dump()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownRuntime);
    assert!(error.message().contains(".NET 11.0.0, whose structures are not known"), "{error}");
    assert!(error.message().contains("10.0, 9.0, 8.0, 7.0"), "{error}");
    assert!(error.hint_text().is_some_and(|hint| hint.contains("--full")), "{error}");
}

#[test]
fn a_newer_version_opens_by_its_own_description() {
    let process = newer(Some(r#""Thread":{"Id":16}"#));
    let dump = process.clone().dump();
    let runtime = open(&dump);
    assert_eq!(runtime.version().unwrap().to_string(), "11.0.0");
    let source = &runtime.located.layout_source;
    assert!(source.contains("own contract descriptor") && source.contains("11.0 is newer"), "{source}");
    assert_found(&dump, &process, "symbol");
}

#[test]
fn a_newer_version_that_does_not_prove_right_is_refused() {
    let process = newer(Some(r#""GcDacVars":{"generation_size":100000},"MethodTable":{"BaseSize":100000}"#));
    let error = try_open(&process.dump()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownRuntime);
    assert!(error.message().contains("11.0.0"), "{error}");
}

#[test]
fn a_build_whose_fields_lie_elsewhere_is_calibrated() {
    // Told about its threads: what the dump proves is another thing.
    let process =
        newer(Some(r#""Thread":{"LinkNext":128,"OSId":312},"AppDomain":{"DomainAssemblyList":600}"#));
    let dump = process.clone().dump();
    let runtime = open(&dump);
    let ids: Vec<Addr> = runtime.threads.as_ref().unwrap().threads.iter().map(|t| t.address).collect();
    assert_eq!(ids, dump.threads.iter().map(|&at| Addr(at)).collect::<Vec<_>>());
    let checks = &runtime.located.checks;
    assert!(checks.iter().any(|c| c.name == "Thread.LinkNext" && c.outcome == Outcome::Passed), "{checks:?}");
}

#[test]
fn a_process_without_the_runtime_is_refused() {
    let mut process = process(Family::V10_0);
    process.runtime.path = Some("/usr/lib/libc.so.6".to_owned());
    process.runtime.exports_table = false;
    let error = try_open(&process.clone().dump()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoRuntime);
    process.runtime.path = Some("/usr/share/dotnet/libhostfxr.so".to_owned());
    let error = try_open(&process.dump()).unwrap_err();
    assert!(error.message().contains("was starting .NET"), "{error}");
}

#[test]
fn a_runtime_replaced_on_disk_is_still_found() {
    let mut process = process(Family::V10_0);
    process.runtime.path.as_mut().unwrap().push_str(" (deleted)");
    assert_found(&process.clone().dump(), &process, "symbol");
}

#[test]
fn a_lost_thread_does_not_lose_the_runtime() {
    let dump = process(Family::V10_0).dump();
    let mut lost = dump.clone();
    lost.memory.forget(dump.threads[1], dump.threads[1] + 600);
    let runtime = open(&lost);
    let list = runtime.threads.as_ref().unwrap();
    assert_eq!((list.threads.len(), list.declared, list.complete), (1, 2, false));
    assert_eq!(list.threads[0].address, Addr(dump.threads[0]));
    assert!(crate::clr::synthetic::told(&runtime)[0].contains("breaks after 1 of 2"));
}

#[test]
fn a_layout_of_proposals_opens_by_what_the_dump_proves() {
    // 7.0 lies near 8.0: about where its fields are is all that its layout says.
    let mut process = process(Family::V8_0);
    process.module("zoo.dll", Image::Mapped);
    process.runtime.further_entry = Some(10);
    process.runtime.path = Some("/usr/share/dotnet/shared/Microsoft.NETCore.App/7.0.20/libcoreclr.so".into());
    let dump = process.clone().dump();
    let runtime = open(&dump);
    assert_eq!(runtime.located.family, "7.0");
    assert!(runtime.located.layout_source.contains("from the sources"), "{}", runtime.located.layout_source);
    let threads = &runtime.threads.as_ref().unwrap().threads;
    assert_eq!(threads.iter().map(|t| t.address.0).collect::<Vec<_>>(), dump.threads);
    assert_eq!(runtime.modules.len(), 2, "{:?}", runtime.checks());
    let failed: Vec<_> = runtime.checks().iter().filter(|c| c.outcome == Outcome::Failed).collect();
    assert!(failed.is_empty(), "{failed:?}");
}
