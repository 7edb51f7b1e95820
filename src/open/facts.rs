//! What answers and comparisons say of a dump: which program, which process, which run of it, which dump.

use xxhash_rust::xxh3::Xxh3Default;

use crate::clr::modules::Module;
use crate::clr::{ClrRuntime, MetadataSource};
use crate::dump::Dump;
use crate::graph::{Facts, is_of_framework};
use crate::image::PeImage;

use super::index;

/// Entries of the auxiliary vector that the kernel chooses anew for every process, addresses all of them
/// (`include/uapi/linux/auxvec.h`): where the program's headers, its interpreter and its entry lie, the random bytes and
/// the program's path on the stack, the vDSO.
const AT_OF_RUN: [u64; 6] = [3, 7, 9, 25, 31, 33];

/// The hosts of programs that have no executable of their own: as a process's name they tell nothing.
const HOSTS: [&str; 2] = ["dotnet", "dotnet.exe"];

/// The facts of a dump whose runtime was found. The file's name is for the caller to add.
pub(super) fn of_runtime(runtime: &ClrRuntime) -> Facts {
    let of_dump = without_fingerprint(&runtime.dump);
    Facts {
        runtime: version_text(runtime),
        gc_mode: runtime.gc.as_ref().ok().map(|gc| gc.heaps.mode.to_string()),
        program: program(runtime).or(of_dump.program),
        fingerprint: Some(index::fingerprint(runtime).unwrap_or_else(|| runtime.dump.fingerprint())),
        ..of_dump
    }
}

/// The runtime's version as people speak of it.
fn version_text(runtime: &ClrRuntime) -> String {
    let version = runtime.version().map_or_else(String::new, |version| version.to_string());
    if runtime.module.is_native_aot() { format!("NativeAOT {version}") } else { version }
}

/// The facts of a dump without a runtime.
pub(super) fn of_dump(dump: &Dump) -> Facts {
    Facts { fingerprint: Some(dump.fingerprint()), ..without_fingerprint(dump) }
}

fn without_fingerprint(dump: &Dump) -> Facts {
    let named = dump.process.as_ref().map(|process| process.name.clone());
    Facts {
        architecture: dump.target.architecture.to_string(),
        program: named.filter(|name| !name.is_empty() && !HOSTS.contains(&name.as_str())),
        process: dump.process.clone(),
        process_run: run(&dump.auxv).or_else(|| run_by_start(dump)),
        ..Facts::default()
    }
}

/// The first module, in the order of loading, that has an entry point: libraries have none, and what starts a program
/// loads it before whatever it refers to. Where the images' headers are not in the dump, the first that is not of the
/// framework: the runtime loads its core library, then the program.
fn program(runtime: &ClrRuntime) -> Option<String> {
    let modules = || runtime.modules_with_metadata().filter(|(module, _)| !module.dynamic);
    let by_entry = modules().find(|(module, source)| has_entry_point(runtime, module, source) == Some(true));
    let named = |module: &Module| module.file_name().map(str::to_owned);
    by_entry.and_then(|(module, _)| named(module)).or_else(|| {
        let mut names = modules().filter_map(|(module, _)| named(module));
        names.find(|name| !is_of_framework(name))
    })
}

/// `None` where neither the dump nor a file has the header that tells.
fn has_entry_point(runtime: &ClrRuntime, module: &Module, source: &MetadataSource) -> Option<bool> {
    let memory = &runtime.dump.memory;
    let in_memory = module.image.and_then(|at| PeImage::in_memory(memory, at.base, at.layout).ok());
    if let Some(Ok(has)) = in_memory.map(|image| image.has_entry_point()) {
        return Some(has);
    }
    match source {
        MetadataSource::File { contents, .. } => PeImage::in_file(contents).ok()?.has_entry_point().ok(),
        _ => None,
    }
}

/// What two dumps of one run of a process have in common: where the kernel put things when it began. `None` where the
/// dump has no auxiliary vector.
fn run(auxv: &[(u64, u64)]) -> Option<u64> {
    let mut chosen: Vec<_> = auxv.iter().filter(|(kind, _)| AT_OF_RUN.contains(kind)).collect();
    if chosen.is_empty() {
        return None;
    }
    chosen.sort_unstable();
    let mut hash = Xxh3Default::new();
    for (kind, value) in chosen {
        hash.update(&kind.to_le_bytes());
        hash.update(&value.to_le_bytes());
    }
    Some(hash.digest())
}

/// The same for Windows, which gives the numbers of processes anew, but not within a second.
fn run_by_start(dump: &Dump) -> Option<u64> {
    let (process, started) = (dump.process.as_ref()?, dump.started?);
    let mut hash = Xxh3Default::new();
    hash.update(&process.id.to_le_bytes());
    hash.update(&started.to_le_bytes());
    Some(hash.digest())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_by_where_the_kernel_put_things() {
        let auxv = [(16, 0xbfeb_fbff), (25, 0x7ffd_1000), (33, 0x7ffd_2000), (9, 0x5560_0000)];
        let mut reordered = auxv;
        reordered.reverse();
        reordered[3].1 = 0;
        assert!(run(&auxv).is_some());
        assert_eq!(run(&auxv), run(&reordered), "processor features and order say nothing");
        let mut other = auxv;
        other[1].1 += 16;
        assert_ne!(run(&auxv), run(&other));
        assert_eq!(run(&[]), None);
        assert_eq!(run(&[(16, 1)]), None);
    }
}
