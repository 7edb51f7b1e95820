//! Takes any bytes for a module: a file of PE or ELF, and the same bytes loaded into memory.

use heapql::bytes::Addr;
use heapql::clr::metadata::Metadata;
use heapql::dump::AddressSpace;
use heapql::image::{BuildId, ElfImage, PeImage, PeLayout};

const BASE: Addr = Addr(0x7f00_0000_0000);

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let _ = BuildId::of_file(bytes);
    if let Ok(pe) = PeImage::in_file(bytes) {
        look_at(&pe);
    }
    let memory = AddressSpace::from_memory(vec![(BASE, bytes.to_vec())]);
    for layout in [PeLayout::Mapped, PeLayout::Flat] {
        if let Ok(pe) = PeImage::in_memory(&memory, BASE, layout) {
            look_at(&pe);
        }
    }
    if let Ok(elf) = ElfImage::at(&memory, BASE) {
        let _ = (elf.build_id(), elf.load_size(), elf.writable_ranges().count());
        for name in ["g_dacTable", "DotNetRuntimeContractDescriptor", ""] {
            let _ = elf.symbol(&memory, name);
        }
    }
}

fn look_at(pe: &PeImage<'_>) {
    let _ = (pe.time_date_stamp(), pe.size_of_image(), pe.cor20_address(), pe.has_entry_point());
    let _ = (pe.metadata_range(), pe.metadata_bytes());
    if let Ok(metadata) = Metadata::of_image(pe) {
        let _ = (metadata.mvid(), metadata.module_name());
    }
}
