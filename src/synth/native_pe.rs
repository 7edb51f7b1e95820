//! A native PE32+ image as the loader of Windows lays it out: headers, exports, one resource ("PE Format").
//!
//! Pages: headers at 0, exports at 0x1000, resources at 0x3000, the rest for who maps it.

const EXPORTS: usize = 0x1000;
const RESOURCES: usize = 0x3000;
const PE_HEADER: usize = 0x80;
const OPTIONAL_HEADER: usize = PE_HEADER + 24;

/// A native image in the making.
#[derive(Clone, Debug)]
pub struct NativePe {
    /// TimeDateStamp.
    pub time_date_stamp: u32,
    /// SizeOfImage, and the bytes of the image; at least 0x4000.
    pub size: u32,
    /// Names with the RVAs of what they export, in any order.
    pub exports: Vec<(String, u32)>,
    /// A resource of type RCDATA.
    pub resource: Option<(String, Vec<u8>)>,
}

impl Default for NativePe {
    fn default() -> Self {
        NativePe { time_date_stamp: 0x6ada_ee43, size: 0x6000, exports: Vec::new(), resource: None }
    }
}

impl NativePe {
    /// Exports what lies at an RVA under a name.
    #[must_use]
    pub fn export(mut self, name: &str, rva: u32) -> Self {
        self.exports.push((name.to_owned(), rva));
        self
    }

    /// The image from its base on.
    pub fn build(&self) -> Vec<u8> {
        let mut image = vec![0; self.size as usize];
        put(&mut image, 0, b"MZ");
        put32(&mut image, 0x3c, &[PE_HEADER as u32]);
        put(&mut image, PE_HEADER, b"PE\0\0\x64\x86");
        put32(&mut image, PE_HEADER + 8, &[self.time_date_stamp]);
        put(&mut image, PE_HEADER + 20, &[240, 0]);
        put(&mut image, OPTIONAL_HEADER, &[0x0b, 2]);
        put32(&mut image, OPTIONAL_HEADER + 56, &[self.size, 0x400]);
        put32(&mut image, OPTIONAL_HEADER + 108, &[16]);
        if !self.exports.is_empty() {
            let end = self.put_exports(&mut image);
            put32(&mut image, OPTIONAL_HEADER + 112, &[EXPORTS as u32, (end - EXPORTS) as u32]);
        }
        if let Some((name, data)) = &self.resource {
            put_resource(&mut image, name, data);
            put32(&mut image, OPTIONAL_HEADER + 128, &[RESOURCES as u32, 0x1000]);
        }
        image
    }

    /// Writes the export directory, then functions in the order told, names in theirs, ordinals, texts. Returns the end.
    fn put_exports(&self, image: &mut [u8]) -> usize {
        let count = self.exports.len();
        let functions = EXPORTS + 40;
        let (names, ordinals) = (functions + 4 * count, functions + 8 * count);
        let directory = [count, count, functions, names, ordinals].map(|n| n as u32);
        put32(image, EXPORTS + 20, &directory);
        let mut sorted: Vec<(usize, &str)> =
            self.exports.iter().enumerate().map(|(index, (name, _))| (index, name.as_str())).collect();
        sorted.sort_by_key(|&(_, name)| name);
        let mut text = ordinals + 2 * count;
        for (place, (index, name)) in sorted.into_iter().enumerate() {
            put32(image, functions + 4 * index, &[self.exports[index].1]);
            put32(image, names + 4 * place, &[text as u32]);
            put(image, ordinals + 2 * place, &(index as u16).to_le_bytes());
            put(image, text, name.as_bytes());
            text += name.len() + 1;
        }
        text
    }
}

/// Type 3 (icons) in front of type 10; in that a name that comes before, then `name`; one language; the data.
fn put_resource(image: &mut [u8], name: &str, data: &[u8]) {
    let directory = |image: &mut [u8], at: usize, named: u16, entries: &[[u32; 2]]| {
        put(image, RESOURCES + at + 12, &named.to_le_bytes());
        put(image, RESOURCES + at + 14, &(entries.len() as u16 - named).to_le_bytes());
        entries.iter().enumerate().for_each(|(i, entry)| put32(image, RESOURCES + at + 16 + 8 * i, entry));
    };
    const MARK: u32 = 1 << 31;
    directory(image, 0, 0, &[[3, MARK | 0x100], [10, MARK | 0x40]]);
    directory(image, 0x40, 2, &[[MARK | 0x200, MARK | 0x100], [MARK | 0x240, MARK | 0x80]]);
    directory(image, 0x80, 0, &[[1033, 0xc0]]);
    directory(image, 0x100, 0, &[]);
    put32(image, RESOURCES + 0xc0, &[RESOURCES as u32 + 0x400, data.len() as u32]);
    for (at, text) in [(0x200, "CLRDEBUGINFO"), (0x240, name)] {
        put(image, RESOURCES + at, &(text.len() as u16).to_le_bytes());
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        put(image, RESOURCES + at + 2, &units);
    }
    put(image, RESOURCES + 0x400, data);
}

fn put(image: &mut [u8], at: usize, bytes: &[u8]) {
    image[at..at + bytes.len()].copy_from_slice(bytes);
}

fn put32(image: &mut [u8], at: usize, words: &[u32]) {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    put(image, at, &bytes);
}
