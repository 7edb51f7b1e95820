//! Collections of hand-made types: every way to walk, intact and damaged.

mod arrays;
mod hostile;
mod nodes;
mod recognition;
mod world;
mod wrappers;
