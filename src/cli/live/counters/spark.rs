//! A line of numbers as a line of blocks.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The last `width` numbers, the oldest first, each as high as it lies between the lowest and the highest of them. Numbers that
/// are all the same are a flat line.
pub(super) fn spark<'a>(values: impl DoubleEndedIterator<Item = &'a f64>, width: usize) -> String {
    let mut last: Vec<f64> = values.rev().take(width).copied().collect();
    last.reverse();
    let lowest = last.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = last.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Numbers may be as far apart as numbers can be: their distance must not overflow.
    let span = highest / 2.0 - lowest / 2.0;
    let block = |value: f64| {
        let share = if span > 0.0 { (value / 2.0 - lowest / 2.0) / span } else { 0.0 };
        BLOCKS[((share * 7.0).round() as usize).min(7)]
    };
    last.into_iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_as_high_as_they_lie() {
        let cases: [(&[f64], &str); 6] = [
            (&[], ""),
            (&[5.0], "▁"),
            (&[5.0, 5.0, 5.0], "▁▁▁"),
            (&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], "▁▂▃▄▅▆▇█"),
            (&[-10.0, 10.0, 0.0], "▁█▅"),
            (&[f64::MIN, f64::MAX], "▁█"),
        ];
        for (values, line) in cases {
            assert_eq!(spark(values.iter(), 20), line);
        }
    }

    #[test]
    fn the_last_numbers_are_shown() {
        assert_eq!(spark([100.0, 1.0, 2.0, 3.0].iter(), 3), "▁▅█");
        assert_eq!(spark([1.0].iter(), 0), "");
    }

    proptest! {
        #[test]
        fn the_line_is_as_long_as_it_may_be(values in prop::collection::vec(any::<f64>(), 0..30), width in 0..40_usize) {
            prop_assert_eq!(spark(values.iter(), width).chars().count(), values.len().min(width));
        }
    }
}
