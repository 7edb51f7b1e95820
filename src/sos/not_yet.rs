//! Words of SOS that are not answered, each with what tells the same or something near it.

/// Words with what to do instead.
const WORDS: &[(&[&str], &str)] = &[
    (
        &["dumpstack", "parallelstacks", "pstacks", "clru", "u", "ip2md", "dumpmd", "bpmd"],
        "`clrstack` lists the stacks, `select os_id, level, method, offset from frames` with where in the code they are, \
         `dumpstackobjects` what they hold",
    ),
    (
        &["eeversion", "runtimes", "crashinfo", "sosstatus", "status"],
        "`heapql info DUMP` tells the runtime and its version",
    ),
    (&["sizestats"], "`select gen, size, count group by gen, size` counts objects by their sizes"),
    (&["dumpassembly", "token2ee"], "`clrmodules` lists the modules, `name2ee *!TYPE` finds a type"),
    (
        &["dumpil", "dumpsig", "dumpsigelem", "ehinfo", "gcinfo", "dumpgcdata"],
        "code and signatures are not shown",
    ),
    (&["dumpruntimetypes"], "`select type, mt, module from loaded_types` lists the types that are loaded"),
    (
        &[
            "ephrefs",
            "ephtoloh",
            "gctonative",
            "findpointersin",
            "notreachableinrange",
            "gchandleleaks",
            "findroots",
        ],
        "`select * from refs` has all references, `referrers of ADDRESS` those to an object",
    ),
    (
        &["traverseheap"],
        "`select * from objects` and `select * from refs` are the heap; `--format csv -o FILE` writes them",
    ),
    (&["modules", "lm"], "`heapql info DUMP` tells what the dump holds, `clrmodules` the managed modules"),
    (&["registers", "r", "setthread", "threadstate"], "threads are listed by `clrthreads`"),
    (
        &["setclrpath", "setsymbolserver", "loadsymbols", "sosflush", "logopen", "logclose", "logging"],
        "no runtime and no symbols are needed: nothing has to be set",
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
