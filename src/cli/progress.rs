//! Progress bars on standard error.

use std::fmt;
use std::sync::Mutex;
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
            if !stage.shown && stage.began.elapsed() >= PATIENCE {
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
    fn both_templates_are_understood() {
        style(true);
        style(false);
    }
}
