//! Words of SOS that are not answered, each with what tells the same or something near it.

/// Words with what to do instead.
const WORDS: &[(&[&str], &str)] = &[
    (
        &["dumpstack", "k", "bt", "clru", "u", "dumpmd", "bpmd"],
        "`clrstack` lists the stacks, `select os_id, level, method, ip, offset from frames` with where in the code they are, \
         `dumpstackobjects` what they hold",
    ),
    (
        &["eeversion", "runtimes", "setruntime", "sosstatus", "status"],
        "the first line at the prompt and `heapql info DUMP` tell the runtime and its version, `select * from gc` the collector's mode \
         and settings",
    ),
    (
        &["crashinfo"],
        "`printexception` shows the exceptions that threads have in flight, `clrstack` the stacks",
    ),
    (&["dumpassembly"], "`clrmodules` lists the modules, `dumpmodule -mt ADDRESS` what is in one"),
    (
        &["dumpil", "dumpsig", "dumpsigelem", "ehinfo", "gcinfo", "dumpgcdata"],
        "code and signatures are not shown",
    ),
    (&["gctonative"], "`select * from mappings` tells what native memory is for, `dq ADDRESS` what is in it"),
    (&["findpointersin"], "`dq ADDRESS -c N` shows memory with the objects that it leads to"),
    (&["gchandleleaks"], "`gchandles -stat` counts the handles, `leaks` looks for those that should not be"),
    (&["findroots"], "`gcroot ADDRESS` tells what holds an object, `select * from roots` lists all roots"),
    (
        &["traverseheap"],
        "`select * from objects` and `select * from refs` are the heap; `--format csv -o FILE` writes them",
    ),
    (
        &["setthread"],
        "each word is about all threads or about the one whose id stands behind it: `clrstack 0x6ec6`, `dso 0x6ec6`",
    ),
    (&["registers", "r", "threadstate"], "threads are listed by `clrthreads`, with their states in words"),
    (
        &[
            "setclrpath",
            "setsymbolserver",
            "loadsymbols",
            "sosflush",
            ".load",
            ".loadby",
            ".cordll",
            ".symfix",
            ".reload",
        ],
        "no runtime and no symbols are needed: nothing has to be set",
    ),
    (
        &["logopen", "logclose", "logging", "dbgout", ".logopen", ".logclose"],
        "`\\o FILE` at the prompt appends answers to a file, `\\o` ends that; `heapql query -o FILE` writes one",
    ),
    (
        &[
            "dumplog",
            "histinit",
            "histobj",
            "histobjfind",
            "hof",
            "histroot",
            "histclear",
            "histstats",
            "dumpgclog",
        ],
        "the runtime's log of its collections is not read",
    ),
    (&["finddomain", "findappdomain"], "there is one application domain since .NET Core"),
    (
        &["dumprcw", "dumpccw", "comstate", "dumppermissionset", "watsonbuckets"],
        "it is about COM and Windows",
    ),
];

/// What to do instead of a word, in any case; `None` when it is none of these.
pub(super) fn find(word: &str) -> Option<&'static str> {
    let is = |known: &&str| word.eq_ignore_ascii_case(known);
    WORDS.iter().find(|(words, _)| words.iter().any(is)).map(|(_, hint)| *hint)
}

/// All these words with what to do instead.
pub(super) fn all() -> impl Iterator<Item = (&'static [&'static str], &'static str)> {
    WORDS.iter().copied()
}
