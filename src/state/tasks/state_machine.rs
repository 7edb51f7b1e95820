//! State machines of async methods: which method, at which await, waiting for what.
//!
//! The compiler makes a struct of an async method's variables (without optimisation a class). Since 2.1 the library
//! boxes it as a field of the method's task; before, it was boxed as it is and holds the task in its builder. What the
//! method waits for stands in the field of its awaiter until it goes on.

use std::sync::Arc;

use super::names;
use crate::bytes::Addr;
use crate::clr::type_system::FieldShape;
use crate::limits::MAX_STRUCT_NESTING;
use crate::state::member_names::readable;
use crate::values::{FieldPlace, Values};

/// How the state machines of a type are read. Places count from the object that they are a part of.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    /// The method, as the source calls it.
    pub method: Arc<str>,
    state: Option<FieldPlace>,
    /// The references in the fields of awaiters.
    awaited: Vec<FieldPlace>,
    builder_task: Option<FieldPlace>,
}

/// Where the state machine of the objects of a type is.
#[derive(Clone, Debug)]
pub(super) enum MachinePlace {
    /// In the object.
    Here(Machine),
    /// An object of its own that this field leads to.
    Behind(FieldPlace),
}

/// What a state machine tells at the time of the dump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MachineState {
    /// The number of the await that it is at, -1 while it runs, -2 when it is done; `None` where it is not told.
    pub number: Option<i32>,
    /// What it waits for.
    pub awaited: Option<Addr>,
}

impl MachinePlace {
    /// Where the state machine of the boxes of the type at `mt` is; `None` when they have none.
    pub fn of_box(values: &Values, mt: Addr) -> Option<MachinePlace> {
        let place = FieldPlace::of(values, mt, names::MACHINE)?;
        if matches!(place.shape(), FieldShape::Reference { .. }) {
            return Some(MachinePlace::Behind(place));
        }
        let description = values.types().description(mt);
        let field = names::MACHINE.iter().find_map(|name| description.field(name))?;
        Some(MachinePlace::Here(Machine::of_fields(values, &field.field_type.name, place.all_inner(values))))
    }
}

impl Machine {
    /// The state machines that are objects of the type at `mt`; `None` when they are none: iterators have a state, but no
    /// builder.
    pub fn of_objects(values: &Values, mt: Addr, name: &str) -> Option<Machine> {
        if !names::MACHINE_NAMES.iter().any(|part| name.contains(part)) {
            return None;
        }
        FieldPlace::of(values, mt, names::BUILDER)?;
        let machine = Machine::of_fields(values, name, FieldPlace::all(values, mt));
        machine.state.is_some().then_some(machine)
    }

    fn of_fields(values: &Values, name: &str, fields: Vec<(Arc<str>, FieldPlace)>) -> Machine {
        let named = |wanted: &[&str]| {
            wanted
                .iter()
                .find_map(|wanted| fields.iter().find(|(name, _)| &**name == *wanted).map(|(_, f)| f))
        };
        let builder = named(names::BUILDER);
        let mut awaited = Vec::new();
        for (name, place) in &fields {
            if names::AWAITERS.iter().any(|prefix| name.starts_with(prefix)) {
                references(values, place, 0, &mut awaited);
            }
        }
        Machine {
            method: readable(name).into(),
            state: named(names::MACHINE_STATE).cloned(),
            awaited,
            builder_task: builder.and_then(|builder| {
                names::BUILDER_TASK.iter().find_map(|path| {
                    path.split('/').try_fold(builder.clone(), |place, step| place.inner(values, &[step]))
                })
            }),
        }
    }

    /// What the state machine in the object at `object` tells.
    pub fn read(&self, values: &Values, object: Addr) -> MachineState {
        let number = self.state.as_ref().and_then(|state| state.integer(values, object));
        MachineState {
            number: number.and_then(|number| i32::try_from(number).ok()),
            awaited: self.awaited.iter().find_map(|place| place.reference(values, object)),
        }
    }

    /// The task that its builder made; `None` where it made none.
    pub fn task(&self, values: &Values, object: Addr) -> Option<Addr> {
        self.builder_task.as_ref()?.reference(values, object)
    }
}

/// The references in a field, structs opened, in the order of their declaration: an awaiter's first is what it waits for.
fn references(values: &Values, place: &FieldPlace, depth: usize, found: &mut Vec<FieldPlace>) {
    match place.shape() {
        FieldShape::Reference { .. } => found.push(place.clone()),
        FieldShape::Struct { .. } if depth < MAX_STRUCT_NESTING => {
            for (_, inner) in place.all_inner(values) {
                references(values, &inner, depth + 1, found);
            }
        }
        _ => {}
    }
}
