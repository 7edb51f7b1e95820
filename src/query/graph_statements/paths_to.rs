//! `paths to X`: who holds all these.

use std::sync::Arc;

use super::steps::list;
use super::subject::Subject;
use crate::graph::ObjectSet;
use crate::graph::paths::{
    Direction, HiddenEdges, MergedPath, MergedStep, RootLabel, RootLabels, Search, Slots, merge,
};
use crate::problem::Problem;
use crate::query::QueryError;
use crate::query::answer::{Answer, AnswerColumn, Kind};
use crate::query::cells::Cells;
use crate::query::chains::{Chain, Chains, Link};
use crate::query::exec::Execution;
use crate::query::scalar::Scalar;
use crate::units::grouped;

/// So many ways are shown where rows are not.
const SHOWN: usize = 20;

/// For each of the objects its shortest path from a root, those that read alike merged.
///
/// # Errors
/// The dump does not tell its types; it was stopped.
pub fn paths_to(subject: &Subject<'_>, execution: &Execution<'_>) -> Result<Answer, QueryError> {
    let (references, roots) = (subject.references()?, subject.roots()?);
    let hidden = HiddenEdges::of(subject.snapshot, subject.heap, &roots, &references.forward);
    let search = Search {
        rows: &references.forward,
        direction: Direction::Forward,
        hidden: &hidden,
        stop: execution.cancel,
    };
    let labels = RootLabels::new(&roots);
    let wanted = ObjectSet::from_ids(subject.heap.objects.len(), subject.objects.iter().copied());
    let (hops, found) = search.all(&labels.entries, &wanted)?;
    let mut slots = Slots::new(subject.snapshot, subject.heap, &references.forward);
    let paths = merge(&hops, &found, |object| labels.number(object), &mut slots, execution.cancel)?;
    let total = subject.objects.len();
    tell_unreachable(subject, total - found.len());
    let ways = Ways { subject, labels: &labels.labels, slots: &slots, total };
    Ok(Answer { columns: ways.columns(&paths), chains: Some(ways.chains(&paths)), ..Answer::default() })
}

fn tell_unreachable(subject: &Subject<'_>, count: usize) {
    if count > 0 {
        let (count, total) = (grouped(count as i128), grouped(subject.objects.len() as i128));
        let message = format!(
            "{count} of {total} are not reachable from any root: garbage that has not been collected"
        );
        subject.tell(&[Problem::note(message)]);
    }
}

/// Merged paths and what is needed to tell them.
struct Ways<'a> {
    subject: &'a Subject<'a>,
    labels: &'a [RootLabel],
    slots: &'a Slots<'a>,
    total: usize,
}

impl Ways<'_> {
    fn columns(&self, paths: &[MergedPath]) -> Vec<AnswerColumn> {
        let column = |name: &str, kind, of: &dyn Fn(&MergedPath) -> Scalar| AnswerColumn {
            name: name.to_owned(),
            kind,
            cells: Cells::scalars(kind, paths.iter().map(of)),
        };
        let number = |number: u64| Scalar::Integer(number.into());
        let label = |path: &MergedPath| &self.labels[path.root as usize];
        vec![
            column("count", Kind::Integer, &|path| number(path.members.len() as u64)),
            column("total", Kind::Integer, &|_| number(self.total as u64)),
            column("share", Kind::Real, &|path| Scalar::Real(self.share(path))),
            column("size", Kind::Bytes, &|path| number(self.size(path))),
            column("kind", Kind::Text, &|path| Scalar::Text(label(path).kind.word().into())),
            column("name", Kind::Text, &|path| label(path).name.clone().map_or(Scalar::Null, Scalar::Text)),
            column("shortest", Kind::Integer, &|path| number(path.lengths.0.into())),
            column("longest", Kind::Integer, &|path| number(path.lengths.1.into())),
            column("path", Kind::List, &|path| self.cells(path)),
        ]
    }

    /// The part of all objects that a path leads to, from 0 to 1.
    fn share(&self, path: &MergedPath) -> f64 {
        path.members.len() as f64 / self.total.max(1) as f64
    }

    /// The bytes of the objects that a path leads to.
    fn size(&self, path: &MergedPath) -> u64 {
        path.members.iter().filter_map(|&member| self.slots.object(member)).map(|(_, size)| size).sum()
    }

    fn type_name(&self, step: &MergedStep) -> Arc<str> {
        let of = self.subject.heap.types.get(step.of);
        of.map_or_else(|| Arc::from("?"), |of| Arc::clone(&of.name))
    }

    /// The field by which the type of a step holds the next one.
    fn field_behind(&self, path: &MergedPath, at: usize) -> Option<Arc<str>> {
        path.steps.get(at + 1)?.field.map(|field| Arc::clone(self.slots.field(field)))
    }

    /// What a step stands for beside itself.
    fn repeats(path: &MergedPath, step: &MergedStep) -> Option<String> {
        // Where several steps repeat, how often each does is not told apart.
        let one = path.steps.iter().filter(|step| step.repeats > 0).count() == 1;
        let more = |length: u32| u64::from(length).saturating_sub(path.steps.len() as u64);
        let count = match (more(path.lengths.0), more(path.lengths.1)) {
            _ if !one => "more".to_owned(),
            (0, 0) => return None,
            (least, most) if least == most => format!("{} more", grouped(i128::from(most))),
            (least, most) => format!("{} to {} more", grouped(i128::from(least)), grouped(i128::from(most))),
        };
        match step.repeats {
            0 => None,
            1 => Some(count),
            together => Some(format!("{count}, the last {together} repeated")),
        }
    }

    /// The types of a path, each a list of the type and the field by which it holds the next; a third element tells how
    /// often types are repeated there.
    fn cells(&self, path: &MergedPath) -> Scalar {
        let text = |text: Option<Arc<str>>| text.map_or(Scalar::Null, Scalar::Text);
        let cell = |(at, step): (usize, &MergedStep)| {
            let both = [Scalar::Text(self.type_name(step)), text(self.field_behind(path, at))];
            let [of, field] = both;
            match Self::repeats(path, step) {
                Some(repeats) => list([of, field, Scalar::Text(repeats.into())]),
                None => list([of, field]),
            }
        };
        Scalar::List(path.steps.iter().enumerate().map(cell).collect())
    }

    fn chains(&self, paths: &[MergedPath]) -> Chains {
        let chains = paths.iter().take(SHOWN).map(|path| self.chain(path)).collect();
        let left_out = (paths.len() > SHOWN).then(|| {
            let members: usize = paths[SHOWN..].iter().map(|path| path.members.len()).sum();
            let (ways, members) = (grouped((paths.len() - SHOWN) as i128), grouped(members as i128));
            format!("{ways} more ways lead to {members} objects: `--format json` lists all")
        });
        Chains { chains, left_out, rows_are_better: false }
    }

    fn chain(&self, path: &MergedPath) -> Chain {
        let label = &self.labels[path.root as usize];
        let kind = label.kind.word().replace('_', " ");
        let link = |(at, step): (usize, &MergedStep)| Link {
            type_name: self.type_name(step),
            address: None,
            field: self.field_behind(path, at),
            gap: Self::repeats(path, step),
        };
        let (count, total) = (grouped(path.members.len() as i128), grouped(self.total as i128));
        Chain {
            title: label.name.as_ref().map_or_else(|| kind.clone(), |name| format!("{kind} {name}")),
            remark: format!("{count} of {total} ({:.1} %)", self.share(path) * 100.0),
            links: path.steps.iter().enumerate().map(link).collect(),
            joins: false,
        }
    }
}
