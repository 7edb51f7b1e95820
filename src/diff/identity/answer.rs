//! What became of objects as the answer to the statement `survivors`.

use super::Survival;
use crate::query::{Answer, AnswerColumn, Kind, ValueRef};

/// A row a pair of dumps: which ones, how many objects survived, were born and died, by which trait, and how sure.
pub fn answer(survivals: &[Survival]) -> Answer {
    let number = |name: &str, of: fn(&Survival) -> u64| {
        AnswerColumn::new(name, Kind::Integer, survivals.iter().map(|s| ValueRef::Integer(of(s).into())))
    };
    let confidence = survivals.iter().map(|survival| ValueRef::Real(survival.confidence));
    let columns = vec![
        number("from", |survival| survival.from.into()),
        number("to", |survival| survival.to.into()),
        number("survived", |survival| survival.survived),
        number("born", |survival| survival.born),
        number("died", |survival| survival.died),
        AnswerColumn::new("by", Kind::Text, survivals.iter().map(|s| ValueRef::Text(&s.by))),
        AnswerColumn::new("confidence", Kind::Real, confidence),
    ];
    Answer { columns, ..Answer::default() }
}
