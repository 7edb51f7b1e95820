use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::ErrorKind;
use crate::diff::profile::{
    AssemblyRow, DumpFacts, HeapTotals, KeptAnswer, KeptColumn, LeftOut, OwnerNode, OwnerTree, RootGroup,
    TypeRow, TypeWays,
};
use crate::diff::{Way, WayStep};

/// A profile with one of everything.
fn profile() -> Profile {
    let module = || Some("shop.dll".to_owned());
    let step = |name: &str, field: Option<&str>, repeats| WayStep {
        type_name: name.into(),
        field: field.map(Into::into),
        repeats,
    };
    let node = |parent, name: &str, module, retained| OwnerNode {
        parent,
        name: name.into(),
        module,
        count: 2,
        size: 10,
        retained,
    };
    Profile {
        version: Profile::VERSION,
        dump: DumpFacts { file: "shop.core".into(), clock_ms: Some(7), ..DumpFacts::default() },
        totals: HeapTotals { objects: 4, bytes: 90, ..HeapTotals::default() },
        types: vec![
            TypeRow { name: "Shop.Order".into(), module: module(), count: 3, size: 60, retained: 90 },
            TypeRow { name: "Shop.Order".into(), module: None, count: 1, size: 30, retained: 30 },
        ],
        roots: vec![
            RootGroup { kind: "static".into(), name: Some("Shop.All".into()), count: 1, retained: 80 },
            RootGroup { kind: "shared".into(), name: None, count: 0, retained: 10 },
        ],
        assemblies: vec![
            AssemblyRow { module: module(), count: 3, size: 60, retained: 90 },
            AssemblyRow { module: None, count: 1, size: 30, retained: 30 },
        ],
        tree: OwnerTree {
            nodes: vec![
                node(None, "static Shop.All", None, 80),
                node(Some(0), "Shop.Order", module(), 70),
                node(Some(1), "Shop.Unknown", None, 5),
            ],
            cut: (4, 3),
        },
        ways: vec![TypeWays {
            type_name: "Shop.Order".into(),
            module: module(),
            ways: vec![Way {
                root_kind: "static".into(),
                root_name: Some("Shop.All".into()),
                steps: vec![step("Shop.Node", Some("next"), true), step("Shop.Order", None, false)],
                owner: Some(0),
                counts: vec![3],
                sizes: vec![60],
                not_kept: Vec::new(),
            }],
        }],
        answers: vec![KeptAnswer {
            query: "select gen, size group by gen".into(),
            columns: vec![KeptColumn { name: "gen".into(), kind: "text".into(), ..KeptColumn::default() }],
            rows: vec![vec![json!("gen0")], vec![json!(null)]],
        }],
        problems: vec!["2 pages are missing".into()],
        left_out: LeftOut { types: 1, roots: 2, ways: 3 },
    }
}

fn written(profile: &Profile) -> Vec<u8> {
    let mut file = Vec::new();
    profile.write(&mut file).unwrap();
    file
}

/// The baseline with something changed in it.
fn changed(change: impl FnOnce(&mut Value)) -> crate::Error {
    let mut json: Value = serde_json::from_slice(&written(&profile())).unwrap();
    change(&mut json);
    Profile::read(&serde_json::to_vec(&json).unwrap()).unwrap_err()
}

#[test]
fn what_is_written_comes_back() {
    assert_eq!(Profile::read(&written(&profile())).unwrap(), profile());
    let empty = Profile { version: Profile::VERSION, ..Profile::default() };
    assert_eq!(Profile::read(&written(&empty)).unwrap(), empty);
}

