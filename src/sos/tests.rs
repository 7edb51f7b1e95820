//! Every word and every switch, wrong ones too; that what comes out is a statement; that nothing panics.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::query::catalog::{keywords, statements};

/// The statements of a line.
fn statements_of(line: &str) -> Vec<String> {
    match translate(line) {
        Ok(meanings) => match &meanings[..] {
            [Meaning::Ask(translation)] => translation.statements.clone(),
            other => panic!("{line}: {other:?}"),
        },
        Err(error) => panic!("{}", error.render(line)),
    }
}

/// What is wrong with a line.
fn wrong(line: &str) -> String {
    match translate(line) {
        Err(error) => error.render(line),
        Ok(meanings) => panic!("{line}: {meanings:?}"),
    }
}

#[test]
fn every_example_stands_for_its_statements_and_they_are_statements() {
    for doc in words() {
        assert!(!doc.examples.is_empty(), "{}", doc.word);
        for (line, expected) in doc.examples {
            assert!(is_command(line), "{line}");
            assert_eq!(&statements_of(line), expected, "{line}");
            for statement in *expected {
                let parsed = crate::query::check_syntax(statement);
                assert!(parsed.is_ok(), "{line}: {statement}: {parsed:?}");
            }
        }
    }
}

#[test]
fn no_word_occurs_twice_and_everything_is_described() {
    let mut names = HashSet::new();
    for doc in words() {
        for name in [doc.word].iter().chain(doc.aliases) {
            assert!(names.insert(*name), "{name}");
            assert_eq!(*name, name.to_lowercase());
        }
        assert!(doc.usage.starts_with(doc.word) && doc.summary.ends_with('.'), "{}", doc.word);
        let mut switches = HashSet::new();
        for switch in doc.switches {
            for name in [switch.name].iter().chain(switch.aliases) {
                assert!(switches.insert(name.to_lowercase()) && name.starts_with('-'), "{} {name}", doc.word);
            }
            assert!(!switch.summary.is_empty(), "{} {}", doc.word, switch.name);
        }
    }
    for (words, instead) in not_yet::all() {
        assert!(!instead.is_empty());
        words.iter().for_each(|word| assert!(names.insert(word), "{word}"));
    }
}

#[test]
fn no_statement_of_the_language_is_taken_for_a_word() {
    for keyword in keywords() {
        assert!(!is_command(keyword.word), "{}", keyword.word);
        assert!(!is_command(&format!("{} Zoo.Dog", keyword.word)), "{}", keyword.word);
    }
    for statement in statements() {
        assert!(!is_command(statement.usage), "{}", statement.usage);
    }
    for text in [
        "",
        "  ",
        "-- dumpheap",
        "select dumpheap from objects",
        "help",
        "help select",
        "help threads",
        "help memory",
        "select 1 as\ndumpheap",
        "memory",
        "memory(0x10, 2)",
        "(select 1)",
        "!",
        "sos",
        "sql",
    ] {
        assert!(!is_command(text), "{text:?}");
    }
}

