//! Tables of expected answers, kept as tab-separated text, and how answers are held against them.

use std::fs;
use std::path::Path;

/// A table as text: what a golden file holds and what an answer is made into.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<String>,
    /// In the order of their text, so that two tables can be compared row by row.
    pub rows: Vec<Vec<String>>,
}

/// Which rows an answer must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Those of the golden file and no others.
    Exactly,
    /// At least those of the golden file: where the reference does not list everything.
    AtLeast,
}

impl Table {
    pub fn new(columns: Vec<String>, mut rows: Vec<Vec<String>>) -> Table {
        rows.sort();
        Table { columns, rows }
    }

    pub fn parse(text: &str) -> Table {
        let cells = |line: &str| line.split('\t').map(str::to_owned).collect();
        let mut lines = text.lines().map(cells);
        let columns = lines.next().expect("a golden file begins with the names of its columns");
        Table::new(columns, lines.collect())
    }

    pub fn read(path: &Path) -> Table {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Table::parse(&text)
    }
}

/// Whether a cell is what a golden file expects: the same text, anything for `?`, and a text with
/// that beginning for a `*` at the end.
fn cell_agrees(expected: &str, got: &str) -> bool {
    match expected.strip_suffix('*') {
        _ if expected == "?" => true,
        Some(beginning) => got.starts_with(beginning),
        None => expected == got,
    }
}

fn row_agrees(expected: &[String], got: &[String]) -> bool {
    expected.len() == got.len() && expected.iter().zip(got).all(|(e, g)| cell_agrees(e, g))
}

/// What of `got` is not as `golden` says, one line each; empty when all is.
pub fn differences(golden: &Table, got: &Table, rows: Rows) -> Vec<String> {
    if golden.columns != got.columns {
        return vec![format!("columns: expected {:?}, got {:?}", golden.columns, got.columns)];
    }
    match rows {
        Rows::AtLeast => {
            let missing = golden.rows.iter().filter(|row| !has(&got.rows, row));
            missing.map(|row| format!("missing: {}{}", row.join("\t"), nearest(&got.rows, row))).collect()
        }
        Rows::Exactly => exact_differences(&golden.rows, &got.rows),
    }
}

/// The rows of a sorted list that have the first cell of `row`.
fn with_first_cell<'a>(rows: &'a [Vec<String>], row: &[String]) -> &'a [Vec<String>] {
    let start = rows.partition_point(|got| got[0] < row[0]);
    let end = start + rows[start..].partition_point(|got| got[0] == row[0]);
    &rows[start..end]
}

fn has(rows: &[Vec<String>], row: &[String]) -> bool {
    with_first_cell(rows, row).iter().any(|got| row_agrees(row, got))
}

/// A row that begins with the same two cells, if there is one.
fn nearest(rows: &[Vec<String>], row: &[String]) -> String {
    let near = with_first_cell(rows, row).iter().find(|got| got.get(1) == row.get(1));
    near.map_or(String::new(), |near| format!("\n    got: {}", near.join("\t")))
}

/// Steps through both lists, in the order of the first cell, which is never a wildcard.
fn exact_differences(golden: &[Vec<String>], got: &[Vec<String>]) -> Vec<String> {
    let mut differences = Vec::new();
    let (mut golden, mut got) = (golden.iter().peekable(), got.iter().peekable());
    loop {
        match (golden.peek(), got.peek()) {
            (None, None) => return differences,
            (Some(e), Some(g)) if row_agrees(e, g) => {
                golden.next();
                got.next();
            }
            (Some(e), Some(g)) if e[0] == g[0] => {
                differences.push(format!("expected: {}\n     got: {}", e.join("\t"), g.join("\t")));
                golden.next();
                got.next();
            }
            (Some(e), g) if g.is_none_or(|g| e[0] < g[0]) => {
                differences.push(format!(" missing: {}", e.join("\t")));
                golden.next();
            }
            (_, g) => {
                differences.push(format!("too much: {}", g.map_or(String::new(), |g| g.join("\t"))));
                got.next();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = "mt\ttype\tcount\n0x10\tA\t1\n0x20\tzoo.dll!02000015*\t2\n0x30\t?\t3\n";

    fn against(got: &str) -> Vec<String> {
        differences(&Table::parse(GOLDEN), &Table::parse(got), Rows::Exactly)
    }

    #[test]
    fn wildcards_agree_in_any_order_of_rows() {
        let got = "mt\ttype\tcount\n0x30\tList<X>\t3\n0x10\tA\t1\n0x20\tzoo.dll!02000015<A>\t2\n";
        assert_eq!(against(got), Vec::<String>::new());
    }

    #[test]
    fn a_wrong_number_a_missing_and_a_further_row_are_told() {
        let got = "mt\ttype\tcount\n0x10\tA\t7\n0x20\tzoo.dll!02000016\t2\n0x40\tB\t1\n";
        let expected = [
            "expected: 0x10\tA\t1\n     got: 0x10\tA\t7",
            "expected: 0x20\tzoo.dll!02000015*\t2\n     got: 0x20\tzoo.dll!02000016\t2",
            " missing: 0x30\t?\t3",
            "too much: 0x40\tB\t1",
        ];
        assert_eq!(against(got), expected);
    }

    #[test]
    fn every_golden_file_is_a_table() {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/golden");
        let entries =
            |folder: &Path| fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path());
        let files: Vec<_> = entries(&golden).flat_map(|dump| entries(&dump).collect::<Vec<_>>()).collect();
        assert!(!files.is_empty());
        for file in files {
            let table = Table::read(&file);
            let wide = table.rows.iter().find(|row| row.len() != table.columns.len());
            assert_eq!(wide, None, "{}: {:?}", file.display(), table.columns);
            assert!(!table.rows.is_empty(), "{} has no row", file.display());
            let compared = table.rows.iter().all(|row| row[0] != "?" && !row[0].ends_with('*'));
            assert!(compared, "{}: rows are found by their first cell", file.display());
        }
    }

    #[test]
    fn other_columns_are_told() {
        assert_eq!(against("mt\tcount\n").len(), 1);
    }

    #[test]
    fn at_least_allows_further_rows_and_no_missing_ones() {
        let golden = Table::parse("name\na.dll\nb.dll\n");
        let got = Table::parse("name\na.dll\nc.dll\n");
        assert_eq!(differences(&golden, &got, Rows::AtLeast), ["missing: b.dll"]);
        let golden = Table::parse("type\tfield\tvalue\nA\tx\t1\nA\ty\t?\nA\tz\t3\n");
        let got = Table::parse("type\tfield\tvalue\nA\tx\t1\nA\ty\t7\nA\tz\t4\nB\tz\t3\n");
        assert_eq!(differences(&golden, &got, Rows::AtLeast), ["missing: A\tz\t3\n    got: A\tz\t4"]);
    }
}
