//! LoaderAllocators: what the types of a collectible assembly are allocated by, and what is freed with them.
//!
//! Every object of a collectible type keeps the managed half of its type's LoaderAllocator alive, though none of its
//! fields refers to it.
//!
//! Source: `GCToEEInterface::GetLoaderAllocatorObjectForGC` in `src/coreclr/vm/gcenv.ee.cpp` of dotnet/runtime v8.0 to
//! v10.0; `src/vm/loaderallocator.hpp` of dotnet/coreclr v2.0 and v3.1 has the same members.

use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};

use super::layout::Descriptor;

/// Offsets on the way from a Module to the managed LoaderAllocator.
#[derive(Clone, Copy, Debug)]
pub struct LoaderAllocators {
    to_allocator: ToAllocator,
    object_handle: u64,
}

#[derive(Clone, Copy, Debug)]
enum ToAllocator {
    OfModule(u64),
    OfAssembly { assembly: u64, allocator: u64 },
}

impl LoaderAllocators {
    /// `None` where the layout lacks a step of the way.
    pub fn of(layout: &Descriptor) -> Option<LoaderAllocators> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let to_allocator = match of("Module", "LoaderAllocator") {
            Some(offset) => ToAllocator::OfModule(offset),
            None => ToAllocator::OfAssembly {
                assembly: of("Module", "Assembly")?,
                allocator: of("Assembly", "LoaderAllocator")?,
            },
        };
        Some(LoaderAllocators {
            to_allocator,
            object_handle: of("LoaderAllocator", "LoaderAllocatorObjectHandle")?,
        })
    }

    /// The LoaderAllocator of what `module` loads; null where it has none.
    ///
    /// # Errors
    /// A step of the way is not in the dump.
    pub fn allocator(&self, memory: &AddressSpace, module: Addr) -> Result<Addr, Fault> {
        match self.to_allocator {
            ToAllocator::OfModule(offset) => step(memory, module, offset),
            ToAllocator::OfAssembly { assembly, allocator } => {
                step(memory, step(memory, module, assembly)?, allocator)
            }
        }
    }

    /// The managed `System.Reflection.LoaderAllocator` of what `module` loads; null where it has none (any more).
    ///
    /// # Errors
    /// A step of the way is not in the dump.
    pub fn object(&self, memory: &AddressSpace, module: Addr) -> Result<Addr, Fault> {
        let allocator = self.allocator(memory, module)?;
        step(memory, step(memory, allocator, self.object_handle)?, 0)
    }
}

/// The pointer at a distance from a structure; null leads to null.
fn step(memory: &AddressSpace, from: Addr, offset: u64) -> Result<Addr, Fault> {
    match from {
        Addr::NULL => Ok(Addr::NULL),
        from => memory.pointer(from.offset(offset)),
    }
}
