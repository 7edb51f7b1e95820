//! Cores of all writers, whole, cut and damaged.

use super::*;
use crate::dump::{Architecture, Fault};
use crate::error::{Error, ErrorKind};
use crate::problem::Severity;
use crate::synth::elf_core::{ElfCore, Note};

fn read(file: Vec<u8>) -> Dump {
    parse(Arc::new(Mapped::Memory(file))).unwrap()
}

#[track_caller]
fn refused(core: &ElfCore) -> Error {
    parse(Arc::new(Mapped::Memory(core.build()))).unwrap_err()
}

fn losses(dump: &Dump) -> Vec<&str> {
    dump.problems.iter().filter(|p| p.severity == Severity::Loss).map(|p| p.message.as_str()).collect()
}

fn registers() -> Vec<u64> {
    (0..27).map(|i| 0x1111 * i).collect()
}

#[test]
fn memory_that_was_not_saved_is_a_hole() {
    let core = ElfCore::default()
        .load(0x1000, &[1; 16])
        .load_of(0x2000, &[2; 8], 32)
        .load_of(0x3000, &[], 0x1000)
        .load(0x4000, &[4; 4]);
    let dump = read(core.build());
    assert_eq!(dump.memory.u8(Addr(0x100f)), Ok(1));
    assert_eq!(dump.memory.u8(Addr(0x1010)), Err(Fault::Unmapped(Addr(0x1010))));
    assert_eq!(dump.memory.u64(Addr(0x2004)), Err(Fault::NotSaved(Addr(0x2008))));
    assert_eq!(dump.memory.u8(Addr(0x3fff)), Err(Fault::NotSaved(Addr(0x3fff))));
    assert_eq!(dump.memory.u32(Addr(0x4000)), Ok(0x0404_0404));
    assert_eq!(dump.memory.present_bytes(), 28);
    assert_eq!(losses(&dump), [""; 0]);
}

#[test]
fn reads_go_over_the_borders_of_segments_wherever_these_lie_in_the_file() {
    let mut core = ElfCore::default().load(0x2000, &[2; 8]).load(0x1ff8, &[1; 8]).load(0x2008, &[3; 8]);
    core.loads[1].padding = 5;
    let dump = read(core.build());
    assert_eq!(dump.memory.u64(Addr(0x1ffc)), Ok(0x0202_0202_0101_0101));
    assert_eq!(dump.memory.u64(Addr(0x2004)), Ok(0x0303_0303_0202_0202));
    assert_eq!(dump.memory.bytes(Addr(0x1ffe), 14).unwrap()[..], [1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3]);
}

/// A core with more segments than `e_phnum` can count; every tenth holds a byte.
fn seventy_thousand_segments() -> ElfCore {
    let mut core = ElfCore::default().note(&Note::thread(7, &registers()));
    for i in 0..70_000_u64 {
        let byte = [(i / 10) as u8];
        let saved: &[u8] = if i % 10 == 0 { &byte } else { &[] };
        core = core.load_of(0x10_0000 + 0x2000 * i, saved, 0x1000);
    }
    core
}

#[test]
fn more_segments_than_the_header_can_count() {
    let dump = read(seventy_thousand_segments().build());
    let at = |i: u64| dump.memory.u8(Addr(0x10_0000 + 0x2000 * i));
    assert_eq!(dump.memory.segment_count(), 70_000);
    assert_eq!(at(0), Ok(0));
    assert_eq!(at(69_990), Ok((6999 % 256) as u8));
    assert!(matches!(at(69_999), Err(Fault::NotSaved(_))));
    assert_eq!(dump.threads.len(), 1);
    assert_eq!(losses(&dump), [""; 0]);
}

#[test]
fn a_number_of_segments_that_is_cut_off_loses_no_segment() {
    let mut file = seventy_thousand_segments().build();
    file.truncate(file.len() - 1);
    let dump = read(file);
    assert_eq!(dump.memory.u8(Addr(0x10_0000 + 0x2000 * 69_990)), Ok((6999 % 256) as u8));
    assert!(losses(&dump).iter().any(|l| l.contains("number of memory segments")), "{:?}", losses(&dump));
}

