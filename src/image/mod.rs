//! ELF and PE modules: as they lie in the dumped memory, or as files on disk.
//!
//! This layer finds its way in headers, symbols and sections. It knows nothing of the runtime:
//! what a symbol means, what metadata says and whether a file is the right one is decided above.

mod backing;
mod build_id;
mod elf;
mod files;
mod functions;
mod module_image;
mod pe;
mod sparse;
mod symbol_file;

pub use backing::{Backed, Backing};
pub use build_id::BuildId;
pub use elf::{ElfFile, ElfImage};
pub use files::ModuleFiles;
pub use functions::Functions;
pub use module_image::{LoadedPe, ModuleImage};
pub use pe::{PeImage, PeLayout, PePart, PortablePdbLink};
pub use sparse::{Absent, SparseBytes};
pub use symbol_file::{FileSymbol, SymbolFile};
