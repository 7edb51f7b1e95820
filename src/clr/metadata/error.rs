//! Why something could not be read from metadata.

use crate::bytes::OutOfBounds;
use crate::clr::metadata::Table;
use crate::error::{Error, ErrorKind};
use crate::image::Absent;

/// Why something could not be read from metadata. Offsets count from the start of the metadata.
///
/// Small and made without allocating: a caller that names thousands of types from metadata with
/// holes gets thousands of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// The bytes belong to the metadata, but the dump does not hold them.
    #[error("metadata at offset {offset:#x} is not in the dump")]
    NotInDump {
        /// Of the first missing byte.
        offset: usize,
    },
    /// A size or an offset leads out of the metadata.
    #[error("metadata leads out of itself: {0}")]
    PastEnd(OutOfBounds),
    /// The bytes do not begin with the signature of metadata.
    #[error("not metadata: it begins with {found:#010x}, not with \"BSJB\"")]
    NotMetadata {
        /// The first four bytes.
        found: u32,
    },
    /// Something contradicts the format.
    #[error("damaged metadata at offset {offset:#x}: {what}")]
    Malformed {
        /// Where it was found.
        offset: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// A row was asked for that its table does not have.
    #[error("metadata has no row {rid:#x} in its table {table:?}")]
    NoSuchRow {
        /// The table.
        table: Table,
        /// The row, counted from 1.
        rid: u32,
    },
}

impl From<Absent> for MetadataError {
    fn from(absent: Absent) -> Self {
        match absent {
            Absent::NotInDump(offset) => MetadataError::NotInDump { offset },
            Absent::PastEnd(out_of_bounds) => MetadataError::PastEnd(out_of_bounds),
        }
    }
}

impl From<MetadataError> for Error {
    fn from(error: MetadataError) -> Error {
        match error {
            MetadataError::NotInDump { .. } => Error::new(ErrorKind::MissingMemory, error.to_string())
                .hint("give the folder with the module's file by --files DIR"),
            _ => Error::new(ErrorKind::Malformed, error.to_string()),
        }
        .caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_metadata_stays_missing_memory_and_says_what_to_do() {
        let error = Error::from(MetadataError::from(Absent::NotInDump(0x20)));
        assert_eq!(error.kind(), ErrorKind::MissingMemory);
        assert_eq!(error.message(), "metadata at offset 0x20 is not in the dump");
        assert!(error.hint_text().unwrap().contains("--files"));
    }

    #[test]
    fn all_else_is_malformed() {
        let row = MetadataError::NoSuchRow { table: Table::TypeDef, rid: 17 };
        assert_eq!(Error::from(row).kind(), ErrorKind::Malformed);
        assert_eq!(row.to_string(), "metadata has no row 0x11 in its table TypeDef");
        let not = MetadataError::NotMetadata { found: 0 };
        assert_eq!(not.to_string(), "not metadata: it begins with 0x00000000, not with \"BSJB\"");
    }
}
