//! What a score is made of: sentences with points.

use super::Evidence;
use super::series::Series;
use super::thresholds::{
    FRAMEWORK_POINTS, FULL_SHARE, GREW_POINTS, MAX_SCORE, NO_GROWTH_POINTS, NUMBER_POINTS, SHARE_POINTS,
    SIZE_POINTS, STEADY_POINTS,
};
use crate::units::{grouped, human_bytes};

/// A score that is being made up.
#[derive(Clone, Debug, Default)]
pub(super) struct Score {
    evidence: Vec<Evidence>,
}

/// What growth says of a series of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trend {
    /// There is one dump only.
    Unknown,
    /// More in every dump than in the one before, over three dumps and more.
    Steady,
    /// More in the last dump than in the first.
    Grew,
    /// Not more.
    Level,
}

impl Trend {
    /// The trend of numbers, one a dump.
    pub fn of(numbers: &[u64]) -> Trend {
        match numbers {
            [] | [_] => Trend::Unknown,
            [first, .., last] if last <= first => Trend::Level,
            _ if numbers.len() > 2 && numbers.windows(2).all(|pair| pair[0] < pair[1]) => Trend::Steady,
            _ => Trend::Grew,
        }
    }

    /// Whether there was more at the end.
    pub fn is_growth(self) -> bool {
        matches!(self, Trend::Steady | Trend::Grew)
    }
}

impl Score {
    /// Adds a sentence and its points.
    pub fn add(&mut self, points: i32, what: impl Into<String>) {
        self.evidence.push(Evidence { what: what.into(), points });
    }

    /// Adds what the bytes of the last dump say by their share of the heap and by themselves. `verb` is what they are:
    /// `retains`, `wastes`.
    pub fn bytes(&mut self, series: &Series<'_>, verb: &str) {
        let (bytes, share) = (series.bytes(), series.share());
        let by_share = (share / FULL_SHARE).min(1.0) * f64::from(SHARE_POINTS);
        let megabytes = bytes as f64 / f64::from(1 << 20);
        let by_size = (megabytes.max(1.0).log10() / 3.0).min(1.0) * f64::from(SIZE_POINTS);
        let what = format!("{verb} {}, {:.1} % of the heap", human_bytes(bytes as f64), share * 100.0);
        self.add(by_share.round() as i32 + by_size.round() as i32, what);
    }

    /// Adds what the number in the last dump says.
    pub fn number(&mut self, count: u64, what: &str) {
        let points = ((count.max(1) as f64).log10() - 1.0) / 5.0 * f64::from(NUMBER_POINTS);
        self.add(
            points.round().clamp(0.0, f64::from(NUMBER_POINTS)) as i32,
            format!("{} {what}", grouped(count)),
        );
    }

    /// Adds what the dumps say together, if there are several.
    pub fn growth(&mut self, numbers: &[u64], what: &str) {
        let listed = || numbers.iter().map(|&number| grouped(number)).collect::<Vec<_>>().join(", ");
        match Trend::of(numbers) {
            Trend::Unknown => {}
            Trend::Steady => {
                self.add(STEADY_POINTS, format!("grew from every dump to the next: {} {what}", listed()));
            }
            Trend::Grew if numbers.len() == 2 => {
                self.add(GREW_POINTS, format!("grew from dump to dump: {} {what}", listed()));
            }
            Trend::Grew => {
                self.add(GREW_POINTS, format!("grew from the first dump to the last: {} {what}", listed()));
            }
            Trend::Level => self.add(NO_GROWTH_POINTS, format!("did not grow: {} {what}", listed())),
        }
    }

    /// Adds what it says against it that a type is the framework's.
    pub fn origin(&mut self, is_of_program: bool) {
        if !is_of_program {
            self.add(FRAMEWORK_POINTS, "the type is the framework's, not the program's");
        }
    }

    /// The sum of the points.
    pub fn sum(&self) -> i32 {
        self.evidence.iter().map(|evidence| evidence.points).sum()
    }

    /// Adds evidence of another rule, as far as there are points left.
    pub fn take_over(&mut self, evidence: Evidence) {
        let left = (MAX_SCORE - self.sum()).max(0);
        self.add(evidence.points.clamp(0, left), evidence.what);
    }

    /// The evidence, the heaviest first, held to the most that a score may have, and its sum.
    pub fn finish(mut self) -> (u32, Vec<Evidence>) {
        let over = self.sum() - MAX_SCORE;
        if over > 0
            && let Some(most) = self.evidence.iter_mut().max_by_key(|evidence| evidence.points)
        {
            most.points -= over;
        }
        let under = -self.sum();
        if under > 0
            && let Some(least) = self.evidence.iter_mut().min_by_key(|evidence| evidence.points)
        {
            least.points += under;
        }
        self.evidence.sort_by_key(|evidence| std::cmp::Reverse(evidence.points));
        (self.sum() as u32, self.evidence)
    }
}
