//! The query language: text in, answers in columns out. Does not print.

mod answer;

pub use answer::{Answer, AnswerColumn, Cells, Kind, ValueRef};
