//! How long operations tell their progress, without knowing who listens.

/// Receives progress. All methods may be called from several threads at once.
pub trait Progress: Sync {
    /// A new stage begins. `total` is in bytes, or `None` when it is not known.
    fn begin(&self, stage: &str, total: Option<u64>);
    /// So many more bytes are done.
    fn advance(&self, bytes: u64);
    /// The stage has ended.
    fn end(&self);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _stage: &str, _total: Option<u64>) {}
    fn advance(&self, _bytes: u64) {}
    fn end(&self) {}
}