/// Lines, and what they stand for: every switch that no example has, and every way to write them.
const LINES: &[(&str, &[&str])] = &[
    ("DumpHeap -STAT", &["select mt, count, size, type group by mt, type order by size"]),
    ("!dumpheap -stat", &["select mt, count, size, type group by mt, type order by size"]),
    ("!sos.dumpheap -stat", &["select mt, count, size, type group by mt, type order by size"]),
    ("sos DumpHeap -stat;", &["select mt, count, size, type group by mt, type order by size"]),
    ("ext dumpheap --stat", &["select mt, count, size, type group by mt, type order by size"]),
    ("dumpheap -stat -- all of it", &["select mt, count, size, type group by mt, type order by size"]),
    ("dumpheap -bycount -stat", &["select mt, count, size, type group by mt, type order by count"]),
    (
        "dumpheap -stat -heap 0 -segment 7f00",
        &["select mt, count, size, type where coalesce(heap, 0) = 0 \
         and address >= (select start from segments where address = 0x7f00) \
         and address < (select end from segments where address = 0x7f00) group by mt, type order by size"],
    ),
    (
        "dumpheap -stat -max 85,000 -heap 1 -noprogress",
        &["select mt, count, size, type where size <= 85000 and heap = 1 group by mt, type order by size"],
    ),
    (
        "dumpheap -stat -min 0 -max:0x400",
        &["select mt, count, size, type where size <= 1024 group by mt, type order by size"],
    ),
    (
        "dumpheap -stat -min 10kb",
        &["select mt, count, size, type where size >= 10240 group by mt, type order by size"],
    ),
    (
        "dumpheap -stat -live -ignoreGCState",
        &["select mt, count, size, type where reachable group by mt, type order by size"],
    ),
    ("dumpheap -stat -live -dead", &["select mt, count, size, type group by mt, type order by size"]),
    (
        "dumpheap -stat -type \"List<O'Neill, B>\"",
        &[
            "select mt, count, size, type where contains(type, 'List<O''Neill, B>') group by mt, type order by size",
        ],
    ),
    ("dumpheap -short 7f00 7f10", &["select address where address >= 0x7f00 and address < 0x7f10"]),
    ("dumpheap -short 7f00 L10", &["select address where address >= 0x7f00 and address < 0x7f10"]),
    ("dumpheap -short 7f00", &["select address where address >= 0x7f00"]),
    (
        "dumpheap -strings -mt 7f00 -type x",
        &[
            "select address, size, value from strings where contains('System.String', 'x')",
            "select count, size, value from strings where contains('System.String', 'x') group by value order by size",
        ],
    ),
    ("dumpheap -strings -heap 0 -short", &["select address from System.String where coalesce(heap, 0) = 0"]),
    (
        "notreachableinrange -short 7f00 L10",
        &["select address where address >= 0x7f00 and address < 0x7f10 and not coalesce(reachable, false)"],
    ),
    (
        "verifyheap 7f00",
        &[
            "select * from damage where address >= 0x7f00",
            "select count as objects_verified from objects where address >= 0x7f00",
        ],
    ),
    ("gcroot -limit 1 7f00", &["roots of 0x7f00"]),
    (
        "pstacks -a --runtime",
        &["select depth, method, count as threads from (select method, \
         row_number() over (partition by os_id order by level desc) as depth from frames where kind = 'method') \
         group by depth, method order by depth, threads desc"],
    ),
    (
        "token2ee * 0x0200000B",
        &["select type, mt, class, module, token from loaded_types where token = '0x0200000b'"],
    ),
    (
        "lm -v -s",
        &["select min(address) as base, sum(size) as size, file from mappings where file is not null \
         group by file order by base"],
    ),
    (
        "dso 7585",
        &["select os_id, address as sp, slot, object, type, frame, name from roots where kind = 'stack' \
         and os_id in (7585, 30085)"],
    ),
    (
        "dso 758c",
        &["select os_id, address as sp, slot, object, type, frame, name from roots where kind = 'stack' \
         and os_id = 30092"],
    ),
    ("dumpgen LOH", &["select mt, count, size, type where gen = 'loh' group by mt, type order by size"]),
    ("dg 2", &["select mt, count, size, type where gen = 'gen2' group by mt, type order by size"]),
    (
        "objsize -summary 7f00",
        &["select mt, count, size, type from reachable(0x7f00) group by mt, type order by size"],
    ),
    ("objsize -short -mt 8 7f00", &["select address from reachable(0x7f00) where mt = 0x8"]),
    (
        "objsize -strings -stat 7f00",
        &[
            "select count, size, value from reachable(0x7f00) where type = 'System.String' group by value order by size",
        ],
    ),
    ("!do 0x00007f02`290cde20", &["object 0x7f02290cde20"]),
    ("sos da -details -nofields 7f00", &["object 0x7f00"]),
    (
        "dumparray -start 3 7f00",
        &["select index, value, value_object, value_type from items(0x7f00) limit 4294967295 offset 3"],
    ),
    (
        "name2ee App.exe Zoo.Outer/Inner",
        &[
            "select type, mt, class, module, token from loaded_types where type = 'Zoo.Outer+Inner' and module = 'App.exe'",
        ],
    ),
    (
        "name2ee *!Zoo.Pair<A, B>",
        &["select type, mt, class, module, token from loaded_types where type = 'Zoo.Pair<A, B>'"],
    ),
    ("gcroot -all 7f00", &["roots of 0x7f00"]),
    ("gcroot -noprogress 7f00", &["roots of 0x7f00"]),
    ("gchandles -short -type weak_long -perdomain", &["select object from handles where kind = 'weak_long'"]),
    ("fq -mt 8 -short -detail", &["select object from finalizers where mt = 0x8"]),
    (
        "finalizequeue -summary",
        &[
            "select state, gen, count from finalizers group by state, gen order by state, gen",
            "select mt, count, size, type from finalizers group by mt, type order by size",
        ],
    ),
    (
        "eeheap -heap 1",
        &[
            "select address, heap, kind, start, end, committed, size, committed_size, free \
         from segments where heap = 1 order by heap, kind, start",
            "select sum(size) as allocated, sum(committed_size) as committed, sum(free) as free \
         from segments where heap = 1",
        ],
    ),
    (
        "heapstat",
        &[
            "select heap, kind, sum(size) as allocated, sum(free) as free, sum(committed_size) as committed \
         from segments group by heap, kind order by heap, kind",
            "select heap, gen, sum(size) as objects, count where type != 'Free' group by heap, gen order by heap, gen",
        ],
    ),
    (
        "verifyheap -noprogress -ignoregcstate",
        &["select * from damage", "select count as objects_verified from objects"],
    ),
    (
        "pe -nested -lines 7f00",
        &[
            "select address, type, message, hex(hresult) as hresult, inner, thread, in_flight from exceptions where address = 0x7f00",
            "select exception, level, method, offset, source, line from exception_frames where exception = 0x7f00",
            "select address, type, message, hex(hresult) as hresult, inner, thread, in_flight from exceptions \
         where address in (select inner from exceptions where address = 0x7f00) \
         or address in (select inner from exceptions where address in (select inner from exceptions where address = 0x7f00))",
        ],
    ),
    (
        "clrstack -all -n -p",
        &[
            "select os_id, managed_id, level, sp, ip, coalesce(method, frame) as call, source, line from frames \
             where kind <> 'native'",
            "select os_id, address as sp, slot, object, type, frame, name from roots where kind = 'stack'",
        ],
    ),
    (
        "!dso -verify",
        &["select os_id, address as sp, slot, object, type, frame, name from roots where kind = 'stack'"],
    ),
    (
        "dumpexceptions -gen gen2 -dead",
        &[
            "select address, type, message from exceptions where address in (select address where gen = 'gen2') \
         and reachable = false",
        ],
    ),
    (
        "assemblies -n Zoo -verbose",
        &["select base, size, version, name, path from modules where contains(lower(name), 'zoo')"],
    ),
    ("dumpmodule 10", &["select * from modules where base <= 0x10 and 0x10 < base + size"]),
    (
        "threads",
        &[
            "select managed_id, os_id, hex(os_id) as os_id_hex, name, state, locks, exception_type, exception from threads where address is not null",
        ],
    ),
    ("db 100 -c 8 -w 4 -a -hex-prefix", &["select address, hex, text from memory(0x100, 8, 'bytes', 4)"]),
    ("db 100 L 10", &["select address, hex, text from memory(0x100, 16, 'bytes', 16)"]),
    ("dd 100 -e 0x110", &["select address, hex, text from memory(0x100, 4, 'dwords', 8)"]),
    (
        "readmemory 100 --length 8 --count 2",
        &["select address, hex, text from memory(0x100, 2, 'qwords', 4)"],
    ),
    ("du 100 -c 10", &["select address, text from memory(0x100, 10, 'utf16')"]),
    (
        "memory read --size 4 --count 2 --format d 0x100",
        &["select address, hex, text from memory(0x100, 2, 'dwords', 4)"],
    ),
    ("memory read -c4 -s8 -r 0x100", &["select address, hex, object, type from memory(0x100, 4)"]),
    ("memory read -s 2 0x100", &["select address, hex, text from memory(0x100, 8, 'words', 8)"]),
    ("memory read -s8 -l2 0x100", &["select address, hex, text from memory(0x100, 8, 'qwords', 2)"]),
    ("memory read -f s 0x100", &["select address, text from memory(0x100, 4096, 'ascii')"]),
    ("x 100", &["select address, hex, text from memory(0x100, 32, 'bytes', 16)"]),
    ("X/2ha 100", &["select address, hex, object, type from memory(0x100, 2)"]),
    ("x/x 100", &["select address, hex, text from memory(0x100, 1, 'dwords', 4)"]),
];

