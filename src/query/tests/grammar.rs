//! The grammar file and the parser say the same.

mod ebnf;
mod sentences;

use std::collections::BTreeSet;

use ebnf::{Expr, Grammar};
use sentences::Generator;

use super::synthetic::Numbers;
use crate::query::catalog::keywords;
use crate::query::{lexer, parser, split_statements};

fn grammar() -> Grammar {
    Grammar::read(include_str!("../../../grammar/heapql.ebnf"))
}

/// Parses every statement of a script.
fn parse(script: &str) -> Result<(), String> {
    for range in split_statements(script) {
        let statement = &script[range];
        parser::parse_form(statement).map_err(|d| format!("{script:?}\n{}", d.render(statement)))?;
    }
    Ok(())
}

#[test]
fn every_production_and_alternative_is_parsed() {
    let grammar = grammar();
    let mut generator = Generator::new(&grammar);
    let mut sentences = 0;
    // Each choice of each production in turn, the rest of the sentence at random.
    for (production, choice) in grammar.choices() {
        for seed in 0..12 {
            let sentence = generator.sentence("script", Some((&production, choice)), Numbers::new(seed));
            let Some(sentence) = sentence else { panic!("{production} cannot be reached from script") };
            parse(&sentence).unwrap_or_else(|error| panic!("{production}, choice {choice}: {error}"));
            sentences += 1;
        }
    }
    assert!(sentences > 1000, "{sentences}");
    let missing: Vec<_> = grammar.choices().into_iter().filter(|c| !generator.covered.contains(c)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn keywords_are_the_same_everywhere() {
    let mut words = BTreeSet::new();
    for (name, expr) in &grammar().productions {
        if name.starts_with(|c: char| c.is_lowercase()) {
            expr.literals(&mut |text| {
                if text.starts_with(char::is_alphabetic) {
                    words.insert(text.to_owned());
                }
            });
        }
    }
    let known: BTreeSet<String> = keywords().iter().map(|k| k.word.to_owned()).collect();
    assert_eq!(words, known);
}

#[test]
fn reserved_words_are_no_names() {
    let grammar = grammar();
    let mut names = BTreeSet::new();
    for production in ["name", "nested-name"] {
        grammar.productions[production].literals(&mut |text| {
            names.insert(text.to_owned());
        });
    }
    for keyword in keywords() {
        let as_name = parser::parse_form(&format!("select 1 as {}", keyword.word));
        assert_eq!(as_name.is_ok(), !keyword.reserved, "{}", keyword.word);
        assert_eq!(names.contains(keyword.word), !keyword.reserved, "{}", keyword.word);
    }
}

#[test]
fn symbols_are_those_of_the_grammar() {
    let mut symbols = BTreeSet::new();
    for (name, expr) in &grammar().productions {
        if name.starts_with(|c: char| c.is_lowercase()) {
            expr.literals(&mut |text| {
                if !text.starts_with(char::is_alphabetic) {
                    symbols.insert(text.to_owned());
                }
            });
        }
    }
    let known: BTreeSet<String> = lexer::SYMBOLS.iter().map(|s| (*s).to_owned()).collect();
    assert_eq!(symbols, known);
}

#[test]
fn what_the_grammar_does_not_have_is_refused() {
    for statement in [
        "",
        "select",
        "select from objects",
        "select a b",
        "select a, from b",
        "select a,, b",
        "select distinct",
        "select (a",
        "select a)",
        "select ()",
        "select a from",
        "select a from (b)",
        "select a from (select b",
        "select a from b c",
        "select a from b, c",
        "select a from @0",
        "select a from @1.",
        "select a from 'b'",
        "select a where",
        "select a where b = = c",
        "select a where b = c = d",
        "select a where not",
        "select a where b like c",
        "select a where b like 'c' escape",
        "select a where b ~ c",
        "select a where b in ()",
        "select a where b in c",
        "select a where b in (c,)",
        "select a where b is 3",
        "select a where b between 1",
        "select a where b between 1 or 2",
        "select a where b not = c",
        "select a group b",
        "select a group by",
        "select a order b",
        "select a order by",
        "select a order by b up",
        "select a limit",
        "select a limit -1",
        "select a limit 1.5",
        "select a limit b",
        "select a offset 3",
        "select a limit 3 offset",
        "select a where b group by c where d",
        "select a having b group by c",
        "select count(*, a)",
        "select count(distinct)",
        "select count(distinct a, b)",
        "select + a",
        "select a +",
        "select a where b and",
        "select 1 2",
        "select 'a",
        "select \"\"",
        "select 1xb",
        "select 0x",
        "select #",
        "explain",
        "explain tables",
        "explain object 0x10",
        "object",
        "object 16",
        "object Zoo.Dog",
        "object '0x10'",
        "object @1",
        "object @1.objects",
        "object @1 0x10",
        "object 0x10 0x20",
        "tables x",
        "describe",
        "describe a b",
        "help a b",
        "a",
        "select a as",
        "select a as 'b'",
        "select * as b",
        "select a.",
        "select a.b.",
        "select a.'b'",
        "select a.5",
        "select 5.b",
        "select a[]",
        "select a[b]",
        "select a[1",
        "select a[1,]",
        "select a[1.5]",
        "select (a as)",
        "select (a as 'b')",
        "select a as b.c",
        "select a from b.",
        "select a from b++",
        "select a from b[1]",
        "select a from b+.c",
        "select a from b()",
        "select a from b.c(0x1)",
        "select a from b(c,)",
        "select a from b(c, d)",
        "select a from b(@2.c)",
        "select a from b(0x1,)",
        "select a from b(0x1, select c)",
        "select a where b is",
        "select a where b is not",
        "select a where b is 'c'",
        "select a ||",
        "select a | b",
        "select a; b",
        "1",
        "explain explain select a",
        "select a union",
        "select a union distinct select b",
        "select a union all all select b",
        "select a except all select b",
        "select a limit 1 union select b",
        "with select a",
        "with a select a",
        "with a as select b select a",
        "with a as (b) select a",
        "with a as (select b), select a",
        "select a from (with b as (select c))",
        "case",
        "select case end",
        "select case a end",
        "select case a then b end",
        "select case when a end",
        "select case when a then b else end c",
        "select case when a then b",
        "select rank() over",
        "select rank() over order by a",
        "select rank() over (by a)",
        "select rank() over (partition a)",
        "select rank() over (order by a partition by b)",
        "select rank over ()",
        "select :",
        "select : a",
        "select a limit :",
        "select a from :b",
        "select $1",
        "select a from $",
        "select a from $1.b",
        "let",
        "let a",
        "let a = b",
        "let $1 = select a",
        "let a = roots of 0x10",
        "assert",
        "assert a,",
        "assert a, b",
        "assert a group by b, 'c', ",
        "assert a order by b",
        "explain analyze",
        "explain analyze roots of 0x10",
        "explain assert a",
        "object $1",
        "object $1[0x1].a",
        "object a[b].c",
        "roots of $1",
        "roots of @2.$1.a",
        "roots",
        "roots of",
        "roots of 16",
        "roots of null",
        "roots of '0x10'",
        "roots of 0x10,",
        "roots of 0x10, Zoo.Dog",
        "roots of 0x10, @2.0x20",
        "roots of Zoo.Dog, Zoo.Cat",
        "roots of (0x10)",
        "roots of (select a",
        "roots of @2",
        "roots of @2.(select a)",
        "roots 0x10",
        "path from 0x10",
        "path to 0x10",
        "path from 0x10 to",
        "path from Zoo.Dog+to",
        "paths of 0x10",
        "paths from 0x10 to 0x20",
        "retained of 0x10",
        "dominators 0x10",
        "diff",
        "diff objects",
        "diff roots of 0x10",
        "diff diff select count",
        "diff (select count)",
        "leaks 3",
        "leaks of Zoo.Dog",
        "survivors",
        "survivors Zoo.Dog",
        "survivors of",
        "survivors of 0x10",
        "survivors of Zoo.Dog, Zoo.Cat",
        "survivors of (select a)",
        "explain leaks",
        "explain survivors of Zoo.Dog",
    ] {
        assert!(parser::parse_form(statement).is_err(), "{statement}");
    }
}

#[test]
fn the_written_form_of_a_statement_means_the_same() {
    let grammar = grammar();
    let mut generator = Generator::new(&grammar);
    for seed in 0..500 {
        let sentence = generator.sentence("query", None, Numbers::new(seed)).unwrap();
        let Ok(crate::query::ast::Statement::Select(select)) = parser::parse_form(&sentence) else {
            panic!("{sentence}")
        };
        let written = select.to_string();
        let Ok(crate::query::ast::Statement::Select(again)) = parser::parse_form(&written) else {
            panic!("{written}")
        };
        assert_eq!(written, again.to_string(), "{sentence}");
    }
}

impl Expr {
    /// Calls `seen` with every text in quotes.
    fn literals(&self, seen: &mut impl FnMut(&str)) {
        match self {
            Expr::Literal(text) => seen(text),
            Expr::Name(_) | Expr::Class { .. } => {}
            Expr::Sequence(parts) | Expr::Choice(parts) => parts.iter().for_each(|p| p.literals(seen)),
            Expr::Repeat { part, .. } => part.literals(seen),
        }
    }
}
