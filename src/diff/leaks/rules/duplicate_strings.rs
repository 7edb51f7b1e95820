//! Equal strings: what would be saved if each text were there once.

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::Score;
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{DUPLICATE_SHARE, WASTED_BYTES};
use crate::query::{self, Answer, QueryError, ValueRef};
use crate::units::{grouped, human_bytes};

/// All of it, and what wastes the most.
const ALL: &str = "select sum(count) as number, sum(wasted) as waste from duplicates";
const WORST: &str = "select value, count, wasted from duplicates order by wasted desc limit 5";

/// Texts that are quoted, and characters of each.
const QUOTED: usize = 3;
const QUOTED_CHARS: usize = 40;

/// The rule.
pub(super) struct DuplicateStrings;

impl Rule for DuplicateStrings {
    fn looks_at(&self) -> &'static str {
        "equal strings"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let ask =
            |statement: &str| query::run(std::slice::from_ref(dump.snapshot), statement, dump.options());
        let strings = dump.types_where(|of| &*of.name == "System.String");
        let bytes: u64 = strings.iter().filter_map(|&of| dump.type_info(of)).map(|of| of.size).sum();
        // To compare all strings takes as long as all other rules: not where they could not waste enough.
        if dump.values().is_none() || bytes < WASTED_BYTES || (bytes as f64) < least(dump) {
            return Ok(Vec::new());
        }
        let all = ask(ALL)?;
        let (count, wasted) = (number(&all, "number", 0), number(&all, "waste", 0));
        if wasted < WASTED_BYTES {
            return Ok(Vec::new());
        }
        let worst = ask(WORST)?;
        Ok(vec![Sighting {
            key: "strings".to_owned(),
            subject: "System.String".to_owned(),
            module: strings.first().and_then(|&of| dump.type_info(of)).and_then(|of| of.module.clone()),
            is_of_program: true,
            count,
            bytes: wasted,
            objects: Objects::None,
            detail: quoted(&worst),
            remarks: Vec::new(),
            next: Some(Next::select("value, count, wasted", "duplicates", " order by wasted desc limit 20")),
            ..Sighting::default()
        }])
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        if series.share() < DUPLICATE_SHARE {
            return None;
        }
        let mut score = Score::default();
        score.bytes(series, "equal strings waste");
        score.number(series.count(), "strings are there more than once");
        score.add(8, format!("most often {}", series.last.detail));
        let (bytes, share) = (human_bytes(series.bytes() as f64), series.share() * 100.0);
        let reason = format!("equal strings waste {bytes}, {share:.1} % of the heap: {}", series.last.detail);
        Some(Judgement { rule: "duplicate_strings", reason, score })
    }
}

/// The fewest bytes of strings in which enough could be wasted.
fn least(dump: &OpenDump<'_>) -> f64 {
    dump.reachable_bytes() as f64 * DUPLICATE_SHARE
}

/// A number of an answer; 0 where there is none.
fn number(answer: &Answer, column: &str, row: usize) -> u64 {
    let column = answer.columns.iter().find(|of| of.name == column);
    match column.map(|column| column.value(row)) {
        Some(ValueRef::Integer(number)) => u64::try_from(number).unwrap_or(0),
        Some(ValueRef::Bytes(bytes)) => bytes,
        _ => 0,
    }
}

/// The texts that waste the most, with their numbers.
fn quoted(worst: &Answer) -> String {
    let texts = (0..worst.row_count().min(QUOTED)).filter_map(|row| {
        let ValueRef::Text(text) = worst.columns.first()?.value(row) else { return None };
        let mut short: String = text.chars().take(QUOTED_CHARS).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        Some(format!("'{short}' {} times", grouped(number(worst, "count", row))))
    });
    texts.collect::<Vec<_>>().join(", ")
}
