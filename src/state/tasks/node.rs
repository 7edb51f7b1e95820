//! The objects that take part in async work, read: tasks, and state machines that have none.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::names;
use super::state_machine::{Machine, MachinePlace, MachineState};
use super::status::TaskState;
use crate::bytes::Addr;
use crate::graph::{Heap, TypeId};
use crate::state::instances::{Instance, instances};
use crate::values::{FieldPlace, Values};

/// How the objects of a type take part.
#[derive(Debug)]
pub(super) struct NodeType {
    /// The type's name.
    pub name: Arc<str>,
    machine: Option<MachinePlace>,
    flags: Option<FieldPlace>,
    continuation: Option<FieldPlace>,
    waits_for: Option<FieldPlace>,
    /// What tasks run.
    pub action: Option<FieldPlace>,
    /// Their numbers.
    pub id: Option<FieldPlace>,
    /// What leads to their exceptions.
    pub contingent: Option<FieldPlace>,
}

/// An object that takes part.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where it begins.
    pub address: Addr,
    /// Its type.
    pub of: TypeId,
    /// Its state.
    pub state: TaskState,
    /// Of a state machine the number of its await.
    pub number: Option<i32>,
    /// What it says itself that it waits for.
    pub awaited: Option<Addr>,
    /// What goes on after it, as it stands in its field.
    pub continuation: Option<Addr>,
    /// The method of its state machine.
    pub method: Option<Arc<str>>,
}

/// All objects that take part, in the order of their addresses.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    /// The objects.
    pub all: Vec<Node>,
    /// How those of each type are read.
    pub types: FxHashMap<TypeId, NodeType>,
    /// State machines that belong to another object, with that object.
    machines: FxHashMap<Addr, Addr>,
}

impl Nodes {
    /// Finds and reads them.
    pub fn read(values: &Values, heap: &Heap) -> Nodes {
        let mut types = node_types(values, heap);
        let machines = machine_types(values, heap);
        let reader = Reader { values, types: &types, machines: &machines };
        let found = instances(heap, |of, _| types.contains_key(&of));
        let read: Vec<(Node, Option<Addr>)> =
            found.par_iter().filter_map(|instance| reader.node(instance)).collect();
        let mut nodes = Nodes::default();
        for (node, machine) in read {
            nodes.machines.extend(machine.map(|machine| (machine, node.address)));
            nodes.all.push(node);
        }
        nodes.all.sort_unstable_by_key(|node| node.address);
        nodes.add_machines(values, heap, &machines, &mut types);
        nodes.types = types;
        nodes
    }

    /// Joins state machines that are objects to their tasks; those without one become nodes themselves.
    fn add_machines(
        &mut self,
        values: &Values,
        heap: &Heap,
        machines: &FxHashMap<Addr, Machine>,
        types: &mut FxHashMap<TypeId, NodeType>,
    ) {
        let mut alone = Vec::new();
        for Instance { address, of } in instances(heap, |_, of| machines.contains_key(&of.method_table)) {
            let machine = heap.types.get(of).and_then(|of| machines.get(&of.method_table));
            let Some(machine) = machine else { continue };
            if self.machines.contains_key(&address) {
                continue;
            }
            let MachineState { number, awaited } = machine.read(values, address);
            match machine.task(values, address).and_then(|task| self.position(task)) {
                Some(at) => {
                    let Some(node) = self.all.get_mut(at) else { continue };
                    self.machines.insert(address, node.address);
                    node.method.get_or_insert_with(|| Arc::clone(&machine.method));
                    node.number = node.number.or(number);
                    node.awaited = node.awaited.or(awaited);
                }
                // One that runs for the first time has no task yet, and waits for nothing.
                None if number.is_some_and(|number| number >= 0) => {
                    types.entry(of).or_insert_with(|| NodeType::of_machine(heap, of));
                    alone.push(Node {
                        address,
                        of,
                        state: TaskState::WaitingForActivation,
                        number,
                        awaited,
                        continuation: None,
                        method: Some(Arc::clone(&machine.method)),
                    });
                }
                None => {}
            }
        }
        self.all.append(&mut alone);
        self.all.sort_unstable_by_key(|node| node.address);
    }

