//! The columns of the graph, the table `refs` and the sources that are relations of objects, on graphs that are known.

use proptest::prelude::*;

use super::graph::{Naive, snapshot};
use super::random::{check, filter, limit};
use super::{ask, lines, rows};
use crate::query::plan::{GraphPart, Plan};

fn one_of(list: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    proptest::sample::select(list).prop_map(str::to_owned)
}

/// A query of the columns of the graph.
fn of_objects() -> impl Strategy<Value = String> {
    let condition = one_of(&[
        "",
        " where reachable",
        " where not reachable",
        " where reachable is null",
        " where depth = 1",
        " where depth > 2 and type like 'Zoo.%'",
        " where dominator is null",
        " where dominator in (select address where type = 'Zoo.Dog')",
        " where retained > size",
        " where retained > 500 and gen != 'loh'",
    ]);
    let plain = (
        one_of(&[
            "address, retained",
            "retained, dominator, reachable, depth",
            "type, depth",
            "reachable, size",
        ]),
        condition.clone(),
        one_of(&["", " order by retained desc", " order by depth, dominator desc", " order by reachable"]),
        limit(),
    );
    let plain = plain.prop_map(|(items, condition, order, limit)| {
        format!("select {items} from objects{condition}{order}{limit}")
    });
    let keys = one_of(&["type", "gen", "type, gen", "reachable", "depth", "length", "dominator", "size % 3"]);
    let aggregates = one_of(&[
        "count, size, retained",
        "sum(retained)",
        "retained, retained / count, max(retained)",
        "retained, avg(depth), count(dominator)",
        "median(retained), retained - size",
    ]);
    let grouped = (keys, aggregates, condition.clone()).prop_map(|(keys, aggregates, condition)| {
        format!("select {keys}, {aggregates} from objects{condition} group by {keys}")
    });
    let all = condition.prop_map(|condition| format!("select count, retained, size from objects{condition}"));
    // Rows of a select in parentheses are no objects: what they retain is added up.
    let nested = filter().prop_map(|filter| {
        format!(
            "select gen, retained, count from (select type, mt, address, length, finalizable, heap, gen, size, \
             retained from objects{filter}) group by gen"
        )
    });
    prop_oneof![4 => plain, 4 => grouped, 1 => all, 1 => nested]
}

/// A query of references.
fn of_refs() -> impl Strategy<Value = String> {
    let condition = one_of(&[
        "",
        " where source_type = 'Zoo.Dog'",
        " where target_type like 'S%' and source != target",
        " where source in (select address where type = 'Zoo.Cat' limit 3)",
        " where target in (select address where type = 'Zoo.Cat' limit 3)",
        " where target in (select address where type = 'Zoo.Cat' limit 3) and source in (select address where size > 100)",
        " where target in (select address)",
        " where source = 0x7f0000000000",
        " where 0x7f0000000000 = target or source_type < target_type",
        " where target = 0x1",
    ]);
    let order = one_of(&["", " order by target desc, source", " order by source_type, target_type, target"]);
    let plain = (
        one_of(&["source, target", "source_type, target", "target_type"]),
        condition.clone(),
        order,
        limit(),
    )
        .prop_map(|(items, condition, order, limit)| {
            format!("select {items} from refs{condition}{order}{limit}")
        });
    let grouped = (one_of(&["source_type, target_type", "target", "source, target_type"]), condition);
    let grouped = grouped.prop_map(|(keys, condition)| {
        format!("select {keys}, count, count(distinct source) from refs{condition} group by {keys}")
    });
    prop_oneof![plain, grouped]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn columns_of_the_graph(statement in of_objects(), seed in 0..1000_u64, block in 1..20_usize) {
        check(&snapshot(seed, 50, block), &statement);
    }

    #[test]
    fn references(statement in of_refs(), seed in 0..1000_u64, block in 1..20_usize) {
        check(&snapshot(seed, 50, block), &statement);
    }
}

/// The addresses that a statement gives, and those of some objects.
fn addresses(dump: &[crate::graph::Snapshot], statement: &str) -> Vec<String> {
    let mut addresses: Vec<String> = rows(&ask(dump, statement).unwrap()).concat();
    addresses.sort();
    addresses
}

#[test]
fn relations_are_those_of_the_references() {
    for seed in 0..20 {
        let dump = [snapshot(seed, 60, 7)];
        let some = "select address where type = 'Zoo.Dog' limit 3";
        let of = |relation: &str| addresses(&dump, &format!("select address from {relation}({some})"));
        assert_eq!(
            of("references"),
            addresses(&dump, &format!("select distinct target from refs where source in ({some})"))
        );
        assert_eq!(
            of("referrers"),
            addresses(&dump, &format!("select distinct source from refs where target in ({some})"))
        );
        let mut reached = addresses(&dump, some);
        loop {
            let list = reached.join(", ");
            let more =
                addresses(&dump, &format!("select distinct target from refs where source in ({list})"));
            let before = reached.len();
            reached.extend(more);
            reached.sort();
            reached.dedup();
            if reached.len() == before {
                break;
            }
        }
        assert_eq!(of("reachable"), reached, "seed {seed}");
    }
}

