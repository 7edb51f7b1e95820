//! What the language offers, documented once: tables, columns, functions, keywords, statements.
//!
//! Pure data. It feeds `help`, `describe`, `tables`, the prompt's completion and `docs/reference.md`; the lexer, the
//! parser and the resolver take their names from here, so nothing can be offered that is not
//! understood, nor the other way round.

mod examples;
mod functions;
mod keywords;
mod sources;
mod statements;
mod tables;
mod topics;
mod words;

pub use functions::{Aggregate, DatePart, Function, FunctionDoc, Meaning, RowNumbering, functions};
pub(in crate::query) use keywords::is_reserved;
pub use keywords::{Keyword, KeywordDoc, keywords};
pub use sources::{SourceDoc, SourceFunction, source_functions};
pub use statements::{StatementDoc, statements};
pub use tables::{ColumnDoc, Level, TableDoc, TableId, tables};
pub use topics::{Topic, TopicKind, topics};
pub use words::words;

/// The table of that name, or `None`.
pub fn table(name: &str) -> Option<&'static TableDoc> {
    tables().iter().find(|t| t.name == name)
}

/// The function of that name, or `None`.
pub fn function(name: &str) -> Option<&'static FunctionDoc> {
    functions().iter().find(|f| f.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_occurs_twice_and_everything_is_described() {
        let mut names = HashSet::new();
        for table in tables() {
            assert!(names.insert(table.name.to_owned()) && !table.summary.is_empty());
            assert_eq!(table.id.doc().name, table.name);
            for column in table.columns {
                assert!(names.insert(format!("{}.{}", table.name, column.name)));
                assert!(!column.summary.is_empty(), "{}.{}", table.name, column.name);
            }
        }
        for function in functions() {
            assert!(names.insert(format!("{}()", function.name)));
            assert!(function.usage.starts_with(function.name) && !function.summary.is_empty());
        }
        for source in source_functions() {
            assert!(names.insert(format!("{}()", source.name)));
            assert!(source.usage.starts_with(source.name) && !source.summary.is_empty());
            assert_eq!(source.function.doc().name, source.name);
        }
        for keyword in keywords() {
            assert!(names.insert(format!("keyword {}", keyword.word)) && !keyword.summary.is_empty());
            assert_eq!(keyword.word, keyword.word.to_ascii_lowercase());
        }
    }
}