#[test]
fn every_kind_of_note_is_read() {
    let files = [
        (0x7000, 0x9000, 0, "/usr/share/dotnet/libcoreclr.so"),
        (0x9000, 0xa000, 2, "/usr/share/dotnet/libcoreclr.so"),
    ];
    let core = ElfCore::default()
        .note(&Note::process(42, "zoo-with-a-long-name"))
        .note(&Note::thread(43, &registers()))
        .note(&Note { owner: "LINUX".to_owned(), kind: 0x202, description: vec![9; 5] })
        .note(&Note::thread(44, &registers()))
        .note(&Note::auxiliary_vector(&[(3, 0x40), (9, 0x4010)]))
        .note(&Note::files(&files))
        .load(0x1000, &[0; 4]);
    let dump = read(core.build());
    let process = dump.process.clone().unwrap();
    assert_eq!((process.id, process.name.as_str()), (42, "zoo-with-a-long"));
    assert_eq!(dump.threads.iter().map(|t| t.id).collect::<Vec<_>>(), [43, 44]);
    assert_eq!(dump.threads[0].registers, registers());
    assert_eq!(dump.auxv, [(3, 0x40), (9, 0x4010)]);
    let mappings: Vec<_> = dump.mappings.iter().map(|m| (m.start.0, m.end.0, m.file_offset)).collect();
    assert_eq!(mappings, [(0x7000, 0x9000, 0), (0x9000, 0xa000, 0x2000)]);
    assert_eq!(dump.mappings[1].file_name(), "libcoreclr.so");
    assert_eq!(dump.problems, []);
}

#[test]
fn threads_of_arm64_have_more_registers() {
    let registers: Vec<u64> = (100..134).collect();
    let mut core = ElfCore::default().note(&Note::thread(1, &registers)).load(0, &[0]);
    core.machine = 183;
    let dump = read(core.build());
    assert_eq!(dump.target.architecture, Architecture::Arm64);
    assert_eq!(dump.threads[0].registers, registers);
}

#[test]
fn the_writer_of_a_core_is_told() {
    let core = || ElfCore::default().load(0x1000, &[5; 8]).note(&Note::thread(1, &registers()));
    let kernel = read(core().build());
    let createdump = read(core().by_createdump().build());
    let gcore = read(core().by_gcore().build());
    let writers = [kernel.taken_by, createdump.taken_by, gcore.taken_by];
    assert_eq!(writers, [TakenBy::Kernel, TakenBy::Createdump, TakenBy::Gcore].map(Some));
    assert_eq!(gcore.threads.len(), 1, "gcore's notes stand at the end");
    assert_eq!(gcore.memory.u8(Addr(0x1007)), Ok(5));
}

#[test]
fn a_core_that_lost_its_notes_does_not_tell_its_writer() {
    let core = ElfCore::default().load(0x1000, &[5; 8]).note(&Note::thread(1, &registers())).by_gcore();
    let mut file = core.build();
    file.truncate(file.len() - core.notes_size() as usize - 4);
    assert_eq!(read(file).taken_by, None);
}

#[test]
fn notes_that_are_cut_leave_those_before_them() {
    let whole = Note::thread(1, &registers());
    let next = Note::thread(2, &registers()).bytes();
    for kept in [0, 4, 11, 12, 16, 40, next.len() - 1] {
        let core = ElfCore::default().note(&whole).raw_note(&next[..kept]).load(0x1000, &[1; 4]);
        let dump = read(core.build());
        assert_eq!(dump.threads.len(), 1, "{kept} bytes kept");
        assert_eq!(dump.memory.u8(Addr(0x1000)), Ok(1));
        // Fewer bytes than a note's header are taken for padding.
        let told = losses(&dump).iter().any(|l| l.contains("cannot be read"));
        assert_eq!(told, kept >= 12, "{kept} bytes kept: {:?}", losses(&dump));
    }
}

#[test]
fn notes_beyond_the_end_of_the_file_are_told() {
    let core = ElfCore::default().load(0x1000, &[1; 64]).note(&Note::thread(1, &registers())).by_gcore();
    let mut file = core.build();
    file.truncate(file.len() - 20);
    let dump = read(file);
    assert_eq!(dump.threads.len(), 1);
    assert!(losses(&dump).iter().any(|l| l.contains("the notes")), "{:?}", losses(&dump));
}

