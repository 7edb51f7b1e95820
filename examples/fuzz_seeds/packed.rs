//! Packed files, whole and with a trap: bombs, huge windows, frames that lie.

use std::io::{self, Write};

use super::Seed;
use super::cores;

/// All of them.
pub fn all() -> io::Result<Vec<Seed>> {
    let mut seeds: Vec<Seed> = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| seeds.push((name.to_owned(), bytes));
    let (_, core) = cores::headers().swap_remove(0);
    add("core.zst", zstd::encode_all(&core[..], 3)?);
    add("core.gz", gzip(&core)?);
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"skip"].concat();
    let frames =
        [&skippable[..], &zstd::encode_all(&core[..100], 1)?, &zstd::encode_all(&core[100..], 1)?].concat();
    add("frames.zst", frames);
    add("zeros.zst", zstd::encode_all(&vec![0; 1 << 20][..], 1)?);
    add("ones.zst", zstd::encode_all(&vec![1; 1 << 20][..], 1)?);
    add("zeros.gz", gzip(&vec![0; 1 << 20])?);
    // A window of 2 GiB (exponent 21 over 1 KiB), content of unknown size, an empty last block.
    add("window.zst", b"\x28\xb5\x2f\xfd\x00\xa8\x01\0\0".to_vec());
    // One segment that claims 2^60 bytes.
    add("claims.zst", b"\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x10\x01\0\0".to_vec());
    add("plain", core);
    Ok(seeds)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}
