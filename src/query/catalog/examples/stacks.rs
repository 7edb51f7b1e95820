//! Examples for the tables of stacks: frames, exceptions and the frames that those passed.

use super::{Illustration, Table, show};

pub(super) static ILLUSTRATIONS: &[Illustration] = &[
    show(
        Table,
        "exceptions",
        &[
            "select type, message, hex(hresult), thread from exceptions",
            "select thread, nesting, type, message from exceptions where in_flight order by thread, nesting",
        ],
        &["exception_frames", "threads"],
    ),
    show(
        Table,
        "exception_frames",
        &["select exception, level, method, offset from exception_frames order by exception, level limit 20"],
        &["exceptions", "frames"],
    ),
    show(
        Table,
        "frames",
        &[
            "select os_id, level, method from frames where method is not null order by os_id, level limit 10",
            "select method, count from frames where kind = 'method' group by method limit 10",
        ],
        &["threads", "roots"],
    ),
];