#[test]
fn absurd_counts_allocate_no_more_than_is_there() {
    let files = [(0x1000, 0x2000, 0, "a"), (0x2000, 0x3000, 1, "b")];
    for count in [3, 1 << 32, u64::MAX / 24, u64::MAX] {
        let dump =
            read(ElfCore::default().note(&Note::files_declaring(count, &files)).load(0x1000, &[1]).build());
        assert!(dump.mappings.len() <= 3, "{count}: {:?}", dump.mappings);
    }
    let fewer = ElfCore::default().note(&Note::files_declaring(1, &files)).load(0x1000, &[1]);
    assert_eq!(read(fewer.build()).mappings.len(), 1);
    // A note, and a segment of notes, that claim to have nearly all of the address space.
    let mut huge = Note::thread(1, &[]).bytes();
    huge[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut core = ElfCore::default().raw_note(&huge).load(0x1000, &[1]);
    core.declared_notes = Some(u64::MAX);
    let dump = read(core.build());
    assert_eq!(dump.threads, []);
    assert_eq!(losses(&dump).len(), 2, "{:?}", losses(&dump));
}

#[test]
fn a_segment_past_the_end_of_the_address_space_is_left_out() {
    let core = ElfCore::default().load_of(0x1000, &[1; 8], 8).load_of(u64::MAX - 3, &[2; 8], 8);
    let dump = read(core.build());
    assert_eq!(dump.memory.u64(Addr(0x1000)), Ok(0x0101_0101_0101_0101));
    assert!(dump.memory.u8(Addr(u64::MAX - 3)).is_err());
}

#[test]
fn a_cut_file_tells_how_much_is_lost() {
    let core = ElfCore::default().load(0x1000, &[1; 100]).load(0x2000, &[2; 100]).load(0x3000, &[3; 100]);
    let mut file = core.build();
    file.truncate(file.len() - 150);
    let dump = read(file);
    assert_eq!(dump.memory.cut_bytes(), 150);
    assert_eq!(dump.memory.u8(Addr(0x2031)), Ok(2));
    assert_eq!(dump.memory.u8(Addr(0x2032)), Err(Fault::CutOff(Addr(0x2032))));
    assert_eq!(dump.memory.u8(Addr(0x3000)), Err(Fault::CutOff(Addr(0x3000))));
    assert!(losses(&dump)[0].contains("150 bytes of memory, of 2 segments"), "{:?}", losses(&dump));
    assert!(dump.problems[0].hint.is_some());
}

#[test]
fn a_core_can_be_cut_anywhere() {
    let file = ElfCore::default()
        .note(&Note::thread(1, &registers()))
        .note(&Note::files(&[(0x1000, 0x2000, 0, "x")]))
        .load(0x1000, &[1; 64])
        .build();
    for length in 0..file.len() {
        match parse(Arc::new(Mapped::Memory(file[..length].to_vec()))) {
            Ok(dump) => assert!(!losses(&dump).is_empty(), "{length} of {} bytes: no loss", file.len()),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Malformed, "{length} bytes: {error}"),
        }
    }
}

#[test]
fn what_is_no_core_of_a_64_bit_process_is_refused() {
    let change = |change: &dyn Fn(&mut ElfCore)| {
        let mut core = ElfCore::default().load(0x1000, &[1]);
        change(&mut core);
        refused(&core)
    };
    let refusals = [
        (change(&|c| c.kind = 2), ErrorKind::NotADump, "an executable, not"),
        (change(&|c| c.kind = 3), ErrorKind::NotADump, "shared library"),
        (change(&|c| c.kind = 1), ErrorKind::NotADump, "object file"),
        (change(&|c| c.kind = 0x99), ErrorKind::NotADump, "unknown kind"),
        (change(&|c| c.class = 1), ErrorKind::Unsupported, "32-bit"),
        (change(&|c| c.data = 2), ErrorKind::Unsupported, "big-endian"),
        (change(&|c| c.machine = 40), ErrorKind::Unsupported, "on arm "),
        (change(&|c| c.machine = 22), ErrorKind::Unsupported, "s390x"),
        (change(&|c| c.machine = 8), ErrorKind::Unsupported, "ELF machine 8"),
        (change(&|c| c.entry_size = 32), ErrorKind::Malformed, "program headers of 32 bytes"),
    ];
    for (error, kind, told) in refusals {
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(told), "{told:?} is not in: {error}");
    }
}

#[test]
fn notes_that_many_headers_name_are_not_read_for_each() {
    let mut core = ElfCore::default().note(&Note::thread(7, &registers()));
    let once = core.build();
    let headers = read(once.clone()).notes.len();
    assert_eq!((headers, read(once).threads.len()), (1, 1));
    core = core.load(0x1000, &[1; 64]);
    let mut file = core.build();
    // Twenty thousand headers more, at the end, which all name the same notes.
    let header = file[64..64 + 56].to_vec();
    let table = [file[64..64 + 2 * 56].to_vec(), header.repeat(20_000)].concat();
    let at = file.len() as u64;
    file.extend(table);
    file[32..40].copy_from_slice(&at.to_le_bytes());
    file[56..58].copy_from_slice(&20_002_u16.to_le_bytes());
    let dump = read(file);
    assert!(dump.threads.len() < 10_000, "{} threads", dump.threads.len());
    assert!(losses(&dump).iter().any(|loss| loss.contains("notes overlap")), "{:?}", losses(&dump));
}

#[test]
fn of_many_notes_that_cannot_be_read_one_is_told() {
    let bad = [5_u32, 0, 1].map(u32::to_le_bytes).concat();
    let note = [&bad[..], b"CORE\0\0\0\0"].concat();
    let dump = read(ElfCore::default().raw_note(&note.repeat(1000)).load(0x1000, &[1; 16]).build());
    let told = losses(&dump);
    assert!(matches!(&told[..], [one] if one.ends_with("; nor can 999 more")), "{told:?}");
}
