//! What `heapql info` tells of a dump: what was found and how, what was checked, what is missing.

use std::sync::Arc;

use crate::clr::gc::generation_counts;
use crate::clr::{ClrRuntime, MetadataSource};
use crate::dump::container::Compression;
use crate::dump::{Dump, OperatingSystem};
use crate::error::Error;
use crate::graph::{Generation, Heap, Snapshot, generation_totals};
use crate::info::Info;
use crate::problem::{Problem, Severity, some_of};
use crate::progress::Progress;
use crate::state;
use crate::units::{grouped, human_bytes};

use super::memory_section::memory_section;
use super::{Opened, heap_checks};

pub(super) fn describe(opened: &Opened, progress: &dyn Progress) -> Info {
    let mut info = Info::default();
    let snapshot = &opened.snapshot;
    let heap = snapshot.heap(progress);
    dump_section(&mut info, opened);
    match &opened.runtime {
        Ok(runtime) => {
            runtime_section(&mut info, runtime);
            heap_section(&mut info, snapshot, runtime, &heap);
            if let Some(types) = &snapshot.types {
                memory_section(&mut info, types);
            }
            modules_section(&mut info, runtime);
            threads_section(&mut info, runtime, deadlocked(snapshot, &heap));
            info.checks = runtime.checks().to_vec();
            info.checks.extend(heap_checks::checks(runtime, heap.as_ref().ok().copied()));
        }
        Err(error) => {
            info.section("Runtime").text("runtime", error.to_string());
            let counts =
                [("modules mapped", snapshot.modules.len()), ("native threads", snapshot.threads.len())];
            let section = info.section("Left");
            for (label, count) in counts {
                section.row(label, count.to_string(), count);
            }
        }
    }
    if let Some(index) = &opened.index {
        index.describe(info.section("Index"));
    }
    info.advice = advice(snapshot, &heap);
    info
}

fn dump_section(info: &mut Info, opened: &Opened) {
    let (dump, compression) = (&opened.dump, opened.compression);
    let section = info.section("Dump");
    section.text("file", &*opened.snapshot.facts.file);
    section.text("format", format(dump)).text("architecture", dump.target.architecture.to_string());
    section.text("taken by", dump.taken_by.map_or_else(|| "not known".to_owned(), |by| by.to_string()));
    if compression != Compression::None {
        section.text("compression", compression.name());
    }
    if let Some(process) = &dump.process {
        section.text("process", &*process.name).row("process id", process.id.to_string(), process.id);
    }
    let (files, of_files) = &opened.backed;
    let present = dump.memory.present_bytes() - of_files;
    section.row("memory", human_bytes(present as f64), present);
    if !files.is_empty() {
        let paths: Vec<String> = files.iter().map(|file| file.path.display().to_string()).collect();
        let names: Vec<&str> = paths.iter().filter_map(|path| path.rsplit(['/', '\\']).next()).collect();
        let text = format!("{} from {}", human_bytes(*of_files as f64), some_of(&names));
        section.row("pages of files", text, serde_json::json!({"bytes": of_files, "files": paths}));
    }
    section.row("cut off", human_bytes(dump.memory.cut_bytes() as f64), dump.memory.cut_bytes());
}

fn format(dump: &Dump) -> &'static str {
    match dump.target.system {
        OperatingSystem::Linux => "ELF core",
        OperatingSystem::Windows => "Windows minidump",
    }
}

fn runtime_section(info: &mut Info, runtime: &ClrRuntime) {
    let section = info.section("Runtime");
    let version = runtime.version().map_or_else(|| "not known".to_owned(), |version| version.to_string());
    let native = if runtime.module.is_native_aot() { "NativeAOT " } else { "" };
    section.text("version", format!("{native}{version}"));
    section.text("module", runtime.module.path.as_deref().unwrap_or("not known"));
    section.text("base", runtime.module.base.to_string());
    section.text("build id", runtime.module.identity().unwrap_or_else(|| "not in the dump".to_owned()));
    section.text("layout", &*runtime.located.layout_source);
    section.text("found by", &*runtime.located.found_by);
    if runtime.module.is_native_aot() {
        let symbols = runtime.type_symbols.as_ref().map(|symbols| symbols.file().display());
        let none = || "not known: types are told by where they lie in the program".to_owned();
        section.text("type names", symbols.map_or_else(none, |file| format!("the symbols of {file}")));
    }
}

fn heap_section(
    info: &mut Info,
    snapshot: &Snapshot,
    runtime: &ClrRuntime,
    heap: &Result<&Heap, Arc<Error>>,
) {
    let section = info.section("Heap");
    let gc = match &runtime.gc {
        Ok(gc) => gc,
        Err(error) => {
            section.text("heap", error.to_string());
            return;
        }
    };
    section.text("GC mode", gc.heaps.mode.to_string());
    section.row("heaps", gc.heaps.heaps.len().to_string(), gc.heaps.heaps.len());
    let (label, count) = (if gc.heaps.regions { "regions" } else { "segments" }, gc.segments.len());
    section.row(label, grouped(count as u64), count);
    section.row("collection under way", if gc.heaps.collecting { "yes" } else { "no" }, gc.heaps.collecting);
    if let Some([gen0, gen1, gen2]) = collections(runtime) {
        let text = format!("{} ({} of gen1, {} of gen2)", grouped(gen0), grouped(gen1), grouped(gen2));
        section.row("collections", text, serde_json::json!({"gen0": gen0, "gen1": gen1, "gen2": gen2}));
    }
    let heap = match heap {
        Ok(heap) => heap,
        Err(error) => {
            section.text("objects", error.to_string());
            return;
        }
    };
    let bytes: u64 = heap.types.all().iter().map(|t| t.size).sum();
    let free: u64 = heap.free_bytes.iter().sum();
    section.row("objects", grouped(heap.objects.len() as u64), heap.objects.len());
    section.row("bytes", format!("{} ({})", grouped(bytes), human_bytes(bytes as f64)), bytes);
    section.row("free bytes", format!("{} ({})", grouped(free), human_bytes(free as f64)), free);
    section.row("types", grouped(heap.types.len() as u64), heap.types.len());
    let totals = generation_totals(heap, &snapshot.segments);
    for (generation, total) in Generation::ALL.iter().zip(totals).filter(|(_, total)| total.objects > 0) {
        let text = format!("{} objects, {} bytes", grouped(total.objects), grouped(total.bytes));
        section.row(
            generation.word(),
            text,
            serde_json::json!({"objects": total.objects, "bytes": total.bytes}),
        );
    }
}

