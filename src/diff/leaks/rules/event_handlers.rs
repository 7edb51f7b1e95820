//! Event handlers that outlive their subscribers: events with long lists of handlers, which nothing else holds.
//!
//! Handlers are combined by making a new delegate of all of them each time, so most delegates with long lists are garbage;
//! one is looked at only where it is reachable, and of several over one list that with the most handlers.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Judgement, Rule};
use crate::bytes::Addr;
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::score::Score;
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{HANDLERS, ONLY_BY_EVENT};
use crate::diff::leaks::trails::Holder;
use crate::graph::{ObjectId, TypeId};
use crate::limits;
use crate::query::QueryError;
use crate::state::member_names::readable;
use crate::units::{grouped, human_bytes};
use crate::values::FieldPlace;
use crate::values::Values;

/// Handlers below which an event is not watched.
const WATCHED: usize = 2;

/// How the title of a static begins.
const STATIC: &str = "static ";

/// Points for handlers that nothing but the event holds.
const PATTERN_POINTS: i32 = 22;

/// The rule.
pub(super) struct EventHandlers;

/// A delegate of many handlers.
struct Event {
    delegate: ObjectId,
    /// The array of the handlers. A delegate that was combined from this one may share it.
    list: ObjectId,
    handlers: Vec<ObjectId>,
}

impl Rule for EventHandlers {
    fn looks_at(&self) -> &'static str {
        "events and who subscribed to them"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let Some(values) = dump.values() else { return Ok(Vec::new()) };
        let events = events(dump, values)?;
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let trails = dump.trails()?;
        let mut slots = trails.slots(dump);
        let publishers = publishers(&events, dump, values)?;
        let mut sightings = Vec::new();
        for event in &events {
            dump.check()?;
            // The shortest way may lead from a stack, where the delegate was just combined: the field says more.
            let holder = match trails.holder(event.delegate, &mut slots) {
                Some(Holder::Root(title)) if title.starts_with(STATIC) => Holder::Root(title),
                Some(Holder::Root(_)) => match publishers.get(&event.delegate) {
                    Some(&publisher) => Holder::Object(publisher, slots.name(publisher, event.delegate)),
                    // Only a stack holds it, which goes sooner than any subscriber.
                    None => continue,
                },
                Some(holder) => holder,
                None => continue,
            };
            for (of, subscribers) in by_type(event, dump, values) {
                if subscribers.len() >= WATCHED {
                    sightings.extend(sighting(event, &holder, of, subscribers, dump, values));
                }
            }
        }
        Ok(sightings)
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        let only = series.last.remarks.first().map_or(0, |&(points, _)| points);
        if only == 0 || !series.are_too_many(HANDLERS, HANDLERS / 2) {
            return None;
        }
        let mut score = Score::default();
        for (points, what) in &series.last.remarks {
            score.add(*points, what.clone());
        }
        score.growth(&series.counts, "subscribers");
        score.number(series.count(), "subscribers of one type at one event");
        score.bytes(series, "what hangs on them takes");
        score.origin(series.last.is_of_program);
        let (count, bytes) = (grouped(series.count()), human_bytes(series.bytes() as f64));
        let reason = format!("{count} {} {}; they hold {bytes}", series.last.subject, series.last.detail);
        Some(Judgement { rule: "event_handlers", reason, score })
    }
}

/// The reachable delegates with many handlers, each list of handlers once.
fn events(dump: &OpenDump<'_>, values: &Values) -> Result<Vec<Event>, QueryError> {
    let delegates = dump.types_where(|of| of.count > 0 && values.is_delegate(of.method_table));
    let mut places: FxHashMap<TypeId, (FieldPlace, FieldPlace)> = FxHashMap::default();
    for of in delegates {
        let Some(info) = dump.type_info(of) else { continue };
        let field = |name| FieldPlace::of(values, info.method_table, &[name]);
        if let (Some(list), Some(count)) = (field("_invocationList"), field("_invocationCount")) {
            places.insert(of, (list, count));
        }
    }
    let types: Vec<TypeId> = places.keys().copied().collect();
    let mut longest: FxHashMap<Addr, (u64, ObjectId)> = FxHashMap::default();
    for object in dump.objects_of(&types)? {
        let places = dump.heap.objects.type_of(object).and_then(|of| places.get(&of));
        let Some((list, count)) = places else { continue };
        let address = dump.address(object);
        // A delegate of one method may keep a pointer in place of the count.
        let count = count.integer(values, address).and_then(|count| u64::try_from(count).ok());
        let Some(count) =
            count.filter(|count| (WATCHED as u64..=limits::MAX_DELEGATE_TARGETS).contains(count))
        else {
            continue;
        };
        if let Some(list) = list.reference(values, address) {
            let best = longest.entry(list).or_insert((count, object));
            if best.0 < count {
                *best = (count, object);
            }
        }
    }
    let mut found: Vec<(Addr, u64, ObjectId)> =
        longest.into_iter().map(|(list, (count, delegate))| (list, count, delegate)).collect();
    found.sort_unstable_by_key(|&(_, _, delegate)| delegate);
    let references = dump.snapshot.references(dump.options().progress)?;
    let event = |(list, count, delegate): (Addr, u64, ObjectId)| {
        let list = dump.object_at(list)?;
        let handlers = references.forward.of(list).iter().take(count as usize).copied().collect();
        Some(Event { delegate, list, handlers })
    };
    Ok(found.into_iter().filter_map(event).collect())
}

