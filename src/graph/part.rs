//! A part of a snapshot that is built when it is first asked for, and may be given up again.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Error;

type Built<T> = Result<Arc<T>, Arc<Error>>;

/// Something that costs time and memory: built once, kept until it is given up.
pub struct Part<T> {
    /// Held while it is being built, so that nobody else builds it too.
    building: Mutex<()>,
    /// Held for moments only: whoever just looks never waits for the building.
    built: Mutex<Option<Built<T>>>,
}

impl<T> Part<T> {
    /// What was built, or else what `build` builds now. Who asks meanwhile waits for it.
    ///
    /// # Errors
    /// Those of `build`, the same ones at every call.
    pub fn get_or_build(&self, build: impl FnOnce() -> Result<T, Arc<Error>>) -> Result<Arc<T>, Arc<Error>> {
        if let Some(built) = &*self.built() {
            return built.clone();
        }
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(built) = &*self.built() {
            return built.clone();
        }
        let built = build().map(Arc::new);
        *self.built() = Some(built.clone());
        built
    }

    /// What was built, if it was and is still kept; does not wait while it is being built.
    pub fn get(&self) -> Option<Arc<T>> {
        self.built().as_ref()?.as_ref().ok().cloned()
    }

    /// Keeps `part`, which was built or read elsewhere.
    #[cfg(test)]
    pub fn set(&self, part: Arc<T>) {
        *self.built() = Some(Ok(part));
    }

    /// Gives it up unless somebody uses it: it would take its memory all the same, and twice when it is built again.
    pub fn give_up_unused(&self) {
        self.built().take_if(|built| built.as_ref().is_ok_and(|part| Arc::strong_count(part) == 1));
    }

    fn built(&self) -> MutexGuard<'_, Option<Built<T>>> {
        self.built.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Part { building: Mutex::new(()), built: Mutex::new(None) }
    }
}

impl<T> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.get().is_some() { "built" } else { "not built" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread;

    #[test]
    fn looking_does_not_wait_for_the_building() {
        let part = Part::<u32>::default();
        let (begun, has_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel();
        thread::scope(|scope| {
            let part = &part;
            scope.spawn(move || {
                part.get_or_build(|| {
                    begun.send(()).unwrap();
                    may_go_on.recv().unwrap();
                    Ok(7)
                })
            });
            has_begun.recv().unwrap();
            assert_eq!(part.get(), None);
            go_on.send(()).unwrap();
            assert_eq!(*part.get_or_build(|| unreachable!("it is being built")).unwrap(), 7);
        });
        assert_eq!(part.get().as_deref(), Some(&7));
    }
}
