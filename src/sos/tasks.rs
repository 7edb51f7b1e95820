//! What the program had going on: `dumpasync`, `taskstate`, `timerinfo`, `threadpool`, `threadpoolqueue`, `dumprequests`,
//! `dumphttp`.

use super::Translation;
use super::arguments::Arguments;
use super::text::{self, literal, where_all};
use super::words::{SwitchDoc, WORD, WordDoc, flag, no_effect, not_yet, takes};
use crate::query::Diagnostic;

/// What is true of tasks that have not ended.
const PENDING: &str = "state not in ('ran_to_completion', 'canceled', 'faulted')";

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "dumpasync",
        usage: "dumpasync [-stats] [-coalesce] [-address ADDRESS] [-mt MT] [-type TEXT]",
        summary: "The logical stacks of async calls that wait: at level 0 what they wait for, above it who awaits whom.",
        switches: &[
            flag("-stats", "How many calls of each method wait, instead of the stacks."),
            flag("-coalesce", "Stacks that are alike once, with their number."),
            SwitchDoc {
                aliases: &["-addr"],
                ..takes("-address", "ADDRESS", "Only stacks that this object is on.")
            },
            SwitchDoc {
                aliases: &["-mt"],
                ..takes("-methodtable", "MT", "Only stacks with an object of the type with this MethodTable.")
            },
            takes("-type", "TEXT", "Only stacks with an object whose type's name contains this."),
            SwitchDoc {
                aliases: &["-t"],
                ..no_effect("-tasks", "Tasks without a state machine are shown anyway.")
            },
            SwitchDoc {
                aliases: &["-c"],
                ..not_yet(flag("-completed", "what has ended is on no stack; `select * from tasks` lists it"))
            },
            SwitchDoc {
                aliases: &["-f"],
                ..not_yet(flag("-fields", "`object ADDRESS` shows the variables of a call"))
            },
        ],
        examples: &[
            (
                "dumpasync",
                &[
                    "select chain, level, address, async_state, coalesce(method, type) as frame from async_frames",
                ],
            ),
            (
                "dumpasync --stats",
                &["select method, count from tasks where async_state is not null \
                   and state not in ('ran_to_completion', 'canceled', 'faulted') group by method order by count desc"],
            ),
            (
                "dumpasync --coalesce --type Shop.Cart",
                &["select stack, level, first(coalesce(method, type)) as frame, count from async_frames \
                   where chain in (select chain from async_frames where contains(type, 'Shop.Cart')) \
                   group by stack, level order by stack, level"],
            ),
            (
                "dumpasync -tasks -address 7f02290cde20",
                &[
                    "select chain, level, address, async_state, coalesce(method, type) as frame from async_frames \
                   where chain in (select chain from async_frames where address = 0x7f02290cde20)",
                ],
            ),
            (
                "dumpasync -mt 7f02290c86e8",
                &[
                    "select chain, level, address, async_state, coalesce(method, type) as frame from async_frames \
                   where chain in (select chain from async_frames where address in (select address where mt = 0x7f02290c86e8))",
                ],
            ),
        ],
        translate: dumpasync,
        ..WORD
    },
    WordDoc {
        word: "taskstate",
        aliases: &["tks"],
        usage: "taskstate ADDRESS",
        summary: "The state of a task, with its method and what it waits for.",
        switches: &[SwitchDoc {
            aliases: &["-v"],
            ..not_yet(takes("-value", "FLAGS", "flags alone are not told; an address is needed"))
        }],
        operands: (1, 1),
        examples: &[(
            "tks 7f02290cde20",
            &["select address, state, method, async_state, awaiting, continuation, exception from tasks \
               where address = 0x7f02290cde20"],
        )],
        translate: taskstate,
        ..WORD
    },
    WordDoc {
        word: "timerinfo",
        aliases: &["ti"],
        usage: "timerinfo",
        summary: "The timers that are running, one by one, then those that are alike with their number.",
        examples: &[(
            "timerinfo",
            &[
                "select address, due_ms, period_ms, target, target_type, callback from timers where due_ms is not null",
                "select count, due_ms, period_ms, target_type, callback from timers where due_ms is not null \
                 group by due_ms, period_ms, target_type, callback order by count",
            ],
        )],
        translate: timerinfo,
        ..WORD
    },
    WordDoc {
        word: "threadpool",
        usage: "threadpool [-wi] [-stat]",
        summary: "How much waits in the queues of the thread pool, and the threads that it has. Its limits since 6.0: `select \
                  _minThreads, _maxThreads, _cpuUtilization from System.Threading.PortableThreadPool`.",
        switches: &[
            flag("-wi", "The work items that wait, too."),
            SwitchDoc {
                aliases: &["-summary"],
                ..flag("-stat", "How many work items of each type wait, too.")
            },
            SwitchDoc {
                aliases: &["-hc"],
                ..not_yet(flag("-ti", "the pool's log of how it changed its number of threads is not read"))
            },
        ],
        examples: &[
            (
                "threadpool",
                &[
                    "select queue, count from work_items group by queue",
                    "select os_id, managed_id, state from threads where contains(state, 'pool_worker')",
                ],
            ),
            (
                "threadpool -wi -stat",
                &[
                    "select queue, count from work_items group by queue",
                    "select os_id, managed_id, state from threads where contains(state, 'pool_worker')",
                    "select queue, os_id, position, object, type, callback from work_items",
                    "select type, callback, count from work_items group by type, callback order by count",
                ],
            ),
        ],
        translate: threadpool,
        ..WORD
    },
    WordDoc {
        word: "threadpoolqueue",
        aliases: &["tpq"],
        usage: "threadpoolqueue",
        summary: "The work items that wait in the queues of the thread pool.",
        examples: &[("tpq", &["select queue, os_id, position, object, type, callback from work_items"])],
        translate: |_| Ok(Translation::one(format!("{ITEMS} from work_items"))),
        ..WORD
    },
    WordDoc {
        word: "dumprequests",
        usage: "dumprequests",
        summary: "The requests that ASP.NET Core is answering.",
        examples: &[(
            "dumprequests",
            &[
                "select address, state, method, path, query, peer, running_ms, id from requests where direction = 'in'",
            ],
        )],
        translate: |_| Ok(Translation::one(requests("in", &[]))),
        ..WORD
    },
    WordDoc {
        word: "dumphttp",
        usage: "dumphttp [-stats] [-uri TEXT]",
        summary: "The requests that HttpClient made and that are not answered.",
        switches: &[
            flag("-stats", "How many there are to each host, instead of the single ones."),
            takes("-uri", "TEXT", "Only requests whose host or path contains this."),
            no_effect("-pending", "Only those are listed."),
            not_yet(flag("-completed", "requests that were answered are not listed")),
            not_yet(takes("-statuscode", "CODE", "requests that were answered are not listed")),
        ],
        examples: &[
            (
                "dumphttp -pending",
                &["select address, state, method, path, query, peer, running_ms, id from requests \
                   where direction = 'out'"],
            ),
            (
                "dumphttp -stats -uri /orders",
                &["select peer, method, state, count from requests where direction = 'out' \
                   and (contains(peer, '/orders') or contains(path, '/orders')) \
                   group by peer, method, state order by count desc"],
            ),
        ],
        translate: dumphttp,
        ..WORD
    },
];

