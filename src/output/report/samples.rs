//! Reports for the tests of all formats: a series, one dump, hostile text, nothing, far too much.

use crate::diff::growth::Growth;
use crate::diff::identity::Survival;
use crate::diff::leaks::{Evidence, Suspect};
use crate::diff::profile::{
    AssemblyRow, DumpFacts, GenerationRow, HeapTotals, LeftOut, OwnerNode, OwnerTree, Profile, RootGroup,
    TypeRow,
};
use crate::diff::{Report, Way, WayStep};
use crate::problem::Problem;
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};

const CUSTOMER: &str = "testwebapi.Controllers.Customer";
const SESSION: &str = "testwebapi.Services.Session";
const STRING: &str = "System.String";
const LIST: &str = "System.Collections.Generic.List<testwebapi.Controllers.Customer>";
const APP: &str = "testwebapi.dll";
const CORE: &str = "System.Private.CoreLib.dll";

/// Text that is harmful in every format: it ends scripts, opens elements and attributes, makes tables, mentions and links,
/// commands a terminal, turns the direction and is no Unicode.
pub fn hostile_text() -> String {
    let head = "</script><img src=x onerror=alert(1)>\"'`--><!-- | @octocat #1 GH-1 [a](http://x.test) :+1: www.x.test \
                \u{202e}gnp.exe\u{2066} \x1b[31m\r\n\0\u{2028}&amp; ";
    let lone = crate::text::from_utf16(&[0xd800]);
    format!("{head}{lone}{}", "Very.Long.".repeat(400))
}

/// Three dumps of a program that leaks customers.
pub fn series() -> Report {
    let profiles: Vec<Profile> = (0..3).map(profile).collect();
    Report {
        remarks: vec![Problem::note("the dumps are of one run of testwebapi")],
        comparison: Some(comparison()),
        growth: vec![customers(), sessions()],
        suspects: vec![suspect(vec![0, 100_000, 200_000])],
        leaks_unsought: false,
        profiles,
    }
}

/// The last of them alone.
pub fn one_dump() -> Report {
    Report { profiles: vec![profile(2)], suspects: vec![suspect(vec![200_000])], ..Report::default() }
}

/// A dump without objects.
pub fn empty_dump() -> Report {
    let dump = DumpFacts { file: "empty.core".into(), ..DumpFacts::default() };
    Report { profiles: vec![Profile { dump, ..Profile::default() }], ..Report::default() }
}

/// The series with hostile text wherever a dump can put text.
pub fn hostile() -> Report {
    let text = hostile_text();
    let mut report = series();
    report.profiles.iter_mut().for_each(|profile| spoil_profile(profile, &text));
    report.remarks.push(Problem::loss(text.clone()).hint(text.clone()));
    let names = [ValueRef::Text(&text), ValueRef::Text(CUSTOMER)];
    if let Some(answer) = &mut report.comparison {
        answer.columns[0] = AnswerColumn::new("type", Kind::Text, names.clone());
        answer.columns[1] = AnswerColumn::new("module", Kind::Text, names);
    }
    for growth in &mut report.growth {
        growth.type_name.clone_from(&text);
        growth.module = Some(text.clone());
        growth.survival.iter_mut().for_each(|survival| survival.by.clone_from(&text));
        growth.ways.iter_mut().for_each(|way| spoil_way(way, &text));
    }
    for suspect in &mut report.suspects {
        suspect.rule.clone_from(&text);
        suspect.subject.clone_from(&text);
        suspect.module = Some(text.clone());
        suspect.reason.clone_from(&text);
        suspect.evidence.iter_mut().for_each(|evidence| evidence.what.clone_from(&text));
        suspect.examples = vec![text.clone()];
        suspect.next = Some(text.clone());
        suspect.ways.iter_mut().for_each(|way| spoil_way(way, &text));
    }
    report
}

fn spoil_profile(profile: &mut Profile, text: &str) {
    let dump = &mut profile.dump;
    for fact in [&mut dump.file, &mut dump.runtime, &mut dump.architecture] {
        fact.push_str(text);
    }
    dump.gc_mode = Some(text.into());
    dump.program = Some(text.into());
    dump.modules = vec![text.into()];
    profile.problems = vec![text.into()];
    profile.totals.generations.iter_mut().for_each(|row| row.generation = text.into());
    for row in &mut profile.types {
        row.name.push_str(text);
        row.module = Some(text.into());
    }
    for row in &mut profile.roots {
        row.kind = text.into();
        row.name = Some(text.into());
    }
    profile.assemblies.iter_mut().for_each(|row| row.module = Some(text.into()));
    for node in &mut profile.tree.nodes {
        node.name = text.into();
        node.module = Some(text.into());
    }
}