#[test]
fn switches_are_taken_as_those_tools_take_them() {
    for (line, expected) in LINES {
        assert!(is_command(line), "{line}");
        assert_eq!(&statements_of(line), expected, "{line}");
        for statement in *expected {
            assert!(crate::query::check_syntax(statement).is_ok(), "{statement}");
        }
    }
}

#[test]
fn every_switch_occurs_in_a_line() {
    let examples = words().flat_map(|doc| doc.examples).map(|(line, _)| *line);
    let lines: Vec<String> = examples
        .chain(LINES.iter().map(|(line, _)| *line))
        .map(|line| line.to_lowercase().replace("--", "-"))
        .collect();
    for doc in words() {
        for switch in doc.switches.iter().filter(|switch| switch.state != SwitchState::NotYet) {
            let names: Vec<String> =
                [switch.name].iter().chain(switch.aliases).map(|name| name.to_lowercase()).collect();
            let names_of = |doc: &WordDoc| doc.switches.iter().map(|switch| switch.name).collect::<Vec<_>>();
            let is_of_the_word = |line: &&String| {
                let found = Line::first(line).and_then(|line| line.doc().ok());
                // Words of a family share their switches.
                found.is_some_and(|found| found.word == doc.word || names_of(found) == names_of(doc))
            };
            let used = lines.iter().filter(is_of_the_word).any(|line| {
                line.split(' ')
                    .any(|piece| names.iter().any(|name| piece == name || piece.starts_with(name.as_str())))
            });
            assert!(used, "no line has {} {}", doc.word, switch.name);
        }
    }
}

