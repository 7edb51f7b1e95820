//! The words of SOS and of debuggers over dumps of the corpus.

use std::path::Path;

use serde_json::Value;

use super::{Ended, run, run_with_input};

fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{name}.core.zst"));
    path.to_str().expect("the path is text").to_owned()
}

/// Asks a dump of the corpus in words.
fn ask(dump: &str, words: &str) -> Ended {
    run(&["query", &corpus(dump), "-e", words])
}

fn documents(dump: &str, words: &str) -> Vec<Value> {
    let ended = run(&["query", &corpus(dump), "--format", "json", "-e", words]);
    assert_eq!(ended.status, 0, "{words}: {}", ended.err);
    ended.out.lines().map(|line| serde_json::from_str(line).expect("a document a line")).collect()
}

/// The first word of the line that ends so.
#[track_caller]
fn first_word<'t>(text: &'t str, end: &str) -> &'t str {
    let line = text.lines().find(|line| line.ends_with(end)).unwrap_or_else(|| panic!("{end}: {text}"));
    line.split_whitespace().next().expect("a word")
}

#[test]
fn the_tutorials_way_works_by_copying_what_is_printed() {
    const CUSTOMER: &str = "testwebapi.Controllers.Customer";
    let statistics = ask("web-t1", "dumpheap -stat");
    assert_eq!(statistics.status, 0, "{}", statistics.err);
    let mt = first_word(&statistics.out, &format!(" {CUSTOMER}"));
    assert!(statistics.err.starts_with("Total "), "{}", statistics.err);

    let objects = ask("web-t1", &format!("dumpheap -mt {mt}"));
    let address = first_word(&objects.out, CUSTOMER);
    let held = first_word(statistics.out.lines().last().expect("a line"), "");
    assert!(held.starts_with("0x"), "the biggest type stands at the end: {held}");

    // As other tools print the same address.
    let bare = format!("0000{}", address.trim_start_matches("0x"));
    let object = ask("web-t1", &format!("dumpobj {bare}"));
    assert!(object.out.contains(CUSTOMER) && object.out.contains(mt), "{}", object.out);
    let roots = ask("web-t1", &format!("!gcroot {bare}"));
    assert!(roots.out.contains("testwebapi.Controllers.DiagScenarioController.p"), "{}", roots.out);
    assert!(roots.out.contains("CustomerCache") && roots.out.contains(address), "{}", roots.out);
    let size = ask("web-t1", &format!("objsize -stat {bare}"));
    assert!(size.err.starts_with("Total 2 objects, "), "{}", size.err);
}

#[test]
fn statistics_count_what_the_heap_holds() {
    for dump in ["web-t1", "zoo-8.0", "zoo-3.1"] {
        let all = &documents(dump, "select count, size")[0]["rows"][0];
        let total = |words: &str| {
            let documents = documents(dump, words);
            let rows = documents[0]["rows"].as_array().expect("rows");
            let sum = |at: usize| rows.iter().map(|row| row[at].as_u64().expect("a number")).sum::<u64>();
            (sum(1), sum(2))
        };
        let whole = (all[0].as_u64().unwrap(), all[1].as_u64().unwrap());
        assert_eq!(total("dumpheap -stat"), whole, "{dump}");
        let (live, dead) = (total("dumpheap -stat -live"), total("dumpheap -stat -dead"));
        assert_eq!((live.0 + dead.0, live.1 + dead.1), whole, "{dump}");
        let parts = ["gen0", "gen1", "gen2", "loh", "poh", "foh"]
            .map(|generation| total(&format!("dumpgen {generation}")));
        let sum = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        assert_eq!(sum, whole, "{dump}");
    }
}

#[test]
fn every_word_is_answered_on_every_dump() {
    // The one of 3.1 has no names of types, so that no collection is known in it.
    for dump in ["zoo-10.0", "zoo-8.0"] {
        let found = documents(
            dump,
            "select address from strings where length > 2 limit 1; \
             select mt where address in (select address from strings limit 1); \
             select class from loaded_types where class is not null limit 1; \
             select address from arrays where length > 3 limit 1; select address from collections limit 1; \
             select base from modules where base is not null limit 1; select address from exceptions limit 1; \
             select address from segments limit 1",
        );
        let found = found.iter().map(|document| document["rows"][0][0].as_str().expect("an address"));
        let [object, mt, class, array, list, module, exception, segment] = &found.collect::<Vec<_>>()[..]
        else {
            panic!("{dump}: not everything was found");
        };
        let words = format!(
            "dumpheap -mt {mt} -min 100\ndumpheap -stat -strings -max 40\ndumpheap -short -dead\ndumpobj -refs {object}\n\
             do -nofields {object}\ndumparray {array}\n!da -start 1 -length 2 {array}\ndumpvc {mt} {object}\n\
             dumpmt -all {mt}\ndumpclass {class}\nname2ee *!System.String\nname2ee System.Private.CoreLib System.Object\n\
             gcroot {object}\nobjsize {object}\ngchandles\ngchandles -stat -type Strong\nfinalizequeue\n\
             finalizequeue -allReady -stat\neeheap -gc\ngcheapstat -iu\ngcwhere {object}\nlistnearobj {object}\n\
             verifyheap\nverifyobj {object}\ndcd {list}\ndcq {list}\npe\npe -nested {exception}\ndumpexceptions -gen gen2\n\
             clrmodules -name zoo\ndumpmodule {module}\ndumpdomain\nclrthreads -live\ndb {object} L20\ndw {object} -c 4\n\
             dc {object} -c 4\ndd {object} -c 4\ndq {object} -c 2\nd {object} -c 4\ndu {object}\nda {object}\n\
             modules -name lib\nlm -a {module}\nip2md {module}\npstacks\nsizestats\nephrefs\nephtoloh\ndumpruntimetypes\n\
             token2ee zoo.dll 02000002\nnotreachableinrange {object} L100\ndumpobjgcrefs {object}\ndumpdelegate {object}\n\
             gcroot -nostacks {object}\neeheap\neeheap -segment {object}\nverifyheap -heap 0\ndumpheap -stat -segment {segment}\n\
             memory read {object} -c 2 -s 8\nx/2gx {object}\npathto {array} {array}\nsoshelp\nhelp dumpheap\nsql dumpheap -stat\n"
        );
        let ended = run_with_input(&["query", &corpus(dump), "-f", "-"], &words);
        assert!(!ended.err.contains("error:"), "{dump}: {}", ended.err);
        assert_eq!(ended.status, 0, "{dump}: {}", ended.err);
        assert!(ended.err.contains("No heap corruption detected."), "{dump}: {}", ended.err);
    }
}