    /// Which of [`Nodes::all`] is at an address, or is what a state machine at that address belongs to.
    pub fn position(&self, address: Addr) -> Option<usize> {
        let find = |address: Addr| self.all.binary_search_by_key(&address, |node| node.address).ok();
        find(address).or_else(|| find(*self.machines.get(&address)?))
    }

    /// How a node is read.
    pub fn type_of(&self, node: &Node) -> Option<&NodeType> {
        self.types.get(&node.of)
    }
}

/// The types whose objects are tasks or boxes of state machines.
fn node_types(values: &Values, heap: &Heap) -> FxHashMap<TypeId, NodeType> {
    let task = values.types().named(names::TASK);
    let mut types = FxHashMap::default();
    for (at, of) in heap.types.all().iter().enumerate().filter(|(_, of)| of.count > 0 && of.rank == 0) {
        let mt = of.method_table;
        let is_task = task.iter().any(|&task| values.types().derives_from(mt, task));
        let is_box = of.name.contains(names::BOX);
        let machine = if is_box { MachinePlace::of_box(values, mt) } else { None };
        // Boxes of value tasks, taken from a pool, are no tasks.
        if !is_task && machine.is_none() {
            continue;
        }
        let field = |names: &[&str]| FieldPlace::of(values, mt, names);
        types.insert(
            TypeId(at as u32),
            NodeType {
                name: Arc::clone(&of.name),
                machine,
                flags: field(names::STATE_FLAGS),
                continuation: FieldPlace::at(values, mt, names::CONTINUATION),
                waits_for: field(names::WAITS_FOR).filter(|_| is_task),
                action: field(names::ACTION),
                id: field(names::ID),
                contingent: field(names::CONTINGENT),
            },
        );
    }
    types
}

/// The types whose objects are state machines, by their MethodTables.
fn machine_types(values: &Values, heap: &Heap) -> FxHashMap<Addr, Machine> {
    let types = heap.types.all().iter().filter(|of| of.count > 0);
    let machine = |mt, name: &str| Some((mt, Machine::of_objects(values, mt, name)?));
    types.filter_map(|of| machine(of.method_table, &of.name)).collect()
}

impl NodeType {
    fn of_machine(heap: &Heap, of: TypeId) -> NodeType {
        NodeType {
            name: heap.types.get(of).map_or_else(|| Arc::from("?"), |of| Arc::clone(&of.name)),
            machine: None,
            flags: None,
            continuation: None,
            waits_for: None,
            action: None,
            id: None,
            contingent: None,
        }
    }
}

struct Reader<'a> {
    values: &'a Values,
    types: &'a FxHashMap<TypeId, NodeType>,
    machines: &'a FxHashMap<Addr, Machine>,
}

impl Reader<'_> {
    /// The node, and its state machine where that is an object of its own; `None` for a box that waits in its pool, and for
    /// what is not in the dump.
    fn node(&self, instance: &Instance) -> Option<(Node, Option<Addr>)> {
        let Instance { address, of } = *instance;
        let (values, read_as) = (self.values, self.types.get(&of)?);
        let reference = |place: &Option<FieldPlace>| place.as_ref()?.reference(values, address);
        let (mut state, mut method, mut apart) = (MachineState::default(), None, None);
        match &read_as.machine {
            Some(MachinePlace::Here(machine)) => {
                state = machine.read(values, address);
                method = Some(Arc::clone(&machine.method));
            }
            Some(MachinePlace::Behind(place)) => {
                apart = place.reference(values, address);
                if let Some((object, machine)) =
                    apart.and_then(|object| Some((object, self.machine(object)?)))
                {
                    state = machine.read(values, object);
                    method = Some(Arc::clone(&machine.method));
                }
            }
            None => {}
        }
        let task_state = match &read_as.flags {
            Some(flags) => TaskState::of_flags(flags.integer(values, address)? as u32),
            // A box in its pool is cleared: at the first await, but without an awaiter.
            None if state.awaited.is_none() && state.number == Some(0) => return None,
            None => TaskState::of_machine(state.number?),
        };
        let awaited = state.awaited.or_else(|| reference(&read_as.waits_for));
        let continuation = reference(&read_as.continuation);
        let MachineState { number, .. } = state;
        Some((Node { address, of, state: task_state, number, awaited, continuation, method }, apart))
    }

    fn machine(&self, object: Addr) -> Option<&Machine> {
        self.machines.get(&self.values.types().type_of(object).ok()?)
    }
}
