//! The shapes that are known: those that come with the program, and those of a user's files.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::clr::type_system::TypeDescription;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

use super::BoundShape;
use super::form;
use super::process::Process;
use super::shape::Shape;

/// The shapes of the runtime's own collections, with the versions in which they were seen.
const BUNDLED: &str = include_str!("data/shapes.json");

static KNOWN: LazyLock<Arc<[Shape]>> =
    LazyLock::new(|| form::shapes(BUNDLED).map(Arc::from).expect("the bundled shapes are checked by a test"));

/// The shapes of collections, in the order in which they are tried.
#[derive(Clone, Debug)]
pub struct CollectionShapes {
    shapes: Arc<[Shape]>,
}

impl Default for CollectionShapes {
    fn default() -> CollectionShapes {
        CollectionShapes { shapes: KNOWN.clone() }
    }
}

impl CollectionShapes {
    /// These shapes after those of a file in the form of the bundled one: a user's own come before all others.
    ///
    /// # Errors
    /// The file cannot be read, or is not of the form: the error names the entry and the field.
    pub fn with_file(self, file: &Path) -> Result<CollectionShapes> {
        let unreadable = |error: std::io::Error| {
            Error::new(ErrorKind::Io, format!("the collections of {} cannot be read", file.display()))
                .caused_by(error)
        };
        let bytes = std::fs::metadata(file).map_err(unreadable)?.len();
        if bytes > limits::MAX_SHAPES_FILE_BYTES {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{} is too large for a description of collections", file.display()),
            ));
        }
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        self.with_text(&text).map_err(|error| {
            Error::new(ErrorKind::Usage, format!("in {}: {}", file.display(), error.message()))
                .hint("the form is that of the bundled shapes, described in docs/collections.md")
        })
    }

    /// These shapes after those that `text` describes.
    ///
    /// # Errors
    /// It is not of the form: the error names the entry and the field.
    pub fn with_text(self, text: &str) -> Result<CollectionShapes> {
        let own = form::shapes(text).map_err(|message| Error::new(ErrorKind::Usage, message))?;
        Ok(CollectionShapes { shapes: own.into_iter().chain(self.shapes.iter().cloned()).collect() })
    }

    /// The names of the shapes, in the order in which they are tried.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shapes.iter().map(|shape| &*shape.name)
    }

    /// The first shape that the type fits, bound to it.
    pub(super) fn bind(&self, process: &dyn Process, description: &TypeDescription) -> Option<BoundShape> {
        BoundShape::find(process, &self.shapes, description)
    }
}
