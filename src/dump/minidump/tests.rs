//! Minidumps that no process wrote (`synth::minidump`).

use crate::bytes::{Addr, Mapped};
use crate::dump::{Dump, Fault, Target};
use crate::error::{Error, ErrorKind};
use crate::problem::Severity;
use crate::synth::{Minidump, MinidumpModule, MinidumpThread};

const RSP: usize = 19;
const RIP: usize = 16;

fn try_parse(bytes: Vec<u8>) -> Result<Dump, Error> {
    Dump::parse(Mapped::Memory(bytes))
}

#[track_caller]
fn parse(bytes: Vec<u8>) -> Dump {
    try_parse(bytes).unwrap_or_else(|e| panic!("{e}"))
}

fn told(dump: &Dump) -> Vec<&str> {
    dump.problems.iter().map(|problem| problem.message.as_str()).collect()
}

fn module(path: &str, base: u64) -> MinidumpModule {
    let version = Some([10, 0, 1426, 52326]);
    let pdb = Some(([7; 16], 1));
    MinidumpModule { base, size: 0x2000, time_date_stamp: 0x6ada_ee43, path: path.to_owned(), version, pdb }
}

fn thread(id: u32, name: Option<&str>) -> MinidumpThread {
    MinidumpThread {
        id,
        name: name.map(str::to_owned),
        stack_pointer: 0x10_0000 + u64::from(id),
        instruction_pointer: 0x40_0000,
        stack_end: 0x11_0000,
    }
}

fn zoo() -> Minidump {
    Minidump {
        modules: vec![module(r"C:\zoo\Zoo.exe", 0x40_0000), module(r"C:\dotnet\coreclr.dll", 0x50_0000)],
        threads: vec![thread(1, Some("Main")), thread(2, None), thread(3, Some(".NET Finalizer"))],
        ..Minidump::default()
    }
    .load(0x1000, &[1, 2, 3, 4])
    .load(0x3000, &[5; 32])
}

#[test]
fn process_modules_and_memory_are_told() {
    let dump = parse(zoo().build());
    assert_eq!(told(&dump), [""; 0]);
    assert_eq!(dump.target, Target::WINDOWS_X64);
    assert_eq!(dump.taken_by.map(|by| by.to_string()).as_deref(), Some("MiniDumpWriteDump"));
    let process = dump.process.as_ref().unwrap();
    assert_eq!((process.id, &*process.name, dump.started), (4711, "Zoo.exe", Some(1_700_000_000)));
    let [program, runtime] = &*dump.modules else { panic!("{:?}", dump.modules) };
    assert_eq!((program.file_name(), program.base, program.size), ("Zoo.exe", Addr(0x40_0000), 0x2000));
    assert_eq!((runtime.version, runtime.time_date_stamp), (Some([10, 0, 1426, 52326]), 0x6ada_ee43));
    assert_eq!(runtime.pdb.unwrap().to_string(), "07070707-0707-0707-0707-070707070707");
    let mapping = &dump.mappings[1];
    assert_eq!((mapping.file_name(), mapping.end, mapping.file_offset), ("coreclr.dll", Addr(0x50_2000), 0));
    assert_eq!(dump.memory.u32(Addr(0x1000)), Ok(0x0403_0201));
    assert_eq!(dump.memory.u8(Addr(0x301f)), Ok(5));
    assert_eq!(dump.memory.u8(Addr(0x3020)), Err(Fault::Unmapped(Addr(0x3020))));
    assert_ne!(dump.fingerprint(), parse(zoo().load(0x9000, &[0]).build()).fingerprint());
}

#[test]
fn registers_stand_in_the_order_of_linux() {
    let dump = parse(zoo().build());
    let first = &dump.threads[0];
    assert_eq!((first.id, first.name.as_deref(), first.stack_end), (1, Some("Main"), Some(Addr(0x11_0000))));
    assert_eq!(first.registers.len(), dump.target.architecture.register_count());
    assert_eq!((first.registers[RSP], first.registers[RIP]), (0x10_0001, 0x40_0000));
    // Each other register of the synthetic CONTEXT holds its offset there: r15, rbp, rbx, rax, rdi.
    let [r15, rbp, rbx, rax, rdi] = [0, 4, 5, 10, 14].map(|at| first.registers[at]);
    assert_eq!([r15, rbp, rbx, rax, rdi], [0xf0, 0xa0, 0x90, 0x78, 0xb0]);
    assert_eq!(first.registers[22], 0x7f_0000, "the base of gs is the TEB");
    let names: Vec<_> = dump.threads.iter().map(|thread| thread.name.as_deref()).collect();
    assert_eq!(names, [Some("Main"), None, Some(".NET Finalizer")]);
}

#[test]
fn the_thread_that_crashed_comes_first_with_its_registers_then() {
    let dump = parse(Minidump { exception: Some((3, 0x10_8888, 0x66)), ..zoo() }.build());
    let ids: Vec<u64> = dump.threads.iter().map(|thread| thread.id).collect();
    assert_eq!(ids, [3, 1, 2]);
    let crashed = &dump.threads[0];
    assert_eq!((crashed.registers[RSP], crashed.registers[RIP]), (0x10_8888, 0x66));
    assert_eq!(crashed.name.as_deref(), Some(".NET Finalizer"));
    let unknown = parse(Minidump { exception: Some((99, 0, 0)), ..zoo() }.build());
    assert_eq!(unknown.threads[0].id, 1);
}