#[test]
fn it_says_what_it_is_and_who_wrote_it() {
    let file: Value = serde_json::from_slice(&written(&profile())).unwrap();
    assert_eq!([&file["format"], &file["version"]], [&json!("heapql baseline"), &json!(Profile::VERSION)]);
    assert_eq!(file["written_by"], json!(format!("heapql {}", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_later_version_is_refused_with_who_wrote_it() {
    let error = changed(|json| {
        json["version"] = json!(Profile::VERSION + 1);
        json["written_by"] = json!("heapql 99.0.0");
        json["types"] = json!("another form");
    });
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.message(), "the baseline is of version 2, this heapql reads those up to 1");
    assert!(error.hint_text().unwrap().contains("heapql 99.0.0"), "{error:?}");
}

#[test]
fn keys_of_later_programs_are_passed_over() {
    let mut json: Value = serde_json::from_slice(&written(&profile())).unwrap();
    json["more"] = json!({"a": 1});
    json["dump"]["more"] = json!([1]);
    assert_eq!(Profile::read(&serde_json::to_vec(&json).unwrap()).unwrap(), profile());
}

#[test]
fn other_json_is_no_baseline() {
    for text in [&b"{}"[..], b"[1]", br#"{"version":1,"query":"select","rows":[]}"#, b"3"] {
        let error = Profile::read(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotADump, "{error}");
        assert!(error.hint_text().unwrap().contains("heapql snapshot"));
    }
}

#[test]
fn a_cut_file_is_refused_with_the_place() {
    let file = written(&profile());
    for end in (1..file.len() - 2).step_by(7) {
        let error = Profile::read(&file[..end]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{end}: {error}");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("line 1 column"), "{cause}");
        assert!(error.hint_text().is_some());
    }
}

#[test]
fn numbers_that_name_nothing_are_refused() {
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 9] = [
        (|json| json["types"][0][1] = json!(9), "module 9, which is not there"),
        (|json| json["assemblies"][0][0] = json!(1), "module 1, which is not there"),
        (|json| json["tree"]["nodes"][1][1] = json!(2), "type 2, which is not there"),
        (|json| json["tree"]["nodes"][1][0] = json!(1), "node 1 of the tree stands before its parent"),
        (|json| json["ways"][0][0] = json!(2), "type 2, which is not there"),
        (|json| json["ways"][0][1][0][2][1][0] = json!(7), "type 7, which is not there"),
        (|json| json["ways"][0][1][0][3] = json!(2), "an owner that is none of its steps"),
        (|json| json["types"][1][4] = json!(u64::MAX), "no process has 18446744073709551615"),
        (|json| json["version"] = json!(0), "it has no version"),
    ];
    for (change, expected) in changes {
        let error = changed(change);
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.message().contains(expected), "{error}");
    }
}

#[test]
fn lists_without_end_are_refused() {
    let error = changed(|json| json["problems"] = vec!["x"; limits::MAX_BASELINE_ROWS + 1].into());
    assert!(error.message().contains("more than 65536 rows"), "{error}");
    let mut json: Value = serde_json::from_slice(&written(&profile())).unwrap();
    json["problems"] = vec!["x"; limits::MAX_BASELINE_ROWS].into();
    assert!(Profile::read(&serde_json::to_vec(&json).unwrap()).is_ok());
}

#[test]
fn what_weighs_little_is_left_out_and_counted() {
    let mut large = profile();
    let types =
        (0..6000).map(|n| TypeRow { name: format!("T{n}"), retained: 10_000 - n, ..TypeRow::default() });
    large.types = types.collect();
    large.ways.clear();
    let nodes = (0..3000_u32).map(|n| OwnerNode {
        parent: (n > 0).then_some(n / 2),
        name: "n".into(),
        retained: 10_000 - u64::from(n),
        ..OwnerNode::default()
    });
    large.tree = OwnerTree { nodes: nodes.collect(), cut: (0, 0) };
    let kept = large.write(&mut Vec::new()).unwrap();
    assert_eq!((kept.types.len(), kept.left_out.types), (4000, 2001));
    assert_eq!(kept.types.last().unwrap().name, "T3999");
    assert_eq!((kept.tree.nodes.len(), kept.tree.cut.0), (2000, 1000));
    assert!(kept.tree.nodes.iter().zip(0..).all(|(node, at)| node.parent.is_none_or(|parent| parent < at)));
    assert!(kept.tree.cut.1 > 0);
    assert_eq!(Profile::read(&written(&large)).unwrap(), kept);
}

#[test]
fn the_documentation_names_every_key() {
    let page = include_str!("../../../../docs/baseline.md");
    let json: Value = serde_json::from_slice(&written(&profile())).unwrap();
    let mut keys = Vec::new();
    collect_keys(&json, &mut keys);
    for key in keys {
        assert!(page.contains(&format!("`{key}`")), "docs/baseline.md does not tell of `{key}`");
    }
}

fn collect_keys(json: &Value, keys: &mut Vec<String>) {
    match json {
        Value::Object(object) => {
            for (key, value) in object {
                keys.push(key.clone());
                collect_keys(value, keys);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_keys(item, keys)),
        _ => {}
    }
}

/// Small trees in which no node retains more than its parent.
fn trees() -> impl Strategy<Value = OwnerTree> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..1000_u64), 0..40).prop_map(|choices| {
        let mut nodes: Vec<OwnerNode> = Vec::new();
        for (choice, retained) in choices {
            let parent = (!nodes.is_empty()).then(|| choice.index(nodes.len()) as u32);
            let most = parent.map_or(u64::MAX, |parent| nodes[parent as usize].retained);
            let name = format!("n{}", nodes.len() % 5);
            nodes.push(OwnerNode { parent, name, retained: retained.min(most), ..OwnerNode::default() });
        }
        OwnerTree { nodes, cut: (0, 0) }
    })
}

proptest! {
    #[test]
    fn profiles_of_any_names_and_numbers_come_back(
        rows in prop::collection::vec((".{0,12}", prop::option::of("[a-c]{1,2}"), 0..1_u64 << 47, 0..1_u64 << 47), 0..30),
        tree in trees(),
    ) {
        let mut profile = Profile { version: Profile::VERSION, tree, ..Profile::default() };
        for (name, module, size, retained) in rows {
            profile.types.push(TypeRow { name: name.clone(), module: module.clone(), count: size, size, retained });
            profile.roots.push(RootGroup { kind: "static".into(), name: Some(name), count: 1, retained });
            profile.assemblies.push(AssemblyRow { module, count: 1, size, retained });
        }
        let mut file = Vec::new();
        let kept = profile.write(&mut file).unwrap();
        prop_assert_eq!(Profile::read(&file).unwrap(), kept);
    }

    #[test]
    fn damaged_bytes_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut file = written(&profile());
        let at = at.index(file.len());
        file[at] = byte;
        let _ = Profile::read(&file);
    }
}
