//! What is exported: tables of the catalog with the columns that a warehouse is given, and statements of the user's.

use crate::error::{Error, ErrorKind, Result};
use crate::query::catalog::{self, TableDoc};
use crate::query::nearest;

/// The tables that are exported when none is named.
pub(super) const DEFAULT_TABLES: [&str; 4] = ["objects", "types", "refs", "roots"];

/// Columns that are left out, because for each of them every object would have to be reached, the dominator tree be
/// built, or the text of every object be read. `--select` gives whoever wants them. Those without a table's name are of all.
const COSTLY: [(&str, &[&str]); 2] =
    [("objects", &["value"]), ("", &["retained", "dominator", "reachable", "depth"])];

/// A table of the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct ExportTable {
    /// The name of its folder.
    pub name: String,
    /// The statement that gives its rows.
    pub statement: String,
}

impl ExportTable {
    /// A table of the catalog.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(in crate::cli) fn named(name: &str) -> Result<ExportTable> {
        let Some(table) = catalog::table(name) else {
            let names = catalog::tables().iter().map(|table| table.name);
            let error = Error::new(ErrorKind::Usage, format!("there is no table `{name}` to export"));
            return Err(match nearest(name, names) {
                Some(near) => error.hint(format!("is `{near}` meant?")),
                None => error.hint("`heapql query DUMP -e tables` lists them"),
            });
        };
        let columns: Vec<&str> = exported_columns(table).collect();
        Ok(ExportTable {
            name: name.to_owned(),
            statement: format!("select {} from {name}", columns.join(", ")),
        })
    }

    /// A statement of the user's: `NAME=STATEMENT`.
    ///
    /// # Errors
    /// When there is no name, or one that cannot be that of a folder and of a table elsewhere.
    pub(in crate::cli) fn select(text: &str) -> Result<ExportTable> {
        let is_plain = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        match text.split_once('=') {
            Some((name, statement)) if is_plain(name.trim()) && !statement.trim().is_empty() => {
                Ok(ExportTable { name: name.trim().to_owned(), statement: statement.trim().to_owned() })
            }
            _ => Err(Error::new(ErrorKind::Usage, format!("`{text}` does not name what a statement gives"))
                .hint("write `--select 'big=select address, retained where size > 1mb'`")),
        }
    }
}

/// The columns of a table that are exported, in the order of the catalog.
pub(super) fn exported_columns(table: &TableDoc) -> impl Iterator<Item = &'static str> {
    let is_of_table = |of: &str| of == table.name || of.is_empty();
    let is_costly =
        move |name: &str| COSTLY.iter().any(|(of, columns)| is_of_table(of) && columns.contains(&name));
    table.columns.iter().map(|column| column.name).filter(move |name| !is_costly(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_those_of_the_catalog() {
        for name in DEFAULT_TABLES {
            assert!(ExportTable::named(name).is_ok());
        }
        let objects = ExportTable::named("objects").unwrap().statement;
        assert!(objects.starts_with("select address, type, ") && !objects.contains("retained"), "{objects}");
        let error = ExportTable::named("object").unwrap_err();
        assert_eq!(error.hint_text(), Some("is `objects` meant?"));
    }

    /// The part of the documentation that describes the tables, from the catalog.
    fn documented() -> String {
        let mut text = String::new();
        for table in catalog::tables() {
            text.push_str(&format!(
                "### {}\n\n{}\n\n| column | type | what |\n| --- | --- | --- |\n",
                table.name, table.summary
            ));
            for name in exported_columns(table) {
                let Some(column) = table.columns.iter().find(|column| column.name == name) else { continue };
                let kind = crate::output::parquet_type_word(column.kind);
                let summary = column.summary.trim_end_matches(" Not part of `*`.").replace('|', "\\|");
                text.push_str(&format!("| `{name}` | {kind} | {summary} |\n"));
            }
            text.push('\n');
        }
        text.trim_end().to_owned() + "\n"
    }

    #[test]
    fn the_documentation_is_that_of_the_catalog() {
        const HEADING: &str = "## Tables\n\n";
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/export.md");
        let page = std::fs::read_to_string(&path).unwrap();
        let start = page.find(HEADING).unwrap() + HEADING.len();
        let expected = documented();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, page[..start].to_owned() + &expected).unwrap();
            return;
        }
        assert_eq!(page[start..], expected, "if that is meant, run the tests with UPDATE_GOLDEN=1");
    }

    #[test]
    fn a_select_has_a_plain_name() {
        let table = ExportTable::select("big = select address where size = 8").unwrap();
        assert_eq!((&*table.name, &*table.statement), ("big", "select address where size = 8"));
        for wrong in ["select count", "../x=select count", "=select count", "a=", "1a=select count"] {
            assert!(ExportTable::select(wrong).is_err(), "{wrong}");
        }
    }
}