#[test]
fn slips_are_told_at_their_place_with_what_is_right() {
    let cases: &[(&str, &[&str])] = &[
        (
            "dumpheap -stats",
            &["`dumpheap` has no switch `-stats`", "1 | dumpheap -stats", "^^^^^^", "did you mean `-stat`?"],
        ),
        ("dumpheap -foo", &["expected: -stat, -mt, -type", "`help dumpheap` tells what each does"]),
        ("dumpheap -mt", &["`-mt` takes MT"]),
        ("dumpheap -mt zoo", &["`zoo` is no address", "00007f02`290cde20"]),
        ("dumpheap -min 3e8", &["`3e8` is no number", "decimal"]),
        ("dumpheap -gen gen3", &["there is no generation `gen3`", "poh (pinned)"]),
        ("dumpheap 10 8", &["the end does not lie behind the start"]),
        ("dumpheap 10 20 30", &["`dumpheap` takes no more"]),
        ("dumpheap -segment", &["`-segment` takes ADDRESS"]),
        ("clrstack main", &["`main` is no id of a thread", "28358, 0x6ec6"]),
        ("dumpobj", &["`dumpobj` lacks an operand", "expected: dumpobj ADDRESS"]),
        ("dumpobj customer", &["`customer` is no address"]),
        ("dumpvc 7f00", &["`dumpvc` lacks an operand"]),
        ("dumpmt -md 7f00", &["is not answered yet"]),
        ("name2ee System.String", &["takes a module and a type"]),
        ("gchandles -type Pined", &["there is no kind of handles `Pined`", "did you mean `Pinned`?"]),
        ("finalizequeue -short -stat", &["`-short` and `-stat` exclude each other"]),
        ("dumpasync -completed", &["is not answered yet", "select * from tasks"]),
        (".loadby sos coreclr", &["nothing has to be set"]),
        ("setthread 5", &["clrstack 0x6ec6"]),
        ("db 100 8", &["this is no length", "L20"]),
        ("db 100 -e 80", &["the end does not lie behind the start"]),
        ("d 100 -l 3", &["`3` is no size of a unit"]),
        ("memory read 100 -s 3", &["1, 2, 4 or 8"]),
        ("x/8q 100", &["`q` is no part of a format"]),
        ("x/99999999999999999999x 100", &["is no part of a format"]),
        ("u 7f00", &["`u` is not answered yet", "clrstack"]),
        ("dumpheap -stat\nselect count", &["`select` is no word of SOS", "2 | select count"]),
        ("dumpheap -stat\ndumpob 7f00", &["did you mean `dumpobj`?"]),
        ("soshelp dumpheep", &["did you mean `dumpheap`?"]),
        ("soshelp dumpmd", &["is no word that is answered"]),
    ];
    for (line, parts) in cases {
        assert!(is_command(line), "{line}");
        let told = wrong(line);
        for part in *parts {
            assert!(told.contains(part), "{line}: {told}");
        }
    }
}

