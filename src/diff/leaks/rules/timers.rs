//! Timers that are never stopped: what is in the runtime's queues of timers, by callback.
//!
//! `TimerQueueTimer` (`Timer.cs`) is what a `System.Threading.Timer`, a `Task.Delay` and a time limit have in a queue; the
//! queue holds it and all that its callback needs. Its fields began with `m_` in 2.0.

use rustc_hash::FxHashMap;

use super::{Judgement, Rule};
use crate::bytes::Addr;
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::origin::speaks_of_program;
use crate::diff::leaks::score::Score;
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{OF_FRAMEWORK, TIMERS};
use crate::graph::{ObjectId, TypeId};
use crate::query::QueryError;
use crate::state::member_names::readable;
use crate::units::{grouped, human_bytes};
use crate::values::FieldPlace;
use crate::values::Values;

const TIMER: &str = "System.Threading.TimerQueueTimer";

/// The due time of a timer that is stopped (`Timeout.UnsignedInfinite`).
const NEVER: i128 = u32::MAX as i128;

/// Points for timers that are set.
const PATTERN_POINTS: i32 = 16;

/// The rule.
pub(super) struct Timers;

/// Fields of a timer.
struct TimerFields {
    callback: FieldPlace,
    state: Option<FieldPlace>,
    due: Option<FieldPlace>,
    period: Option<FieldPlace>,
}

/// Timers of one callback for objects of one type.
#[derive(Default)]
struct Group {
    timers: Vec<ObjectId>,
    targets: Vec<ObjectId>,
    periodic: u64,
}

impl Rule for Timers {
    fn looks_at(&self) -> &'static str {
        "timers"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let Some(values) = dump.values() else { return Ok(Vec::new()) };
        let types = dump.types_where(|of| &*of.name == TIMER);
        let mut fields: FxHashMap<TypeId, Option<TimerFields>> = FxHashMap::default();
        let mut callbacks = Callbacks { values, dump, known: FxHashMap::default() };
        let mut groups: FxHashMap<(String, Option<TypeId>), Group> = FxHashMap::default();
        for (at, object) in dump.objects_of(&types)?.into_iter().enumerate() {
            if at.is_multiple_of(1024) {
                dump.check()?;
            }
            let Some(of) = dump.heap.objects.type_of(object) else { continue };
            let places = fields.entry(of).or_insert_with(|| timer_fields(of, dump, values));
            let (Some(places), address) = (places, dump.address(object)) else { continue };
            let number =
                |place: &Option<FieldPlace>| place.as_ref().and_then(|place| place.integer(values, address));
            let Some(callback) = places.callback.reference(values, address) else { continue };
            if number(&places.due) == Some(NEVER) {
                continue;
            }
            let (method, target) = callbacks.get(callback);
            let state = places.state.as_ref().and_then(|place| place.reference(values, address));
            let state = state.and_then(|state| dump.object_at(state));
            // A lambda without captures is called on an object that all share: its state tells more.
            let target = state.or(target);
            let group = groups
                .entry((method, target.and_then(|target| dump.heap.objects.type_of(target))))
                .or_default();
            group.timers.push(object);
            group.targets.extend(target);
            group.periodic +=
                u64::from(number(&places.period).is_some_and(|period| period > 0 && period != NEVER));
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(groups.into_iter().map(|((method, of), group)| sighting(&method, of, group, dump)).collect())
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        let needed = if series.last.is_of_program { TIMERS } else { OF_FRAMEWORK };
        if !series.are_too_many(needed, needed / 4) {
            return None;
        }
        let mut score = Score::default();
        for (points, what) in &series.last.remarks {
            score.add(*points, what.clone());
        }
        score.growth(&series.counts, "timers");
        score.number(series.count(), "timers with one callback are set");
        score.bytes(series, "with what they hold they take");
        score.origin(series.last.is_of_program);
        let (count, bytes) = (grouped(series.count()), human_bytes(series.bytes() as f64));
        let reason = format!("{count} timers {}; they hold {bytes}", series.last.detail);
        Some(Judgement { rule: "timers", reason, score })
    }
}

fn timer_fields(of: TypeId, dump: &OpenDump<'_>, values: &Values) -> Option<TimerFields> {
    let mt = dump.type_info(of)?.method_table;
    let field = |names: &[&str]| FieldPlace::of(values, mt, names);
    Some(TimerFields {
        callback: field(&["_timerCallback", "m_timerCallback"])?,
        state: field(&["_state", "m_state"]),
        due: field(&["_dueTime", "m_dueTime"]),
        period: field(&["_period", "m_period"]),
    })
}

/// What callbacks call, found out once each: most timers of a program share theirs.
struct Callbacks<'d, 'a> {
    values: &'a Values,
    dump: &'d OpenDump<'a>,
    known: FxHashMap<Addr, (String, Option<ObjectId>)>,
}

impl Callbacks<'_, '_> {
    fn get(&mut self, callback: Addr) -> (String, Option<ObjectId>) {
        let known = self.known.entry(callback).or_insert_with(|| {
            let call = self.values.delegate(callback).ok().and_then(|calls| calls.into_iter().next());
            let method = call.as_ref().and_then(|call| call.method.as_deref());
            let target =
                call.as_ref().and_then(|call| call.target).and_then(|target| self.dump.object_at(target));
            (method.unwrap_or("an unknown method").to_owned(), target)
        });
        known.clone()
    }
}

fn sighting(method: &str, of: Option<TypeId>, group: Group, dump: &OpenDump<'_>) -> Sighting {
    let Group { timers, mut targets, periodic } = group;
    let info = of.and_then(|of| dump.type_info(of));
    let count = timers.len() as u64;
    let for_whom = info.map(|info| format!(" for {}", info.name)).unwrap_or_default();
    let set = "they are in the runtime's queue of timers, which holds them and what they call until they are stopped";
    let mut remarks = vec![(PATTERN_POINTS, set.to_owned())];
    if periodic > 0 {
        remarks.push((0, format!("{} of them fire again and again", grouped(periodic))));
    }
    targets.extend(&timers);
    Sighting {
        key: format!("{method}{for_whom}"),
        subject: readable(method),
        module: info.and_then(|info| info.module.clone()),
        is_of_program: of.is_some_and(|of| dump.origins.is_of_program(of)) || speaks_of_program(method),
        count,
        bytes: dump.retained(&targets),
        detail: format!("are set, to call {}{for_whom}", readable(method)),
        remarks,
        next: Some(Next::paths_to(TIMER)),
        objects: Objects::These(targets),
        ..Sighting::default()
    }
}
