//! The statements of the language.

/// A statement and what it does.
#[derive(Clone, Copy, Debug)]
pub struct StatementDoc {
    /// The word it begins with.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it answers, in one sentence.
    pub summary: &'static str,
}

static STATEMENTS: &[StatementDoc] = &[
    StatementDoc {
        name: "select",
        usage: "select [distinct] ITEMS [from SOURCE] [where CONDITION] [group by KEYS] [having CONDITION] \
                [order by KEYS] [limit N [offset M]]",
        summary: "Asks a table or the objects of a type, whose fields are columns. In a grouped query `count` is the \
                  rows of the group and a measure is summed; without `group by` the other selected columns are the \
                  keys, without `order by` the biggest comes first.",
    },
    StatementDoc { name: "tables", usage: "tables", summary: "Lists the tables with their columns." },
    StatementDoc {
        name: "describe",
        usage: "describe NAME",
        summary: "Shows the columns of a table or of a type's objects, or how a function is called.",
    },
    StatementDoc {
        name: "help",
        usage: "help [WORD]",
        summary: "Lists all statements, tables, functions and keywords, or tells about one.",
    },
    StatementDoc {
        name: "explain",
        usage: "explain SELECT",
        summary: "Shows how a select would be answered: what is built first, what is scanned, which \
                  conditions are decided once a type.",
    },
    StatementDoc {
        name: "object",
        usage: "object ADDRESS or object @N.ADDRESS",
        summary: "Shows one object: what it is, then a row a field with its offset, type, value and text (what a \
                  person reads). A struct has a row of its own and a row for each field in it; the elements of an \
                  array follow the fields.",
    },
];

/// All statements.
pub fn statements() -> &'static [StatementDoc] {
    STATEMENTS
}
