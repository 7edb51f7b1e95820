//! Walking the heap: from object to object, by the size that each one's MethodTable tells.

mod broken;
mod heap_walk;
mod plan;
mod resync;
mod shapes;

pub use broken::Broken;
pub use heap_walk::{Gap, HeapWalk, WalkEnd};
pub use shapes::{Shapes, WorkerTypes};

#[cfg(test)]
mod tests;