#[test]
fn memory_that_is_not_full_is_read_in_any_order_and_told() {
    let dump = parse(Minidump { full: false, ..zoo() }.load(0x2000, &[9; 8]).build());
    assert_eq!(dump.memory.u32(Addr(0x1000)), Ok(0x0403_0201));
    assert_eq!(dump.memory.u8(Addr(0x2007)), Ok(9));
    assert_eq!(dump.memory.u8(Addr(0x3000)), Ok(5));
    let [problem] = &*dump.problems else { panic!("{:?}", dump.problems) };
    assert_eq!(problem.severity, Severity::Loss);
    assert!(problem.message.contains("44 bytes"), "{problem}");
    assert!(problem.hint.as_deref().unwrap().contains("procdump -ma"), "{problem}");
    assert!(dump.lacks_memory);
}

#[test]
fn other_architectures_are_refused_by_name() {
    for (architecture, name) in [(0, "x86"), (5, "arm;"), (12, "arm64"), (77, "unknown")] {
        let error = try_parse(Minidump { architecture: Some(architecture), ..zoo() }.build()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains(name), "{error}");
    }
    let mut wow64 = zoo();
    wow64.modules.push(module(r"C:\Windows\System32\wow64.dll", 0x60_0000));
    let error = try_parse(wow64.build()).unwrap_err();
    assert!(error.message().contains("32-bit"), "{error}");
    assert_eq!(parse(Minidump { architecture: None, ..zoo() }.build()).modules.len(), 2);
}

#[test]
fn a_cut_file_is_read_up_to_the_cut() {
    let whole = zoo().build();
    let dump = parse(whole[..whole.len() - 20].to_vec());
    assert_eq!(dump.memory.cut_bytes(), 20);
    assert!(told(&dump)[0].contains("20 bytes of memory, of 1 ranges"), "{:?}", told(&dump));
    assert_eq!(dump.memory.u8(Addr(0x300b)), Ok(5));
    assert_eq!(dump.memory.u8(Addr(0x300c)), Err(Fault::CutOff(Addr(0x300c))));
    assert!(!dump.lacks_memory);
    // Where the list of memory itself is cut, nobody knows how much is lost.
    let dump = parse(whole[..whole.len() - 36 - 8].to_vec());
    assert!(dump.lacks_memory && dump.memory.cut_bytes() > 0, "{:?}", told(&dump));
    assert!(told(&dump)[0].contains("1 of 2 ranges of memory"), "{:?}", told(&dump));
    for length in 0..whole.len() {
        match try_parse(whole[..length].to_vec()) {
            Ok(dump) => assert!(!dump.problems.is_empty(), "{length}"),
            Err(error) => assert!(length < 32 + 12 || length < 4, "{length}: {error}"),
        }
    }
    for length in [4, 31, 32, 40] {
        let error = try_parse(whole[..length].to_vec()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{length}");
        assert!(error.hint_text().unwrap().contains("copy the dump again"));
    }
}

#[test]
fn absurd_counts_and_places_cost_nothing() {
    let absurd = [0xff; 64];
    for kind in [3, 4, 5, 6, 7, 9, 15, 24] {
        let dump = try_parse(zoo().stream(kind, &absurd).build());
        assert!(kind == 7 || dump.is_ok(), "{kind}");
        let _ = try_parse(zoo().stream(kind, &absurd[..3]).build());
        let _ = try_parse(zoo().stream(kind, &[]).build());
    }
    let dump = parse(zoo().stream(4, &absurd).build());
    assert!(told(&dump)[0].contains("0 of 4294967295 modules"), "{:?}", told(&dump));
    let dump = parse(Minidump { declared_streams: Some(u32::MAX), ..zoo() }.build());
    assert_eq!(dump.threads.len(), 3);
    let empty = Minidump { declared_streams: Some(0), ..zoo() };
    assert!(try_parse(empty.build()).unwrap_err().message().contains("no streams"));
}

/// Records of a damaged list may all lead to one long text: all texts together have no more bytes than the file.
#[test]
fn a_text_that_many_modules_share_is_not_copied_for_each() {
    let path = "x".repeat(4000);
    let dump = parse(Minidump { modules: vec![module(&path, 0x40_0000)], ..Minidump::default() }.build());
    assert_eq!(dump.modules[0].path.len(), 4000);
    let mut file = Minidump { modules: vec![module(&path, 0x40_0000)], ..Minidump::default() }.build();
    let list = file.windows(12).position(|w| w[..4] == [0x43, 0xee, 0xda, 0x6a]).unwrap() - 16;
    let record = file[list..list + 108].to_vec();
    let mut stream = 1000_u32.to_le_bytes().to_vec();
    stream.extend(record.repeat(1000));
    let at = file.len() as u32;
    file.extend(&stream);
    let entry = (32..).step_by(12).find(|&at| file[at] == 4).unwrap();
    file[entry + 4..entry + 12]
        .copy_from_slice(&[(stream.len() as u32).to_le_bytes(), at.to_le_bytes()].concat());
    let modules = parse(file.clone()).modules;
    assert_eq!(modules.len(), 1000);
    let texts: usize = modules.iter().map(|module| module.path.len()).sum();
    assert!(texts <= file.len(), "{texts}");
}
