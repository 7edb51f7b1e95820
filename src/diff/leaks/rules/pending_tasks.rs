//! Async methods that never end: state machines that wait, by method.
//!
//! A call that has to wait moves its state machine into a box on the heap, which is its task (`AsyncStateMachineBox` in
//! `AsyncTaskMethodBuilderT.cs`, since 2.1). The compiler numbers the places at which a method waits (`<>1__state`, 0 and
//! up); -1 is running, -2 is done. Without optimisation the state machine is a class of its own in the box's field; 2.0
//! boxes the struct as it is.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Judgement, Rule};
use crate::bytes::Addr;
use crate::clr::type_system::FieldShape;
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::origin::speaks_of_program;
use crate::diff::leaks::score::Score;
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{OF_FRAMEWORK, PENDING};
use crate::graph::{ObjectId, TypeId};
use crate::query::QueryError;
use crate::state::member_names::readable;
use crate::units::{grouped, human_bytes};
use crate::values::FieldPlace;
use crate::values::Values;

/// The task did not end: none of `TASK_STATE_FAULTED`, `TASK_STATE_CANCELED`, `TASK_STATE_RAN_TO_COMPLETION` of `Task.cs`.
const ENDED: i128 = 0x0020_0000 | 0x0040_0000 | 0x0100_0000;

/// Methods that await each other and are told as one.
const MAX_AWAITS: usize = 64;

/// Points for calls that wait.
const PATTERN_POINTS: i32 = 16;

/// The rule.
pub(super) struct PendingTasks;

/// The objects of a type that wait for something.
struct Machine {
    /// The method, as the source calls it.
    method: String,
    /// What the state machine's type is called.
    name: String,
    /// Where it says at which place it waits.
    state: Option<State>,
    flags: Option<FieldPlace>,
    /// What goes on when the task has ended.
    continuation: Option<FieldPlace>,
}

enum State {
    /// In the object.
    Here(FieldPlace),
    /// In an object that a field of it leads to.
    Behind(FieldPlace),
}

impl Rule for PendingTasks {
    fn looks_at(&self) -> &'static str {
        "async methods that wait"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let Some(values) = dump.values() else { return Ok(Vec::new()) };
        let machines = machines(dump, values);
        let mut types: Vec<TypeId> = machines.keys().copied().collect();
        types.sort_unstable();
        let mut waiting: FxHashMap<TypeId, Waiting> = FxHashMap::default();
        for object in dump.objects_of(&types)? {
            let Some(of) = dump.heap.objects.type_of(object) else { continue };
            let Some(machine) = machines.get(&of) else { continue };
            let address = dump.address(object);
            if let Some(state) = machine.waits_at(values, address) {
                waiting.entry(of).or_default().add(object, state, machine.awaited_by(values, address, dump));
            }
        }
        let made = types.iter().filter_map(|of| sighting(*of, machines.get(of)?, waiting.remove(of)?, dump));
        Ok(join_chains(made.collect()))
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        let needed = if series.last.is_of_program { PENDING } else { OF_FRAMEWORK };
        if !series.are_too_many(needed, needed / 4) {
            return None;
        }
        let mut score = Score::default();
        score.add(PATTERN_POINTS, format!("none of these calls has ended{}", series.last.detail));
        for (points, what) in &series.last.remarks {
            score.add(*points, what.clone());
        }
        score.growth(&series.counts, "calls that wait");
        score.number(series.count(), "calls of one async method wait");
        score.bytes(series, "what hangs on them takes");
        score.origin(series.last.is_of_program);
        let (count, bytes) = (grouped(series.count()), human_bytes(series.bytes() as f64));
        let reason =
            format!("{count} calls of {} wait and never end; they hold {bytes}", series.last.subject);
        Some(Judgement { rule: "pending_tasks", reason, score })
    }
}

/// The types whose objects are state machines or their boxes.
fn machines(dump: &OpenDump<'_>, values: &Values) -> FxHashMap<TypeId, Machine> {
    let mut found: FxHashMap<TypeId, Machine> = FxHashMap::default();
    let mut boxed: FxHashSet<String> = FxHashSet::default();
    for (at, of) in
        dump.heap.types.all().iter().enumerate().filter(|(_, of)| of.name.contains("StateMachineBox<"))
    {
        let Some(place) = FieldPlace::of(values, of.method_table, &["StateMachine"]) else { continue };
        let Some(field) = values.types().description(of.method_table).field("StateMachine").cloned() else {
            continue;
        };
        let state = match place.shape() {
            FieldShape::Reference { .. } => Some(State::Behind(place)),
            _ => place.inner(values, &["<>1__state"]).map(State::Here),
        };
        let name = field.field_type.name.to_string();
        boxed.insert(name.clone());
        found.insert(
            TypeId(at as u32),
            Machine {
                method: readable(&name),
                name,
                state,
                flags: FieldPlace::of(values, of.method_table, &["m_stateFlags"]),
                continuation: FieldPlace::of(values, of.method_table, &["m_continuationObject"]),
            },
        );
    }
    for (at, of) in dump.heap.types.all().iter().enumerate().filter(|(_, of)| of.name.contains(">d__")) {
        let field = |name| FieldPlace::of(values, of.method_table, &[name]);
        // Iterators have a state, but no builder.
        let (Some(state), Some(_)) = (field("<>1__state"), field("<>t__builder")) else { continue };
        if !boxed.contains(&*of.name) {
            let (method, name) = (readable(&of.name), of.name.to_string());
            let state = Some(State::Here(state));
            found.insert(TypeId(at as u32), Machine { method, name, state, flags: None, continuation: None });
        }
    }
    found
}

