//! The names that programs give their threads.

use crate::bytes::Addr;
use crate::dump::Fault;

use super::Values;

/// The field of `System.Threading.Thread`, and what it was called before 3.0.
const NAME: &[&str] = &["_name", "m_Name"];
/// The type's name in layouts.
const THREAD: &str = "ThreadObject";

impl Values {
    /// The name of the `System.Threading.Thread` at `object`; `None` when it has none, or nothing tells where it stands.
    ///
    /// # Errors
    /// The object or its name is not in the dump.
    pub fn thread_name(&self, object: Addr) -> Result<Option<String>, Fault> {
        let name = match self.named_field(object, NAME)? {
            Some(_) => self.named_reference(object, NAME)?,
            // Without metadata the fields have no names; the runtime knows where this one is.
            None => match self.runtime_field(object, THREAD, "_name")? {
                Some(place) => Some(self.types().memory().pointer(place)?).filter(|name| !name.is_null()),
                None => None,
            },
        };
        name.map(|name| self.string(name)).transpose()
    }
}
