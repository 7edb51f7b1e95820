//! Images laid out by hand: PE headers at 0x80, one section of RVA 0x2000 at file offset 0x400, in
//! it the COR20 header at RVA 0x2010 and the metadata at RVA 0x2100.

use super::*;

const BASE: Addr = Addr(0x7e00_0000_0000);
const METADATA: &[u8] = b"BSJB metadata of the test";

#[derive(Clone)]
struct Image {
    plus: bool,
    layout: PeLayout,
    bytes: Vec<u8>,
}

impl Image {
    fn new(layout: PeLayout, plus: bool) -> Image {
        let size = if layout == PeLayout::Flat { 0x600 } else { 0x3000 };
        let mut image = Image { plus, layout, bytes: vec![0; size] };
        image.put(0, b"MZ");
        image.put(0x3c, &[0x80]);
        image.put(0x80, b"PE\0\0");
        image.put(0x84, &[0x64, 0x86, 1, 0]);
        image.put32(0x88, 0x5eed_1234);
        let optional_size: u8 = if plus { 240 } else { 224 };
        image.put(0x94, &[optional_size]);
        image.put(0x98, if plus { &[0x0b, 2] } else { &[0x0b, 1] });
        image.put32(0x98 + 56, 0x3000);
        image.put32(0x98 + 60, 0x200);
        let directories = 0x98 + if plus { 108 } else { 92 };
        image.put32(directories, 16);
        image.put32(directories + 4 + 14 * 8, 0x2010);
        image.put32(directories + 8 + 14 * 8, 72);
        let section = 0x98 + usize::from(optional_size);
        image.put(section, b".text\0\0\0");
        [0x180, 0x2000, 0x200, 0x400]
            .into_iter()
            .enumerate()
            .for_each(|(i, n)| image.put32(section + 8 + 4 * i, n));
        let cor20 = image.offset(0x2010);
        image.put32(cor20, 72);
        image.put32(cor20 + 8, 0x2100);
        image.put32(cor20 + 12, METADATA.len() as u32);
        image.put(image.offset(0x2100), METADATA);
        image
    }

    fn offset(&self, rva: usize) -> usize {
        if self.layout == PeLayout::Flat { rva - 0x2000 + 0x400 } else { rva }
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn put32(&mut self, at: usize, value: u32) {
        self.put(at, &value.to_le_bytes());
    }

    fn with32(mut self, at: usize, value: u32) -> Image {
        self.put32(at, value);
        self
    }

    fn directories(&self) -> usize {
        0x98 + if self.plus { 108 } else { 92 }
    }

    fn space(&self) -> AddressSpace {
        AddressSpace::from_memory(vec![(BASE, self.bytes.clone())])
    }
}

fn flat() -> Image {
    Image::new(PeLayout::Flat, true)
}

#[test]
fn a_file_tells_identity_and_metadata() {
    for plus in [false, true] {
        let image = Image::new(PeLayout::Flat, plus);
        let pe = PeImage::in_file(&image.bytes).unwrap();
        assert_eq!((pe.time_date_stamp(), pe.size_of_image()), (0x5eed_1234, 0x3000));
        assert!(pe.is_managed());
        assert_eq!(pe.metadata_bytes().unwrap(), METADATA);
        assert!(matches!(pe.metadata_bytes(), Ok(Cow::Borrowed(_))));
        assert_eq!(pe.metadata().unwrap().whole(), Ok(METADATA));
        assert_eq!(pe.metadata_range().unwrap(), None);
        assert_eq!(pe.cor20_address(), None);
    }
}

#[test]
fn memory_tells_the_same_in_both_layouts() {
    for (layout, at) in [(PeLayout::Flat, 0x500), (PeLayout::Mapped, 0x2100)] {
        for plus in [false, true] {
            let space = Image::new(layout, plus).space();
            let pe = PeImage::in_memory(&space, BASE, layout).unwrap();
            assert_eq!((pe.time_date_stamp(), pe.size_of_image()), (0x5eed_1234, 0x3000));
            let range = (BASE.offset(at), METADATA.len() as u32);
            assert_eq!(pe.metadata_range().unwrap(), Some(range));
            assert_eq!(pe.cor20_address(), Some(BASE.offset(at - 0xf0)));
            assert_eq!(pe.metadata_bytes().unwrap(), METADATA);
        }
    }
}

#[test]
fn holes_are_told_by_what_they_hide() {
    let image = Image::new(PeLayout::Mapped, true);
    let cut = |from: usize, to: usize| {
        let (head, tail) = (image.bytes[..from].to_vec(), image.bytes[to..].to_vec());
        AddressSpace::from_memory(vec![(BASE, head), (BASE.offset(to as u64), tail)])
    };
    let space = cut(0x90, 0x98);
    let error = PeImage::in_memory(&space, BASE, PeLayout::Mapped).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingMemory);
    assert!(error.message().contains("COFF header"), "{error}");

