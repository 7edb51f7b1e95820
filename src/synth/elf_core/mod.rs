//! ELF64 core files, from constants of their own.
//!
//! By default what the kernel writes for a process on x64; every field that tells another kind of
//! file apart can be set, also to values that no writer uses.

mod notes;

pub use notes::Note;

const HEADER_SIZE: u64 = 64;
const PROGRAM_HEADER_SIZE: u64 = 56;
const SECTION_HEADER_SIZE: u64 = 64;
/// `PN_XNUM`: the number of program headers stands in section header 0.
const MANY_SEGMENTS: usize = 0xffff;
const PT_LOAD: u32 = 1;
const PT_NOTE: u32 = 4;
const READ_WRITE: u32 = 6;

/// A stretch of the process's memory.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Where it lay in the process.
    pub address: u64,
    /// The bytes that are saved: the first ones.
    pub bytes: Vec<u8>,
    /// How many bytes the process had there.
    pub size: u64,
    /// Bytes of the file in front of it that belong to nothing.
    pub padding: u64,
    /// Bytes behind `bytes` that the file claims to hold but lacks: its end is cut off there.
    pub lost: u64,
}

impl Load {
    /// The address behind its last byte.
    pub fn end(&self) -> u64 {
        self.address + self.size
    }
}

/// A core in the making.
#[derive(Clone, Debug)]
pub struct ElfCore {
    /// The memory, in the order of the program headers.
    pub loads: Vec<Load>,
    /// The notes' bytes.
    notes: Vec<u8>,
    /// What the program header says of the notes' size; their true size without it.
    pub declared_notes: Option<u64>,
    /// Whether the notes stand behind the memory, as gcore writes them.
    pub notes_last: bool,
    /// `EI_CLASS`: 2 is 64-bit.
    pub class: u8,
    /// `EI_DATA`: 1 is little-endian.
    pub data: u8,
    /// `EI_OSABI`: 0 is System V, which the kernel and gdb write, 3 is Linux, which createdump does.
    pub os_abi: u8,
    /// `e_type`: 4 is a core.
    pub kind: u16,
    /// `e_machine`: 62 is x64.
    pub machine: u16,
    /// `e_phentsize`: 56 in ELF64.
    pub entry_size: u16,
}

impl Default for ElfCore {
    fn default() -> Self {
        ElfCore {
            loads: Vec::new(),
            notes: Vec::new(),
            declared_notes: None,
            notes_last: false,
            class: 2,
            data: 1,
            os_abi: 0,
            kind: 4,
            machine: 62,
            entry_size: PROGRAM_HEADER_SIZE as u16,
        }
    }
}

impl ElfCore {
    /// Adds saved memory.
    #[must_use]
    pub fn load(self, address: u64, bytes: &[u8]) -> Self {
        let size = bytes.len() as u64;
        self.load_of(address, bytes, size)
    }

    /// Adds memory of `size` bytes of which only `bytes`, the first ones, are saved.
    #[must_use]
    pub fn load_of(mut self, address: u64, bytes: &[u8], size: u64) -> Self {
        self.loads.push(Load { address, bytes: bytes.to_vec(), size, ..Load::default() });
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: &Note) -> Self {
        self.notes.extend(note.bytes());
        self
    }

    /// Adds bytes to the notes that need not be a note.
    #[must_use]
    pub fn raw_note(mut self, bytes: &[u8]) -> Self {
        self.notes.extend(bytes);
        self
    }

    /// Marks the core as createdump does.
    #[must_use]
    pub fn by_createdump(mut self) -> Self {
        self.os_abi = 3;
        self
    }

    /// Marks the core as gdb's gcore does: by its note, and with the notes at the end.
    #[must_use]
    pub fn by_gcore(mut self) -> Self {
        self.os_abi = 0;
        self.notes_last = true;
        self.note(&Note::gdb_target())
    }

    /// Bytes of all notes.
    pub fn notes_size(&self) -> u64 {
        self.notes.len() as u64
    }

    /// The file. With 65,535 segments and more their number stands in a section header at its end.
    pub fn build(&self) -> Vec<u8> {
        let headers = self.loads.len() + 1;
        let data = HEADER_SIZE + PROGRAM_HEADER_SIZE * headers as u64;
        let notes_len = self.notes_size();
        let mut at = if self.notes_last { data } else { data + notes_len };
        let mut offsets = Vec::with_capacity(self.loads.len());
        for load in &self.loads {
            at += load.padding;
            offsets.push(at);
            at += load.bytes.len() as u64;
        }
        let notes_at = if self.notes_last { at } else { data };
        let end = if self.notes_last { at + notes_len } else { at };
        let mut file = self.header(headers, end);
        let declared = self.declared_notes.unwrap_or(notes_len);
        file.extend(program_header(PT_NOTE, 4, [notes_at, 0, declared, 0]));
        for (load, &offset) in self.loads.iter().zip(&offsets) {
            let range = [offset, load.address, load.bytes.len() as u64 + load.lost, load.size];
            file.extend(program_header(PT_LOAD, READ_WRITE, range));
        }
        if !self.notes_last {
            file.extend(&self.notes);
        }
        for load in &self.loads {
            file.resize(file.len() + load.padding as usize, 0xee);
            file.extend(&load.bytes);
        }
        if self.notes_last {
            file.extend(&self.notes);
        }
        if headers >= MANY_SEGMENTS {
            let mut section = vec![0; SECTION_HEADER_SIZE as usize];
            section[44..48].copy_from_slice(&(headers as u32).to_le_bytes());
            file.extend(section);
        }
        file
    }

    fn header(&self, headers: usize, section_at: u64) -> Vec<u8> {
        let many = headers >= MANY_SEGMENTS;
        let mut file = vec![0x7f, b'E', b'L', b'F', self.class, self.data, 1, self.os_abi];
        file.resize(16, 0);
        let half = |file: &mut Vec<u8>, value: u16| {
            file.extend(if self.data == 2 { value.to_be_bytes() } else { value.to_le_bytes() });
        };
        half(&mut file, self.kind);
        half(&mut file, self.machine);
        file.extend(1_u32.to_le_bytes());
        for word in [0, HEADER_SIZE, if many { section_at } else { 0 }] {
            file.extend(word.to_le_bytes());
        }
        file.extend(0_u32.to_le_bytes());
        let count = headers.min(MANY_SEGMENTS) as u16;
        let (section_size, sections) = if many { (SECTION_HEADER_SIZE as u16, 1) } else { (0, 0) };
        for value in [HEADER_SIZE as u16, self.entry_size, count, section_size, sections, 0] {
            half(&mut file, value);
        }
        file
    }
}

/// A program header of (offset, address, file size, memory size).
fn program_header(kind: u32, flags: u32, [offset, address, file_size, size]: [u64; 4]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(PROGRAM_HEADER_SIZE as usize);
    bytes.extend(kind.to_le_bytes());
    bytes.extend(flags.to_le_bytes());
    for word in [offset, address, 0, file_size, size, 1] {
        bytes.extend(word.to_le_bytes());
    }
    bytes
}
