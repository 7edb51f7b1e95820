//! The notes of a core: `struct elf_prstatus` and the like, as Linux writes them on x64 and arm64.

const NT_PRSTATUS: u32 = 1;
const NT_PRPSINFO: u32 = 3;
const NT_AUXV: u32 = 6;
const NT_FILE: u32 = 0x4649_4c45;
const NT_GDB_TDESC: u32 = 0xff00_0000;
/// Offsets in NT_FILE count in these.
const PAGE: u64 = 4096;

/// A note.
#[derive(Clone, Debug)]
pub struct Note {
    /// Who defined its form: `CORE`, `LINUX`, `GDB`.
    pub owner: String,
    /// Its type.
    pub kind: u32,
    /// Its contents.
    pub description: Vec<u8>,
}

impl Note {
    /// NT_PRSTATUS: a thread with its general registers.
    pub fn thread(id: u32, registers: &[u64]) -> Note {
        let mut description = vec![0; 112];
        description[32..36].copy_from_slice(&id.to_le_bytes());
        description.extend(words(registers));
        description.extend([0; 8]);
        Note::core(NT_PRSTATUS, description)
    }

    /// NT_PRPSINFO: the process, its name cut to 15 characters.
    pub fn process(id: u32, name: &str) -> Note {
        let mut description = vec![0; 136];
        description[24..28].copy_from_slice(&id.to_le_bytes());
        let name = &name.as_bytes()[..name.len().min(15)];
        description[40..40 + name.len()].copy_from_slice(name);
        Note::core(NT_PRPSINFO, description)
    }

    /// NT_AUXV: the auxiliary vector, closed by an entry of type 0.
    pub fn auxiliary_vector(entries: &[(u64, u64)]) -> Note {
        let all: Vec<u64> = entries.iter().chain(&[(0, 0)]).flat_map(|&(k, v)| [k, v]).collect();
        Note::core(NT_AUXV, words(&all))
    }

    /// NT_FILE: mapped files as (start, end, offset in the file in pages, path).
    pub fn files(files: &[(u64, u64, u64, &str)]) -> Note {
        Note::files_declaring(files.len() as u64, files)
    }

    /// NT_FILE that claims to have `count` entries.
    pub fn files_declaring(count: u64, files: &[(u64, u64, u64, &str)]) -> Note {
        let mut description = words(&[count, PAGE]);
        files.iter().for_each(|&(start, end, page, _)| description.extend(words(&[start, end, page])));
        for (.., path) in files {
            description.extend(path.as_bytes());
            description.push(0);
        }
        Note::core(NT_FILE, description)
    }

    /// The target description that only gdb's gcore writes.
    pub fn gdb_target() -> Note {
        let description = b"<?xml version=\"1.0\"?><target/>\0".to_vec();
        Note { owner: "GDB".to_owned(), kind: NT_GDB_TDESC, description }
    }

    fn core(kind: u32, description: Vec<u8>) -> Note {
        Note { owner: "CORE".to_owned(), kind, description }
    }

    /// The note as it stands in the file: name and contents padded to 4 bytes each.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in [self.owner.len() as u32 + 1, self.description.len() as u32, self.kind] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(self.owner.as_bytes());
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(&self.description);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
