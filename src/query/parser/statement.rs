//! The statements.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};

use super::graph::graph_statement;
use super::input::{Expected, Parsed, Tokens};
use super::query::{assertion, kept_value, query};
use super::several::{compared_select, several_statement};
use super::token::{address, any_word, dump_number, keyword, name, symbol};
use super::type_name::type_name;
use crate::query::ast::{Name, ObjectAt, Select, Statement};
use crate::query::catalog::Keyword;

/// A whole statement: nothing may follow it but semicolons.
pub fn statement(input: Tokens<'_>) -> Parsed<'_, Statement> {
    let kinds = alt((
        map(query, |s| Statement::Select(Box::new(s))),
        map(preceded(keyword(Keyword::Let), kept), |(name, s)| Statement::Let(name, Box::new(s))),
        map(assertion, |a| Statement::Assert(Box::new(a))),
        map(preceded(keyword(Keyword::Explain), query), |s| Statement::Explain(Box::new(s))),
        map(preceded((keyword(Keyword::Explain), keyword(Keyword::Analyze)), query), |s| {
            Statement::ExplainAnalyze(Box::new(s))
        }),
        map(keyword(Keyword::Tables), |_| Statement::Tables),
        map(preceded(keyword(Keyword::Describe), described), Statement::Describe),
        map(preceded(keyword(Keyword::Help), opt(any_word("a word"))), Statement::Help),
        map(preceded(keyword(Keyword::Object), object), Statement::Object),
        map(graph_statement, Statement::Graph),
        map(preceded(keyword(Keyword::Explain), graph_statement), Statement::ExplainGraph),
        map(several_statement, Statement::Several),
        map(preceded(keyword(Keyword::Explain), compared_select), |s| Statement::ExplainDiff(Box::new(s))),
    ));
    terminated(terminated(kinds, many0_count(symbol(";"))), end).parse(input)
}

/// A type, a table, a function, or a word of the language.
fn described(input: Tokens<'_>) -> Parsed<'_, Name> {
    alt((type_name("a name"), any_word("a name"))).parse(input)
}

/// `NAME = SELECT`
fn kept(input: Tokens<'_>) -> Parsed<'_, (Name, Select)> {
    (terminated(name("a name"), symbol("=")), query).parse(input)
}

/// `0x7f00`, `@2.0x7f00`, `$3.address`
fn object(input: Tokens<'_>) -> Parsed<'_, ObjectAt> {
    let written = (opt(terminated(dump_number, symbol("."))), address);
    let written = map(written, |(dump, address)| ObjectAt::Address { dump, address });
    alt((written, map(kept_value, ObjectAt::Kept))).parse(input)
}

/// The end of the statement.
pub fn end(input: Tokens<'_>) -> Parsed<'_, ()> {
    if input.rest.is_empty() {
        Ok((input, ()))
    } else {
        input.reject(Expected::What("the end of the statement"))
    }
}
