//! Windows minidumps, from constants of their own (`minidumpapiset.h`, `winnt.h`).
//!
//! By default what `MiniDumpWriteDump` writes for a process on x64 with full memory: a directory with filler, lists of
//! threads and modules, memory at the end. Streams may be replaced by any bytes.

const HEADER: usize = 32;
const DIRECTORY_ENTRY: usize = 12;
/// Bytes of a CONTEXT of x64.
const CONTEXT: usize = 1232;

/// A module of the list.
#[derive(Clone, Debug)]
pub struct MinidumpModule {
    /// Where its image begins.
    pub base: u64,
    /// SizeOfImage.
    pub size: u32,
    /// TimeDateStamp.
    pub time_date_stamp: u32,
    /// Its path.
    pub path: String,
    /// The four numbers of the file's version; `None` for a file without.
    pub version: Option<[u16; 4]>,
    /// GUID and age of its PDB; `None` for an image without.
    pub pdb: Option<([u8; 16], u32)>,
}

/// A thread of the list.
#[derive(Clone, Debug, Default)]
pub struct MinidumpThread {
    /// Its id.
    pub id: u32,
    /// Its name among ThreadNames.
    pub name: Option<String>,
    /// rsp and rip; all other registers hold their offset in the CONTEXT.
    pub stack_pointer: u64,
    /// See [`Self::stack_pointer`].
    pub instruction_pointer: u64,
    /// Behind its stack.
    pub stack_end: u64,
}

/// A minidump in the making.
#[derive(Clone, Debug)]
pub struct Minidump {
    /// Stretches of memory and their addresses, in the order of the list.
    pub memory: Vec<(u64, Vec<u8>)>,
    /// The modules.
    pub modules: Vec<MinidumpModule>,
    /// The threads.
    pub threads: Vec<MinidumpThread>,
    /// Whether memory stands in a Memory64List, and not in a MemoryList whose bytes lie in the opposite order.
    pub full: bool,
    /// `PROCESSOR_ARCHITECTURE`: 9 is x64; `None` leaves SystemInfo out.
    pub architecture: Option<u16>,
    /// Process id and time of creation.
    pub process: Option<(u32, u32)>,
    /// The thread that crashed, with its stack and instruction pointer at that time.
    pub exception: Option<(u32, u64, u64)>,
    /// Empty entries in front of the directory.
    pub filler: usize,
    /// Streams in place of those of the same kind.
    pub replaced: Vec<(u32, Vec<u8>)>,
    /// What the header says of the number of streams; the true one without it.
    pub declared_streams: Option<u32>,
}

impl Default for Minidump {
    fn default() -> Self {
        Minidump {
            memory: Vec::new(),
            modules: Vec::new(),
            threads: Vec::new(),
            full: true,
            architecture: Some(9),
            process: Some((4711, 1_700_000_000)),
            exception: None,
            filler: 2,
            replaced: Vec::new(),
            declared_streams: None,
        }
    }
}

impl Minidump {
    /// Adds memory.
    #[must_use]
    pub fn load(mut self, address: u64, bytes: &[u8]) -> Self {
        self.memory.push((address, bytes.to_vec()));
        self
    }

    /// Replaces a stream, or adds one.
    #[must_use]
    pub fn stream(mut self, kind: u32, bytes: &[u8]) -> Self {
        self.replaced.push((kind, bytes.to_vec()));
        self
    }

    /// The file.
    pub fn build(&self) -> Vec<u8> {
        let own: [(u32, bool); 8] = [
            (3, true),
            (4, true),
            (6, self.exception.is_some()),
            (7, self.architecture.is_some()),
            (15, self.process.is_some()),
            (24, true),
            (5, !self.full),
            (9, self.full),
        ];
        let mut kinds: Vec<u32> = own.into_iter().filter(|(_, there)| *there).map(|(kind, _)| kind).collect();
        for (kind, _) in &self.replaced {
            if !kinds.contains(kind) {
                kinds.insert(0, *kind);
            }
        }
        let entries = self.filler + kinds.len();
        let mut file = Vec::from(*b"MDMP");
        for word in
            [0xa793, self.declared_streams.unwrap_or(entries as u32), HEADER as u32, 0, 1_700_000_100, 2, 0]
        {
            file.extend(u32::to_le_bytes(word));
        }
        file.resize(HEADER + DIRECTORY_ENTRY * entries, 0);
        for (index, &kind) in kinds.iter().enumerate() {
            let replaced = self.replaced.iter().find(|(of, _)| *of == kind).map(|(_, bytes)| bytes.clone());
            let stream = replaced.unwrap_or_else(|| self.contents(kind, &mut file));
            let at = file.len() as u32;
            let entry = [kind, stream.len() as u32, at].into_iter().flat_map(u32::to_le_bytes);
            let place = HEADER + DIRECTORY_ENTRY * (self.filler + index);
            file.splice(place..place + DIRECTORY_ENTRY, entry);
            file.extend(stream);
        }
        if self.full {
            self.memory.iter().for_each(|(_, bytes)| file.extend(bytes));
        }
        file
    }

