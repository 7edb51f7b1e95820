//! The functions that give rows, which stand behind `from`.

/// A function that gives rows, and how it is called.
#[derive(Clone, Copy, Debug)]
pub struct SourceDoc {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// What its rows are, in one sentence.
    pub summary: &'static str,
    /// Which function it is.
    pub function: SourceFunction,
}

/// A function that gives rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceFunction {
    /// The objects of a type.
    Instances,
}

static SOURCES: &[SourceDoc] = &[SourceDoc {
    name: "instances",
    usage: "instances('TYPE') or instances('TYPE+')",
    summary: "The objects of a type as `from TYPE` gives them, its name in single quotes; with a plus those of the types \
              that derive from it too.",
    function: SourceFunction::Instances,
}];

/// All functions that give rows.
pub fn source_functions() -> &'static [SourceDoc] {
    SOURCES
}
