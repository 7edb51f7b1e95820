//! A PE image around metadata: PE32+ headers, one section at RVA 0x2000 with COR20 header and metadata.

const SECTION_RVA: usize = 0x2000;
const SECTION_OFFSET: usize = 0x400;
/// From the section's start.
const COR20: usize = 0x10;
const METADATA: usize = 0x100;

/// The image, as the loader lays it out or as in its file. `stamp` is its TimeDateStamp.
pub(super) fn pe_image(metadata: &[u8], mapped: bool, stamp: u32) -> Vec<u8> {
    let section_size = METADATA + metadata.len();
    let image_size = (SECTION_RVA + section_size).next_multiple_of(0x1000);
    let section_at = if mapped { SECTION_RVA } else { SECTION_OFFSET };
    let mut image = vec![0; if mapped { image_size } else { SECTION_OFFSET + section_size }];
    let mut put = |at: usize, bytes: &[u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3c, &[0x80]);
    put(0x80, b"PE\0\0");
    // Machine, number of sections; size of the optional header.
    put(0x84, &[0x64, 0x86, 1, 0]);
    put(0x88, &stamp.to_le_bytes());
    put(0x94, &240_u16.to_le_bytes());
    put(0x98, &0x20b_u16.to_le_bytes());
    put(0x98 + 56, &(image_size as u32).to_le_bytes());
    put(0x98 + 60, &0x200_u32.to_le_bytes());
    put(0x98 + 108, &16_u32.to_le_bytes());
    let directory = 0x98 + 112 + 8 * 14;
    put(directory, &((SECTION_RVA + COR20) as u32).to_le_bytes());
    put(directory + 4, &72_u32.to_le_bytes());
    let section = 0x98 + 240;
    put(section, b".text\0\0\0");
    for (i, word) in [section_size, SECTION_RVA, section_size, SECTION_OFFSET].into_iter().enumerate() {
        put(section + 8 + 4 * i, &(word as u32).to_le_bytes());
    }
    put(section_at + COR20, &72_u32.to_le_bytes());
    put(section_at + COR20 + 8, &((SECTION_RVA + METADATA) as u32).to_le_bytes());
    put(section_at + COR20 + 12, &(metadata.len() as u32).to_le_bytes());
    put(section_at + METADATA, metadata);
    image
}