#[test]
fn statements_are_told_beside_the_answer() {
    let asked = run(&["query", &corpus("zoo-10.0"), "--sql", "-e", "clrmodules -name zoo"]);
    let statement = "select base, size, version, name, path from modules where contains(lower(name), 'zoo')";
    assert_eq!((asked.status, asked.err.trim_end()), (0, format!("{statement};").as_str()));
    assert_eq!(ask("zoo-10.0", "clrmodules -name zoo").out, asked.out);
    let shown = ask("zoo-10.0", "sql clrmodules -name zoo");
    assert!(shown.out.ends_with(&format!("{statement}\n")) && shown.err.is_empty(), "{shown:?}");
    let document = &documents("zoo-10.0", "clrmodules -name zoo")[0];
    assert_eq!(document["query"], statement);
}

#[test]
fn a_slip_is_told_at_its_place_and_is_a_wrong_statement() {
    let ended = ask("zoo-10.0", "dumpheap -stats");
    assert_eq!((ended.status, ended.out.as_str()), (1, ""));
    for part in ["`dumpheap` has no switch `-stats`", "1 | dumpheap -stats", "did you mean `-stat`?"] {
        assert!(ended.err.contains(part), "{}", ended.err);
    }
    let ended = ask("zoo-10.0", "dumpheep -stat");
    assert_eq!(ended.status, 1);
    assert!(ended.err.contains("did you mean `dumpheap`, a word of SOS?"), "{}", ended.err);
    assert!(!ask("zoo-10.0", "selct type").err.contains("of SOS"), "the language goes first");
    let ended = ask("zoo-10.0", "dumpmd 7f00");
    assert_eq!(ended.status, 1);
    assert!(ended.err.contains("`dumpmd` is not answered yet"), "{}", ended.err);
}

#[test]
fn memory_that_is_not_in_the_dump_is_not_zero() {
    let ended = ask("zoo-10.0", "dq 10 -c 1; db 10 -c 2");
    assert_eq!(ended.status, 5, "{}", ended.err);
    assert!(ended.out.contains("????????????????") && ended.out.contains("?? ??"), "{}", ended.out);
    assert!(ended.err.contains("8 bytes from 0x10 on are not in the dump"), "{}", ended.err);
}

#[test]
fn parts_of_the_heap_add_up() {
    let counted = |words: &str| {
        let documents = documents("zoo-10.0", words);
        let rows = documents[0]["rows"].as_array().expect("rows");
        rows.iter().map(|row| row[1].as_u64().expect("a number")).sum::<u64>()
    };
    let whole = counted("dumpheap -stat");
    assert_eq!(
        counted("dumpheap -stat -heap 0"),
        whole,
        "frozen objects are of the first heap, as in dotnet-dump"
    );
    let segments = documents("zoo-10.0", "eeheap -gc");
    let segments = segments[0]["rows"].as_array().expect("rows");
    let of =
        |row: &Value| counted(&format!("dumpheap -stat -segment {}", row[0].as_str().expect("an address")));
    assert_eq!(segments.iter().map(of).sum::<u64>(), whole);
}

#[test]
fn delegates_tell_what_they_call() {
    let delegate = &documents("zoo-10.0", "select address from System.Threading.ThreadStart limit 1")[0];
    let address = delegate["rows"][0][0].as_str().expect("an address");
    let told = &documents("zoo-10.0", &format!("dumpdelegate {address}"))[0];
    let method = told["rows"][0][2].as_str().expect("a method");
    assert!(method.starts_with("Zoo.Program") && method.contains("StartThreads"), "{method}");
}

#[test]
fn code_on_stacks_tells_its_method() {
    let frame = &documents(
        "zoo-10.0",
        "select ip, method from frames where method like 'Zoo.Program.Worker%' limit 1",
    )[0];
    let (ip, method) = (frame["rows"][0][0].as_str().expect("an address"), &frame["rows"][0][1]);
    let told = &documents("zoo-10.0", &format!("!ip2md {}", ip.trim_start_matches("0x")))[0];
    assert_eq!(&told["rows"][0][0], method);
}
