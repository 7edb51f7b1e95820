//! ELF and PE modules: as they lie in the dumped memory, or as files on disk.
//!
//! This layer finds its way in headers, symbols and sections. It knows nothing of the runtime:
//! what a symbol means, what metadata says and whether a file is the right one is decided above.

mod build_id;
mod elf;
mod elf_file;
mod files;
mod pe;
mod sparse;

pub use build_id::BuildId;
pub use elf::ElfImage;
pub use elf_file::{ElfFile, FileSymbol};
pub use files::ModuleFiles;
pub use pe::{PeImage, PeLayout};
pub use sparse::{Absent, SparseBytes};
