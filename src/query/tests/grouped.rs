//! Selects that are asked of dumps one by one: what their columns are, and what of them is the comparison's.

use super::synthetic::snapshot;
use crate::query::{
    Environment, GroupedAnswer, GroupedSelect, NamedOrder, QueryError, Role, RunOptions, SeveralDumps,
    parse_several,
};

fn select(text: &str) -> GroupedSelect {
    GroupedSelect::parse(text).unwrap_or_else(|diagnostic| panic!("{}", diagnostic.render(text)))
}

fn answer(text: &str) -> GroupedAnswer {
    select(text).answer(&snapshot(1, 20, 7), &RunOptions::default()).unwrap()
}

/// The message of a select that cannot be compared.
fn refusal(text: &str) -> String {
    match select(text).answer(&snapshot(1, 20, 7), &RunOptions::default()) {
        Err(QueryError::Statement(diagnostic)) => diagnostic.render(text),
        other => panic!("{text}: {other:?}"),
    }
}

fn columns(answer: &GroupedAnswer) -> Vec<(&str, Role)> {
    let names = answer.answer.columns.iter().map(|column| column.name.as_str());
    names.zip(answer.roles.iter().copied()).collect()
}

#[test]
fn keys_come_first_and_every_number_is_a_measure() {
    use Role::{Figure, Key, Total, Word};
    let answer = answer(
        "select count, size, type, avg(size), max(size) as biggest, count(distinct gen), sum(size) / count, \
         first(value), gen group by type, gen",
    );
    assert_eq!(
        columns(&answer),
        [
            ("type", Key),
            ("gen", Key),
            ("count", Total),
            ("size", Total),
            ("avg(size)", Figure),
            ("biggest", Figure),
            ("count(distinct gen)", Total),
            ("sum(size) / count", Figure),
            ("first(value)", Word),
        ]
    );
    assert_eq!(answer.leading, Some(3));
    assert_eq!(answer.answer.columns.len(), answer.roles.len());
}

#[test]
fn keys_that_are_not_selected_are_added() {
    let names = |text| answer(text).answer.columns.into_iter().map(|column| column.name).collect::<Vec<_>>();
    assert_eq!(names("select count group by type, gen"), ["type", "gen", "count"]);
    assert_eq!(names("select type as t, count group by t"), ["t", "count"]);
    assert_eq!(names("select count, size"), ["count", "size"]);
}

#[test]
fn order_and_limit_are_taken_off() {
    let select =
        select("diff select type, count group by type order by count_delta desc, type limit 3 offset 1");
    let answer = select.answer(&snapshot(1, 20, 7), &RunOptions::default()).unwrap();
    let all = super::ask(&[snapshot(1, 20, 7)], "select type, count group by type").unwrap();
    assert_eq!(answer.answer.row_count(), all.row_count());
    assert_eq!(select.limit(), Some((3, 1)));
    let order = select.order().unwrap();
    let keys: Vec<_> =
        order.iter().map(|NamedOrder { name, descending, .. }| (name.as_str(), *descending)).collect();
    assert_eq!(keys, [("count_delta", true), ("type", false)]);
}

#[test]
fn selects_are_known_whatever_their_spelling() {
    let canonical = |text: &str| select(text).canonical();
    let one = canonical("select type, count where size > 1kb group by type");
    assert_eq!(
        one,
        canonical("DIFF SELECT type,count FROM objects WHERE (size > 1024b) GROUP BY type limit 3")
    );
    assert_ne!(one, canonical("select type, count where size > 2kb group by type"));
}

#[test]
fn what_has_no_groups_or_names_a_dump_is_refused() {
    assert!(refusal("select type").contains("^^^^"));
    assert!(refusal("select *").contains("groups are compared"));
    assert!(refusal("select distinct type, count group by type").contains("shown once"));
    for text in [
        "select count from @1",
        "select count from (select size from @2.objects)",
        "select count where address in (select object from @2.roots)",
        "select count from referrers(select address from @2.objects)",
    ] {
        assert!(refusal(text).contains("names a dump"), "{text}");
    }
    assert!(select("select count order by size + 1").order().is_err());
}

#[test]
fn statements_about_several_dumps_are_told_from_others() {
    assert!(matches!(
        parse_several("diff select count;", &Environment::new()),
        Some(SeveralDumps::Diff { .. })
    ));
    assert!(matches!(parse_several(" Leaks ", &Environment::new()), Some(SeveralDumps::Leaks)));
    let Some(SeveralDumps::Survivors { type_name, type_span, .. }) =
        parse_several("survivors of \"Zoo.Box<System.String>\"", &Environment::new())
    else {
        panic!("survivors")
    };
    assert_eq!((type_name.as_str(), type_span), ("Zoo.Box<System.String>", 13..37));
    for other in ["select count", "diff", "roots of Zoo.Dog", "explain diff select count", ""] {
        assert!(parse_several(other, &Environment::new()).is_none(), "{other}");
    }
}
