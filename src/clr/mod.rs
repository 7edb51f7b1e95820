//! clr