    let space = cut(0x2010, 0x2100);
    let pe = PeImage::in_memory(&space, BASE, PeLayout::Mapped).unwrap();
    assert!(pe.metadata_range().unwrap_err().message().contains("COR20 header"));

    let space = cut(0x2105, 0x2108);
    let pe = PeImage::in_memory(&space, BASE, PeLayout::Mapped).unwrap();
    assert_eq!(pe.metadata_bytes().unwrap_err().kind(), ErrorKind::MissingMemory);
    let metadata = pe.metadata().unwrap();
    assert_eq!(metadata.get(0, 5), Ok(b"BSJB ".as_slice()));
    assert!(!metadata.is_whole());
}

#[test]
fn an_image_without_cor20_header_is_not_managed() {
    let image = flat();
    let directories = image.directories();
    for image in [image.clone().with32(directories, 14), image.with32(directories + 4 + 14 * 8, 0)] {
        let pe = PeImage::in_file(&image.bytes).unwrap();
        assert!(!pe.is_managed());
        assert!(pe.metadata_range().unwrap_err().message().contains("no .NET image"));
    }
}

#[test]
fn headers_that_are_none_are_refused() {
    let sections = 3 | 200 << 16;
    for (at, value, what) in [
        (0, 0, "no DOS header"),
        (0x80, 0, "no PE signature"),
        (0x98, 0x0107, "neither PE32 nor PE32+"),
        (0x84, sections, "more than a loader takes"),
        (0x3c, 0xffff_fff0, "ends inside of the PE signature"),
    ] {
        let image = flat().with32(at, value);
        let error = PeImage::in_file(&image.bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.message().contains(what), "{error}");
    }
}

#[test]
fn rvas_and_sizes_out_of_the_image_are_refused() {
    for layout in [PeLayout::Flat, PeLayout::Mapped] {
        let image = Image::new(layout, true);
        let cor20 = image.offset(0x2010);
        for (at, value) in [
            (image.directories() + 4 + 14 * 8, 0x9000),
            (cor20 + 8, 0x9000),
            (cor20 + 12, u32::MAX),
            (cor20 + 12, 0),
        ] {
            let space = image.clone().with32(at, value).space();
            let pe = PeImage::in_memory(&space, BASE, layout).unwrap();
            assert_eq!(pe.metadata_bytes().unwrap_err().kind(), ErrorKind::Malformed);
            assert_eq!(pe.metadata_range().unwrap_err().kind(), ErrorKind::Malformed);
        }
    }
}

#[test]
fn a_file_that_is_cut_tells_where() {
    let image = flat();
    for length in 0..0x500 + METADATA.len() {
        let result = PeImage::in_file(&image.bytes[..length]).and_then(|pe| pe.metadata_bytes());
        let error = result.unwrap_err();
        assert!(error.message().contains("ends inside"), "{length:#x}: {error}");
        assert!(error.place().is_some());
    }
}