    /// A stream's bytes; what it refers to is added to `file`.
    fn contents(&self, kind: u32, file: &mut Vec<u8>) -> Vec<u8> {
        match kind {
            3 => self.thread_list(file),
            4 => self.module_list(file),
            5 => self.memory_list(file),
            6 => self.exception(file),
            7 => self.system_info(),
            9 => self.memory64_list(file.len()),
            15 => {
                let (id, created) = self.process.unwrap_or_default();
                [24, 3, id, created, 0, 0].into_iter().flat_map(u32::to_le_bytes).collect()
            }
            _ => self.thread_names(file),
        }
    }

    fn thread_list(&self, file: &mut Vec<u8>) -> Vec<u8> {
        let mut list = (self.threads.len() as u32).to_le_bytes().to_vec();
        for thread in &self.threads {
            let context = add(file, &context(thread.stack_pointer, thread.instruction_pointer));
            list.extend([thread.id, 0, 0, 0].into_iter().flat_map(u32::to_le_bytes));
            list.extend(0x7f_0000_u64.to_le_bytes());
            list.extend(thread.stack_pointer.to_le_bytes());
            let stack_size = (thread.stack_end - thread.stack_pointer) as u32;
            list.extend([stack_size, 0, CONTEXT as u32, context].into_iter().flat_map(u32::to_le_bytes));
        }
        list
    }

    fn module_list(&self, file: &mut Vec<u8>) -> Vec<u8> {
        let mut list = (self.modules.len() as u32).to_le_bytes().to_vec();
        for module in &self.modules {
            let name = add_text(file, &module.path);
            let record = list.len();
            list.extend(module.base.to_le_bytes());
            list.extend(
                [module.size, 0, module.time_date_stamp, name].into_iter().flat_map(u32::to_le_bytes),
            );
            if let Some([major, minor, build, revision]) = module.version {
                list.extend([0xfeef_04bd_u32, 0x1_0000].into_iter().flat_map(u32::to_le_bytes));
                // The high half of a pair comes last.
                list.extend([minor, major, revision, build].into_iter().flat_map(u16::to_le_bytes));
            }
            list.resize(record + 76, 0);
            if let Some((guid, age)) = module.pdb {
                let mut code_view = Vec::from(*b"RSDS");
                code_view.extend(guid);
                code_view.extend(age.to_le_bytes());
                code_view.extend(b"x.pdb\0");
                let size = code_view.len() as u32;
                let at = add(file, &code_view);
                list.extend([size, at].into_iter().flat_map(u32::to_le_bytes));
            }
            list.resize(record + 108, 0);
        }
        list
    }

    fn memory_list(&self, file: &mut Vec<u8>) -> Vec<u8> {
        let places: Vec<u32> = self.memory.iter().rev().map(|(_, bytes)| add(file, bytes)).collect();
        let mut list = (self.memory.len() as u32).to_le_bytes().to_vec();
        for ((address, bytes), place) in self.memory.iter().zip(places.iter().rev()) {
            list.extend(address.to_le_bytes());
            list.extend([bytes.len() as u32, *place].into_iter().flat_map(u32::to_le_bytes));
        }
        list
    }

    fn memory64_list(&self, at: usize) -> Vec<u8> {
        let count = self.memory.len();
        let mut list: Vec<u8> =
            [count as u64, (at + 16 + 16 * count) as u64].into_iter().flat_map(u64::to_le_bytes).collect();
        for (address, bytes) in &self.memory {
            list.extend([*address, bytes.len() as u64].into_iter().flat_map(u64::to_le_bytes));
        }
        list
    }

    fn exception(&self, file: &mut Vec<u8>) -> Vec<u8> {
        let (id, stack_pointer, instruction_pointer) = self.exception.unwrap_or_default();
        let at = add(file, &context(stack_pointer, instruction_pointer));
        let mut stream = vec![0; 160];
        stream[..4].copy_from_slice(&id.to_le_bytes());
        stream[8..12].copy_from_slice(&0xe043_4352_u32.to_le_bytes());
        stream.extend([CONTEXT as u32, at].into_iter().flat_map(u32::to_le_bytes));
        stream
    }

    fn system_info(&self) -> Vec<u8> {
        let mut stream = vec![0; 56];
        stream[..2].copy_from_slice(&self.architecture.unwrap_or_default().to_le_bytes());
        stream
    }

    fn thread_names(&self, file: &mut Vec<u8>) -> Vec<u8> {
        let named: Vec<(u32, &str)> =
            self.threads.iter().filter_map(|thread| Some((thread.id, thread.name.as_deref()?))).collect();
        let mut list = (named.len() as u32).to_le_bytes().to_vec();
        for (id, name) in named {
            let at = add_text(file, name);
            list.extend(id.to_le_bytes());
            list.extend(u64::from(at).to_le_bytes());
        }
        list
    }
}

/// A CONTEXT in which each general register but rsp and rip holds its own offset.
fn context(stack_pointer: u64, instruction_pointer: u64) -> Vec<u8> {
    let mut context = vec![0; CONTEXT];
    for at in (0x78..0x100).step_by(8) {
        let value = match at {
            0x98 => stack_pointer,
            0xf8 => instruction_pointer,
            other => other as u64,
        };
        context[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
    context
}

/// Adds bytes to the file; where they stand.
fn add(file: &mut Vec<u8>, bytes: &[u8]) -> u32 {
    let at = file.len() as u32;
    file.extend(bytes);
    at
}

fn add_text(file: &mut Vec<u8>, text: &str) -> u32 {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let at = add(file, &(units.len() as u32).to_le_bytes());
    file.extend(units);
    file.extend([0, 0]);
    at
}