/// How often generations 0, 1 and 2 were collected; `None` where the dump does not tell.
fn collections(runtime: &ClrRuntime) -> Option<[u64; 3]> {
    let heaps = &runtime.gc.as_ref().ok()?.heaps.heaps;
    let counts = generation_counts(&runtime.dump.memory, &runtime.located.layout, heaps)?;
    let [gen0, gen1, gen2, ..] = counts.first()?.as_slice() else { return None };
    Some([gen0, gen1, gen2].map(|counts| counts.collections))
}

fn modules_section(info: &mut Info, runtime: &ClrRuntime) {
    let section = info.section("Modules");
    section.row("loaded", runtime.modules.len().to_string(), runtime.modules.len());
    let dynamic = runtime.modules.iter().filter(|m| m.dynamic).count();
    section.row("dynamic", dynamic.to_string(), dynamic);
    // A NativeAOT program has no metadata that could be missing.
    if runtime.module.is_native_aot() {
        return;
    }
    let mut by_source: [(&str, Vec<&str>); 4] = [
        ("metadata in the dump", vec![]),
        ("metadata from files", vec![]),
        ("metadata in part", vec![]),
        ("metadata missing", vec![]),
    ];
    for (module, source) in runtime.modules_with_metadata() {
        let index = match source {
            MetadataSource::Dump { .. } => 0,
            MetadataSource::File { .. } => 1,
            MetadataSource::Partial { .. } => 2,
            MetadataSource::Missing(_) => 3,
        };
        by_source[index].1.push(module.file_name().unwrap_or("a module without a name"));
    }
    for (index, (label, names)) in by_source.iter().enumerate().filter(|(_, (_, names))| !names.is_empty()) {
        let text =
            if index == 0 { names.len().to_string() } else { format!("{}: {}", names.len(), some_of(names)) };
        section.row(*label, text, names.clone());
    }
}

fn threads_section(info: &mut Info, runtime: &ClrRuntime, deadlocked: Option<(usize, usize)>) {
    let section = info.section("Threads");
    let native = runtime.dump.threads.len();
    section.row("native", native.to_string(), native);
    let Some(list) = &runtime.threads else {
        section.text("managed", "not in the dump");
        return;
    };
    section.row("managed", list.threads.len().to_string(), list.threads.len());
    let count = |pick: &dyn Fn(&crate::clr::Thread) -> bool| list.threads.iter().filter(|t| pick(t)).count();
    for (label, count) in [
        ("background", count(&|t| t.state.background)),
        ("pool workers", count(&|t| t.state.pool_worker)),
        ("dead", count(&|t| t.state.dead)),
        ("with an exception", count(&|t| t.exception.is_some())),
    ] {
        section.row(label, count.to_string(), count);
    }
    if let Some((threads, deadlocks)) = deadlocked {
        let text = match deadlocks {
            1 => format!("{threads}, which wait for each other: `select * from deadlocks`"),
            _ => format!("{threads}, in {deadlocks} circles: `select * from deadlocks`"),
        };
        section.row("in a deadlock", text, threads);
    }
}

/// How many threads wait for each other, in how many circles; `None` where none do, and where it cannot be told.
fn deadlocked(snapshot: &Snapshot, heap: &Result<&Heap, Arc<Error>>) -> Option<(usize, usize)> {
    let (Ok(heap), Some(values)) = (heap, &snapshot.values) else { return None };
    let deadlocks = state::deadlocks(&state::waits(snapshot, heap, values).all);
    let threads = deadlocks.iter().map(|deadlock| deadlock.waits.len()).sum();
    (!deadlocks.is_empty()).then_some((threads, deadlocks.len()))
}

/// The hints of all problems, losses first, and that of a heap that is not there; each once.
fn advice(snapshot: &Snapshot, heap: &Result<&Heap, Arc<Error>>) -> Vec<String> {
    let of_heap: &[Problem] = heap.as_ref().map_or(&[], |heap| &heap.problems);
    let mut problems: Vec<&Problem> = snapshot.problems.iter().chain(of_heap).collect();
    problems.sort_by_key(|problem| problem.severity != Severity::Loss);
    let no_heap = heap.as_ref().err().map(|error| (error.message(), error.hint_text()));
    let hints = problems.into_iter().map(|problem| (problem.message.as_str(), problem.hint.as_deref()));
    let mut lines = Vec::new();
    for (message, hint) in no_heap.into_iter().chain(hints) {
        let line = hint.map_or_else(|| message.to_owned(), |hint| format!("{message}: {hint}"));
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}
