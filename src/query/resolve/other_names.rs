//! What other languages and tools call what stands in the catalog.

/// Columns: the names elsewhere, and the name here.
const COLUMNS: &[(&[&str], &str)] = &[
    (&["name", "class", "classname", "typename", "type_name"], "type"),
    (&["addr", "ptr", "pointer", "id"], "address"),
    (&["bytes", "totalsize", "total_size", "shallow"], "size"),
    (&["generation"], "gen"),
    (&["len"], "length"),
    (&["text", "string", "content", "contents"], "value"),
    (&["methodtable", "method_table"], "mt"),
    (&["retainedsize", "retained_size", "objsize", "inclusive"], "retained"),
    (&["thread_id", "tid", "osid"], "os_id"),
];

/// Functions.
const FUNCTIONS: &[(&[&str], &str)] = &[
    (&["len", "char_length", "strlen"], "length"),
    (&["isnull", "ifnull", "nvl"], "coalesce"),
    (&["mid", "left", "right", "slice"], "substr"),
    (&["iif"], "if"),
    (&["ucase", "toupper"], "upper"),
    (&["lcase", "tolower"], "lower"),
    (&["mean", "average"], "avg"),
    (&["percentile", "quantile"], "p90"),
    (&["instr", "strpos", "charindex", "indexof"], "contains"),
    (&["startswith"], "starts_with"),
    (&["endswith"], "ends_with"),
    (&["typeof", "gettype"], "type_of"),
    (&["tostring", "str"], "text"),
    (&["cast", "convert"], "to_number"),
];

/// Tables.
const TABLES: &[(&[&str], &str)] = &[
    (&["heap", "instances", "object_heap"], "objects"),
    (&["classes", "methodtables"], "types"),
    (&["references", "edges"], "refs"),
    (&["gchandles", "gchandle"], "handles"),
    (&["assemblies", "dlls"], "modules"),
    (&["regions", "heaps", "eeheap"], "segments"),
    (&["finalizequeue", "finalizer_queue"], "finalizers"),
    (&["gcroots", "gcroot"], "roots"),
    (&["lists", "dictionaries"], "collections"),
    (&["columns"], "fields"),
];

/// The column of `known` that is called `name` elsewhere.
pub(super) fn column<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let here = meant(COLUMNS, name)?;
    known.iter().find(|known| **known == here).copied()
}

/// The function that is called `name` elsewhere.
pub(super) fn function(name: &str) -> Option<&'static str> {
    meant(FUNCTIONS, name)
}

/// The table that is called `name` elsewhere.
pub(super) fn table(name: &str) -> Option<&'static str> {
    meant(TABLES, name)
}

fn meant(list: &[(&[&str], &'static str)], name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    list.iter().find(|(names, _)| names.contains(&lower.as_str())).map(|(_, here)| *here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::catalog;

    #[test]
    fn what_is_offered_is_there_and_what_is_there_is_not_replaced() {
        for (names, here) in FUNCTIONS {
            assert!(catalog::function(here).is_some(), "{here}");
            assert!(names.iter().all(|name| catalog::function(name).is_none()), "{names:?}");
        }
        for (names, here) in TABLES {
            assert!(catalog::table(here).is_some(), "{here}");
            assert!(names.iter().all(|name| catalog::table(name).is_none()), "{names:?}");
        }
        for (_, here) in COLUMNS {
            let columns = catalog::tables().iter().flat_map(|table| table.columns);
            assert!(columns.into_iter().any(|column| column.name == *here), "{here}");
        }
    }
}
