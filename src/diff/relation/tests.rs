use super::*;
use proptest::prelude::*;

/// A dump of a run; its fingerprint is its file's name.
fn dump(file: &str, run: &str, clock_ms: Option<u64>) -> DumpFacts {
    DumpFacts {
        file: file.into(),
        runtime: "10.0.14".into(),
        architecture: "x64".into(),
        gc_mode: Some("workstation".into()),
        program: Some("shop.dll".into()),
        process_run: Some(run.into()),
        fingerprint: Some(format!("of {file}")),
        clock_ms,
        modules: vec!["System.Runtime.dll".into(), "shop.dll".into()],
        ..DumpFacts::default()
    }
}

fn told(dumps: &[&DumpFacts]) -> Vec<String> {
    remarks(dumps).iter().map(ToString::to_string).collect()
}

#[test]
fn dumps_of_one_run_in_order_need_no_word() {
    let (a, b, c) = (dump("a", "1", Some(10)), dump("b", "1", Some(10)), dump("c", "1", Some(11)));
    assert_eq!(told(&[&a, &b, &c]), [""; 0]);
    assert_eq!(told(&[&a]), [""; 0]);
    assert_eq!(told(&[]), [""; 0]);
}

#[test]
fn the_same_dump_twice_is_told_by_its_fingerprint() {
    let a = dump("a.core", "1", Some(10));
    assert_eq!(told(&[&a, &a]), ["a.core is given twice: nothing can have changed between them"]);
    let copy = DumpFacts { file: "copy.core".into(), ..a.clone() };
    assert_eq!(
        told(&[&a, &copy]),
        ["a.core and copy.core are the same dump: nothing can have changed between them"]
    );
    let unknown = DumpFacts { fingerprint: None, ..a };
    assert_eq!(told(&[&unknown, &unknown]), [""; 0]);
}

#[test]
fn a_wrong_order_is_told_with_the_right_one() {
    let dumps = [dump("a", "1", Some(1000)), dump("b", "1", Some(3400)), dump("c", "1", Some(9000))];
    assert_eq!(
        told(&[&dumps[1], &dumps[0]]),
        [
            "a was taken before b, 2.4 s by the process's own clock; they are compared as given (name the oldest first: a b)"
        ]
    );
    assert_eq!(
        told(&[&dumps[0], &dumps[2], &dumps[1]]),
        [
            "by the process's own clock the dumps were taken in the order a, b, c; they are compared as given (name the oldest first: a b c)"
        ]
    );
}

#[test]
fn no_order_is_made_up() {
    let silent = dump("a", "1", None);
    let spoken = dump("b", "1", Some(5));
    assert_eq!(told(&[&spoken, &silent]), [""; 0]);
    // Clocks of two runs may be of two machines.
    let other = dump("c", "2", Some(1));
    assert!(!told(&[&spoken, &other]).iter().any(|remark| remark.contains("clock")));
}

#[test]
fn another_run_is_told() {
    let (a, b, c) = (dump("a", "1", None), dump("b", "2", None), dump("c", "3", None));
    assert_eq!(
        told(&[&a, &b]),
        [
            "b is of another run of shop.dll than a: objects have other addresses, and what differs may be how long each had run"
        ]
    );
    assert!(told(&[&a, &b, &c])[0].starts_with("the 3 dumps are of 3 runs of shop.dll"));
    assert_eq!(told(&[&a, &a, &b]).len(), 2);
    let unknown = DumpFacts { process_run: None, ..b };
    assert_eq!(told(&[&a, &unknown]), [""; 0]);
}

#[test]
fn another_runtime_or_collector_is_told() {
    let a = dump("a", "1", None);
    let newer =
        DumpFacts { runtime: "11.0.0".into(), gc_mode: Some("server".into()), ..dump("b", "1", None) };
    assert_eq!(
        told(&[&a, &newer]),
        [
            "the runtime changed from 10.0.14 (a) to 11.0.0 (b): what differs in types of the framework may come with it",
            "the garbage collector changed from workstation (a) to server (b): garbage and free room cannot be compared",
        ]
    );
    let unknown = DumpFacts { runtime: String::new(), gc_mode: None, ..dump("b", "1", None) };
    assert_eq!(told(&[&a, &unknown]), [""; 0]);
}

#[test]
fn another_program_is_told_and_nothing_that_follows_from_it() {
    let shop = dump("a", "1", Some(9));
    let zoo = DumpFacts {
        program: Some("zoo.dll".into()),
        runtime: "8.0.33".into(),
        modules: vec!["System.Runtime.dll".into(), "zoo.dll".into()],
        ..dump("b", "2", Some(1))
    };
    assert_eq!(
        told(&[&shop, &zoo]),
        ["a is of shop.dll, b of zoo.dll: different programs, of which little can be compared"]
    );
}

#[test]
fn a_renamed_build_is_the_same_program() {
    let of = |program: &str, modules: &[&str]| DumpFacts {
        program: Some(program.into()),
        modules: modules.iter().map(|&name| name.to_owned()).collect(),
        ..DumpFacts::default()
    };
    let shop = of("shop.dll", &["Shop.Core.dll", "System.Runtime.dll", "shop.dll"]);
    for same in [
        of("Shop.exe", &[]),
        of("shop-2.1.dll", &[]),
        of("shop_v2.dll", &[]),
        of("store.dll", &["Shop.Core.dll", "store.dll"]),
    ] {
        assert!(!are_different_programs(&shop, &same), "{:?}", same.program);
    }
    for other in [of("shop.worker.dll", &[]), of("v2.dll", &[]), of("zoo.dll", &["System.Runtime.dll"])] {
        assert!(are_different_programs(&shop, &other), "{:?}", other.program);
    }
    assert!(!are_different_programs(&shop, &DumpFacts::default()), "not known is not different");
}

#[test]
fn names_of_nothing_but_versions_are_kept() {
    assert_eq!(["2.0.dll", "v2.dll", ".dll", "", "é-1.dll"].map(stem), ["2", "v2", "", "", "é"]);
}

proptest! {
    #[test]
    fn whatever_is_compared_is_told_in_sentences(
        facts in prop::collection::vec((0..3_u8, 0..3_u8, 0..3_u8, prop::option::of(0..4_u64), ".{0,6}"), 0..5)
    ) {
        let dumps: Vec<DumpFacts> = facts
            .into_iter()
            .map(|(file, run, runtime, clock, program)| DumpFacts {
                runtime: format!("{runtime}"),
                program: Some(program),
                ..dump(&format!("{file}"), &format!("{run}"), clock)
            })
            .collect();
        let refs: Vec<&DumpFacts> = dumps.iter().collect();
        for remark in remarks(&refs) {
            prop_assert!(!remark.message.ends_with('.'), "{}", remark.message);
        }
    }
}
