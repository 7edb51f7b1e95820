//! Small minidumps, laid out by hand: header, directory, and one of each stream that a reader asks for.
//!
//! Source: the structures of `minidumpapiset.h` in the Windows SDK.

use super::Seed;

const HEADER: usize = 32;
const DIRECTORY_ENTRY: usize = 12;

/// Streams by their numbers.
const THREADS: u32 = 3;
const MODULES: u32 = 4;
const SYSTEM: u32 = 7;
const MEMORY_64: u32 = 9;

/// Minidumps with all streams, and with some of them.
pub fn all() -> Vec<Seed> {
    let all = [SYSTEM, THREADS, MODULES, MEMORY_64];
    let mut seeds = vec![("all".to_owned(), minidump(&all))];
    seeds.extend(all.map(|kind| (format!("stream-{kind}"), minidump(&[kind]))));
    let mut cut = minidump(&all);
    cut.truncate(cut.len() / 2);
    seeds.push(("cut".to_owned(), cut));
    seeds
}

fn minidump(kinds: &[u32]) -> Vec<u8> {
    let mut bytes = b"MDMP\x93\xa7\0\0".to_vec();
    for word in [kinds.len() as u32, HEADER as u32, 0, 0, 2, 0] {
        bytes.extend(word.to_le_bytes());
    }
    let mut at = HEADER + DIRECTORY_ENTRY * kinds.len();
    let mut streams = Vec::new();
    for &kind in kinds {
        let stream = stream(kind, at);
        for word in [kind, stream.len() as u32, at as u32] {
            bytes.extend(word.to_le_bytes());
        }
        at += stream.len();
        streams.extend(stream);
    }
    bytes.extend(streams);
    bytes
}

/// A stream that begins at `at` of the file; what it refers to stands behind it, within the stream.
fn stream(kind: u32, at: usize) -> Vec<u8> {
    match kind {
        SYSTEM => {
            // AMD64, four processors, Windows 10.
            let mut bytes = [9_u16, 6, 0, 0x0104].map(u16::to_le_bytes).concat();
            bytes.extend([10_u32, 0, 19045, 2, 0, 0].map(u32::to_le_bytes).concat());
            bytes.resize(56, 0);
            bytes
        }
        THREADS => {
            const CONTEXT: usize = 1232;
            let context_at = at + 4 + 48;
            let mut bytes = [1_u32, 7, 0, 0, 0].map(u32::to_le_bytes).concat();
            bytes.extend([0x7ff_0000_u64, 0x50_0000].map(u64::to_le_bytes).concat());
            bytes.extend([0, 0, CONTEXT as u32, context_at as u32].map(u32::to_le_bytes).concat());
            bytes.resize(bytes.len() + CONTEXT, 1);
            bytes
        }
        MODULES => {
            let mut bytes = 1_u32.to_le_bytes().to_vec();
            bytes.extend(0x40_0000_u64.to_le_bytes());
            let name_at = at + 4 + 108;
            bytes.extend([0x1000, 0, 0x1234_5678, name_at as u32].map(u32::to_le_bytes).concat());
            bytes.resize(4 + 108, 0);
            let name: Vec<u8> = r"C:\app\coreclr.dll".encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes.extend((name.len() as u32).to_le_bytes());
            bytes.extend(name);
            bytes.extend([0, 0]);
            bytes
        }
        _ => {
            let (ranges, memory) = ([(0x40_0000_u64, 64_u64), (0x50_0000, 32)], [b'M'; 96]);
            let data_at = at + 16 + 16 * ranges.len();
            let mut bytes = [ranges.len() as u64, data_at as u64].map(u64::to_le_bytes).concat();
            for (start, size) in ranges {
                bytes.extend([start, size].map(u64::to_le_bytes).concat());
            }
            bytes.extend(memory);
            bytes
        }
    }
}
