//! The lowest layer: addresses, offsets, bounded little-endian reads, mapped files and those in the making.
//!
//! The only folder in which `unsafe` is allowed. It knows no file format.

mod addr;
mod column;
mod cursor;
mod mapped;
mod room;
mod scratch;
mod shared;
mod unfinished;

pub use addr::{Addr, FileOffset};
pub use column::Column;
pub use cursor::{Cursor, OutOfBounds};
pub use mapped::Mapped;
pub use room::{room, zeros};
pub use scratch::Scratch;
pub use shared::shared;
pub use unfinished::{Unfinished, remove_unfinished};