impl Machine {
    /// The place at which a call waits, from 0; `None` for one that does not wait.
    fn waits_at(&self, values: &Values, object: Addr) -> Option<i128> {
        if self
            .flags
            .as_ref()
            .is_some_and(|flags| flags.integer(values, object).is_none_or(|flags| flags & ENDED != 0))
        {
            return None;
        }
        let state = match self.state.as_ref()? {
            State::Here(place) => place.integer(values, object)?,
            State::Behind(place) => {
                let machine = place.reference(values, object)?;
                let of = values.types().type_of(machine).ok()?;
                FieldPlace::of(values, of, &["<>1__state"])?.integer(values, machine)?
            }
        };
        (state >= 0).then_some(state)
    }

    /// The type of the state machine that awaits a call.
    fn awaited_by(&self, values: &Values, object: Addr, dump: &OpenDump<'_>) -> Option<TypeId> {
        let continuation = self.continuation.as_ref()?.reference(values, object)?;
        dump.heap.objects.type_of(dump.object_at(continuation)?)
    }
}

/// The calls of one method that wait.
#[derive(Default)]
struct Waiting {
    objects: Vec<ObjectId>,
    states: FxHashMap<i128, u64>,
    awaited_by: FxHashMap<TypeId, u64>,
}

impl Waiting {
    fn add(&mut self, object: ObjectId, state: i128, awaited_by: Option<TypeId>) {
        self.objects.push(object);
        *self.states.entry(state).or_default() += 1;
        if let Some(of) = awaited_by {
            *self.awaited_by.entry(of).or_default() += 1;
        }
    }

    /// The type that awaits most of them, if it is one type.
    fn awaiting(&self) -> Option<TypeId> {
        let most = self.awaited_by.iter().max_by_key(|&(of, count)| (*count, std::cmp::Reverse(*of)))?;
        (most.1 * 2 > self.objects.len() as u64).then_some(*most.0)
    }

    /// Where they wait, in words.
    fn places(&self) -> String {
        let mut states: Vec<(i128, u64)> =
            self.states.iter().map(|(&state, &count)| (state, count)).collect();
        states.sort_unstable_by_key(|&(state, count)| (std::cmp::Reverse(count), state));
        match states.as_slice() {
            [] => String::new(),
            [(state, _)] => format!(", all at await {} of the method", state + 1),
            [(state, count), ..] => format!(", {} at await {} of the method", grouped(*count), state + 1),
        }
    }
}

fn sighting(
    of: TypeId,
    machine: &Machine,
    waiting: Waiting,
    dump: &OpenDump<'_>,
) -> Option<(TypeId, Option<TypeId>, Sighting)> {
    let info = dump.type_info(of)?;
    let mut remarks = Vec::new();
    if let Some(held) = held_by_each(&waiting.objects, dump) {
        remarks.push((0, held));
    }
    let sighting = Sighting {
        key: machine.name.clone(),
        subject: machine.method.clone(),
        module: info.module.clone(),
        is_of_program: dump.origins.is_of_program(of) || speaks_of_program(&machine.name),
        count: waiting.objects.len() as u64,
        bytes: dump.retained(&waiting.objects),
        detail: waiting.places(),
        remarks,
        next: Some(Next::paths_to(&info.name)),
        objects: Objects::These(waiting.objects.clone()),
        ..Sighting::default()
    };
    Some((of, waiting.awaiting(), sighting))
}

/// What the first call holds of the program's, as an example of all.
fn held_by_each(objects: &[ObjectId], dump: &OpenDump<'_>) -> Option<String> {
    let references = dump.snapshot.references(dump.options().progress).ok()?;
    let members: FxHashSet<ObjectId> = objects.iter().copied().collect();
    let held = references.forward.of(*objects.first()?).iter().filter(|target| !members.contains(target));
    let held = held.filter_map(|&target| dump.heap.objects.type_of(target));
    let mut own: Vec<&str> = held
        .filter(|&of| dump.origins.is_of_program(of))
        .filter_map(|of| dump.type_info(of).map(|info| &*info.name))
        .filter(|name| !name.contains("StateMachineBox<"))
        .collect();
    own.dedup();
    own.truncate(3);
    (!own.is_empty()).then(|| format!("each holds {}", own.join(", ")))
}

/// Methods that await each other are one thing: the calls that others await go to those.
fn join_chains(found: Vec<(TypeId, Option<TypeId>, Sighting)>) -> Vec<Sighting> {
    let awaiting: FxHashMap<TypeId, Option<TypeId>> = found.iter().map(|(of, by, _)| (*of, *by)).collect();
    let outermost = |of: TypeId| {
        let mut at = of;
        // Methods may await each other in a circle.
        for _ in 0..MAX_AWAITS {
            match awaiting.get(&at).copied().flatten().filter(|by| awaiting.contains_key(by)) {
                Some(by) => at = by,
                None => break,
            }
        }
        at
    };
    let mut joined: Vec<(TypeId, Sighting)> = Vec::new();
    let mut inner: Vec<(TypeId, Sighting)> = Vec::new();
    for (of, _, sighting) in found {
        let top = outermost(of);
        if top == of { joined.push((of, sighting)) } else { inner.push((top, sighting)) }
    }
    for (top, sighting) in inner {
        match joined.iter_mut().find(|(of, _)| *of == top) {
            Some((_, outer)) => {
                outer.bytes = outer.bytes.saturating_add(sighting.bytes);
                outer
                    .remarks
                    .push((0, format!("it awaits {}: {} calls", sighting.subject, grouped(sighting.count))));
                if let (Objects::These(all), Objects::These(more)) = (&mut outer.objects, sighting.objects) {
                    all.extend(more);
                }
            }
            None => joined.push((top, sighting)),
        }
    }
    joined.into_iter().map(|(_, sighting)| sighting).collect()
}