proptest::proptest! {
    #[test]
    fn flipped_bytes_never_panic(
        mapped: bool,
        flips in proptest::collection::vec((0..0x200_usize, 0..=255_u8), 1..8),
    ) {
        let layout = if mapped { PeLayout::Mapped } else { PeLayout::Flat };
        let mut image = Image::new(layout, true);
        flips.into_iter().for_each(|(at, byte)| image.bytes[at] = byte);
        let space = image.space();
        for pe in [PeImage::in_file(&image.bytes), PeImage::in_memory(&space, BASE, layout)].into_iter().flatten() {
            let _ = (pe.metadata_bytes(), pe.metadata(), pe.metadata_range(), pe.cor20_address());
        }
    }
}

/// What the compressed bytes of the embedded PDB hold.
const EMBEDDED_PDB: &[u8] = b"BSJB a PDB, a PDB, a PDB";

/// An image with a debug directory of two entries: a CodeView one and a PDB within the image.
fn debugged(layout: PeLayout) -> Image {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packed, EMBEDDED_PDB).unwrap();
    let packed = packed.finish().unwrap();
    let mut image = Image::new(layout, true);
    let directory = image.directories() + 4 + 6 * 8;
    image.put32(directory, 0x2180);
    image.put32(directory + 4, 56);
    for (index, (stamp, minor, kind, rva, size)) in
        [(0x1122_3344, 0x504d, 2, 0x2060, 40), (0, 0x100, 17, 0x21c0, 8 + packed.len() as u32)]
            .into_iter()
            .enumerate()
    {
        let at = image.offset(0x2180) + 28 * index;
        image.put32(at + 4, stamp);
        image.put32(at + 8, 0x100 | minor << 16);
        [kind, size, rva].into_iter().enumerate().for_each(|(i, word)| image.put32(at + 12 + 4 * i, word));
    }
    image.put(image.offset(0x2060), b"RSDS0123456789abcdef\x01\0\0\0/src/zoo.pdb\0\0\0");
    image.put(image.offset(0x21c0), b"MPDB");
    image.put32(image.offset(0x21c4), EMBEDDED_PDB.len() as u32);
    image.put(image.offset(0x21c8), &packed);
    image
}

#[test]
fn the_debug_directory_names_the_pdb_and_holds_one() {
    for layout in [PeLayout::Flat, PeLayout::Mapped] {
        let space = debugged(layout).space();
        let pe = PeImage::in_memory(&space, BASE, layout).unwrap();
        let id = *b"0123456789abcdef\x44\x33\x22\x11";
        assert_eq!(pe.portable_pdb().unwrap(), Some(PortablePdbLink { id, path: "/src/zoo.pdb".into() }));
        assert_eq!(pe.embedded_pdb().unwrap().as_deref(), Some(EMBEDDED_PDB));
    }
    let image = flat();
    let pe = PeImage::in_file(&image.bytes).unwrap();
    assert_eq!((pe.portable_pdb().unwrap(), pe.embedded_pdb().unwrap()), (None, None));
}

#[test]
fn a_pdb_of_the_old_kind_is_none() {
    let image = debugged(PeLayout::Flat);
    let at = image.offset(0x2180) + 8;
    let image = image.with32(at, 0);
    assert_eq!(PeImage::in_file(&image.bytes).unwrap().portable_pdb().unwrap(), None);
}

#[test]
fn an_embedded_pdb_that_is_damaged_or_too_large_is_refused() {
    let image = debugged(PeLayout::Flat);
    for (rva, word, what) in [
        (0x21c0, 0, "does not begin"),
        (0x21c4, u32::MAX, "larger than any"),
        (0x21c4, 1000, "cannot be unpacked"),
        (0x21c8, 0xffff_ffff, "cannot be unpacked"),
    ] {
        let at = image.offset(rva);
        let image = image.clone().with32(at, word);
        let error = PeImage::in_file(&image.bytes).unwrap().embedded_pdb().unwrap_err();
        assert!(error.message().contains(what), "{error}");
    }
}
