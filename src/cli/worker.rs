//! Work on a thread of its own, which the user need not wait for: what does not stop soon after Ctrl-C is left behind.
//!
//! Statements look at the flag that stops them every few thousand rows, but some steps (walking a heap, computing
//! dominators, waiting for another thread that does so) cannot be stopped half-way. Such a step goes on where nobody
//! waits for it, and what it builds is there for the next statement.

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often the waiting thread looks up.
const TICK: Duration = Duration::from_millis(20);

/// How long work that was told to stop may take to do so before it is left behind.
const GRACE: Duration = Duration::from_millis(200);

/// As much as the main thread of a program usually has: statements are parsed on it.
const STACK: usize = 8 << 20;

/// Does `work`, which stops soon after the flag it is given is set. It is, once `cancel` is; `None` is returned when it
/// then did not end in time. `look` is called now and then while this waits.
///
/// A panic of the work is one of the caller's.
pub(super) fn stoppable<T: Send + 'static>(
    cancel: &AtomicBool,
    work: impl FnOnce(&AtomicBool) -> T + Send + 'static,
    look: impl Fn(),
) -> Option<T> {
    let stop = Arc::new(AtomicBool::new(false));
    let (sender, done) = sync_channel(1);
    let flag = Arc::clone(&stop);
    let run = move || {
        // Who was left behind has nobody to tell.
        let _ = sender.send(work(&flag));
    };
    let thread = thread::Builder::new().name("statement".into()).stack_size(STACK).spawn(run);
    // Without another thread a program of this kind cannot go on.
    let thread = thread.expect("the system has room for a thread");
    let mut stopping: Option<Instant> = None;
    loop {
        match done.recv_timeout(TICK) {
            Ok(result) => return Some(result),
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Err(panicked) => panic::resume_unwind(panicked),
                Ok(()) => return None,
            },
            Err(RecvTimeoutError::Timeout) if cancel.load(Ordering::SeqCst) => {
                stop.store(true, Ordering::SeqCst);
                if stopping.get_or_insert_with(Instant::now).elapsed() >= GRACE {
                    return None;
                }
            }
            Err(RecvTimeoutError::Timeout) => look(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn work_is_done_and_its_result_returned() {
        assert_eq!(stoppable(&AtomicBool::new(false), |_| 7, || {}), Some(7));
        // Also where Ctrl-C came too late.
        assert_eq!(stoppable(&AtomicBool::new(true), |_| 7, || {}), Some(7));
    }

    #[test]
    fn work_that_listens_is_waited_for() {
        let listen = |stop: &AtomicBool| {
            while !stop.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            "stopped"
        };
        assert_eq!(stoppable(&AtomicBool::new(true), listen, || {}), Some("stopped"));
    }

    #[test]
    fn work_that_does_not_listen_is_left_behind() {
        let (keep, kept) = mpsc::channel::<()>();
        let deaf = move |_: &AtomicBool| kept.recv().is_err();
        assert_eq!(stoppable(&AtomicBool::new(true), deaf, || {}), None);
        drop(keep);
    }

    #[test]
    #[should_panic(expected = "at work")]
    fn a_panic_is_passed_on() {
        stoppable(&AtomicBool::new(false), |_| panic!("at work"), || {});
    }
}
