//! The words that the catalog has for columns, against what the tables of real dumps hold.

use heapql::query::{RunOptions, ValueRef, catalog};

use crate::corpus::open;

#[test]
fn columns_hold_no_other_words() {
    let mut seen = 0;
    for dump in ["zoo-10.0", "zoo-8.0", "web-t2"] {
        let snapshots = [open(dump)];
        for table in catalog::tables() {
            for column in table.columns {
                let words = catalog::words(table.name, column.name);
                if words.is_empty() {
                    continue;
                }
                let statement = format!("select distinct {} as word from {}", column.name, table.name);
                let answer = heapql::diff::run(&snapshots, &statement, &RunOptions::default());
                let answer = answer.unwrap_or_else(|error| panic!("{dump}: {statement}: {error}"));
                let values = &answer.columns[0];
                for row in 0..values.len() {
                    let ValueRef::Text(value) = values.value(row) else { continue };
                    // The state of a thread is several words.
                    for word in value.split(' ').filter(|word| !word.is_empty()) {
                        seen += 1;
                        assert!(words.contains(&word), "{dump}: {}.{}: {value}", table.name, column.name);
                    }
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}
