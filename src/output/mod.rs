//! Answers as text: tables, Markdown, HTML and chains for people, JSON, CSV and NDJSON for programs, DOT and Mermaid
//! for pictures; and as Parquet, for warehouses.
//!
//! Everything here takes an answer and writes it; nothing here knows where an answer came from or
//! which command asked. All text of a dump is hostile: what reaches a terminal goes through
//! [`sanitize`], what is written as data is quoted by its format's own rules.
//!
//! The writers stream. Beyond the answer itself they hold a few chunks of rows, whatever the
//! number of rows, and rows are turned into text on all cores, in order.

mod cells;
mod chains;
mod comparison;
mod csv;
mod drawing;
mod escaped_json;
mod format;
mod growth;
mod html_table;
mod info;
mod json;
mod json_text;
mod junit;
mod markdown_table;
mod ndjson;
mod parquet_file;
mod reference;
mod report;
mod rows;
pub mod sanitize;
mod short_names;
mod shorten;
mod small_graph;
mod suspects;
mod table;
mod widths;

#[cfg(test)]
mod samples;

pub use comparison::{Comparison, compared_row, write_comparison_json, write_comparison_table};
pub use format::{AnswerWriter, Document, Format, Screen};
pub use growth::{GrowthSection, write_growth};
pub use info::{write_info_json, write_info_table};
pub use junit::write_junit;
pub use parquet_file::{ParquetTotals, parquet_metadata, parquet_type_word, write_parquet};
pub use reference::{Chapter, write_reference};
pub use report::{write_report_html, write_report_json, write_report_markdown};
pub use shorten::shorten_middle;
pub use suspects::{write_suspects, write_suspects_json};
