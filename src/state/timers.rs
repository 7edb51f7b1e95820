//! Timers: what the library's queues of timers hold.
//!
//! A `System.Threading.Timer`, a `Task.Delay`, a `CancellationTokenSource` with a time limit: each has a `TimerQueueTimer`
//! in a queue while it runs. When it is due is told as the program set it: a dump does not say what time its ticks are.
//!
//! Source: `Timer.cs` of dotnet/coreclr v2.0 (fields with `m_`) to v3.1 and dotnet/runtime v5.0 to v10.0.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::fields::type_name;
use super::instances::{Instance, instances};
use super::untold::{CORE_LIBRARY, Source, untold};
use crate::bytes::Addr;
use crate::graph::{Heap, TypeId};
use crate::problem::Problem;
use crate::values::{FieldPlace, Values};

/// The type of what a queue holds.
const TIMER: &str = "System.Threading.TimerQueueTimer";
const DUE: &[&str] = &["_dueTime", "m_dueTime"];
const PERIOD: &[&str] = &["_period", "m_period"];
const CALLBACK: &[&str] = &["_timerCallback", "m_timerCallback"];
const STATE: &[&str] = &["_state", "m_state"];
const STARTED: &[&str] = &["_startTicks", "m_startTicks"];

/// A time that never comes (`Timeout.UnsignedInfinite`): of a timer that is stopped, and the period of one that fires once.
const NEVER: i128 = u32::MAX as i128;

/// What timers are for, by how the name of what their callback gets begins.
const KINDS: &[(&str, &str)] = &[
    ("System.Threading.Tasks.Task+DelayPromise", "delay"),
    ("System.Threading.Tasks.Task+CancellationPromise<", "wait_async"),
    ("System.Threading.CancellationTokenSource", "cancel_after"),
    ("System.Threading.PeriodicTimer", "periodic_timer"),
];

/// A timer that calls back for itself: what it is for stands on the other side.
const OF_ITSELF: &str = "System.Threading.Timer";

/// A timer.
#[derive(Clone, Debug)]
pub struct Timer {
    /// Its `TimerQueueTimer`.
    pub address: Addr,
    /// What it is for: `timer`, `delay` (`Task.Delay`), `cancel_after` (a `CancellationTokenSource`), `wait_async`
    /// (`Task.WaitAsync`), `periodic_timer`.
    pub kind: &'static str,
    /// Milliseconds from when it was set, or fired last, to when it is due; `None` for one that is stopped.
    pub due_ms: Option<u64>,
    /// Milliseconds between its firings; `None` for one that fires once.
    pub period_ms: Option<u64>,
    /// When it was set or fired last, in milliseconds of the system's own count (`Environment.TickCount64`; 32 bits of it
    /// before 3.0).
    pub started_ms: Option<u64>,
    /// The method that it calls.
    pub callback: Option<Arc<str>>,
    /// What the method gets: the state that the timer was made with, or the object that the method is called on.
    pub target: Option<Addr>,
    /// The type of that.
    pub target_type: Option<Arc<str>>,
}

/// How timers are read.
struct Fields {
    due: FieldPlace,
    period: Option<FieldPlace>,
    callback: FieldPlace,
    state: Option<FieldPlace>,
    started: Option<FieldPlace>,
}

/// The timers of a heap in the order of their addresses, stopped ones too, and what is not told of them.
pub fn timers(values: &Values, heap: &Heap) -> (Vec<Timer>, Vec<Problem>) {
    let types = heap.types.all().iter().enumerate().filter(|(_, of)| &*of.name == TIMER);
    let fields = types.filter_map(|(at, of)| Some((TypeId(at as u32), Fields::of(values, of.method_table)?)));
    let fields: FxHashMap<TypeId, Fields> = fields.collect();
    let found = instances(heap, |of, _| fields.contains_key(&of));
    let read = |instance: &Instance| timer(values, fields.get(&instance.of)?, instance.address);
    let mut timers: Vec<Timer> = found.par_iter().filter_map(read).collect();
    timers.sort_unstable_by_key(|timer| timer.address);
    (
        timers,
        untold(values, heap, Source { rows: "timers", of: TIMER, fields: DUE, module: CORE_LIBRARY })
            .into_iter()
            .collect(),
    )
}

impl Fields {
    fn of(values: &Values, mt: Addr) -> Option<Fields> {
        let field = |names: &[&str]| FieldPlace::of(values, mt, names);
        Some(Fields {
            due: field(DUE)?,
            period: field(PERIOD),
            callback: field(CALLBACK)?,
            state: field(STATE),
            started: field(STARTED),
        })
    }
}

/// A timer; `None` where it is not in the dump.
fn timer(values: &Values, fields: &Fields, address: Addr) -> Option<Timer> {
    let number = |place: &Option<FieldPlace>| place.as_ref()?.integer(values, address);
    let time = |ms: i128| u64::try_from(ms).ok().filter(|_| ms != NEVER);
    let due = fields.due.integer(values, address)?;
    let state = fields.state.as_ref().and_then(|place| place.reference(values, address));
    let call = fields
        .callback
        .reference(values, address)
        .and_then(|callback| values.delegate(callback).ok()?.into_iter().next());
    let type_name = |object| type_name(values, object);
    let state = state.map(|state| (state, type_name(state)));
    let is_of_itself = |of: &Option<Arc<str>>| of.as_deref() == Some(OF_ITSELF);
    let target = state.filter(|(_, of)| !is_of_itself(of)).or_else(|| {
        let target = call.as_ref()?.target?;
        Some((target, type_name(target)))
    });
    let (target, target_type) = target.map_or((None, None), |(target, of)| (Some(target), of));
    Some(Timer {
        address,
        kind: kind(target_type.as_deref().unwrap_or_default()),
        due_ms: time(due),
        period_ms: number(&fields.period).and_then(time).filter(|&period| period > 0),
        started_ms: number(&fields.started).map(|ticks| ticks as u64),
        callback: call.and_then(|call| call.method),
        target,
        target_type,
    })
}

fn kind(target: &str) -> &'static str {
    KINDS.iter().find(|(name, _)| target.starts_with(name)).map_or("timer", |(_, kind)| kind)
}

#[cfg(test)]
mod tests;
