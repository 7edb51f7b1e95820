//! Lines with the cursor at `|`, over a session with a heap of two types.

use super::*;
use crate::cli::console::tests::quiet;
use crate::cli::session::tests::snapshot;
use crate::progress::NoProgress;
use crate::query::{Answer, AnswerColumn, Kind};
use proptest::prelude::*;
use std::sync::Arc;

fn with_session<T>(walked: bool, act: impl FnOnce(&Known<'_>) -> T) -> T {
    let (console, _) = quiet();
    let snapshot = snapshot(true, vec![]);
    if walked {
        snapshot.heap(&NoProgress).unwrap();
    }
    let session = Session::over(vec![snapshot], &console);
    {
        let mut environment = session.environment().borrow_mut();
        let columns = vec![AnswerColumn::new("address", Kind::Address, [])];
        environment.keep("$1", Arc::new(Answer { columns, ..Answer::default() }));
        environment.set_parameter("min", "1");
    }
    act(&Known::of(&session))
}

/// What stands before the completed word, and what is offered.
fn at(marked: &str) -> (String, Vec<String>) {
    let position = marked.find('|').unwrap();
    let line = marked.replace('|', "");
    match with_session(true, |known| complete(&line, position, known)) {
        Offer::Words(start, words) => (line[..start].to_owned(), words),
        Offer::Files => ("files".into(), Vec::new()),
        Offer::FilesAnd(names) => ("files".into(), names),
    }
}

fn words(marked: &str) -> Vec<String> {
    at(marked).1
}

fn offers(marked: &str, word: &str) -> bool {
    words(marked).iter().any(|offered| offered == word)
}

#[test]
fn keywords_follow_the_case_of_what_is_typed() {
    assert_eq!(at("sel|"), ("".into(), vec!["select".into()]));
    assert_eq!(words("SEL|"), ["SELECT"]);
    assert_eq!(words("surv|"), ["survivors"]);
    assert_eq!(words("diff sel|"), ["select"]);
}

#[test]
fn sources_stand_after_from_and_describe() {
    assert_eq!(at("select kind from seg|"), ("select kind from ".into(), vec!["segments".into()]));
    assert!(offers("describe |", "objects") && offers("describe |", "lower"));
    assert!(offers("select * from |", "$1") && offers("select * from re|", "reachable("));
    assert!(!offers("select * from |", "select"));
}

#[test]
fn columns_are_those_of_the_sources() {
    assert!(offers("select fre| from segments", "free"));
    assert!(words("select fre|").is_empty());
    assert!(offers("select gen, ad|", "address"));
    assert!(offers("select count from types where base|", "base_size"));
    assert!(offers("select count from types order by |", "base_size"));
    assert!(offers("select | from (select type, count as n group by type)", "n"));
}

#[test]
fn functions_open_their_parenthesis_and_columns_go_before_them() {
    assert!(offers("select low|", "lower("));
    let all = words("select | from segments");
    let place = |word: &str| all.iter().position(|offered| offered == word).unwrap();
    assert!(place("kind") < place("lower(") && place("lower(") < place("distinct"));
}

#[test]
fn keywords_that_cannot_follow_are_not_offered() {
    assert!(offers("select type where type |", "like"));
    assert!(!offers("select type where |", "limit") && offers("select type where |", "not"));
    assert_eq!(words("select type group |"), ["by"]);
}

#[test]
fn types_are_quoted_where_the_language_wants_it() {
    assert_eq!(words("select count from Zoo.D|"), ["Zoo.Dog"]);
    assert_eq!(words("select count where type = 'Zoo.|"), ["Zoo.Cat", "Zoo.Dog"]);
    assert_eq!(words("select count where type like 'Zoo.|"), ["Zoo.Cat", "Zoo.Dog"]);
    assert_eq!(at("select count from \"Zoo.D|"), ("select count from \"".into(), vec!["Zoo.Dog".into()]));
    assert_eq!(words("survivors of Zoo.D|"), ["Zoo.Dog"]);
    assert_eq!(words("select count from Dog|"), ["Zoo.Dog"]);
}

#[test]
fn a_capital_counts_where_a_word_has_it() {
    let words = || ["Legs", "length", "Legs"].map(str::to_owned).to_vec();
    assert_eq!(starting(words(), "Le"), ["Legs"]);
    assert_eq!(starting(words(), "le"), ["Legs", "length"]);
    assert_eq!(starting(words(), "LE"), ["Legs", "length"]);
}

#[test]
fn words_of_sos_are_offered_with_their_switches() {
    assert!(offers("dumph|", "dumpheap") && offers("!dumph|", "dumpheap"));
    assert!(words("|").iter().all(|word| word != "dumpheap"), "the language goes first");
    assert_eq!(at("dumpheap -st|"), ("dumpheap ".into(), vec!["-stat".into(), "-strings".into()]));
    assert!(offers("dumpheap -type Zoo.D|", "Zoo.Dog"));
    assert!(words("select dumph|").is_empty());
}

#[test]
fn other_texts_are_those_of_their_column() {
    assert!(offers("select count where gen = 'g|", "gen2"));
    assert!(offers("select count from roots where kind = '|", "static"));
    assert!(words("select count from strings where value = 'Zoo.|").is_empty());
}

#[test]
fn without_a_heap_no_types_are_offered() {
    let offer = with_session(false, |known| complete("roots of Zoo.", 13, known));
    assert_eq!(offer, Offer::Words(9, Vec::new()));
}

#[test]
fn a_source_gives_a_path_its_columns() {
    assert!(offers("select types.ba| from types", "base_size"));
    assert!(words("select nothing.| from types").is_empty());
}

#[test]
fn settings_and_their_values() {
    assert_eq!(at("\\fo|"), ("\\".into(), vec!["format".into()]));
    assert!(offers("\\|", "timing"));
    assert_eq!(
        words("\\format |"),
        ["table", "json", "csv", "ndjson", "markdown", "html", "parquet", "dot", "mermaid"]
    );
    assert_eq!(words("\\timing of|"), ["off"]);
    assert_eq!(words("\\unset :m|"), ["min"]);
    assert_eq!(at("\\o some/f|").0, "files");
    assert!(words("\\unknown |").is_empty());
}

#[test]
fn long_lists_are_cut_but_agree_on_their_beginning() {
    let (console, _) = quiet();
    let session = Session::over(vec![snapshot(true, vec![])], &console);
    let names = TypeNames::new((0..5000).map(|n| Arc::from(format!("N{n:04}"))).collect());
    let known = Known { session: &session, types: OnceCell::from(names) };
    let Offer::Words(_, words) = complete("roots of N", 10, &known) else { panic!("words are offered") };
    assert_eq!(words.len(), MAX_CANDIDATES);
    assert_eq!((words[0].as_str(), words[MAX_CANDIDATES - 1].as_str()), ("N0000", "N4999"));
}

proptest! {
    #[test]
    fn any_line_at_any_place_is_survived(line in "\\PC{0,30}", cut in 0_usize..31) {
        let position = line.char_indices().map(|(at, _)| at).chain([line.len()]).nth(cut);
        let position = position.unwrap_or(line.len());
        if let Offer::Words(start, _) = with_session(true, |known| complete(&line, position, known)) {
            prop_assert!(start <= position && line.is_char_boundary(start));
        }
    }
}

#[test]
fn joins_and_selects_with_names_give_their_columns() {
    assert_eq!(words("select * from handles h join roots r on h.object = r.ob|"), ["object"]);
    assert!(offers("select * from handles h join roots r on |", "keeps_alive"));
    assert!(offers("with big as (select type, count as n group by type) select * from |", "big"));
    assert!(offers("with big as (select type, count as n group by type) select | from big", "n"));
    assert_eq!(
        words("with big as (select type, count as n group by type) select big.n|"),
        Vec::<String>::new()
    );
    assert_eq!(words("with big as (select type, count as n group by type) select big.n| from big"), ["n"]);
}

#[test]
fn what_a_select_names_is_offered_where_it_can_be_used() {
    assert_eq!(words("select type, count as objects_of group by type order by obj|"), ["objects_of"]);
    assert!(!offers("select type, count as objects_of where |", "objects_of"));
    assert!(offers("select type having |", "sum(") && offers("select |", "sum("));
    for clause in ["where", "group by"] {
        assert!(!offers(&format!("select type {clause} |"), "sum("), "{clause}");
        assert!(offers(&format!("select type {clause} |"), "lower("), "{clause}");
    }
}

#[test]
fn signs_are_followed_by_what_they_stand_before() {
    assert_eq!(at("select count from @|"), ("select count from ".into(), vec!["@1".into()]));
    assert_eq!(at("select * from $|"), ("select * from ".into(), vec!["$1".into()]));
    assert_eq!(at("object $1.a|"), ("object $1.".into(), vec!["address".into()]));
    assert_eq!(at("roots of $1[2].|"), ("roots of $1[2].".into(), vec!["address".into()]));
    assert_eq!(at("select type where size > :m|"), ("select type where size > ".into(), vec![":min".into()]));
    for junk in ["@|", "$|", ":|", "select @|", "select 'a:|", "object $9.|"] {
        assert!(words(junk).is_empty(), "{junk}: {:?}", words(junk));
    }
}

#[test]
fn texts_are_the_words_of_their_column() {
    assert!(offers("select count from handles where kind = 'we|", "weak_short"));
    assert!(offers("select count from waits where kind in ('event', '|", "monitor_enter"));
    assert_eq!(words("select count from tasks where state = 'f|"), ["faulted"]);
    assert_eq!(words("select count from threads where contains(state, 'po|"), ["pool_worker"]);
    assert_eq!(words("select * from memory(0x10, 4, 'b|"), ["bytes"]);
    assert_eq!(words("select count from types where module = 'z|"), ["zoo.dll"]);
    assert_eq!(words("select count from Zoo.Dog where gen = 'lo|"), ["loh"]);
    assert!(words("select count from handles where address = '|").is_empty());
}

#[test]
fn words_of_sos_are_offered_with_what_they_take() {
    assert_eq!(words("dumpheap -gen g|"), ["gen0", "gen1", "gen2"]);
    assert_eq!(words("dumpgen l|"), ["loh"]);
    assert_eq!(words("gchandles -type pi|"), ["Pinned"]);
    assert_eq!(words("memory |"), ["read"]);
    assert_eq!(at("name2ee *!Zoo.D|"), ("name2ee *!".into(), vec!["Zoo.Dog".into()]));
    assert_eq!(at("name2ee zo|"), ("name2ee ".into(), vec!["zoo.dll!".into()]));
    assert_eq!(words("name2ee zoo.dll Zoo.D|"), ["Zoo.Dog"]);
    assert_eq!(words("help |")[0], "select", "statements go first");
    for begin in ["sos |", "sql |", "\\sql |", "soshelp |", "help !|", "!help |", "!|"] {
        let begin = begin.replace('|', "dumphe|");
        assert_eq!(words(&begin), ["dumpheap"], "{begin}");
    }
    assert_eq!(words("help dumphe|"), ["dumpheap"]);
    assert_eq!(words("help str|"), ["strings"]);
    assert_eq!(words("soshelp dso|"), ["dso"]);
    assert!(words("dumpasync -comp|").is_empty(), "what is not answered is not offered");
}

#[test]
fn scripts_are_offered_beside_files() {
    assert_eq!(at("\\i biggest-t|"), ("files".into(), vec!["biggest-types".into()]));
    assert_eq!(at("run biggest-t|"), ("files".into(), vec!["biggest-types".into()]));
    assert_eq!(at("\\i |"), ("files".into(), vec![]));
}
