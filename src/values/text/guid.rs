//! `System.Guid`: `00112233-4455-6677-8899-aabbccddeeff`.
//!
//! An int, two shorts and eight bytes, `_a` to `_k` in all versions.

use super::Text;
use super::members::Members;

pub(super) fn guid(members: &Members<'_>) -> Text {
    // The members are signed; their bits are what counts.
    let a = members.integer(&["_a"])? as u32;
    let b = members.integer(&["_b"])? as u16;
    let c = members.integer(&["_c"])? as u16;
    let mut bytes = [0; 8];
    for (byte, name) in bytes.iter_mut().zip(["_d", "_e", "_f", "_g", "_h", "_i", "_j", "_k"]) {
        *byte = members.integer(&[name])? as u8;
    }
    let [d, e, f, g, h, i, j, k] = bytes;
    Ok(format!("{a:08x}-{b:04x}-{c:04x}-{d:02x}{e:02x}-{f:02x}{g:02x}{h:02x}{i:02x}{j:02x}{k:02x}"))
}
