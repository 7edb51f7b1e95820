//! What versions of the runtime's library call the types and fields that async work is made of.
//!
//! Each field is given by all the names that it had, the newest first; `/` goes into a struct in place. Sources: `Task.cs`,
//! `TaskContinuation.cs`, `AsyncTaskMethodBuilderT.cs` (before 2.1 `AsyncMethodBuilder.cs`),
//! `PoolingAsyncValueTaskMethodBuilderT.cs` and `ValueTask.cs` of dotnet/coreclr v2.0 to v3.1 and dotnet/runtime v5.0 to
//! v10.0.

/// The type that all tasks derive from.
pub const TASK: &str = "System.Threading.Tasks.Task";

/// Flags that tell a task's state.
pub const STATE_FLAGS: &[&str] = &["m_stateFlags"];
/// What goes on when a task, or the box of a value task, has ended.
pub const CONTINUATION: &[&str] = &["m_continuationObject", "_valueTaskSource/_continuationState"];
/// What a task runs.
pub const ACTION: &[&str] = &["m_action"];
/// The number that a task was given when somebody asked for it.
pub const ID: &[&str] = &["m_taskId"];
/// What only few tasks need, exceptions among it.
pub const CONTINGENT: &[&str] = &["m_contingentProperties"];
/// Of those the holder of exceptions.
pub const EXCEPTIONS_HOLDER: &[&str] = &["m_exceptionsHolder"];
/// Of the holder the list of exceptions.
pub const FAULTS: &[&str] = &["m_faultExceptions"];
/// Of the holder what a canceled task has instead.
pub const CANCELLATION: &[&str] = &["m_cancellationException"];
/// What an `ExceptionDispatchInfo` was made of.
pub const DISPATCHED: &[&str] = &["_exception", "m_Exception"];
/// What a task names that it waits for, where it has no state machine: the first of a `ContinueWith`, the source of a
/// `ValueTask.AsTask`.
pub const WAITS_FOR: &[&str] = &["m_antecedent", "_source"];

/// Parts of the names of types that box a state machine: of 2.1 and later, and of pooled value tasks.
pub const BOX: &str = "StateMachineBox<";
/// The state machine in a box: in place, or a class of its own without optimisation.
pub const MACHINE: &[&str] = &["StateMachine"];
/// How names of state machines' types look, to tell candidates among all types.
pub const MACHINE_NAMES: &[&str] = &[">d", "VB$StateMachine_"];
/// At which await a state machine is: of C#, of Visual Basic, of F#.
pub const MACHINE_STATE: &[&str] = &["<>1__state", "$State", "ResumptionPoint"];
/// What builds the task of a state machine.
pub const BUILDER: &[&str] = &["<>t__builder", "$Builder"];
/// The task in a builder, one of each kind.
pub const BUILDER_TASK: &[&str] =
    &["m_task", "m_builder/m_task", "_methodBuilder/m_task", "_task", "_builder/m_task"];
/// How the fields of state machines that hold awaiters begin.
pub const AWAITERS: &[&str] = &["<>u__", "$A"];

/// What stands between a continuation and what goes on, with the field that leads on.
pub const PASSED: &[(&str, &[&str])] = &[
    ("System.Threading.Tasks.AwaitTaskContinuation", &["m_action"]),
    ("System.Threading.Tasks.SynchronizationContextAwaitTaskContinuation", &["m_action"]),
    ("System.Threading.Tasks.TaskSchedulerAwaitTaskContinuation", &["m_action"]),
    ("System.Threading.Tasks.ContinueWithTaskContinuation", &["m_task"]),
    ("System.Threading.Tasks.StandardTaskContinuation", &["m_task"]),
    (
        "System.Runtime.CompilerServices.AsyncMethodBuilderCore+ContinuationWrapper",
        &["_continuation", "m_continuation"],
    ),
    ("System.Runtime.CompilerServices.AsyncMethodBuilderCore+MoveNextRunner", &["m_stateMachine"]),
    ("System.Runtime.CompilerServices.AsyncMethodBuilderCore+MoveNextRunnerWithContext", &["m_stateMachine"]),
];

/// Several continuations of one task.
pub const LIST: &str = "System.Collections.Generic.List<System.Object>";

/// The events that threads block on until a task has ended.
pub const BLOCKED: &[&str] =
    &["System.Threading.Tasks.Task+SetOnInvokeMres", "System.Threading.Tasks.Task+SetOnCountdownMres"];

/// The object that a delegate is called on.
pub const DELEGATE_TARGET: &[&str] = &["_target"];