fn spoil_way(way: &mut Way, text: &str) {
    way.root_kind = text.into();
    way.root_name = Some(text.into());
    for step in &mut way.steps {
        step.type_name = text.into();
        step.field = Some(text.into());
    }
}

/// One dump with about 50 MB of detail: every name is long and stands once.
pub fn enormous() -> Report {
    let mut report = one_dump();
    let profile = &mut report.profiles[0];
    let name = |at: usize| format!("Generated.Namespace{at}.{}", "Name<With.Arguments>.".repeat(12));
    profile.types = (0..60_000)
        .map(|at| TypeRow { name: name(at), module: Some(name(at)), count: 1, size: 24, retained: 24 })
        .collect();
    profile.roots = (0..20_000)
        .map(|at| RootGroup { kind: "static".into(), name: Some(name(at)), count: 1, retained: 24 })
        .collect();
    let node = |at: u32| OwnerNode {
        parent: at.checked_sub(1).map(|above| above / 4),
        name: name(at as usize),
        module: Some(APP.into()),
        count: 1,
        size: 24,
        retained: 1 << 40 >> at.ilog(4),
    };
    profile.tree.nodes = (1..80_000).map(node).collect();
    profile.tree.nodes[0].parent = None;
    report
}

fn profile(step: u64) -> Profile {
    let grown = step * 100_000;
    let customers = grown * 96;
    let strings = grown * 32 + 40_000 * 40;
    let bytes = 12 * 1024 * 1024 + customers + strings;
    Profile {
        version: Profile::VERSION,
        dump: facts(step),
        totals: HeapTotals {
            objects: 70_000 + grown,
            bytes,
            free: 300_000 + step * 1000,
            reachable: bytes - 900_000,
            garbage: 900_000,
            generations: vec![
                generation("gen0", 10_000, 2_000_000),
                generation("gen1", 5_000, 1_000_000),
                generation("gen2", 55_000 + grown, bytes - 3_500_000),
                generation("loh", 3, 500_000),
            ],
        },
        types: vec![
            TypeRow {
                name: CUSTOMER.into(),
                module: Some(APP.into()),
                count: grown,
                size: customers,
                retained: customers + grown * 32,
            },
            TypeRow {
                name: STRING.into(),
                module: Some(CORE.into()),
                count: 40_000 + grown,
                size: strings,
                retained: strings,
            },
            TypeRow {
                name: SESSION.into(),
                module: Some(APP.into()),
                count: 50 * step,
                size: 2000 * step,
                retained: 52_000 * step,
            },
        ],
        roots: vec![
            RootGroup {
                kind: "static".into(),
                name: Some("testwebapi.Controllers.DiagScenarioController.p".into()),
                count: 1,
                retained: customers + grown * 32,
            },
            RootGroup { kind: "stack".into(), name: Some("thread 4242".into()), count: 12, retained: 80_000 },
            RootGroup { kind: "pinned_handle".into(), name: None, count: 8, retained: 64_000 },
        ],
        assemblies: vec![
            AssemblyRow {
                module: Some(APP.into()),
                count: grown,
                size: customers,
                retained: customers + grown * 32,
            },
            AssemblyRow { module: Some(CORE.into()), count: 40_000, size: strings, retained: bytes / 2 },
        ],
        tree: tree(grown, bytes),
        ways: vec![],
        answers: vec![],
        problems: vec![],
        left_out: LeftOut::default(),
    }
}

fn facts(step: u64) -> DumpFacts {
    DumpFacts {
        file: format!("web-t{step}.core.zst"),
        runtime: "10.0.14".into(),
        architecture: "x64".into(),
        gc_mode: Some("workstation".into()),
        program: Some(APP.into()),
        process_id: Some(4242),
        process_run: Some("8d3f".into()),
        fingerprint: Some(format!("{step:032x}")),
        clock_ms: Some(100_000 + step * 60_000),
        modules: vec![CORE.into(), APP.into()],
    }
}

fn generation(name: &str, objects: u64, bytes: u64) -> GenerationRow {
    GenerationRow { generation: name.into(), objects, bytes, free: 100 }
}

fn tree(grown: u64, bytes: u64) -> OwnerTree {
    let leaked = grown * 128;
    let node = |parent, name: &str, module: Option<&str>, count, size, retained| OwnerNode {
        parent,
        name: name.into(),
        module: module.map(Into::into),
        count,
        size,
        retained,
    };
    OwnerTree {
        nodes: vec![
            node(None, "shared", None, 1, 0, bytes - leaked - 1_000_000),
            node(None, "static testwebapi.Controllers.DiagScenarioController.p", None, 1, 0, leaked + 100),
            node(None, "garbage", None, 1, 0, 900_000),
            node(Some(1), "testwebapi.Controllers.Processor", Some(APP), 1, 24, leaked + 100),
            node(Some(3), LIST, Some(CORE), 1, 32, leaked + 76),
            node(Some(4), CUSTOMER, Some(APP), grown, grown * 96, leaked),
            node(Some(5), STRING, Some(CORE), grown, grown * 32, grown * 32),
            node(Some(0), STRING, Some(CORE), 40_000, 1_600_000, 1_600_000),
        ],
        cut: (12, 34_000),
    }
}

