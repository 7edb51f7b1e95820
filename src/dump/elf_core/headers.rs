//! The ELF header and the program headers of a core.

use object::LittleEndian as LE;
use object::elf::{
    ELFCLASS64, ELFDATA2LSB, ELFOSABI_LINUX, EM_386, EM_AARCH64, EM_ARM, EM_LOONGARCH, EM_PPC64, EM_RISCV,
    EM_S390, EM_X86_64, ET_CORE, ET_DYN, ET_EXEC, ET_REL, FileHeader64, PN_XNUM, PT_LOAD, PT_NOTE,
    ProgramHeader64, SectionHeader64,
};
use object::pod;

use crate::bytes::FileOffset;
use crate::dump::Architecture;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::problem::Problem;

/// A PT_LOAD or PT_NOTE entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub address: u64,
    pub memory_size: u64,
    pub offset: u64,
    pub file_size: u64,
    /// What the memory may be used for (`PF_*`).
    pub flags: u32,
}

/// What the headers of a core say.
#[derive(Debug)]
pub(super) struct Headers {
    pub architecture: Architecture,
    /// createdump marks its cores with the Linux ABI; the kernel and gdb leave it at System V.
    pub linux_abi: bool,
    pub loads: Vec<Range>,
    pub notes: Vec<Range>,
    pub problems: Vec<Problem>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Headers> {
    check_identification(bytes)?;
    let Ok((header, _)) = pod::from_bytes::<FileHeader64<LE>>(bytes) else {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("the file ends within the ELF header, after {} bytes", bytes.len()),
        )
        .hint("the copy was cut short: copy the dump again"));
    };
    check_type(header.e_type.get(LE))?;
    let architecture = architecture(header.e_machine.get(LE))?;
    let mut problems = Vec::new();
    let declared = program_header_count(bytes, header, &mut problems);
    let (loads, notes) = program_headers(bytes, header, declared, &mut problems)?;
    let linux_abi = header.e_ident.os_abi == ELFOSABI_LINUX;
    Ok(Headers { architecture, linux_abi, loads, notes, problems })
}

/// Refuses what cannot be read as ELF64 little-endian, before any field wider than a byte is looked at.
fn check_identification(bytes: &[u8]) -> Result<()> {
    let &[_, _, _, _, class, data, ..] = bytes else { return Ok(()) };
    if class != ELFCLASS64.0 {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "the core is of a 32-bit process; heapql reads 64-bit dumps",
        )
        .hint("a 32-bit process (x86, arm) can be analysed with dotnet-dump on a machine of that kind"));
    }
    if data != ELFDATA2LSB.0 {
        let message = "the core is big-endian; .NET dumps of x64 and arm64 are little-endian";
        return Err(Error::new(ErrorKind::Unsupported, message));
    }
    Ok(())
}

fn check_type(kind: object::elf::FileType) -> Result<()> {
    let what = match kind {
        ET_CORE => return Ok(()),
        ET_EXEC => "an executable",
        ET_DYN => "an executable or a shared library",
        ET_REL => "an object file",
        _ => "an ELF file of an unknown kind",
    };
    Err(Error::new(ErrorKind::NotADump, format!("the file is {what}, not a core dump")).hint(
        "take a dump of the running process with `dotnet-dump collect -p PID` or `createdump --withheap PID`",
    ))
}

fn architecture(machine: object::elf::Machine) -> Result<Architecture> {
    let name = match machine {
        EM_X86_64 => return Ok(Architecture::X64),
        EM_AARCH64 => return Ok(Architecture::Arm64),
        EM_386 => "x86",
        EM_ARM => "arm",
        EM_S390 => "s390x",
        EM_PPC64 => "ppc64le",
        EM_RISCV => "riscv64",
        EM_LOONGARCH => "loongarch64",
        _ => "an unknown architecture",
    };
    let message =
        format!("the core is of a process on {name} (ELF machine {}); x64 and arm64 are read", machine.0);
    Err(Error::new(ErrorKind::Unsupported, message))
}

/// The number of program headers; with 65,535 and more it stands in section header 0 (gABI, `PN_XNUM`).
fn program_header_count(bytes: &[u8], header: &FileHeader64<LE>, problems: &mut Vec<Problem>) -> u64 {
    let count = header.e_phnum.get(LE);
    if count != PN_XNUM {
        return u64::from(count);
    }
    let section = usize::try_from(header.e_shoff.get(LE)).ok().and_then(|offset| bytes.get(offset..));
    match section.and_then(|s| pod::from_bytes::<SectionHeader64<LE>>(s).ok()) {
        Some((section, _)) => u64::from(section.sh_info.get(LE)),
        None => {
            problems.push(Problem::loss(
                "the number of memory segments is cut off with the end of the file: those whose headers can be read are used",
            ));
            limits::MAX_PROGRAM_HEADERS
        }
    }
}

fn program_headers(
    bytes: &[u8],
    header: &FileHeader64<LE>,
    declared: u64,
    problems: &mut Vec<Problem>,
) -> Result<(Vec<Range>, Vec<Range>)> {
    let offset = header.e_phoff.get(LE);
    let malformed = |message: String| Error::new(ErrorKind::Malformed, message).at_offset(FileOffset(offset));
    let entry_size = usize::from(header.e_phentsize.get(LE));
    if entry_size != size_of::<ProgramHeader64<LE>>() {
        return Err(malformed(format!("program headers of {entry_size} bytes, where ELF64 has 56")));
    }
    let table = usize::try_from(offset).ok().and_then(|o| bytes.get(o..)).unwrap_or_default();
    let available = (table.len() / entry_size) as u64;
    let count = declared.min(available).min(limits::MAX_PROGRAM_HEADERS);
    if count == 0 {
        return Err(malformed(format!(
            "no program headers: {declared} are declared, the file holds {available}"
        ))
        .hint("the file was cut right behind its header: copy the dump again"));
    }
    if count < declared && declared != limits::MAX_PROGRAM_HEADERS {
        problems
            .push(Problem::loss(format!("only {count} of {declared} memory segments' headers can be read")));
    }
    let mut loads = Vec::new();
    let mut notes = Vec::new();
    for entry in table.chunks_exact(entry_size).take(usize::try_from(count).unwrap_or(usize::MAX)) {
        let Ok((entry, _)) = pod::from_bytes::<ProgramHeader64<LE>>(entry) else { break };
        let range = Range {
            address: entry.p_vaddr.get(LE),
            memory_size: entry.p_memsz.get(LE),
            offset: entry.p_offset.get(LE),
            file_size: entry.p_filesz.get(LE),
            flags: entry.p_flags.get(LE).0,
        };
        match entry.p_type.get(LE) {
            PT_LOAD => loads.push(range),
            PT_NOTE => notes.push(range),
            _ => {}
        }
    }
    Ok((loads, notes))
}
