//! Debug headers in synthetic memory: with names, without, and broken.

use super::*;
use crate::clr::layout::native_aot;
use crate::dump::Target;

const BASE: u64 = 0x10_0000;
const HEADER: u64 = BASE + 0x1000;
const FIELDS: u64 = BASE + 0x2000;
const GLOBALS: u64 = BASE + 0x8000;
const TEXTS: u64 = BASE + 0x9000;

/// A header of 8.0 whose fields lie at 8 times their place; the names' texts apart.
struct Built {
    memory: Vec<(Addr, Vec<u8>)>,
    texts: Vec<u8>,
}

fn known() -> DebugHeaderNames {
    native_aot(Target::LINUX_X64, 3).next().unwrap().header_names()
}

fn built() -> Built {
    let known = known();
    let mut texts = vec![0];
    let mut places: FxHashMap<String, u64> = FxHashMap::default();
    let mut place = |name: &str| {
        *places.entry(name.to_owned()).or_insert_with(|| {
            let at = TEXTS + texts.len() as u64;
            texts.extend(name.bytes().chain([0]));
            at
        })
    };
    let mut fields = Vec::new();
    for (index, (of, field)) in known.in_order().enumerate() {
        for word in [place(of), place(field), 8 * index as u64] {
            fields.extend(word.to_le_bytes());
        }
    }
    let mut globals = Vec::new();
    for (index, name) in known.globals.iter().enumerate() {
        for word in [place(name), 0x7000 + index as u64] {
            globals.extend(word.to_le_bytes());
        }
    }
    fields.extend([0; 24]);
    globals.extend([0; 16]);
    let mut header = b"DNDH\x03\0\0\0\x01\0\0\0\0\0\0\0".to_vec();
    header.extend(FIELDS.to_le_bytes());
    header.extend(GLOBALS.to_le_bytes());
    let memory = vec![(Addr(HEADER), header), (Addr(FIELDS), fields), (Addr(GLOBALS), globals)];
    Built { memory, texts }
}

fn module(memory: &AddressSpace) -> RuntimeModule {
    RuntimeModule::at(memory, Addr(BASE), Some("/app/big".to_owned()))
}

fn read(memory: &AddressSpace) -> DebugHeader {
    DebugHeader::read(memory, Addr(HEADER)).unwrap().unwrap()
}

#[track_caller]
fn assert_named(named: Option<NamedEntries>) {
    let named = named.unwrap();
    let offset = |of: &str, name: &str| named.fields.iter().find(|f| f.0 == of && f.1 == name).unwrap().2;
    assert_eq!(offset("GcDacVars", "SIZEOF"), 0);
    assert_eq!(offset("GcDacVars", "major_version_number"), 8);
    assert_eq!(offset("RuntimeInstance", "m_pThreadStore"), 8 * 91);
    assert_eq!(named.globals["g_gcDacGlobals"], Addr(GLOBALS + 2 * 16 + 8));
}

#[test]
fn names_are_read_from_the_dump() {
    let Built { mut memory, texts } = built();
    memory.push((Addr(TEXTS), texts));
    let memory = AddressSpace::from_memory(memory);
    assert_named(read(&memory).named_by_texts(&memory, &module(&memory), None));
}

#[test]
fn without_texts_the_order_names_them() {
    let memory = AddressSpace::from_memory(built().memory);
    let header = read(&memory);
    assert!(header.named_by_texts(&memory, &module(&memory), None).is_none());
    assert_named(header.named_by_order(&known()));
}

#[test]
fn an_order_in_which_equal_names_stand_elsewhere_is_not_believed() {
    let Built { mut memory, .. } = built();
    // The second field's type is no longer that of the first.
    memory[1].1[24..32].copy_from_slice(&(TEXTS + 0xf00).to_le_bytes());
    assert!(read(&AddressSpace::from_memory(memory)).named_by_order(&known()).is_none());
    let Built { mut memory, .. } = built();
    let length = memory[1].1.len();
    memory[1].1[length - 48..].fill(0);
    assert!(read(&AddressSpace::from_memory(memory)).named_by_order(&known()).is_none(), "an entry less");
}

#[test]
fn what_is_no_header_is_none() {
    let damage: [(usize, &[u8]); 5] = [(0, b"DNCC"), (4, &[0, 0]), (4, &[200, 0]), (8, &[3]), (16, &[0; 8])];
    for (at, bytes) in damage {
        let Built { mut memory, .. } = built();
        memory[0].1[at..at + bytes.len()].copy_from_slice(bytes);
        let memory = AddressSpace::from_memory(memory);
        assert!(DebugHeader::read(&memory, Addr(HEADER)).unwrap().is_none(), "{at}");
    }
    let memory = AddressSpace::from_memory(Vec::new());
    assert!(DebugHeader::read(&memory, Addr(HEADER)).is_err());
}