#[test]
fn words_that_are_nearly_known_are_meant_perhaps() {
    assert_eq!(
        [meant("dumpojb"), meant("eehaep"), meant("clrstak")],
        [Some("dumpobj"), Some("eeheap"), Some("clrstack")]
    );
    for none in ["1", "$2", "dx", "nonsense", ""] {
        assert_eq!(meant(none), None, "{none}");
    }
}

#[test]
fn lines_are_words_by_themselves() {
    let meanings = translate("dumpheap -stat\n\n-- the biggest\n  dumpobj 7f00 ;").unwrap();
    let statements: Vec<_> = meanings
        .iter()
        .map(|meaning| match meaning {
            Meaning::Ask(translation) => translation.statements[0].as_str(),
            Meaning::Explain(_) => "",
        })
        .collect();
    assert_eq!(statements, ["select mt, count, size, type group by mt, type order by size", "object 0x7f00"]);
}

#[test]
fn statements_are_shown_without_an_answer() {
    let meanings = translate("sql !dumpheap -mt 7f00").unwrap();
    let [Meaning::Explain(answer)] = &meanings[..] else { panic!("{meanings:?}") };
    assert_eq!((answer.columns[0].name.as_str(), answer.row_count()), ("statement", 2));
    assert_eq!(answer.query, "sql !dumpheap -mt 7f00");
}

#[test]
fn help_tells_a_words_switches_and_statements() {
    for line in [
        "help dumpheap",
        "soshelp DUMPHEAP",
        "!help dumpheap",
        "dumpheap -?",
        "help !dumpheap",
        "sos help dumpheap",
    ] {
        assert!(is_command(line), "{line}");
        let meanings = translate(line).unwrap();
        let [Meaning::Explain(answer)] = &meanings[..] else { panic!("{meanings:?}") };
        let parts: Vec<String> =
            (0..answer.row_count()).map(|row| format!("{:?}", answer.columns[0].value(row))).collect();
        for part in ["word", "switch", "example"] {
            assert!(parts.iter().any(|found| found.contains(part)), "{line}: {parts:?}");
        }
    }
    let meanings = translate("soshelp").unwrap();
    let [Meaning::Explain(answer)] = &meanings[..] else { panic!("{meanings:?}") };
    assert_eq!(answer.row_count(), words().count());
}

#[test]
fn the_page_has_what_the_catalog_has() {
    let page = include_str!("../../docs/sos.md");
    let (_, words) = page.split_once("\n## The words\n\n").expect("the heading before the words");
    let expected = reference();
    // `UPDATE_GOLDEN=1` writes it anew, as for the golden files.
    if words != expected && std::env::var_os("UPDATE_GOLDEN").is_some() {
        let head = page.len() - words.len();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sos.md");
        std::fs::write(path, format!("{}{expected}", &page[..head])).unwrap();
        return;
    }
    assert!(words == expected, "docs/sos.md is behind: UPDATE_GOLDEN=1 writes it anew");
}

proptest! {
    #[test]
    fn no_line_does_harm(text in "\\PC{0,60}") {
        let _ = (is_command(&text), translate(&text).map_err(|error| error.render(&text)));
    }

    #[test]
    fn no_arguments_of_a_word_do_harm(at in 0_usize..64, rest in "[-!`'\" a-zA-Z0-9:/=,äL]{0,40}") {
        let all: Vec<_> = words().collect();
        let doc = all[at % all.len()];
        let line = format!("{} {} {rest}", doc.word, doc.second.unwrap_or_default());
        match translate(&line) {
            Err(error) => { error.render(&line); }
            Ok(meanings) => {
                for meaning in meanings {
                    if let Meaning::Ask(translation) = meaning {
                        for statement in translation.statements {
                            prop_assert!(crate::query::check_syntax(&statement).is_ok(), "{line}: {statement}");
                        }
                    }
                }
            }
        }
    }
}