/// Which objects hold the delegates in fields of theirs, other delegates left out; of several the first.
fn publishers(
    events: &[Event],
    dump: &OpenDump<'_>,
    values: &Values,
) -> Result<FxHashMap<ObjectId, ObjectId>, QueryError> {
    let delegates: FxHashSet<ObjectId> = events.iter().map(|event| event.delegate).collect();
    let references = dump.snapshot.references(dump.options().progress)?;
    let mut publishers = FxHashMap::default();
    for object in dump.dominators.reachable().iter() {
        for target in references.forward.of(object).iter().filter(|target| delegates.contains(target)) {
            let is_publisher = dump
                .type_of(object)
                .is_some_and(|of| of.element_size == 0 && !values.is_delegate(of.method_table));
            if is_publisher {
                publishers.entry(*target).or_insert(object);
            }
        }
    }
    Ok(publishers)
}

/// The subscribers of an event by their types: each with the delegate that calls it, the most subscribers first.
fn by_type(event: &Event, dump: &OpenDump<'_>, values: &Values) -> Vec<(TypeId, Vec<(ObjectId, ObjectId)>)> {
    let mut targets: FxHashMap<TypeId, Option<FieldPlace>> = FxHashMap::default();
    let mut found: FxHashMap<TypeId, Vec<(ObjectId, ObjectId)>> = FxHashMap::default();
    for &handler in &event.handlers {
        let Some(of) = dump.heap.objects.type_of(handler) else { continue };
        let place = targets
            .entry(of)
            .or_insert_with(|| FieldPlace::of(values, dump.type_info(of)?.method_table, &["_target"]));
        let target = place.as_ref().and_then(|place| place.reference(values, dump.address(handler)));
        // The delegate of a static method is its own target.
        let Some(target) =
            target.and_then(|target| dump.object_at(target)).filter(|&target| target != handler)
        else {
            continue;
        };
        if let Some(of) = dump.heap.objects.type_of(target) {
            found.entry(of).or_default().push((target, handler));
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable_by_key(|(of, targets)| (usize::MAX - targets.len(), *of));
    found
}

fn sighting(
    event: &Event,
    holder: &Holder,
    of: TypeId,
    subscribers: Vec<(ObjectId, ObjectId)>,
    dump: &OpenDump<'_>,
    values: &Values,
) -> Option<Sighting> {
    let info = dump.type_info(of)?;
    let name = match holder {
        Holder::Root(title) => title.clone(),
        Holder::Object(publisher, field) => format!("{}.{field}", dump.type_of(*publisher)?.name),
    };
    let method = subscribers.first().and_then(|&(_, handler)| values.delegate(dump.address(handler)).ok());
    let method = method.and_then(|calls| calls.into_iter().next()?.method);
    // Older lists of the same event may still be on a stack: what its handler alone holds, the event holds.
    let is_only = |&&(target, handler): &&(ObjectId, ObjectId)| {
        let mut above = dump.above(target);
        above.any(|above| above == handler || above == event.delegate || above == event.list)
    };
    let only = subscribers.iter().filter(is_only).count();
    let mut objects: Vec<ObjectId> = subscribers.into_iter().map(|(target, _)| target).collect();
    let handlers = objects.len();
    objects.sort_unstable();
    objects.dedup();
    let by = method.map(|method| format!(" by {}", readable(&method))).unwrap_or_default();
    let mut remarks = Vec::new();
    if only as f64 >= handlers as f64 * ONLY_BY_EVENT {
        let what = match only == handlers {
            true => format!("nothing but {name} holds them: they outlive their use"),
            false => {
                format!("nothing but {name} holds {} of them: these outlive their use", grouped(only as u64))
            }
        };
        remarks.push((PATTERN_POINTS, what));
    }
    if objects.len() * 2 < handlers {
        remarks.push((5, format!("the same {} subscribe again and again", grouped(objects.len() as u64))));
    }
    Some(Sighting {
        key: format!("{name} {}", info.name),
        subject: info.name.to_string(),
        module: info.module.clone(),
        is_of_program: dump.origins.is_of_program(of),
        count: handlers as u64,
        bytes: dump.retained(&objects),
        detail: format!("are subscribed to {name}{by}"),
        remarks,
        next: Some(Next::paths_to(&info.name)),
        objects: Objects::These(objects),
        ..Sighting::default()
    })
}
