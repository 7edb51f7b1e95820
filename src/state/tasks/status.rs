//! The state of a task, as `Task.Status` tells it.

/// The state of a task. The words are those of `System.Threading.Tasks.TaskStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskState {
    /// Made, and not yet given to a scheduler.
    Created,
    /// Waits for something: an async method, a promise, a continuation.
    WaitingForActivation,
    /// In a scheduler's queue.
    WaitingToRun,
    /// Its delegate runs.
    Running,
    /// Its delegate is done, children that are attached to it are not.
    WaitingForChildren,
    /// Done.
    RanToCompletion,
    /// Canceled.
    Canceled,
    /// Failed with an exception.
    Faulted,
}

/// Bits of `Task.m_stateFlags`, the same in all versions (`Task.TaskStateFlags` in `Task.cs`).
const STARTED: u32 = 0x1_0000;
const DELEGATE_INVOKED: u32 = 0x2_0000;
const FAULTED: u32 = 0x20_0000;
const CANCELED: u32 = 0x40_0000;
const WAITING_ON_CHILDREN: u32 = 0x80_0000;
const RAN_TO_COMPLETION: u32 = 0x100_0000;
const WAITING_FOR_ACTIVATION: u32 = 0x200_0000;

/// States of a state machine (`<>1__state`): what is no number of an await.
const MACHINE_RUNS: i32 = -1;
const MACHINE_DONE: i32 = -2;

impl TaskState {
    /// The state that a task's flags tell.
    pub(super) fn of_flags(flags: u32) -> TaskState {
        // The order is that of `Task.Status`: a later bit does not clear an earlier one.
        let states = [
            (FAULTED, TaskState::Faulted),
            (CANCELED, TaskState::Canceled),
            (RAN_TO_COMPLETION, TaskState::RanToCompletion),
            (WAITING_ON_CHILDREN, TaskState::WaitingForChildren),
            (DELEGATE_INVOKED, TaskState::Running),
            (STARTED, TaskState::WaitingToRun),
            (WAITING_FOR_ACTIVATION, TaskState::WaitingForActivation),
        ];
        states.iter().find(|(bit, _)| flags & bit != 0).map_or(TaskState::Created, |(_, state)| *state)
    }

    /// The state of an async call that has no task, by the number of its state machine.
    pub(super) fn of_machine(number: i32) -> TaskState {
        match number {
            MACHINE_DONE => TaskState::RanToCompletion,
            MACHINE_RUNS => TaskState::Running,
            _ => TaskState::WaitingForActivation,
        }
    }

    /// Whether it will not change any more.
    pub fn is_final(self) -> bool {
        matches!(self, TaskState::RanToCompletion | TaskState::Canceled | TaskState::Faulted)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            TaskState::Created => "created",
            TaskState::WaitingForActivation => "waiting_for_activation",
            TaskState::WaitingToRun => "waiting_to_run",
            TaskState::Running => "running",
            TaskState::WaitingForChildren => "waiting_for_children",
            TaskState::RanToCompletion => "ran_to_completion",
            TaskState::Canceled => "canceled",
            TaskState::Faulted => "faulted",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bit_in_the_order_of_the_library_tells_the_state() {
        let cases = [
            (0, "created"),
            (0x0200_0400, "waiting_for_activation"),
            (0x0001_2000, "waiting_to_run"),
            (0x0003_2008, "running"),
            (0x0083_2000, "waiting_for_children"),
            (0x0103_2000, "ran_to_completion"),
            (0x0540_0000, "canceled"),
            (0x0620_0400, "faulted"),
        ];
        for (flags, word) in cases {
            assert_eq!(TaskState::of_flags(flags).word(), word, "{flags:#x}");
        }
    }

    #[test]
    fn only_three_states_are_final() {
        let all = [0, STARTED, DELEGATE_INVOKED, FAULTED, CANCELED, WAITING_ON_CHILDREN, RAN_TO_COMPLETION];
        let last: Vec<&str> =
            all.map(TaskState::of_flags).iter().filter(|s| s.is_final()).map(|s| s.word()).collect();
        assert_eq!(last, ["faulted", "canceled", "ran_to_completion"]);
        assert_eq!(TaskState::of_machine(0), TaskState::WaitingForActivation);
        assert!(TaskState::of_machine(-2).is_final());
    }
}
