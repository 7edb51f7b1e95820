//! What is known of a dump before it is asked anything: facts in sections, the checks that the
//! program held its own reading to, and advice.
//!
//! Filled in by whoever opens a dump, printed by [`crate::output`]. Labels are fixed words of the
//! program, never text of a dump: they become keys of the JSON form.

use serde_json::Value;

pub use crate::clr::checks::{Check, Outcome};

/// What `heapql info` tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Info {
    /// The facts, in the order they are shown.
    pub sections: Vec<Section>,
    /// The checks, in the order they were made.
    pub checks: Vec<Check>,
    /// What the user can do to get more out of the dump, a sentence each.
    pub advice: Vec<String>,
}

impl Info {
    /// Appends an empty section and returns it.
    pub fn section(&mut self, title: impl Into<String>) -> &mut Section {
        self.sections.push(Section { title: title.into(), rows: Vec::new() });
        self.sections.last_mut().expect("a section was pushed")
    }

    /// Whether a check failed: answers from this dump are not to be trusted blindly.
    pub fn has_failed_check(&self) -> bool {
        self.checks.iter().any(|check| check.outcome == Outcome::Failed)
    }
}

/// Facts that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Its title, one or two words (`Runtime`), unique within an [`Info`].
    pub title: String,
    /// The facts.
    pub rows: Vec<Row>,
}

impl Section {
    /// Appends a fact whose text and value are the same.
    pub fn text(&mut self, label: impl Into<String>, text: impl Into<String>) -> &mut Self {
        let text = text.into();
        self.row(label, text.clone(), text)
    }

    /// Appends a fact: `text` for people, `value` for programs.
    pub fn row(
        &mut self,
        label: impl Into<String>,
        text: impl Into<String>,
        value: impl Into<Value>,
    ) -> &mut Self {
        self.rows.push(Row { label: label.into(), text: text.into(), value: value.into() });
        self
    }
}

/// One fact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// What it is about, one to three words (`GC mode`), unique within a section.
    pub label: String,
    /// The fact as a person reads it.
    pub text: String,
    /// The fact as a program reads it: numbers as numbers, sizes in bytes, addresses as `0x...`,
    /// null for what the dump does not tell.
    pub value: Value,
}
