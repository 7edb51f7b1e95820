//! Progress bars on standard error.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::sanitize::sanitize;
use crate::progress::Progress;

/// Stages shorter than this show no bar: it would only flicker.
const PATIENCE: Duration = Duration::from_millis(200);

/// Shows each stage as a bar, or as a spinner when its length is not known, and clears it at its
/// end. For terminals only: whoever makes one has looked.
#[derive(Default)]
pub(super) struct Bars {
    stage: Mutex<Option<Stage>>,
    /// Whether nothing is to be shown.
    hushed: AtomicBool,
}

struct Stage {
    bar: ProgressBar,
    began: Instant,
    shown: bool,
}

impl fmt::Debug for Bars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bars").finish_non_exhaustive()
    }
}

impl Progress for Bars {
    fn begin(&self, stage: &str, total: Option<u64>) {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        bar.set_style(style(total.is_some()));
        bar.set_message(sanitize(stage).into_owned());
        self.replace(Some(Stage { bar, began: Instant::now(), shown: false }));
    }

    fn advance(&self, bytes: u64) {
        let Ok(mut stage) = self.stage.lock() else { return };
        if let Some(stage) = stage.as_mut() {
            stage.bar.inc(bytes);
            let hushed = self.hushed.load(Ordering::Relaxed);
            if !stage.shown && !hushed && stage.began.elapsed() >= PATIENCE {
                stage.shown = true;
                stage.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
        }
    }

    fn end(&self) {
        self.replace(None);
    }
}

impl Bars {
    /// Bars that show nothing until [`Bars::hush`] says otherwise.
    pub(super) fn hushed() -> Bars {
        Bars { hushed: AtomicBool::new(true), ..Bars::default() }
    }

    /// Shows nothing from now on, or shows again what is under way.
    pub(super) fn hush(&self, hushed: bool) {
        if self.hushed.swap(hushed, Ordering::Relaxed) == hushed || !hushed {
            return;
        }
        let Ok(mut stage) = self.stage.lock() else { return };
        if let Some(stage) = stage.as_mut().filter(|stage| stage.shown) {
            let bar = ProgressBar::with_draw_target(stage.bar.length(), ProgressDrawTarget::hidden());
            bar.set_style(style(stage.bar.length().is_some()));
            bar.set_message(stage.bar.message());
            bar.set_position(stage.bar.position());
            std::mem::replace(&mut stage.bar, bar).finish_and_clear();
            stage.shown = false;
        }
    }

    /// Whether a stage is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.stage.lock().is_ok_and(|stage| stage.is_some())
    }

    /// A poisoned lock means that a worker panicked: no bar is worth a second panic.
    fn replace(&self, next: Option<Stage>) {
        let Ok(mut stage) = self.stage.lock() else { return };
        if let Some(old) = std::mem::replace(&mut *stage, next) {
            old.bar.finish_and_clear();
        }
    }
}

fn style(known_length: bool) -> ProgressStyle {
    let template = if known_length {
        "{msg} [{bar:30}] {binary_bytes}/{binary_total_bytes}, {eta} left"
    } else {
        "{spinner} {msg} {binary_bytes}"
    };
    ProgressStyle::with_template(template).expect("the templates are fixed").progress_chars("=> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_follow_each_other() {
        let bars = Bars::default();
        bars.advance(1);
        bars.begin("unpacking", Some(100));
        bars.advance(60);
        assert_eq!(bars.stage.lock().unwrap().as_ref().map(|s| s.bar.position()), Some(60));
        bars.begin("walking", None);
        assert_eq!(bars.stage.lock().unwrap().as_ref().map(|s| s.bar.position()), Some(0));
        bars.end();
        bars.end();
        assert!(bars.stage.lock().unwrap().is_none());
    }

    #[test]
    fn hushed_bars_count_on() {
        let bars = Bars::hushed();
        assert!(!bars.is_busy());
        bars.begin("walking", Some(100));
        bars.hush(false);
        bars.advance(60);
        bars.hush(true);
        bars.advance(1);
        let stage = bars.stage.lock().unwrap();
        assert!(stage.as_ref().is_some_and(|s| s.bar.position() == 61 && !s.shown));
    }

    #[test]
    fn both_templates_are_understood() {
        style(true);
        style(false);
    }
}
