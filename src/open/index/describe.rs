//! What is told of an index: where it lies and what it holds.

use std::path::Path;

use crate::graph::index::Part;
use crate::info::Section;
use crate::units::{grouped, human_bytes};

use super::{IndexFile, Saved};

impl IndexFile {
    /// Adds what is known of the index to a section.
    pub fn describe(&self, section: &mut Section) {
        match self.found() {
            Some((path, index)) => {
                let held: Vec<Part> = Part::ALL.into_iter().filter(|&part| index.holds(part)).collect();
                rows(section, path, index.length(), &held);
            }
            None => {
                section.row("file", "none", serde_json::Value::Null);
            }
        }
    }
}

impl Saved {
    /// Adds what was written to a section.
    pub fn describe(&self, section: &mut Section) {
        rows(section, &self.path, self.length, &self.parts);
    }
}

fn rows(section: &mut Section, path: &Path, bytes: u64, parts: &[Part]) {
    let held: Vec<&str> = parts.iter().map(|part| part.word()).collect();
    section.text("file", path.display().to_string());
    section.row("size", format!("{} ({})", grouped(bytes), human_bytes(bytes as f64)), bytes);
    section.row("holds", held.join(", "), held);
}