#[test]
fn what_a_single_object_retains_is_what_is_retained_by_it() {
    for seed in 0..10 {
        let dump = [snapshot(seed, 60, 7)];
        for row in rows(&ask(&dump, "select address, retained where reachable is not null").unwrap()) {
            let sum = lines(&dump, &format!("select sum(size) from retained_by({})", row[0]));
            assert_eq!(sum, [row[1].as_str()], "seed {seed}, {}", row[0]);
        }
    }
}

#[test]
fn a_set_retains_what_only_all_of_it_hold() {
    for seed in 0..20 {
        let dump = [snapshot(seed, 60, 7)];
        let naive = Naive::new(&dump[0]);
        let ids: Vec<u32> =
            (0..60).filter(|&id| naive.is_reachable(id) == Some(true) && id % 3 == 0).collect();
        let list: Vec<String> = ids.iter().map(|&id| super::reference::address_text(&dump[0], id)).collect();
        if list.is_empty() {
            continue;
        }
        let statement = format!("select sum(size) from retained_by({})", list.join(", "));
        assert_eq!(lines(&dump, &statement), [naive.retained_together(&ids).to_string()], "seed {seed}");
    }
}

#[test]
fn relations_work_like_all_objects() {
    let dump = [snapshot(5, 80, 9)];
    let all = lines(&dump, "select type, count, size, retained where reachable group by type");
    let from_roots = "select address where depth = 1";
    let reached = format!("select type, count, size, retained from reachable({from_roots}) group by type");
    assert_eq!(lines(&dump, &reached), all);
    let filtered =
        format!("select gen, count from reachable({from_roots}) where type like 'Zoo.%' group by gen");
    let scanned = "select gen, count where reachable and type like 'Zoo.%' group by gen";
    assert_eq!(lines(&dump, &filtered), lines(&dump, scanned));
    let top =
        format!("select address, size from reachable({from_roots}) order by size desc limit 5 offset 2");
    let scanned = "select address, size where reachable order by size desc limit 5 offset 2";
    assert_eq!(lines(&dump, &top), lines(&dump, scanned));
}

#[test]
fn an_operand_that_is_no_object_is_told() {
    let dump = [snapshot(1, 20, 5)];
    let error = ask(&dump, "select address from reachable(0x10)").unwrap_err().to_string();
    assert!(error.contains("0x10"), "{error}");
    let error = ask(&dump, "select address from reachable('Zoo.Dog')").unwrap_err().to_string();
    assert_eq!(error, "this is no address");
}

#[test]
fn only_the_parts_that_a_query_takes_are_built() {
    use GraphPart::{Depths, Dominators, Reachable, References, Roots};
    let parts = |statement: &str| {
        let dump = [snapshot(1, 20, 5)];
        plan_of(&dump, statement).graph_parts()
    };
    assert_eq!(parts("select type, count, size group by type"), []);
    assert_eq!(parts("select * from objects"), []);
    assert_eq!(parts("select source from refs"), [References]);
    assert_eq!(parts("select address where reachable"), [References, Roots, Reachable]);
    assert_eq!(parts("select address order by depth"), [References, Roots, Depths]);
    assert_eq!(parts("select type, retained group by type"), [References, Roots, Dominators]);
    assert_eq!(parts("select address from reachable(select address)"), [References]);
    assert_eq!(parts("select address from retained_by(select address)"), [References, Roots]);
}

fn plan_of(dump: &[crate::graph::Snapshot], statement: &str) -> Plan {
    use crate::query::ast::Statement;
    use crate::query::{parser, resolve, schema::Schema};
    let Statement::Select(select) = parser::parse_form(statement).unwrap() else { panic!("{statement}") };
    let schema = Schema::new(&select, dump, &crate::query::RunOptions::default()).unwrap();
    resolve::resolve(&select, statement, &schema).unwrap()
}

#[test]
fn analyze_tells_what_building_took() {
    let dump = [snapshot(7, 600, 100)];
    let statement = "explain analyze select sum(retained) where size > 30";
    let figures = |step: &str| {
        let answer = ask(&dump, statement).unwrap_or_else(|e| panic!("{e}"));
        let row = rows(&answer).into_iter().find(|row| row[0] == step);
        let row = row.unwrap_or_else(|| panic!("no step is called {step}"));
        (row[2].clone(), row[3].parse::<f64>().ok())
    };
    let (objects, time) = figures("compute dominators");
    assert_eq!(objects, "600");
    assert!(time.is_some(), "it was built for this answer");
    assert_eq!(figures("compute dominators"), ("null".to_owned(), None), "it is there already");
    assert_eq!(figures("scan").0, "600");
}