fn comparison() -> Answer {
    use ValueRef::{Boolean, Bytes, Integer, Text};
    let integers =
        |name: &str, values: [i128; 2]| AnswerColumn::new(name, Kind::Integer, values.map(Integer));
    let bytes = |name: &str, values: [u64; 2]| AnswerColumn::new(name, Kind::Bytes, values.map(Bytes));
    let mut columns = vec![
        AnswerColumn::new("type", Kind::Text, [Text(CUSTOMER), Text(SESSION)]),
        AnswerColumn::new("module", Kind::Text, [Text(APP), Text(APP)]),
    ];
    for (at, values) in [[0, 0], [100_000, 50], [200_000, 100]].into_iter().enumerate() {
        columns.push(integers(&format!("count_{}", at + 1), values));
    }
    columns.push(integers("count_delta", [200_000, 100]));
    for (measure, each) in [("size", [9_600_000, 2_000]), ("retained", [12_800_000, 52_000])] {
        for dump in 0..3 {
            columns.push(bytes(&format!("{measure}_{}", dump + 1), each.map(|bytes| bytes * dump)));
        }
        columns.push(bytes(&format!("{measure}_delta"), each.map(|bytes| bytes * 2)));
    }
    columns.push(AnswerColumn::new("status", Kind::Text, [Text("new"), Text("new")]));
    columns.push(AnswerColumn::new("steady", Kind::Boolean, [Boolean(true), Boolean(true)]));
    Answer { query: "diff".into(), columns, ..Answer::default() }
}

fn way(counts: Vec<u64>) -> Way {
    let step = |type_name: &str, field: Option<&str>| WayStep {
        type_name: type_name.into(),
        field: field.map(Into::into),
        repeats: false,
    };
    Way {
        root_kind: "static".into(),
        root_name: Some("testwebapi.Controllers.DiagScenarioController.p".into()),
        steps: vec![
            step("testwebapi.Controllers.Processor", Some("cache")),
            step("testwebapi.Controllers.CustomerCache", Some("cache")),
            step(LIST, Some("_items")),
            step("testwebapi.Controllers.Customer[]", Some("[]")),
            step(CUSTOMER, None),
        ],
        owner: Some(2),
        sizes: counts.iter().map(|count| count * 96).collect(),
        not_kept: Vec::new(),
        counts,
    }
}

fn customers() -> Growth {
    Growth {
        type_name: CUSTOMER.into(),
        module: Some(APP.into()),
        counts: vec![0, 100_000, 200_000],
        sizes: vec![0, 9_600_000, 19_200_000],
        retained: vec![0, 12_800_000, 25_600_000],
        steady: Some(true),
        ways: vec![way(vec![0, 100_000, 200_000])],
        more_ways: (0, 0),
        survival: vec![Survival {
            from: 2,
            to: 3,
            survived: 100_000,
            born: 100_000,
            died: 0,
            confidence: 1.0,
            by: "id".into(),
            unreadable: 0,
        }],
        cohorts: vec![],
    }
}

fn sessions() -> Growth {
    let mut way = way(vec![0, 50, 100]);
    way.root_name = Some("testwebapi.Services.Notifier.Notified".into());
    way.owner = None;
    way.steps[1].repeats = true;
    Growth {
        type_name: SESSION.into(),
        module: Some(APP.into()),
        counts: vec![0, 50, 100],
        sizes: vec![0, 2_000, 4_000],
        retained: vec![0, 52_000, 104_000],
        steady: Some(true),
        ways: vec![way],
        more_ways: (3, 17),
        survival: vec![],
        cohorts: vec![],
    }
}

fn suspect(counts: Vec<u64>) -> Suspect {
    Suspect {
        rule: "growing_class".into(),
        subject: CUSTOMER.into(),
        module: Some(APP.into()),
        score: 85,
        reason: "200,000 Customer hang on one list and nothing takes them off".into(),
        evidence: vec![
            Evidence { what: "grew in every dump".into(), points: 60 },
            Evidence { what: "held by a static".into(), points: 30 },
            Evidence { what: "the list has room left".into(), points: -5 },
        ],
        bytes: counts.iter().map(|count| count * 128).collect(),
        ways: vec![way(counts.clone())],
        counts,
        examples: vec!["0x7f0000001000".into(), "0x7f0000001060".into()],
        next: Some("roots of 0x7f0000001000".into()),
    }
}
