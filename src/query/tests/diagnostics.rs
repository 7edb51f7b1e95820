//! How wrong statements are answered, word by word.

use proptest::prelude::*;

use super::synthetic::snapshot;
use super::{ask, lines};
use crate::query::{QueryError, is_incomplete, split_statements};

/// The rendered message of a wrong statement.
fn error(statement: &str) -> String {
    match ask(&[snapshot(1, 20, 7)], statement) {
        Err(QueryError::Statement(diagnostic)) => diagnostic.render(statement),
        other => panic!("{statement}: {other:?}"),
    }
}

/// Statements and what is said of them.
macro_rules! messages {
    ($($name:ident: $statement:literal => $message:literal)*) => {
        $(#[test] fn $name() {
            assert_eq!(error($statement), $message.trim_matches('\n'));
        })*
    };
}

messages! {
unknown_column: "select type, sise group by type" => "
error: objects has no column `sise`
  |
1 | select type, sise group by type
  |              ^^^^
  = expected: address, type, mt, size, gen, heap, length, value, retained, dominator, reachable, depth, finalizable or locked
  = help: did you mean `size`?
"
column_in_another_case: "select Type" => "
error: objects has no column `Type`
  |
1 | select Type
  |        ^^^^
  = expected: address, type, mt, size, gen, heap, length, value, retained, dominator, reachable, depth, finalizable or locked
  = help: did you mean `type`?
"
text_in_double_quotes: "select size where type = \"System.String\"" => "
error: objects has no column `System.String`
  |
1 | select size where type = \"System.String\"
  |                          ^^^^^^^^^^^^^^^
  = expected: address, type, mt, size, gen, heap, length, value, retained, dominator, reachable, depth, finalizable or locked
  = help: names stand in double quotes, text in single ones: 'System.String'
"
several_dumps: "leaks" => "
error: `leaks` compares dumps, which `query::run` does not
  |
1 | leaks
  | ^^^^^
  = help: `diff::run` answers every statement
"
unknown_table: "select name from module" => "
error: there is no table `module`
  |
1 | select name from module
  |                  ^^^^^^
  = expected: objects, types, refs, fields, strings, arrays, roots, handles, statics, finalizers, exceptions, collections, duplicates, segments, modules, threads, loaded_types, damage, frames, locks, waits, deadlocks, tasks, async_frames, timers, work_items, requests, mappings, memory_use, load_contexts, gc, exception_frames or pinned
  = help: did you mean `modules`?
"
a_field_of_a_dump_without_descriptions: "select address, Name from Zoo.Dog" => "
error: the fields of objects cannot be told: the dump does not describe its types
  |
1 | select address, Name from Zoo.Dog
  |                 ^^^^
"
unknown_type: "select address from Zoo.Dgo where size > 1" => "
error: there is no table `Zoo.Dgo`, and no type of that name
  |
1 | select address from Zoo.Dgo where size > 1
  |                     ^^^^^^^
  = expected: a table or a type's name
  = help: did you mean `Zoo.Dog`?
"
type_without_its_namespace: "select count where address is Dog" => "
error: no type is called `Dog`
  |
1 | select count where address is Dog
  |                               ^^^
  = help: did you mean `Zoo.Dog`?
"
type_with_brackets_unquoted: "select count from Zoo.Käfig<System.String>" => "
error: `<` does not fit here
  |
1 | select count from Zoo.Käfig<System.String>
  |                            ^
  = expected: `.`, `+`, `[`, `as`, a name, `join`, `where`, `group`, `having`, `intersect`, `union`, `except`, `order`, `limit`, `;` or the end of the statement
  = help: a type's name with other characters than letters and points stands in double quotes
"
cast_without_parentheses: "select address as Zoo.Dog" => "
error: `.` does not fit here
  |
1 | select address as Zoo.Dog
  |                      ^
  = expected: `,`, `from`, `where`, `group`, `having`, `intersect`, `union`, `except`, `order`, `limit`, `;` or the end of the statement
  = help: a cast stands in parentheses: `(Payload as Zoo.Cat).Name`; a name is one word
"
field_of_a_text: "select type.Length" => "
error: a path begins at an object, and this is text
  |
1 | select type.Length
  |        ^^^^
  = expected: an address
"
part_with_fewer_columns: "select type, size union select type" => "
error: this select has 1 column, the one before `union` has 2
  |
1 | select type, size union select type
  |                         ^^^^^^^^^^^
  = expected: as many columns, in the same order
"
part_with_another_kind: "select type, size from objects except select type, gen from objects" => "
error: `gen` is text, and `size` in its place before `except` is a number of bytes
  |
1 | select type, size from objects except select type, gen from objects
  |                                                    ^^^
  = expected: a number of bytes
  = help: columns belong together by their position
"
order_before_union: "select type order by type union select gen" => "
error: `union` does not fit here
  |
1 | select type order by type union select gen
  |                           ^^^^^
  = expected: an operator, `asc`, `desc`, `,`, `limit`, `;` or the end of the statement
  = help: selects together have one order and one limit, behind the last of them; a part has its own in parentheses: `from (select ...)`
"
order_of_a_union_by_what_it_has_not: "select type as name union select gen order by size" => "
error: the `union` has no column `size`
  |
1 | select type as name union select gen order by size
  |                                               ^^^^
  = expected: name
"
name_that_hides_a_table: "with strings as (select 1) select count" => "
error: `strings` is a table, which the name would hide
  |
1 | with strings as (select 1) select count
  |      ^^^^^^^
  = expected: another name
"
name_twice: "with a as (select 1 as x), a as (select 2 as x) select x from a" => "
error: `a` is defined twice
  |
1 | with a as (select 1 as x), a as (select 2 as x) select x from a
  |                            ^
  = expected: another name
"
recursion: "with a as (select x from a) select x from a" => "
error: `a` is used in its own select: there is no recursion
  |
1 | with a as (select x from a) select x from a
  |                          ^
  = help: what objects reach, and what keeps them alive, is told by `reachable(...)` and `paths to`
"
name_of_later: "with a as (select x from b), b as (select 1 as x) select x from a" => "
error: `b` is defined behind this
  |
1 | with a as (select x from b), b as (select 1 as x) select x from a
  |                          ^
  = help: a select under `with` sees the names before it: change their order
"
case_of_two_kinds: "select case when size > 1 then 'big' else size end" => "
error: this is a number of bytes, but the values before are text
  |
1 | select case when size > 1 then 'big' else size end
  |                                           ^^^^
  = expected: text
"
case_of_no_condition: "select case when size then 1 end" => "
error: this is a number of bytes, where a condition is wanted
  |
1 | select case when size then 1 end
  |                  ^^^^
  = expected: true or false: a comparison, `like`, `in`, ...
"
window_in_where: "select size where rank() over (order by size) < 3" => "
error: a window has no place in `where`: rows are chosen before windows are laid over them
  |
1 | select size where rank() over (order by size) < 3
  |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = expected: a window among what is selected, or in `order by`
  = help: name it in a select in parentheses: `from (select ..., rank() over (...) as place) where place <= 3`
"
window_in_having: "select type, rank() over (order by count) as place group by type having place < 3" => "
error: a window has no place in `having`: groups are chosen before windows are laid over them
  |
1 | select type, rank() over (order by count) as place group by type having place < 3
  |                                                                         ^^^^^
  = expected: a window among what is selected, or in `order by`
  = help: name it in a select in parentheses: `from (select ..., rank() over (...) as place) where place <= 3`
"
window_within_a_window: "select sum(count(*) over ()) over ()" => "
error: a window has no place within another
  |
1 | select sum(count(*) over ()) over ()
  |            ^^^^^^^^^^^^^^^^
  = help: a select in parentheses can be a source: `from (select ...)`
"
rank_without_order: "select rank() over (partition by type)" => "
error: `rank` needs an order
  |
1 | select rank() over (partition by type)
  |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = expected: rank() over (partition by ... order by ...)
"
rank_without_a_window: "select rank()" => "
error: `rank` is computed over a window
  |
1 | select rank()
  |        ^^^^^^
  = expected: rank() over (partition by ... order by ...)
"
no_function_over_windows: "select median(size) over ()" => "
error: `median` is not computed over windows
  |
1 | select median(size) over ()
  |        ^^^^^^
  = expected: `row_number`, `rank`, `dense_rank`, `sum`, `count`, `avg`, `min` or `max`
"
window_over_text: "select sum(type) over ()" => "
error: `sum` does not take text
  |
1 | select sum(type) over ()
  |            ^^^^
  = expected: a number
"
unknown_function: "select lenght(type)" => "
error: there is no function `lenght`
  |
1 | select lenght(type)
  |        ^^^^^^
  = help: did you mean `length`?
"
misspelt_select: "selct type" => "
error: `selct` does not fit here
  |
1 | selct type
  | ^^^^^
  = expected: `with`, `select`, `let`, `assert`, `explain`, `tables`, `describe`, `help`, `object`, `roots`, `path`, `paths`, `references`, `referrers`, `retained`, `dominators`, `diff`, `leaks` or `survivors`
  = help: did you mean `select`?
"
misspelt_group: "select type, count gropu by type" => "
error: `gropu` does not fit here
  |
1 | select type, count gropu by type
  |                    ^^^^^
  = expected: an operator, `as`, `,`, `from`, `where`, `group`, `having`, `intersect`, `union`, `except`, `order`, `limit`, `;` or the end of the statement
  = help: did you mean `group`?
"
missing_parenthesis: "select sum(size from objects" => "
error: `from` does not fit here
  |
1 | select sum(size from objects
  |                 ^^^^
  = expected: an operator, `,` or `)`
"
nothing_after_where: "select type where" => "
error: the statement ends too early
  |
1 | select type where
  |                  ^
  = expected: an expression
"
text_compared_with_a_number: "select type where size > 'x'" => "
error: a number of bytes does not compare with text
  |
1 | select type where size > 'x'
  |                          ^^^
  = expected: a number of bytes
  = help: sizes are written without quotes: 100, 10kb, 2.5mb
"
number_compared_with_text: "select size where type = 5" => "
error: text does not compare with a whole number
  |
1 | select size where type = 5
  |                          ^
  = expected: text
  = help: text stands in single quotes: '...'
"
bad_regex: "select type where type ~ 'Zoo.(Dog'" => "
error: not a regular expression: unclosed group
  |
1 | select type where type ~ 'Zoo.(Dog'
  |                          ^^^^^^^^^^
  = help: a character that means something is made plain by a backslash: \\( \\[ \\. \\+
"
unterminated_string: "select type where type = 'Zoo" => "
error: the text has no closing quote
  |
1 | select type where type = 'Zoo
  |                          ^^^^
  = expected: `'` at its end
  = help: a quote within a text is written twice: ''
"
trailing_garbage: "select type limit 3 4" => "
error: a number does not fit here
  |
1 | select type limit 3 4
  |                     ^
  = expected: `offset`, `;` or the end of the statement
"
aggregate_in_where: "select type where sum(size) > 1 group by type" => "
error: the aggregate `sum` has no place in `where`, which looks at single rows
  |
1 | select type where sum(size) > 1 group by type
  |                   ^^^^^^^^^
  = help: conditions for groups go behind `having`
"
count_in_where: "select type where count > 1 group by type" => "
error: `count` has no place in `where`, which looks at single rows
  |
1 | select type where count > 1 group by type
  |                   ^^^^^
  = help: conditions for groups go behind `having`
"
column_that_is_no_key: "select type, address, count group by type" => "
error: `address` is neither a key nor a measure, so a group has many of it
  |
1 | select type, address, count group by type
  |              ^^^^^^^
  = expected: a key, a measure or an aggregate
  = help: add `address` to `group by`, or take `first(address)` or `count(distinct address)`
"
unknown_unit: "select type where size > 10kn" => "
error: `kn` is no unit of size
  |
1 | select type where size > 10kn
  |                            ^^
  = expected: b, kb, mb, gb or tb
  = help: did you mean `kb`?
"
empty_statement: " -- nothing" => "
error: there is no statement
  |
1 |  -- nothing
  | ^
  = help: `help` lists what can be asked
"
null_compared: "select type where length = null" => "
error: nothing compares with null
  |
1 | select type where length = null
  |                            ^^^^
  = expected: `is null` or `is not null`
"
where_without_condition: "select type where size" => "
error: this is a number of bytes, where a condition is wanted
  |
1 | select type where size
  |                   ^^^^
  = expected: true or false: a comparison, `like`, `in`, ...
"
reserved_word_as_name: "select size as order" => "
error: `order` does not fit here
  |
1 | select size as order
  |                ^^^^^
  = expected: a name
  = help: `order` is a keyword; as a name it stands in double quotes
"
two_columns_behind_in: "select type where mt in (select mt, size from types)" => "
error: a select of 2 columns behind `in`
  |
1 | select type where mt in (select mt, size from types)
  |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^
  = expected: one column
"
position_in_order: "select type, size order by 2" => "
error: a constant orders nothing
  |
1 | select type, size order by 2
  |                            ^
  = help: columns are ordered by their names, not their positions
"
wrong_number_of_arguments: "select substr(type)" => "
error: `substr` is not called like this
  |
1 | select substr(type)
  |        ^^^^^^^^^^^^
  = expected: substr(text, start [, count])
"
unknown_dump: "select type from @3.objects" => "
error: no dump `@3` is open
  |
1 | select type from @3.objects
  |                  ^^
  = expected: `@1`
"
second_line: "select type\nfrom objects\nwhere sze > 1" => "
error: objects has no column `sze`
  |
3 | where sze > 1
  |       ^^^
  = expected: address, type, mt, size, gen, heap, length, value, retained, dominator, reachable, depth, finalizable or locked
  = help: did you mean `size`?
"
describe_unknown: "describe object" => "
error: there is no table or function `object`
  |
1 | describe object
  |          ^^^^^^
  = help: did you mean `objects`?
"
}

#[test]
fn other_mistakes_have_their_place_too() {
    for (statement, message) in [
        ("select sum(count)", "has no place within another aggregate"),
        ("select *, count group by type", "`*` has no place in a grouped query"),
        ("select distinct type order by size", "with `distinct`, rows are ordered by what is selected"),
        ("select type, count group by 1", "a constant makes no groups"),
        ("select sum(address)", "`sum` does not take an address"),
        ("select type + 1", "`+` does not take text and a whole number"),
        ("select - type", "`-` does not take text"),
        ("select address * 2", "`*` does not take an address and a whole number"),
        ("select if(size, 1, 2)", "where a condition is wanted"),
        ("select if(size > 1, 1, 'x')", "this is text, but the values before are a whole number"),
        ("select hex(type)", "`hex` does not take text here"),
        ("select length(size)", "`length` is for text"),
        ("select type where address like '%00'", "`like` is for text"),
        ("select type where type like 'a!' escape '!'", "the pattern ends with its escape character"),
        ("select type where type like 'a' escape 'xy'", "the escape is not one character"),
        ("select type where type in ('a', 5)", "text does not compare with a whole number"),
        ("select type where size in (select type)", "this is a number of bytes, the select gives text"),
        ("select type from (select type, gen as type)", "several columns are called `type`"),
        ("select count(distinct *)", "`*` does not fit here"),
        ("select median", "`median`"),
        ("help xyzzy", "there is no word `xyzzy`"),
        ("select count having address = 1", "`address` is neither"),
        ("select substr(distinct type)", "`substr` is not called like this"),
        ("select count(*) group by count", "`count` cannot be a key"),
    ] {
        let shown = error(statement);
        assert!(shown.contains(message), "{statement}:\n{shown}");
    }
}

#[test]
fn nesting_is_bounded() {
    for (open, close) in [("(", ")"), ("- ", ""), ("not ", ""), ("abs(", ")"), ("1 in (", ")")] {
        let deep = format!("select {}1{} from modules", open.repeat(100_000), close.repeat(100_000));
        assert!(error(&deep).contains("nested too deeply"), "{open}");
    }
    let selects = format!("select 1 from {}modules{}", "(select 1 from ".repeat(50_000), ")".repeat(50_000));
    assert!(error(&selects).contains("nested too deeply"));
    assert!(error(&format!("select 1{}", " + 1".repeat(100_000))).contains("too long"));
    // Long lists of conditions are no nesting.
    let many = format!("select count(*) where size = 1{}", " or size = 2".repeat(20_000));
    assert_eq!(lines(&[snapshot(1, 20, 7)], &many), ["0"]);
    let nested = format!("select {}1{} from modules limit 1", "(".repeat(40), ")".repeat(40));
    assert_eq!(lines(&[snapshot(1, 20, 7)], &nested), ["1"]);
}

/// Pieces of statements, to be put together at random.
fn piece() -> impl Strategy<Value = String> {
    let words = "select from where group by having order limit offset as and or not like escape in between \
                 is null true false distinct asc desc tables describe help explain objects types type size \
                 count length address sum( max( if( lower( ( ) , * + - / % = != < <= ~ ; . @1 @9 'a' '' \"b\" \
                 1 2.5 10kb 0x7f 1e3 'x";
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    prop_oneof![9 => proptest::sample::select(words), 1 => any::<String>()]
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        check_text(&text);
    }

    #[test]
    fn arbitrary_pieces_never_panic(pieces in proptest::collection::vec(piece(), 0..20)) {
        check_text(&pieces.join(" "));
        check_text(&format!("select {}", pieces.join(" ")));
    }
}

fn check_text(text: &str) {
    let _ = is_incomplete(text);
    for range in split_statements(text) {
        assert!(!text[range].trim().is_empty());
    }
    if let Err(QueryError::Statement(diagnostic)) = ask(&[snapshot(1, 20, 7)], text) {
        assert!(
            diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= text.len(),
            "{text:?}"
        );
        assert!(diagnostic.render(text).lines().count() >= 4);
    }
}
