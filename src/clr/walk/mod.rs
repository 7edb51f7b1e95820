//! Walking the heap: from object to object, by the size that each one's MethodTable tells.

mod heap_walk;
mod shapes;

pub use heap_walk::{Gap, HeapWalk, WalkEnd};
pub use shapes::{Shapes, WorkerTypes};

#[cfg(test)]
mod tests;
