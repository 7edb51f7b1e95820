//! One object that retains much of the heap: the place where it accumulates.
//!
//! From each object that only roots hold the way goes down the dominator tree as long as one child has most of its parent's
//! bytes (as Eclipse's Memory Analyzer finds its accumulation points). Where it stops, the object's own bytes or its
//! children of one type must make most of what it retains: the root of an application, whose content is spread over
//! many things, is none.

use rustc_hash::FxHashMap;

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::{Score, Trend};
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{MOST_OF_PARENT, OBJECT_BYTES, OBJECT_SHARE};
use crate::graph::{Dominator, ObjectId, TypeId};
use crate::query::QueryError;
use crate::units::{grouped, human_bytes};

/// No object.
const NONE: u32 = u32::MAX;

/// The part of what an object retains that is one thing: its own bytes, or its children of one type.
const ONE_THING: f64 = 0.5;

/// The rule.
pub(super) struct DominatingObject;

impl Rule for DominatingObject {
    fn looks_at(&self) -> &'static str {
        "objects that retain much alone"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        // Half of what is named in the last dump is watched in those before.
        let least = (dump.reachable_bytes() as f64 * OBJECT_SHARE / 2.0) as u64;
        let least = least.max(OBJECT_BYTES / 2);
        let points = accumulation_points(dump, least)?;
        if points.is_empty() {
            return Ok(Vec::new());
        }
        let trails = dump.trails()?;
        let mut slots = trails.slots(dump);
        let content = Content::of(&points, dump);
        let mut found = Vec::new();
        for &point in &points {
            let Some(info) = dump.type_of(point) else { continue };
            let Some(what) = content.told(point, dump) else { continue };
            let way = trails.text(point, dump, &mut slots).unwrap_or_default();
            found.push(Sighting {
                key: format!("{way} -> {}", info.name),
                subject: info.name.to_string(),
                module: info.module.clone(),
                is_of_program: dump
                    .heap
                    .objects
                    .type_of(point)
                    .is_some_and(|of| dump.origins.is_of_program(of))
                    || dump.origins.speaks_of_program(&way),
                count: 1,
                bytes: dump.dominators.retained(point),
                objects: Objects::These(vec![point]),
                detail: what,
                remarks: Vec::new(),
                next: Some(Next::retained_by(dump.address(point))),
                ..Sighting::default()
            });
        }
        Ok(found)
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        if series.share() < OBJECT_SHARE || series.bytes() < OBJECT_BYTES {
            return None;
        }
        let mut score = Score::default();
        score.bytes(series, "one object retains");
        if Trend::of(&series.all_bytes) != Trend::Unknown {
            score.growth(&series.all_bytes, "bytes");
        }
        score.add(5, series.last.detail.clone());
        let (bytes, share) = (human_bytes(series.bytes() as f64), series.share() * 100.0);
        let reason = format!(
            "one {} retains {bytes}, {share:.1} % of the heap: {}",
            series.last.subject, series.last.detail
        );
        Some(Judgement { rule: "dominating_object", reason, score })
    }
}

/// Where ways down the dominator tree end, of objects that retain `least` bytes and more; each once, ascending.
fn accumulation_points(dump: &OpenDump<'_>, least: u64) -> Result<Vec<ObjectId>, QueryError> {
    let dominators = &dump.dominators;
    let mut heaviest = vec![NONE; dominators.len()];
    let mut tops = Vec::new();
    for id in 0..dominators.len() as u32 {
        if id.is_multiple_of(1 << 20) {
            dump.check()?;
        }
        let (object, retained) = (ObjectId(id), dominators.retained(ObjectId(id)));
        // An object that retains little is nobody's heaviest child that matters.
        if (retained as f64) < least as f64 * ONE_THING {
            continue;
        }
        match dominators.of(object) {
            Some(Dominator::Roots) if retained >= least => tops.push(object),
            Some(Dominator::Object(parent)) => {
                let Some(heavy) = heaviest.get_mut(parent.0 as usize) else { continue };
                if *heavy == NONE || dominators.retained(ObjectId(*heavy)) < retained {
                    *heavy = id;
                }
            }
            _ => {}
        }
    }
    let mut points: Vec<ObjectId> = tops.iter().map(|&top| descend(top, &heaviest, dump)).collect();
    points.sort_unstable();
    points.dedup();
    Ok(points)
}

/// The object at which a way down from `top` ends: where no child has most of it, or half of what `top` has is left behind.
fn descend(top: ObjectId, heaviest: &[u32], dump: &OpenDump<'_>) -> ObjectId {
    let retained = |object| dump.dominators.retained(object) as f64;
    let mut at = top;
    // Of a list of nodes each has most of the one before: what is left decides.
    for _ in 0..heaviest.len() {
        let child = match heaviest.get(at.0 as usize) {
            Some(&child) if child != NONE => ObjectId(child),
            _ => break,
        };
        let same_type = dump.heap.objects.type_of(at) == dump.heap.objects.type_of(child);
        if retained(child) < retained(at) * MOST_OF_PARENT
            || retained(child) < retained(top) * ONE_THING
            || same_type
        {
            break;
        }
        at = child;
    }
    at
}

/// What the accumulation points hold directly, by type.
struct Content {
    children: FxHashMap<(ObjectId, TypeId), (u64, u64)>,
}

impl Content {
    fn of(points: &[ObjectId], dump: &OpenDump<'_>) -> Content {
        let mut children: FxHashMap<(ObjectId, TypeId), (u64, u64)> = FxHashMap::default();
        for id in 0..dump.dominators.len() as u32 {
            let Some(Dominator::Object(parent)) = dump.dominators.of(ObjectId(id)) else { continue };
            if points.binary_search(&parent).is_err() {
                continue;
            }
            let Some(of) = dump.heap.objects.type_of(ObjectId(id)) else { continue };
            let total = children.entry((parent, of)).or_default();
            total.0 += 1;
            total.1 = total.1.saturating_add(dump.dominators.retained(ObjectId(id)));
        }
        Content { children }
    }

    /// What makes most of what an object retains, in words; `None` where that is spread.
    fn told(&self, point: ObjectId, dump: &OpenDump<'_>) -> Option<String> {
        let retained = dump.dominators.retained(point) as f64;
        let own = dump.heap.objects.size(point).unwrap_or(0);
        if own as f64 >= retained * ONE_THING {
            return Some(format!("{} are its own", human_bytes(own as f64)));
        }
        let of_point = self.children.iter().filter(|((parent, _), _)| *parent == point);
        let (&(_, of), &(count, bytes)) = of_point.max_by_key(|(key, total)| (total.1, *key))?;
        let name = &dump.type_info(of)?.name;
        (bytes as f64 >= retained * ONE_THING)
            .then(|| format!("it holds {} {name} with {}", grouped(count), human_bytes(bytes as f64)))
    }
}
