//! Takes any bytes for a minidump of Windows: the same questions as for a core.

use super::core_file;

/// What a minidump begins with: bytes without it would be told apart at once.
const SIGNATURE: &[u8] = b"MDMP\x93\xa7";

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let mut file = bytes.to_vec();
    for (place, byte) in file.iter_mut().zip(SIGNATURE) {
        *place = *byte;
    }
    core_file::read(file);
}