/// What is shown of a work item.
const ITEMS: &str = "select queue, os_id, position, object, type, callback";

fn dumpasync(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    arguments.not_together("-stats", "-coalesce")?;
    if arguments.has("-stats") {
        return Ok(Translation::one(format!(
            "select method, count from tasks where async_state is not null and {PENDING} \
             group by method order by count desc"
        )));
    }
    let mut conditions = Vec::new();
    if let Some(address) = arguments.address_of("-address")? {
        conditions.push(format!("address = {}", text::address(address)));
    }
    if let Some(mt) = arguments.address_of("-methodtable")? {
        conditions.push(format!("address in (select address where mt = {})", text::address(mt)));
    }
    if let Some(part) = arguments.value("-type") {
        conditions.push(format!("contains(type, {})", literal(&part.text)));
    }
    let chains: Vec<String> = conditions
        .iter()
        .map(|condition| format!("chain in (select chain from async_frames where {condition})"))
        .collect();
    let from = format!("from async_frames{}", where_all(&chains));
    Ok(Translation::one(match arguments.has("-coalesce") {
        true => format!(
            "select stack, level, first(coalesce(method, type)) as frame, count {from} \
             group by stack, level order by stack, level"
        ),
        false => format!("select chain, level, address, async_state, coalesce(method, type) as frame {from}"),
    }))
}

fn taskstate(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let address = arguments.address(0)?.map(text::address).unwrap_or_default();
    Ok(Translation::one(format!(
        "select address, state, method, async_state, awaiting, continuation, exception from tasks \
         where address = {address}"
    )))
}

fn timerinfo(_: &Arguments) -> Result<Translation, Diagnostic> {
    let what = "due_ms, period_ms, target_type, callback";
    let running = "from timers where due_ms is not null";
    Ok(Translation::of([
        format!("select address, due_ms, period_ms, target, target_type, callback {running}"),
        format!("select count, {what} {running} group by {what} order by count"),
    ]))
}

fn threadpool(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let queues = "select queue, count from work_items group by queue".to_owned();
    let threads =
        "select os_id, managed_id, state from threads where contains(state, 'pool_worker')".to_owned();
    let items = arguments.has("-wi").then(|| format!("{ITEMS} from work_items"));
    let by_type = arguments.has("-stat").then(|| {
        "select type, callback, count from work_items group by type, callback order by count".to_owned()
    });
    Ok(Translation::of([queues, threads].into_iter().chain(items).chain(by_type)))
}

fn dumphttp(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let mut conditions = Vec::new();
    if let Some(part) = arguments.value("-uri") {
        let part = literal(&part.text);
        conditions.push(format!("(contains(peer, {part}) or contains(path, {part}))"));
    }
    if !arguments.has("-stats") {
        return Ok(Translation::one(requests("out", &conditions)));
    }
    conditions.insert(0, "direction = 'out'".to_owned());
    Ok(Translation::one(format!(
        "select peer, method, state, count from requests{} group by peer, method, state order by count desc",
        where_all(&conditions)
    )))
}

fn requests(direction: &str, more: &[String]) -> String {
    let conditions: Vec<String> =
        [format!("direction = '{direction}'")].into_iter().chain(more.iter().cloned()).collect();
    format!(
        "select address, state, method, path, query, peer, running_ms, id from requests{}",
        where_all(&conditions)
    )
}
