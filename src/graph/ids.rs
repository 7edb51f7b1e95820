//! Dense u32 ids: the positions of objects, types and segments in their tables.

use bytemuck::{Pod, Zeroable};

/// The position of an object in [`super::ObjectTable`], in address order within a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(transparent)]
pub struct ObjectId(pub u32);

/// The position of a type in [`super::TypeTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(transparent)]
pub struct TypeId(pub u32);

/// The position of a segment or region in a [`super::Snapshot`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(transparent)]
pub struct SegmentId(pub u32);
