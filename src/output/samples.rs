//! Answers for the tests of all formats.

use std::time::Duration;

use crate::bytes::Addr;
use crate::graph::Facts;
use crate::query::{Answer, AnswerColumn, Chain, Chains, Kind, Link, ValueRef};

/// Quotes, separators, line breaks, an escape sequence, a direction override, wide characters.
pub const HOSTILE: &str = "a \"quoted\", text\r\n\x1b[31mred\x1b[0m \u{202e}gnp.exe 犬 =1+1\0";

pub fn facts() -> Facts {
    Facts {
        file: "zoo.core".into(),
        runtime: "10.0.14".into(),
        architecture: "x64".into(),
        gc_mode: Some("workstation".into()),
        ..Facts::default()
    }
}

pub fn text_column(name: &str, rows: &[Option<&str>]) -> AnswerColumn {
    let rows = rows.iter().map(|row| row.map_or(ValueRef::Null, ValueRef::Text));
    AnswerColumn::new(name, Kind::Text, rows)
}

pub fn one_text(rows: &[&str]) -> Answer {
    let rows: Vec<_> = rows.iter().copied().map(Some).collect();
    Answer { columns: vec![text_column("text", &rows)], ..Answer::default() }
}

/// A grouped query's answer.
pub fn types() -> Answer {
    use ValueRef::{Bytes, Integer, Null};
    Answer {
        query: "select type, count, size group by type".into(),
        columns: vec![
            text_column("type", &[Some("Zoo.Dog"), Some("System.String")]),
            AnswerColumn::new("count", Kind::Integer, [Integer(1013), Integer(7)]),
            AnswerColumn::new("size", Kind::Bytes, [Bytes(72936), Null]),
        ],
        elapsed: Duration::from_micros(12_345),
        ..Answer::default()
    }
}

/// Every kind of cell: a full row, a row of nulls, a row of border cases.
pub fn every_kind() -> Answer {
    use ValueRef::{Address, Boolean, Bytes, Integer, Null, Real};
    let integers = [Integer(-5), Null, Integer(9_007_199_254_740_993)];
    let addresses = [Address(Addr(0x7f00_0000_1000)), Null, Address(Addr::NULL)];
    Answer {
        columns: vec![
            text_column("text", &[Some(HOSTILE), None, Some("")]),
            AnswerColumn::new("integer", Kind::Integer, integers),
            AnswerColumn::new("real", Kind::Real, [Real(72.5), Null, Real(f64::NAN)]),
            AnswerColumn::new("bytes", Kind::Bytes, [Bytes(u64::MAX), Null, Bytes(0)]),
            AnswerColumn::new("address", Kind::Address, addresses),
            AnswerColumn::new("boolean", Kind::Boolean, [Boolean(true), Null, Boolean(false)]),
        ],
        ..Answer::default()
    }
}

/// An answer with a heading, and a column whose values are of different sorts.
pub fn with_heading() -> Answer {
    use ValueRef::{Address, Boolean, Bytes, Integer, List, Null, Real, Text};
    let address = Address(Addr(0x7f00_0000_1000));
    let lengths = List(vec![Integer(3), Integer(4)]);
    let values = [
        Integer(1_234_567),
        Boolean(true),
        Real(0.25),
        address.clone(),
        Real(f64::NAN),
        Null,
        Integer(u64::MAX.into()),
        lengths,
    ];
    let fields = ["_id", "_on", "_share", "_next", "_nan", "_no", "_all", "_lengths"];
    Answer {
        heading: vec![
            AnswerColumn::new("type", Kind::Text, [Text("Zoo.Dog")]),
            AnswerColumn::new("address", Kind::Address, [address]),
            AnswerColumn::new("size", Kind::Bytes, [Bytes(72)]),
        ],
        columns: vec![
            text_column("field", &fields.map(Some)),
            AnswerColumn::new("value", Kind::Value, values),
        ],
        ..Answer::default()
    }
}

/// Columns without a row.
pub fn empty() -> Answer {
    let columns = vec![text_column("type", &[]), AnswerColumn::new("size", Kind::Bytes, [])];
    Answer { columns, ..Answer::default() }
}

/// Two chains that meet, one of which was cut, and a word on others.
pub fn chains() -> Chains {
    let link = |type_name: &str, address: u64, field: Option<&str>, gap: Option<&str>| Link {
        type_name: type_name.into(),
        address: Some(Addr(address)),
        field: field.map(Into::into),
        gap: gap.map(Into::into),
    };
    let list = "System.Collections.Generic.List<System.Object>";
    let first = vec![
        link(list, 0x7f00_0000_1000, Some("_items"), None),
        link("System.Object[]", 0x7f00_0000_2000, Some("[12]"), Some("9,800 more")),
        link("Zoo.Dog\x1b[31m", 0x7f00_0000_3000, None, None),
    ];
    let second = vec![
        link("Zoo.Kennel", 0x7f00_0000_4000, Some("_dogs"), None),
        link("System.Object[]", 0x7f00_0000_2000, None, None),
    ];
    let chain = |title: &str, remark: &str, links, joins| Chain {
        title: title.into(),
        remark: remark.into(),
        links,
        joins,
    };
    Chains {
        chains: vec![
            chain("static Zoo.Program.keep", "", first, false),
            chain("stack (thread 7)", "2 slots", second, true),
        ],
        left_out: Some("3 more roots".into()),
        rows_are_better: false,
    }
}

/// One type that refers to another, so and so often.
pub fn type_references(source: &str, target: &str) -> Answer {
    let columns = vec![
        text_column("source_type", &[Some(source)]),
        text_column("target_type", &[Some(target)]),
        AnswerColumn::new("count", Kind::Integer, [ValueRef::Integer(1013)]),
    ];
    Answer { columns, ..Answer::default() }
}
