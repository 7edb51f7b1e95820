//! The counters of a process as lines of text: name, number, the last numbers as a line of blocks.

use unicode_width::UnicodeWidthStr;

use crate::live::counters::{History, Series};
use crate::output::sanitize::sanitize;
use crate::output::shorten_middle;

use super::spark::spark;

/// The widest a page gets where nothing limits it.
const WIDTH: usize = 100;
/// The most numbers that are shown of a counter: a minute of one a second.
pub(super) const SHOWN_NUMBERS: usize = 60;
/// What stands between two columns, and before a counter.
const GAP: usize = 2;
/// What a name keeps at least where the page is narrow.
const MIN_NAME: usize = 12;
/// Below this a line of blocks tells nothing.
const MIN_SPARK: usize = 5;
/// Blocks that are kept free beside long names, as long as these keep [`KEPT_NAME`].
const KEPT_SPARK: usize = 20;
/// What a name keeps where there is room for blocks too.
const KEPT_NAME: usize = 40;

/// How much room there is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    /// Columns; `None` where nothing limits them.
    pub columns: Option<usize>,
    /// Lines; `None` where nothing limits them.
    pub lines: Option<usize>,
}

/// A line of a page before it is laid out.
enum Line {
    Provider(String),
    Counter { name: String, number: String, at: usize },
}

/// The lines of a page below a heading. What does not fit is counted in the last line. All text of the process is harmless to
/// show.
pub(super) fn lines(heading: &str, history: &History, notes: &[String], room: Room) -> Vec<String> {
    let width = room.columns.unwrap_or(WIDTH);
    let series = history.series();
    let mut body = body(&series);
    let mut notes: Vec<String> = notes.iter().map(|note| sanitize(note).into_owned()).collect();
    let left = room.lines.map(|lines| lines.saturating_sub(1 + notes.len()));
    if let Some(left) = left.filter(|&left| left < body.len()) {
        let kept = left.saturating_sub(1);
        let hidden = body.drain(kept..).filter(|line| matches!(line, Line::Counter { .. })).count();
        notes.insert(0, format!("{hidden} more counters: a taller terminal or --counters shows them"));
    }
    let mut lines = vec![shorten_middle(&sanitize(heading), width).into_owned()];
    lines.extend(laid_out(&body, &series, width));
    lines.extend(notes.iter().map(|note| shorten_middle(note, width).into_owned()));
    lines
}

/// Providers, each above its counters.
fn body(series: &[&Series]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut provider = None;
    for (at, series) in series.iter().enumerate() {
        let key = &series.last.key;
        if provider != Some(&key.provider) {
            lines.push(Line::Provider(sanitize(&key.provider).into_owned()));
            provider = Some(&key.provider);
        }
        let tags = if key.tags.is_empty() { String::new() } else { format!(" [{}]", key.tags) };
        let name = sanitize(&format!("{}{tags}", key.name)).into_owned();
        let number = sanitize(&series.last.shown()).into_owned();
        lines.push(Line::Counter { name, number, at });
    }
    lines
}

fn laid_out(body: &[Line], series: &[&Series], width: usize) -> Vec<String> {
    let counters = || {
        body.iter().filter_map(|line| match line {
            Line::Counter { name, number, .. } => Some((name.width(), number.width())),
            Line::Provider(_) => None,
        })
    };
    let numbers = counters().map(|(_, number)| number).max().unwrap_or(0);
    // Names get what they need and blocks what is left, but one long name does not take the blocks from all counters; where
    // the page is narrow, blocks go before names are shortened further.
    let for_names = width.saturating_sub(GAP + GAP + numbers);
    let beside_blocks = for_names.saturating_sub(GAP + KEPT_SPARK);
    let most = if beside_blocks >= KEPT_NAME { beside_blocks } else { for_names.min(KEPT_NAME) };
    let names = counters().map(|(name, _)| name).max().unwrap_or(0).min(most.max(MIN_NAME));
    let blocks =
        Some(for_names.saturating_sub(names + GAP).min(SHOWN_NUMBERS)).filter(|&room| room >= MIN_SPARK);
    let line = |line: &Line| match line {
        Line::Provider(name) => shorten_middle(name, width).into_owned(),
        Line::Counter { name, number, at } => {
            let name = shorten_middle(name, names);
            let blanks = names - name.width() + GAP + numbers - number.width();
            let start = format!("{:GAP$}{name}{:blanks$}{number}", "", "");
            let blocks = blocks.map(|room| spark(series[*at].values.iter(), room));
            blocks.map_or_else(|| start.clone(), |blocks| format!("{start}{:GAP$}{blocks}", ""))
        }
    };
    body.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::live::counters::{Kind, Sample, SeriesKey, Unit};
    use proptest::prelude::*;

    fn add(history: &mut History, provider: &str, name: &str, tags: &str, unit: Unit, value: f64) {
        let key = SeriesKey { provider: provider.into(), name: name.into(), tags: tags.into() };
        let kind = if name.ends_with("rate") {
            Kind::Rate { interval: Duration::from_secs(1) }
        } else {
            Kind::Gauge
        };
        history.add(Sample { key, display_name: name.into(), unit, kind, value, at: UNIX_EPOCH });
    }

    fn history() -> History {
        let mut history = History::keeping(SHOWN_NUMBERS);
        for value in [500.0, 510.0, 530.0, 520.0] {
            add(&mut history, "System.Runtime", "gc-heap-size", "", Unit::Bytes, value * 1_048_576.0);
            add(&mut history, "System.Runtime", "cpu-usage", "", Unit::Percent, 12.4);
            add(&mut history, "System.Runtime", "alloc-rate", "", Unit::Bytes, value * 1000.0);
            add(&mut history, "Shop.Orders", "waiting", "shop=a\u{1b}[31m", Unit::None, value);
        }
        history
    }

    fn page(columns: usize, lines_: usize) -> Vec<String> {
        let room = Room { columns: Some(columns), lines: Some(lines_) };
        lines("shop (4711)", &history(), &["a note".into()], room)
    }

    #[test]
    fn counters_stand_below_their_providers() {
        let expected = [
            "shop (4711)",
            "System.Runtime",
            "  cpu-usage                       12.4 %  ▁▁▁▁",
            "  gc-heap-size                  520.0 MB  ▁▃█▆",
            "  alloc-rate                  507.8 KB/s  ▁▃█▆",
            "Shop.Orders",
            r"  waiting [shop=a\u001b[31m]         520  ▁▃█▆",
            "a note",
        ];
        assert_eq!(page(80, 20), expected);
        assert_eq!(lines("shop (4711)", &history(), &["a note".into()], Room::default()), expected);
    }

    #[test]
    fn a_narrow_page_gives_up_the_blocks_then_shortens_names() {
        assert_eq!(page(42, 20)[3], "  gc-heap-size                  520.0 MB");
        assert_eq!(page(30, 20)[6], "  waiting …1b[31m]         520");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let page = page(80, 5);
        let end = ["3 more counters: a taller terminal or --counters shows them", "a note"];
        assert_eq!(page.len(), 5);
        assert_eq!(page[3..], end);
    }

    #[test]
    fn a_page_of_nothing_is_its_heading() {
        let nothing = History::keeping(1);
        assert_eq!(lines("shop\n(1)", &nothing, &[], Room::default()), [r"shop\n(1)"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_page(columns in 30..200_usize, height in 3..40_usize) {
            let page = page(columns, height);
            prop_assert!(page.len() <= height);
            for line in &page {
                prop_assert!(line.width() <= columns, "{line}");
            }
        }
    }
}
