//! Tasks, state machines and what stands between them, in a process whose every object is known.

use super::*;
use crate::graph::build_heap;
use crate::progress::NoProgress;
use crate::synth::{Holds, Kennel, Process, Type, element};
use crate::values::synthetic::{class, define, kennel, structure, values};

const WAITS: u64 = 0x0200_0400;
const RAN: u64 = 0x0100_0000;

/// The library's types, made of the fields that are read.
struct Library {
    kennel: Kennel,
    task: Type,
    boxed: Type,
    list: Type,
    objects: Type,
    wrapper: Type,
    event: Type,
}

fn derived(
    process: &mut Process,
    name: &str,
    parent: Type,
    bytes: u32,
    fields: &[(&str, u32, Holds)],
) -> Type {
    let of = define(process, name);
    let made = process.derived(of, parent, 16 + bytes);
    process.fields(of, made, fields);
    made
}

impl Library {
    fn new() -> Library {
        let mut kennel = kennel();
        let process = &mut kennel.process;
        let number = || Holds::Number(element::I4);
        let of_task = [
            ("m_continuationObject", 0, Holds::Object),
            ("m_action", 8, Holds::Object),
            ("m_stateFlags", 16, number()),
        ];
        let task = class(process, "System.Threading.Tasks.Task", 24, &of_task);
        let awaiter = define(process, "System.Runtime.CompilerServices.TaskAwaiter");
        let awaiter_type = process.structure(awaiter, 8);
        process.fields(awaiter, awaiter_type, &[("m_task", 0, Holds::Object)]);
        let machine = define(process, "Shop.Cart+<Pay>d__3");
        let machine_type = process.structure(machine, 16);
        process.fields(
            machine,
            machine_type,
            &[("<>u__1", 0, Holds::Struct(awaiter)), ("<>1__state", 8, number())],
        );
        let boxed = derived(
            process,
            "Builder.AsyncStateMachineBox<Pay>",
            task,
            40,
            &[("StateMachine", 24, Holds::Struct(machine))],
        );
        let objects = process.array(process.object, 8);
        let of_list = [
            ("_items", 0, Holds::Array(Box::new(Holds::Object))),
            ("_size", 8, number()),
            ("_version", 12, number()),
        ];
        let list = class(process, "System.Collections.Generic.List<System.Object>", 16, &of_list);
        let wrapper = class(
            process,
            "System.Threading.Tasks.AwaitTaskContinuation",
            8,
            &[("m_action", 0, Holds::Object)],
        );
        let event = class(process, "System.Threading.Tasks.Task+SetOnInvokeMres", 8, &[]);
        Library { kennel, task, boxed, list, objects, wrapper, event }
    }

    fn task(&mut self, continuation: u64, flags: u64) -> u64 {
        self.kennel.object(self.task, &[continuation, 0, flags])
    }

    /// A call that is at its first await.
    fn call(&mut self, continuation: u64, awaited: u64) -> u64 {
        self.kennel.object(self.boxed, &[continuation, 0, WAITS, awaited, 0])
    }

    fn list(&mut self, entries: &[u64]) -> u64 {
        let items = self.kennel.array(self.objects, entries);
        self.kennel.object(self.list, &[items, entries.len() as u64])
    }

