//! Parameters: values from outside, and never anything else.

use super::rows;
use super::synthetic::snapshot;
use crate::query::{Environment, QueryError, RunOptions, run};

fn environment() -> Environment {
    let mut environment = Environment::new();
    for (name, value) in [
        ("min", "100"),
        ("rows", "2"),
        ("pattern", "Zoo.%"),
        ("at", "0x7f0000000000"),
        ("evil", "' or true --"),
        ("less", "-3"),
        ("no", "null"),
    ] {
        environment.set_parameter(name, value);
    }
    environment
}

fn answered(statement: &str) -> Result<Vec<String>, QueryError> {
    let environment = environment();
    let options = RunOptions { environment: &environment, ..RunOptions::default() };
    let answer = run(&[snapshot(1, 40, 7)], statement, &options)?;
    Ok(rows(&answer).iter().map(|row| row.join(" ")).collect())
}

fn error(statement: &str) -> String {
    match answered(statement) {
        Err(QueryError::Statement(diagnostic)) => diagnostic.render(statement),
        other => panic!("{statement}: {other:?}"),
    }
}

#[test]
fn a_parameter_stands_wherever_a_literal_does() {
    for (with, without) in [
        (
            "select size where size > :min order by size limit :rows offset :rows",
            "select size where size > 100 order by size limit 2 offset 2",
        ),
        ("select distinct type where type like :pattern", "select distinct type where type like 'Zoo.%'"),
        ("select address where address = :at", "select address where address = 0x7f0000000000"),
        ("select size where size in (:min, :less)", "select size where size in (100, -3)"),
        (
            "select size / :min, count group by size / :min limit 3",
            "select size / 100, count group by size / 100 limit 3",
        ),
        ("select coalesce(:no, 1) from threads", "select coalesce(null, 1) from threads"),
    ] {
        assert_eq!(answered(with).unwrap(), answered(without).unwrap(), "{with}");
    }
}

#[test]
fn what_a_parameter_spells_is_never_read_as_syntax() {
    assert!(answered("select type where type = :evil").unwrap().is_empty());
    assert!(answered("select type where type like :evil").unwrap().is_empty());
    assert!(answered("select type where type is :no").is_err());
    assert!(answered("select type from :pattern").is_err());
}

#[test]
fn a_parameter_without_a_value_is_told_with_those_that_have_one() {
    assert_eq!(
        error("select size where size > :mni"),
        "error: the parameter `:mni` has no value
  |
1 | select size where size > :mni
  |                          ^^^^
  = expected: `:at`, `:evil`, `:less`, `:min`, `:no`, `:pattern` or `:rows`
  = help: did you mean `:min`? `-p mni=VALUE` gives it one"
    );
}

#[test]
fn a_parameter_of_another_kind_is_told_where_it_stands() {
    assert_eq!(
        error("select size limit :pattern"),
        "error: the parameter is 'Zoo.%'
  |
1 | select size limit :pattern
  |                   ^^^^^^^^
  = expected: a whole number, not negative"
    );
    assert!(error("select size limit :less").contains("a whole number, not negative"));
    assert!(error("select type where type like :min").contains("expected: a text"));
    assert!(error("object :min").contains("expected: an address"));
    assert!(
        error("select size where size > :pattern").contains("a number of bytes does not compare with text")
    );
}
