//! The tables of what the program had going on: tasks, logical stacks, timers, queues of work.

use super::{TableDoc, TableId, column};
use crate::query::Kind;

pub(super) const TASKS: TableDoc = TableDoc {
    id: TableId::Tasks,
    name: "tasks",
    summary: "The tasks on the heap, and the async calls that have none: those of pooled value tasks, and before .NET Core \
              2.1 async void methods.",
    columns: &[
        column("address", Kind::Address, "Where the object begins."),
        column("type", Kind::Text, "Its type's name."),
        column(
            "method",
            Kind::Text,
            "The method that runs in it: of an async call as the source calls it, else what its delegate calls; null for a \
             promise, which something else completes.",
        ),
        column(
            "state",
            Kind::Text,
            "created, waiting_for_activation (async calls that wait are), waiting_to_run, running, waiting_for_children, \
             ran_to_completion, canceled or faulted.",
        ),
        column(
            "awaiting",
            Kind::Address,
            "The object that it waits for: a task, another async call, a socket's, pipe's or channel's own; of several the \
             first; null where nothing tells.",
        ),
        column(
            "continuation",
            Kind::Address,
            "The object that goes on after it: a task, an async call, a delegate, the event of a thread that blocks; of \
             several the first.",
        ),
        column("continuations", Kind::Integer, "How many go on after it."),
        column(
            "async_state",
            Kind::Integer,
            "Of an async call the number of the await that it is at, from 0 in the order of the method's source; -1 while it \
             runs, -2 when it is done.",
        ),
        column("exception", Kind::Address, "The exception that it failed with; of several the first."),
        column(
            "blocks",
            Kind::Address,
            "The event on which a thread blocks until it has ended: its Wait, its Result, GetAwaiter().GetResult(); null where \
             no thread does.",
        ),
        column("id", Kind::Integer, "Its Task.Id; null where nobody asked for it."),
    ],
};

pub(super) const ASYNC_FRAMES: TableDoc = TableDoc {
    id: TableId::AsyncFrames,
    name: "async_frames",
    summary: "The logical stacks of async calls that wait, a row a frame: from what does not wait, at level 0, through who \
              awaits whom to what nobody awaits. The stacks that most calls have come first.",
    columns: &[
        column(
            "chain",
            Kind::Integer,
            "The number of the chain of calls, from 1. What several await is on a chain for each.",
        ),
        column("level", Kind::Integer, "The frame's place in its chain, from 0 for what does not wait."),
        column(
            "method",
            Kind::Text,
            "The method of an async call, a task or a callback; null for a promise and for what an awaiter waits for.",
        ),
        column("type", Kind::Text, "The type of the object that stands for the frame."),
        column(
            "async_state",
            Kind::Integer,
            "Of an async call the number of the await that it is at, from 0; -1 while it runs.",
        ),
        column("state", Kind::Text, "The state of a task, as in `tasks`; null for all else."),
        column("address", Kind::Address, "The object that stands for the frame."),
        column(
            "stack",
            Kind::Integer,
            "The number of its stack, from 1: chains of like frames have the same.",
        ),
        column("alike", Kind::Integer, "How many chains have this stack."),
    ],
};

pub(super) const TIMERS: TableDoc = TableDoc {
    id: TableId::Timers,
    name: "timers",
    summary: "The timers, those of Task.Delay and of time limits too.",
    columns: &[
        column("address", Kind::Address, "Its TimerQueueTimer."),
        column(
            "due_ms",
            Kind::Integer,
            "Milliseconds from when it was set, or fired last, until it is due; null for one that is stopped.",
        ),
        column("period_ms", Kind::Integer, "Milliseconds between its firings; null for one that fires once."),
        column("callback", Kind::Text, "The method that it calls."),
        column(
            "target",
            Kind::Address,
            "What the method gets: the state that the timer was made with, else the object that the method is called on.",
        ),
        column("target_type", Kind::Text, "The type of that."),
        column(
            "kind",
            Kind::Text,
            "What it is for: delay (Task.Delay), cancel_after (a CancellationTokenSource), wait_async (Task.WaitAsync), \
             periodic_timer, or timer for all else.",
        ),
        column(
            "started_ms",
            Kind::Integer,
            "When it was set or fired last, on the system's own count of milliseconds (Environment.TickCount64; before 3.0 32 \
             bits of it). Timers of one dump can be compared by it.",
        ),
    ],
};

pub(super) const WORK_ITEMS: TableDoc = TableDoc {
    id: TableId::WorkItems,
    name: "work_items",
    summary: "What waits in the queues of the thread pool.",
    columns: &[
        column(
            "queue",
            Kind::Text,
            "global, local (of one of the pool's threads), high_priority or low_priority.",
        ),
        column(
            "position",
            Kind::Integer,
            "Its place in its queue, from 0 for the next; a thread takes from the other end of its local queue.",
        ),
        column("object", Kind::Address, "The work item: a callback with its state, a task, an async call."),
        column("type", Kind::Text, "Its type's name."),
        column("callback", Kind::Text, "The method that it calls; null where it cannot be told."),
        column(
            "target",
            Kind::Address,
            "What the method gets: its state, else the object that it is called on.",
        ),
        column("target_type", Kind::Text, "The type of that."),
        column(
            "os_id",
            Kind::Integer,
            "The operating system's id of the thread whose local queue it is; null for the other queues.",
        ),
    ],
};

pub(super) const REQUESTS: TableDoc = TableDoc {
    id: TableId::Requests,
    name: "requests",
    summary: "The requests of the web that are under way: those that ASP.NET Core's own server, Kestrel, is answering, and those \
              that HttpClient made.",
    columns: &[
        column("address", Kind::Address, "The server's object for it, or the client's HttpRequestMessage."),
        column("direction", Kind::Text, "in or out."),
        column(
            "state",
            Kind::Text,
            "Of one to the program receiving, running (the program works on it) or responding; of one to others \
             waiting_for_connection or sent.",
        ),
        column("method", Kind::Text, "GET, POST and so on; null where it is not received yet."),
        column("path", Kind::Text, "Its path, without host and query."),
        column("query", Kind::Text, "Its query with the question mark; null for none."),
        column(
            "peer",
            Kind::Text,
            "The host and port that it goes to; the address and port that it came from.",
        ),
        column(
            "start",
            Kind::Text,
            "When it began, in UTC; null where the program noted no activity for it, and for those to others.",
        ),
        column(
            "running_ms",
            Kind::Integer,
            "For how many milliseconds it is under way, at least: up to the latest moment that the process noted; null where it \
             did not note when it began, and for those to others.",
        ),
        column(
            "id",
            Kind::Text,
            "The server's number of its connection, and the request's there; null for those to others.",
        ),
        column(
            "trace",
            Kind::Text,
            "Its trace id (W3C); null where there is no activity, and for those to others.",
        ),
        column("connection", Kind::Address, "The object of its connection; null where it has none yet."),
    ],
};
