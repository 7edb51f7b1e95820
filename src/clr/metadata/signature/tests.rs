//! Signatures, good and bad.
