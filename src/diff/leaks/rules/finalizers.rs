//! Objects whose finalizers do not run, or of which there are too many with one.

use rustc_hash::FxHashMap;

use super::{Judgement, Rule};
use crate::clr::finalizer_queue::{FinalizerState, finalizer_queue};
use crate::clr::stacks::{StackFrame, ThreadFrames};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::{Score, Trend};
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{FINALIZABLE, READY};
use crate::graph::{ObjectId, TypeId};
use crate::query::QueryError;
use crate::units::{grouped, human_bytes};

/// The method in which the finalizer thread calls finalizers.
const RUN_FINALIZERS: &str = "System.GC.RunFinalizers";

/// Points for a finalizer that is running while others wait.
const BLOCKED_POINTS: i32 = 20;
/// Points for a backlog.
const BACKLOG_POINTS: i32 = 20;

/// The rule.
pub(super) struct Finalizers;

impl Rule for Finalizers {
    fn looks_at(&self) -> &'static str {
        "objects that wait for their finalizers"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let Some(values) = dump.values() else { return Ok(Vec::new()) };
        let queue = finalizer_queue(values.types().runtime());
        let mut groups: FxHashMap<(FinalizerState, TypeId), Vec<ObjectId>> = FxHashMap::default();
        for entry in &queue.objects {
            let object = dump.object_at(entry.object);
            if let Some((object, of)) =
                object.and_then(|object| Some((object, dump.heap.objects.type_of(object)?)))
            {
                groups.entry((entry.state, of)).or_default().push(object);
            }
        }
        let blocked = running_finalizer(dump);
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable_by_key(|(key, _)| *key);
        let made = groups.into_iter().filter_map(|((state, of), objects)| {
            let info = dump.type_info(of)?;
            let is_ready = state == FinalizerState::Ready;
            let mut remarks = Vec::new();
            if let Some(running) = blocked.as_ref().filter(|_| is_ready) {
                remarks.push((
                    BLOCKED_POINTS,
                    format!("the finalizer thread is in {running}: the others wait for it"),
                ));
            }
            let bytes = match is_ready {
                true => dump.retained(&objects),
                false => objects.iter().map(|&object| dump.dominators.retained(object)).sum(),
            };
            Some(Sighting {
                key: format!("{} {}", state.word(), info.name),
                subject: info.name.to_string(),
                module: info.module.clone(),
                is_of_program: dump.origins.is_of_program(of),
                count: objects.len() as u64,
                bytes,
                objects: Objects::These(objects),
                detail: state.word().to_owned(),
                remarks,
                next: Some(Next::select("type, state, count", "finalizers", " group by type, state")),
                ..Sighting::default()
            })
        });
        Ok(made.collect())
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        let is_ready = series.last.detail == FinalizerState::Ready.word();
        let is_enough = if is_ready { series.count() >= READY } else { series.count() >= FINALIZABLE };
        if !is_enough || (!is_ready && !series.last.is_of_program) {
            return None;
        }
        if series.has_history() && !Trend::of(&series.counts).is_growth() {
            return None;
        }
        let mut score = Score::default();
        if is_ready {
            score.add(
                BACKLOG_POINTS,
                "nothing but the queue of finalization holds them: they go when it gets to them",
            );
        } else {
            score.add(0, "each has a finalizer and lives for one collection more than others");
        }
        for (points, what) in &series.last.remarks {
            score.add(*points, what.clone());
        }
        score.growth(&series.counts, if is_ready { "objects wait" } else { "objects with finalizers" });
        score.number(
            series.count(),
            if is_ready { "objects wait for their finalizer" } else { "objects have a finalizer" },
        );
        score.bytes(series, "what hangs on them takes");
        score.origin(series.last.is_of_program);
        let (count, subject) = (grouped(series.count()), &series.last.subject);
        let bytes = human_bytes(series.bytes() as f64);
        let reason = match is_ready {
            true => format!("{count} {subject} wait for their finalizers to run; they hold {bytes}"),
            false => format!("{count} {subject} have a finalizer that has not run; they hold {bytes}"),
        };
        Some(Judgement { rule: "finalizer_backlog", reason, score })
    }
}

/// The finalizer that is running, where the stack of the finalizer thread tells it.
fn running_finalizer(dump: &OpenDump<'_>) -> Option<String> {
    let types = dump.values()?.types();
    let frames = types.frames();
    let method = |frame: &StackFrame| Some(types.method(frames.code(frame)?.info.method_desc)?.name);
    let calls_finalizers =
        |thread: &&ThreadFrames| thread.managed().filter_map(method).any(|name| &*name == RUN_FINALIZERS);
    let thread = frames.threads.iter().find(calls_finalizers)?;
    let running = thread.managed().filter_map(method).filter(|name| name.ends_with(".Finalize")).last()?;
    Some(running.to_string())
}
