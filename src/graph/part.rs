//! A part of a snapshot that is built when it is first asked for, and may be given up again.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;

/// Something that costs time and memory: built once, kept until it is given up.
pub struct Part<T> {
    built: Mutex<Option<Result<Arc<T>, Arc<Error>>>>,
}

impl<T> Part<T> {
    /// What was built, or else what `build` builds now. Who asks meanwhile waits for it.
    ///
    /// # Errors
    /// Those of `build`, the same ones at every call.
    pub fn get_or_build(&self, build: impl FnOnce() -> Result<T, Arc<Error>>) -> Result<Arc<T>, Arc<Error>> {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        built.get_or_insert_with(|| build().map(Arc::new)).clone()
    }

    /// What was built, if it was and is still kept.
    pub fn get(&self) -> Option<Arc<T>> {
        self.built.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.as_ref().ok().cloned()
    }

    /// Keeps `part`, which was built or read elsewhere.
    #[cfg(test)]
    pub fn set(&self, part: Arc<T>) {
        *self.built.lock().unwrap_or_else(PoisonError::into_inner) = Some(Ok(part));
    }

    /// Gives it up unless somebody uses it: it would take its memory all the same, and twice when it is built again.
    pub fn give_up_unused(&self) {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        built.take_if(|built| built.as_ref().is_ok_and(|part| Arc::strong_count(part) == 1));
    }
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Part { built: Mutex::new(None) }
    }
}

impl<T> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.get().is_some() { "built" } else { "not built" })
    }
}
