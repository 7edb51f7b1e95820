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
        usage: "[with NAME as (SELECT), ...] select [distinct] ITEMS [from SOURCE] [where CONDITION] [group by KEYS] \
                [having CONDITION] [union [all] | except | intersect SELECT] [order by KEYS] [limit N [offset M]]",
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
        usage: "explain STATEMENT or explain analyze SELECT",
        summary: "Shows how a select, a `diff` or a statement of the graph would be answered: what is built first, what \
                  is scanned and searched, which conditions are decided once a type. With `analyze` the select is \
                  answered, and each step shows its rows, its milliseconds and the bytes of what it gave.",
    },
    StatementDoc {
        name: "let",
        usage: "let NAME = SELECT",
        summary: "Answers a select and keeps the answer under a name, for as long as the session or the script goes on: \
                  `from NAME` reads its rows, `roots of NAME.address` and `object NAME[4].address` take its addresses.",
    },
    StatementDoc {
        name: "assert",
        usage: "assert CONDITION [from SOURCE] [where CONDITION] [group by KEYS] [, 'message']",
        summary: "Checks that the condition is true of every row or, with keys or aggregates in it, of every group; null is \
                  not true. Where it is not, a line names the first rows that fail, and the exit status is 4. A script \
                  goes on behind it.",
    },
    StatementDoc {
        name: "object",
        usage: "object ADDRESS [as TYPE], object @N.ADDRESS [as TYPE] or object $N.COLUMN",
        summary: "Shows one object: what it is, then a row a field with its offset, type, value and text (what a \
                  person reads). A struct has a row of its own and a row for each field in it; the elements of an \
                  array follow the fields. With `as`, what lies there is read as a type that it need not name itself: a \
                  struct in an array, for example. TYPE is a type's name or its MethodTable.",
    },
    StatementDoc {
        name: "roots",
        usage: "roots of X",
        summary: "Who keeps X alive: a row a root, the shortest path first, with the objects on it and the fields by \
                  which each holds the next. X is an address, a list of addresses, a select of addresses, a column of a \
                  kept answer (`$3.address`, one row of it `$3[4].address`) or a type (`Zoo.Dog`, with subclasses \
                  `Zoo.Animal+`); `@2.X` asks the second dump.",
    },
    StatementDoc {
        name: "path",
        usage: "path from X to Y",
        summary: "A shortest path from one of X to one of Y, a row an object.",
    },
    StatementDoc {
        name: "paths",
        usage: "paths to X",
        summary: "Who holds all these: for each object of X its shortest path from a root, those alike in root, types and \
                  fields merged and counted, the most frequent first.",
    },
    StatementDoc {
        name: "references",
        usage: "references of X",
        summary: "What the objects of X refer to, a row a reference, with the field or element that holds it.",
    },
    StatementDoc {
        name: "referrers",
        usage: "referrers of X",
        summary: "What refers to the objects of X, a row a reference, with the field or element that holds it.",
    },
    StatementDoc {
        name: "retained",
        usage: "retained by X",
        summary: "What would go if X went, X included: the objects that are not reachable without it.",
    },
    StatementDoc {
        name: "dominators",
        usage: "dominators of X",
        summary: "The objects that every way from the roots to X leads through, from X up to the roots, with what each \
                  retains.",
    },
    StatementDoc {
        name: "diff",
        usage: "diff SELECT",
        summary: "Asks a grouped select of each open dump and puts the answers side by side, oldest first: the keys, for \
                  each measure its value in each dump (`size_1`, `size_2`) and the change from the first to the last \
                  (`size_delta`), then `status` (new, gone, grew, shrank, same) and, of three and more dumps, `steady`: \
                  whether it grew from each to the next. What did not change is left out; the biggest growth comes \
                  first. `order by` takes the names of these columns.",
    },
    StatementDoc {
        name: "leaks",
        usage: "leaks",
        summary: "What looks like a leak over the open dumps, or in the one that is open: a row a suspect, with a score, \
                  the reason, and who holds it.",
    },
    StatementDoc {
        name: "survivors",
        usage: "survivors of TYPE, survivors of TYPE+ or survivors of 'TYPE+'",
        summary: "How many objects of a type were in the dump before already, were born since and died since: from dump \
                  to dump and from the first to the last, with the trait that they were recognised by and how sure that is.",
    },
];

/// All statements.
pub fn statements() -> &'static [StatementDoc] {
    STATEMENTS
}
