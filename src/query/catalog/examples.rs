//! An example for each entry of the catalog, and what to look at beside it.
//!
//! Every statement here is run over a dump of the corpus by a test, which wants rows.

mod locks;
mod process;
mod stacks;
mod tasks;

use super::TopicKind::{self, Aggregate, Function, Keyword, Source, Statement, Table};

/// What shows an entry at work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Illustration {
    /// What sort of thing the entry is.
    pub kind: TopicKind,
    /// Its name.
    pub name: &'static str,
    /// Statements, each whole.
    pub examples: &'static [&'static str],
    /// Names of entries beside it.
    pub see_also: &'static [&'static str],
}

const fn show(
    kind: TopicKind,
    name: &'static str,
    examples: &'static [&'static str],
    see_also: &'static [&'static str],
) -> Illustration {
    Illustration { kind, name, examples, see_also }
}

static ILLUSTRATIONS: &[Illustration] = &[
    show(
        Statement,
        "select",
        &[
            "select type, count, size group by type limit 10",
            "select address, length, value from strings where length > 100 order by length desc limit 10",
            "select count, size, retained from System.Exception+",
        ],
        &["from", "where", "group", "order", "limit", "tables"],
    ),
    show(Statement, "tables", &["tables"], &["describe", "help"]),
    show(Statement, "describe", &["describe objects", "describe System.Exception"], &["tables", "fields"]),
    show(Statement, "help", &["help", "help retained", "help functions"], &["describe", "tables"]),
    show(
        Statement,
        "explain",
        &["explain select type, retained group by type", "explain paths to System.Exception+"],
        &["select"],
    ),
    show(Statement, "object", &["object 0x7f51e94041a8"], &["describe", "references", "referrers", "roots"]),
    show(
        Statement,
        "roots",
        &["roots of (select address from arrays order by size desc limit 1)", "roots of System.Exception+"],
        &["paths", "dominators", "referrers"],
    ),
    show(
        Statement,
        "path",
        &["path from (select object from roots where kind = 'static') to System.Exception+"],
        &["paths", "roots"],
    ),
    show(
        Statement,
        "paths",
        &["paths to System.Exception+", "paths to (select address from strings where length > 100)"],
        &["roots", "path"],
    ),
    show(Statement, "references", &["references of System.Exception+"], &["referrers", "refs"]),
    show(Statement, "referrers", &["referrers of System.Exception+"], &["references", "refs", "roots"]),
    show(
        Statement,
        "retained",
        &["retained by (select address from collections order by retained desc limit 1)"],
        &["dominators", "retained_by"],
    ),
    show(
        Statement,
        "dominators",
        &["dominators of (select address from strings where length > 100 and depth > 1 limit 1)"],
        &["retained", "roots"],
    ),
    show(
        Statement,
        "diff",
        &[
            "diff select type, count, size group by type limit 10",
            "diff select gen, count, size group by gen",
        ],
        &["leaks", "survivors"],
    ),
    show(Statement, "leaks", &["leaks"], &["diff", "paths"]),
    show(Statement, "survivors", &["survivors of System.Threading.Thread+"], &["diff"]),
    show(
        Table,
        "objects",
        &[
            "select type, count, size group by type limit 10",
            "select address, type, size, retained order by retained desc limit 10",
        ],
        &["types", "strings", "arrays", "refs"],
    ),
    show(
        Table,
        "types",
        &["select type, count, base_size, parent from types where module = 'zoo.dll'"],
        &["fields", "objects"],
    ),
    show(
        Table,
        "fields",
        &["select name, offset, field_type from fields where type = 'System.Exception'"],
        &["types", "statics", "describe"],
    ),
    show(
        Table,
        "strings",
        &["select address, length, value from strings where value like '%Name%' limit 10"],
        &["duplicates"],
    ),
    show(
        Table,
        "arrays",
        &["select address, type, length, used, size from arrays order by size desc limit 10"],
        &["collections"],
    ),
    show(
        Table,
        "refs",
        &[
            "select source_type, field, count from refs where target_type = 'System.String' group by source_type, field limit 10",
        ],
        &["references", "referrers"],
    ),
    show(
        Table,
        "roots",
        &[
            "select kind, count from roots group by kind",
            "select name, type, retained from roots where kind = 'static' order by retained desc limit 10",
        ],
        &["handles", "statics", "paths"],
    ),
    show(Table, "handles", &["select kind, type, count from handles group by kind, type"], &["roots"]),
    show(
        Table,
        "statics",
        &["select type, field, value, text from statics where type like 'Zoo.%' limit 10"],
        &["roots", "fields"],
    ),
    show(
        Table,
        "finalizers",
        &["select type, state, count from finalizers group by type, state"],
        &["objects"],
    ),
    show(
        Table,
        "collections",
        &["select address, type, count, capacity, wasted from collections order by wasted desc limit 10"],
        &["items", "arrays"],
    ),
    show(Table, "duplicates", &["select value, count, wasted from duplicates limit 10"], &["strings"]),
    show(Table, "segments", &["select kind, count, size, free from segments group by kind"], &["objects"]),
    show(Table, "modules", &["select name, version, size from modules order by name"], &["types"]),
    show(
        Source,
        "memory",
        &["select address, hex, object, type from memory(0x7f51e94041a8, 4)"],
        &["object", "damage"],
    ),
    show(
        Table,
        "loaded_types",
        &["select type, mt, module from loaded_types where type like 'Zoo.%' limit 10"],
        &["types", "fields"],
    ),
    show(
        Table,
        "damage",
        &["select kind, address, segment, bytes, reason from damage"],
        &["segments", "memory"],
    ),
    show(
        Table,
        "threads",
        &["select os_id, managed_id, state, exception from threads"],
        &["exceptions", "roots"],
    ),
    show(
        Source,
        "instances",
        &["select type, count from instances('System.Exception+') group by type"],
        &["objects", "from"],
    ),
    show(
        Source,
        "items",
        &[
            "select key, value from items(select address from collections where type like '%Dictionary<%' and count > 2 limit 1)",
        ],
        &["collections"],
    ),
    show(
        Source,
        "reachable",
        &["select type, count, size from reachable(System.Exception+) group by type"],
        &["retained_by", "references"],
    ),
    show(
        Source,
        "retained_by",
        &["select type, count, size from retained_by(System.Exception+) group by type"],
        &["reachable", "dominators"],
    ),
    show(
        Source,
        "references",
        &["select type, count from references(System.Exception+) group by type"],
        &["refs", "referrers"],
    ),
    show(
        Source,
        "referrers",
        &["select type, count from referrers(select address from strings where length > 100) group by type"],
        &["refs", "references"],
    ),
    show(
        Aggregate,
        "count",
        &[
            "select gen, count, count(distinct type) as types group by gen",
            "select count(value) from strings",
        ],
        &["sum"],
    ),
    show(Aggregate, "sum", &["select sum(size) as bytes, sum(size * 2) as twice"], &["count", "avg"]),
    show(Aggregate, "min", &["select type, min(size), max(size) group by type limit 10"], &["max", "first"]),
    show(Aggregate, "max", &["select max(length) from strings"], &["min"]),
    show(Aggregate, "avg", &["select avg(length) from strings"], &["median", "sum"]),
    show(Aggregate, "median", &["select gen, median(size) group by gen"], &["p90", "p99", "avg"]),
    show(Aggregate, "p90", &["select p90(length) from strings"], &["median", "p99"]),
    show(Aggregate, "p99", &["select p99(length) from strings"], &["median", "p90"]),
    show(Aggregate, "first", &["select type, count, first(address) as one group by type limit 10"], &["min"]),
    show(
        Function,
        "lower",
        &["select value from strings where lower(value) like '%dotnet%' limit 5"],
        &["upper"],
    ),
    show(Function, "upper", &["select distinct upper(gen) as generation"], &["lower"]),
    show(Function, "length", &["select name from modules where length(name) > 20"], &["substr"]),
    show(
        Function,
        "substr",
        &["select substr(value, 1, 20) as begins from strings limit 5"],
        &["split_part", "length"],
    ),
    show(
        Function,
        "contains",
        &["select count from strings where contains(value, 'System')"],
        &["starts_with", "like"],
    ),
    show(
        Function,
        "starts_with",
        &["select type, count where starts_with(type, 'System.Threading.') group by type limit 5"],
        &["ends_with", "contains"],
    ),
    show(
        Function,
        "ends_with",
        &["select name from modules where ends_with(name, '.dll')"],
        &["starts_with"],
    ),
    show(
        Function,
        "coalesce",
        &["select coalesce(message, '(none)') as message from exceptions"],
        &["if", "null"],
    ),
    show(Function, "abs", &["select abs(size - 100) as off from objects limit 5"], &["round"]),
    show(
        Function,
        "round",
        &["select kind, round(100.0 * free / size, 1) as percent from segments where size > 0"],
        &["abs"],
    ),
    show(
        Function,
        "if",
        &[
            "select if(size >= 85000, 'large', 'small') as sort, count, size group by if(size >= 85000, 'large', 'small')",
        ],
        &["coalesce"],
    ),
    show(Function, "hex", &["select type, hex(hresult) from exceptions"], &["to_number"]),
    show(Function, "human", &["select human(sum(size)) as heap from objects"], &["round"]),
    show(Function, "year", &["select year('2024-02-29') from modules limit 1"], &["month", "day", "date"]),
    show(Function, "month", &["select month('2024-02-29') from modules limit 1"], &["year", "day"]),
    show(Function, "day", &["select day('2024-02-29') from modules limit 1"], &["year", "month"]),
    show(
        Function,
        "hour",
        &["select hour('2024-02-29 17:04:05') from modules limit 1"],
        &["minute", "second"],
    ),
    show(Function, "minute", &["select minute('17:04:05') from modules limit 1"], &["hour", "second"]),
    show(Function, "second", &["select second('17:04:05') from modules limit 1"], &["hour", "minute"]),
    show(Function, "date", &["select date('2024-02-29 17:04:05') from modules limit 1"], &["year"]),
    show(
        Function,
        "to_number",
        &["select to_number('0x1f') as hexadecimal, to_number('2.5') as real from modules limit 1"],
        &["hex"],
    ),
    show(Function, "text", &["select text(object) as text, type from handles limit 5"], &["type_of"]),
    show(
        Function,
        "type_of",
        &[
            "select type_of(inner) as inner, count from exceptions where inner is not null group by type_of(inner)",
        ],
        &["text", "is"],
    ),
    show(Function, "trim", &["select trim('  as it is  ') from modules limit 1"], &["replace"]),
    show(
        Function,
        "replace",
        &["select replace(name, '.dll', '') as assembly from modules"],
        &["trim", "regex_extract"],
    ),
    show(Function, "concat", &["select concat(name, ' ', version) from modules"], &["split_part"]),
    show(
        Function,
        "split_part",
        &["select split_part(type, '.', 1) as root, count group by split_part(type, '.', 1)"],
        &["regex_extract", "substr"],
    ),
    show(
        Function,
        "regex_extract",
        &[
            "select regex_extract(type, '^(.*)\\.', 1) as namespace, count group by regex_extract(type, '^(.*)\\.', 1) limit 10",
        ],
        &["split_part", "replace"],
    ),
    show(
        Function,
        "row_number",
        &[
            "select gen, address, size, row_number() over (partition by gen order by size desc) as number limit 10",
        ],
        &["rank", "over"],
    ),
    show(
        Function,
        "rank",
        &["select address, size, rank() over (order by size desc) as place order by place limit 10"],
        &["dense_rank", "row_number", "over"],
    ),
    show(
        Function,
        "dense_rank",
        &["select address, size, dense_rank() over (order by size desc) as place order by place limit 10"],
        &["rank", "over"],
    ),
    show(
        Keyword,
        "with",
        &["with big as (select address, size where size > 10kb) select count, sum(size) as size from big"],
        &["let", "from"],
    ),
    show(
        Keyword,
        "union",
        &["select name from modules union select type from types"],
        &["all", "except", "intersect"],
    ),
    show(
        Keyword,
        "except",
        &["select object from handles except select object from roots"],
        &["union", "intersect"],
    ),
    show(
        Keyword,
        "intersect",
        &["select object from handles intersect select object from roots"],
        &["union", "except"],
    ),
    show(
        Keyword,
        "join",
        &[
            "select s.value, count from strings s join refs r on r.target = s.address group by s.value limit 10",
        ],
        &["on", "left", "in"],
    ),
    show(
        Keyword,
        "on",
        &["select h.kind, count from handles h join objects o on o.address = h.object group by h.kind"],
        &["join"],
    ),
    show(
        Keyword,
        "inner",
        &["select count from handles h inner join strings s on s.address = h.object"],
        &["join", "left"],
    ),
    show(
        Keyword,
        "left",
        &[
            "select t.type, f.name from types t left join fields f on f.mt = t.mt order by t.size desc limit 10",
        ],
        &["join", "outer"],
    ),
    show(
        Keyword,
        "outer",
        &["select count, count(f.mt) from types t left outer join fields f on f.mt = t.mt"],
        &["left"],
    ),
    show(
        Keyword,
        "exists",
        &["select exists (select * from exceptions) as thrown, count from threads"],
        &["in", "join"],
    ),
    show(Keyword, "all", &["select name from modules union all select name from modules"], &["union"]),
    show(
        Keyword,
        "case",
        &[
            "select case when size >= 85000 then 'large' when size >= 1kb then 'middle' else 'small' end as sort, count, size",
        ],
        &["when", "then", "else", "end", "if"],
    ),
    show(
        Keyword,
        "when",
        &["select distinct case gen when 'gen2' then 'old' else 'young' end as age"],
        &["case"],
    ),
    show(
        Keyword,
        "then",
        &["select distinct case gen when 'gen2' then 'old' else 'young' end as age"],
        &["case"],
    ),
    show(
        Keyword,
        "else",
        &["select distinct case gen when 'gen2' then 'old' else 'young' end as age"],
        &["case"],
    ),
    show(
        Keyword,
        "end",
        &["select distinct case gen when 'gen2' then 'old' else 'young' end as age"],
        &["case"],
    ),
    show(
        Keyword,
        "over",
        &[
            "select kind, size, sum(size) over () as whole, round(100.0 * size / sum(size) over (), 1) as percent from segments",
        ],
        &["partition", "rank"],
    ),
    show(
        Keyword,
        "partition",
        &["select kind, start, size, sum(size) over (partition by kind) as of_kind from segments"],
        &["over"],
    ),
    show(Statement, "let", &["let big = select address, size where size > 10kb"], &["with"]),
    show(Statement, "assert", &["assert count < 1000000000 from objects, 'too many objects'"], &["having"]),
    show(Keyword, "analyze", &["explain analyze select type, count, size group by type"], &["explain"]),
    show(Keyword, "distinct", &["select distinct gen", "select count(distinct type)"], &["group"]),
    show(
        Keyword,
        "as",
        &[
            "select type as what, sum(size) as bytes group by type limit 5",
            "select (inner as System.Exception)._message as cause from exceptions where inner is not null",
        ],
        &["select", "is"],
    ),
    show(
        Keyword,
        "from",
        &[
            "select count from strings",
            "select count from System.Exception+",
            "select count from (select distinct type)",
        ],
        &["tables"],
    ),
    show(
        Keyword,
        "where",
        &["select address, size where type = 'System.String' and size > 1kb"],
        &["and", "having"],
    ),
    show(Keyword, "group", &["select gen, count, size group by gen"], &["having", "count", "sum"]),
    show(Keyword, "by", &["select gen, count group by gen order by gen"], &["group", "order"]),
    show(Keyword, "having", &["select type, count group by type having count > 100"], &["where", "group"]),
    show(Keyword, "order", &["select address, size order by size desc limit 5"], &["asc", "desc", "limit"]),
    show(Keyword, "asc", &["select type, count group by type order by count asc, type limit 5"], &["desc"]),
    show(Keyword, "desc", &["select address, size order by size desc, address limit 5"], &["asc"]),
    show(Keyword, "limit", &["select type, size group by type limit 5"], &["offset", "order"]),
    show(Keyword, "offset", &["select type, size group by type limit 5 offset 5"], &["limit"]),
    show(Keyword, "and", &["select count where size > 1kb and gen = 'gen2'"], &["or", "not"]),
    show(Keyword, "or", &["select count where gen = 'loh' or gen = 'poh'"], &["and", "in"]),
    show(Keyword, "not", &["select count where not type like 'System.%'"], &["and"]),
    show(
        Keyword,
        "like",
        &["select type, count where type like '%Exception' group by type"],
        &["escape", "contains"],
    ),
    show(
        Keyword,
        "escape",
        &["select name from fields where name like '\\_i%' escape '\\' limit 5"],
        &["like"],
    ),
    show(
        Keyword,
        "in",
        &[
            "select gen, count where gen in ('loh', 'poh') group by gen",
            "select type, count where address in (select object from handles) group by type limit 5",
        ],
        &["or"],
    ),
    show(Keyword, "between", &["select count where size between 100 and 1kb"], &["and"]),
    show(
        Keyword,
        "is",
        &[
            "select count from strings where value is not null",
            "select count from exceptions where inner is System.Exception",
        ],
        &["null", "as"],
    ),
    show(Keyword, "null", &["select type from exceptions where inner is null"], &["is", "coalesce"]),
    show(Keyword, "true", &["select name from modules where dynamic = false"], &["false"]),
    show(Keyword, "false", &["select name from modules where dynamic = false"], &["true"]),
    show(Keyword, "of", &["roots of System.Exception+"], &["roots", "references", "referrers", "dominators"]),
    show(Keyword, "to", &["paths to System.Exception+"], &["path", "paths"]),
];

fn all() -> impl Iterator<Item = &'static Illustration> {
    [ILLUSTRATIONS, locks::ILLUSTRATIONS, process::ILLUSTRATIONS, stacks::ILLUSTRATIONS, tasks::ILLUSTRATIONS]
        .into_iter()
        .flatten()
}

/// All examples.
#[cfg(test)]
pub(super) fn illustrations() -> impl Iterator<Item = &'static Illustration> {
    all()
}

/// What shows an entry at work: nothing for a keyword that begins a statement, since the statement's entry has it.
pub(super) fn illustration(kind: TopicKind, name: &'static str) -> Illustration {
    let found = all().find(|shown| shown.kind == kind && shown.name == name);
    found.copied().unwrap_or(Illustration { kind, name, examples: &[], see_also: &[] })
}
