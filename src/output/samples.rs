//! Answers for the tests of all formats.

use std::sync::Arc;
use std::time::Duration;

use crate::bytes::Addr;
use crate::graph::Facts;
use crate::query::{Answer, AnswerColumn, Cells, Kind};

/// Quotes, separators, line breaks, an escape sequence, a direction override, wide characters.
pub const HOSTILE: &str = "a \"quoted\", text\r\n\x1b[31mred\x1b[0m \u{202e}gnp.exe 犬 =1+1\0";

pub fn facts() -> Facts {
    Facts {
        file: "zoo.core".into(),
        runtime: "10.0.14".into(),
        architecture: "x64".into(),
        gc_mode: Some("workstation".into()),
    }
}

/// A column of texts, each row its own.
pub fn text_column(name: &str, rows: &[Option<&str>]) -> AnswerColumn {
    let values: Vec<Arc<str>> = rows.iter().flatten().map(|&text| text.into()).collect();
    let mut next = 0..;
    let rows = rows.iter().map(|row| if row.is_some() { next.next().unwrap() } else { u32::MAX });
    AnswerColumn { name: name.into(), kind: Kind::Text, cells: Cells::Text { rows: rows.collect(), values } }
}

pub fn column(name: &str, kind: Kind, cells: Cells) -> AnswerColumn {
    AnswerColumn { name: name.into(), kind, cells }
}

pub fn one_text(rows: &[&str]) -> Answer {
    let rows: Vec<_> = rows.iter().copied().map(Some).collect();
    Answer { columns: vec![text_column("text", &rows)], ..Answer::default() }
}

/// A grouped query's answer.
pub fn types() -> Answer {
    Answer {
        query: "select type, count, size group by type".into(),
        columns: vec![
            text_column("type", &[Some("Zoo.Dog"), Some("System.String")]),
            column("count", Kind::Integer, Cells::Integer(vec![Some(1013), Some(7)])),
            column("size", Kind::Bytes, Cells::Bytes(vec![Some(72936), None])),
        ],
        warnings: Vec::new(),
        elapsed: Duration::from_micros(12_345),
    }
}

/// Every kind of cell: a full row, a row of nulls, a row of border cases.
pub fn every_kind() -> Answer {
    let addresses = vec![Some(Addr(0x7f00_0000_1000)), None, Some(Addr::NULL)];
    Answer {
        columns: vec![
            text_column("text", &[Some(HOSTILE), None, Some("")]),
            column(
                "integer",
                Kind::Integer,
                Cells::Integer(vec![Some(-5), None, Some(9_007_199_254_740_993)]),
            ),
            column("real", Kind::Real, Cells::Real(vec![Some(72.5), None, Some(f64::NAN)])),
            column("bytes", Kind::Bytes, Cells::Bytes(vec![Some(u64::MAX), None, Some(0)])),
            column("address", Kind::Address, Cells::Address(addresses)),
            column("boolean", Kind::Boolean, Cells::Boolean(vec![Some(true), None, Some(false)])),
        ],
        ..Answer::default()
    }
}

/// Columns without a row.
pub fn empty() -> Answer {
    Answer {
        columns: vec![text_column("type", &[]), column("size", Kind::Bytes, Cells::Bytes(Vec::new()))],
        ..Answer::default()
    }
}