    fn read<R>(self, read: impl FnOnce(&Tasks<'_>) -> R) -> R {
        let values = values(self.kennel.process);
        let heap = build_heap(values.types().runtime(), &NoProgress).unwrap();
        let tasks = Tasks::find(&values, &heap);
        assert!(tasks.problems(&heap).is_empty());
        read(&tasks)
    }
}

fn of(tasks: &[Task], address: u64) -> &Task {
    tasks.iter().find(|task| task.address.0 == address).expect("a task")
}

#[test]
fn a_call_waits_for_what_its_awaiter_holds_and_a_wrapper_is_passed() {
    let mut library = Library::new();
    // The task goes on with the call, which is not at its end in memory yet: the wrapper is filled in order.
    let outer = library.call(0, 0);
    let wrapper = library.kennel.object(library.wrapper, &[outer]);
    let promise = library.task(wrapper, WAITS);
    let waits = library.call(0, promise);
    library.read(|tasks| {
        let all = tasks.all();
        assert_eq!(all.len(), 3);
        let (promise, waits, outer) = (of(&all, promise), of(&all, waits), of(&all, outer));
        assert_eq!(promise.continuation, Some(outer.address), "behind the wrapper");
        assert_eq!((promise.method.as_deref(), promise.async_state), (None, None));
        assert_eq!(outer.awaiting, Some(promise.address), "told by the promise alone");
        assert_eq!(waits.awaiting, Some(promise.address), "told by the awaiter alone");
        assert_eq!((waits.method.as_deref(), waits.async_state), (Some("Shop.Cart.Pay"), Some(0)));
        assert_eq!(waits.state, TaskState::WaitingForActivation);
    });
}

#[test]
fn of_a_list_of_continuations_all_go_on_but_those_that_ended() {
    let mut library = Library::new();
    let (first, second) = (library.call(0, 0), library.call(0, 0));
    let ended = library.task(0, RAN);
    let event = library.kennel.object(library.event, &[0]);
    let list = library.list(&[ended, second, 0, first, event]);
    let promise = library.task(list, WAITS);
    library.read(|tasks| {
        let all = tasks.all();
        let promise = of(&all, promise);
        assert_eq!((promise.continuations, promise.continuation), (3, Some(Addr(second))));
        assert_eq!(promise.blocks, Some(Addr(event)));
        let frames = tasks.frames();
        let stacks: Vec<(u32, u32, u32)> =
            frames.places.iter().map(|p| (p.stack, p.level, p.alike)).collect();
        assert_eq!(stacks, [(0, 0, 2), (0, 1, 2), (0, 0, 2), (0, 1, 2), (1, 0, 1), (1, 1, 1)]);
        let blocked = &frames.frames[frames.places[5].frame as usize];
        assert_eq!(
            (&*blocked.type_name, blocked.address.0),
            ("System.Threading.Tasks.Task+SetOnInvokeMres", event)
        );
    });
}

#[test]
fn the_mark_of_a_task_that_ended_is_no_continuation() {
    let mut library = Library::new();
    let mark = library.kennel.process.object;
    let mark = library.kennel.object(mark, &[0]);
    let ending = library.task(mark, WAITS);
    library.read(|tasks| {
        let all = tasks.all();
        assert_eq!((of(&all, ending).continuation, of(&all, ending).continuations), (None, 0));
        assert!(tasks.frames().places.is_empty(), "a promise that nobody awaits is no stack");
    });
}

#[test]
fn an_awaiter_that_holds_no_task_leads_to_what_it_holds() {
    let mut library = Library::new();
    let socket = library.kennel.dogs[0];
    let call = library.call(0, socket);
    library.read(|tasks| {
        assert_eq!(of(&tasks.all(), call).awaiting, Some(Addr(socket)));
        let frames = tasks.frames();
        let names: Vec<&str> =
            frames.places.iter().map(|place| &*frames.frames[place.frame as usize].type_name).collect();
        assert_eq!(names, ["Zoo.Dog", "Builder.AsyncStateMachineBox<Pay>"]);
    });
}

#[test]
fn a_heap_without_tasks_has_none_and_nothing_to_tell() {
    let values = values(kennel().process);
    let heap = build_heap(values.types().runtime(), &NoProgress).unwrap();
    let tasks = Tasks::find(&values, &heap);
    assert!(tasks.all().is_empty() && tasks.frames().places.is_empty() && tasks.problems(&heap).is_empty());
}

#[test]
fn a_task_whose_fields_are_not_told_is_told_of() {
    let mut kennel = kennel();
    let task = class(&mut kennel.process, "System.Threading.Tasks.Task", 8, &[]);
    let _ = structure(&mut kennel.process, "Shop.Nothing", 8, &[]);
    kennel.object(task, &[0]);
    let values = values(kennel.process);
    let heap = build_heap(values.types().runtime(), &NoProgress).unwrap();
    let problems = Tasks::find(&values, &heap).problems(&heap);
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "no tasks and async calls are told: the dump lacks the metadata of System.Private.CoreLib.dll, which has \
             System.Threading.Tasks.Task (--files and a folder that holds System.Private.CoreLib.dll give it)"
        ]
    );
}
