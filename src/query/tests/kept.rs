//! Answers that were kept: as sources, as operands.

use std::sync::Arc;

use super::rows;
use super::synthetic::snapshot;
use crate::query::{Answer, Environment, QueryError, RunOptions, run};

/// Runs statements one after the other; what they keep is there for the next.
fn session(statements: &[&str]) -> Result<Answer, QueryError> {
    let dumps = [snapshot(1, 40, 7), snapshot(2, 60, 9)];
    let mut environment = Environment::new();
    let mut last = Answer::default();
    for (number, statement) in statements.iter().enumerate() {
        last = run(&dumps, statement, &RunOptions { environment: &environment, ..RunOptions::default() })?;
        let name = last.keep_as.clone().unwrap_or_else(|| format!("${}", number + 1));
        assert!(environment.keep(&name, Arc::new(last.clone())));
    }
    Ok(last)
}

fn lines(statements: &[&str]) -> Vec<String> {
    let answer = session(statements).unwrap_or_else(|error| panic!("{statements:?}: {error}"));
    rows(&answer).iter().map(|row| row.join(" ")).collect()
}

fn message(statements: &[&str]) -> String {
    match session(statements) {
        Err(QueryError::Statement(diagnostic)) => diagnostic.render(statements.last().unwrap()),
        other => panic!("{statements:?}: {other:?}"),
    }
}

#[test]
fn a_kept_answer_is_a_source() {
    let direct = lines(&["select type, count, size where size > 100 group by type"]);
    assert_eq!(
        lines(&[
            "let big = select address, type, size where size > 100",
            "select type, count, size from big group by type"
        ]),
        direct
    );
    assert_eq!(
        lines(&[
            "select address, type, size where size > 100",
            "select type, count, size from $1 group by type"
        ]),
        direct
    );
    let within = "select type, count, size where address in (select address from big) group by type";
    assert_eq!(lines(&["let big = select address where size > 100", within]), direct);
}

#[test]
fn what_is_kept_again_is_the_new_answer() {
    assert_eq!(
        lines(&["let n = select 1 as x from modules", "let n = select x + 1 as x from n", "select x from n"]),
        ["2", "2"]
    );
}

#[test]
fn an_answer_knows_the_dump_that_its_addresses_are_of() {
    let answer =
        session(&["let big = select address from @2.objects limit 3", "select address from big"]).unwrap();
    assert_eq!(answer.dump, Some(1));
    let both = session(&["select address from @1 union select address from @2"]).unwrap();
    assert_eq!(both.dump, None);
}

#[test]
fn each_slip_in_a_kept_value_is_told() {
    let one = "let one = select address, type, size limit 2";
    for (statement, expected) in [
        ("select size from $7", "there is no answer `$7`"),
        ("object $7.address", "there is no answer `$7`"),
        ("object one.adress", "did you mean `address`?"),
        ("object one.type", "`type` is no address in row 1 of `one`"),
        ("object one[3].address", "`one` has 2 rows"),
        ("roots of one[0].address", "expected: a number from 1 to 2"),
        ("retained by one.type", "takes addresses, and this is text"),
        ("select nothing from one", "`one` has no column `nothing`"),
        ("let objects = select 1 from threads", "`objects` is a table"),
        ("let reachable = select 1 from threads", "`reachable` is a function that gives rows"),
        ("let \"select\" = select 1 from threads", "`select` is a word of the language"),
        ("let \"Zoo.Dog\" = select 1 from threads", "`Zoo.Dog` is a type"),
        ("let \"a.b\" = select 1 from threads", "a name has no points"),
    ] {
        let message = message(&[one, "select count", statement]);
        assert!(message.contains(expected), "{statement}: {message}");
    }
    assert!(message(&["select 1 from $3"]).contains("`let NAME = select ...` keeps one"));
    assert!(
        message(&["let none = select address where size < 0", "object none.address"])
            .contains("`none` has no rows")
    );
}
