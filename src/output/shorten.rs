//! Shortens text in the middle: a type name tells most at its start and at its end.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const ELLIPSIS: &str = "…";

/// The text in at most `width` terminal columns: whole when it fits, else its start and its end
/// around an ellipsis, cut between grapheme clusters; an odd column goes to the start. With a
/// width of 0 nothing is left.
pub fn shorten_middle(text: &str, width: usize) -> Cow<'_, str> {
    // A width is at most the number of bytes, except for nothing: no need to measure short text.
    if text.len() <= width || text.width() <= width {
        return Cow::Borrowed(text);
    }
    if width == 0 {
        return Cow::Borrowed("");
    }
    let tail_room = (width - 1) / 2;
    let head_room = width - 1 - tail_room;
    let head = fitting(text.graphemes(true), head_room);
    let tail = fitting(text.graphemes(true).rev(), tail_room);
    Cow::Owned([&text[..head], ELLIPSIS, &text[text.len() - tail..]].concat())
}

/// How many bytes of the leading clusters fit into `room` columns.
fn fitting<'a>(clusters: impl Iterator<Item = &'a str>, room: usize) -> usize {
    let mut used = 0;
    clusters
        .take_while(|cluster| {
            used += cluster.width();
            used <= room
        })
        .map(str::len)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_type_name_keeps_its_start_and_its_end() {
        let name = "System.Collections.Generic.Dictionary<System.String, Zoo.Dog>";
        assert_eq!(shorten_middle(name, 48), "System.Collections.Gener…System.String, Zoo.Dog>");
        assert_eq!(shorten_middle(name, name.len()), name);
    }

    #[test]
    fn tiny_widths_still_hold() {
        let cut: Vec<_> = (0..=4).map(|w| shorten_middle("abcdef", w).into_owned()).collect();
        assert_eq!(cut, ["", "…", "a…", "a…f", "ab…f"]);
    }

    #[test]
    fn wide_and_joined_characters_are_not_split() {
        assert_eq!(shorten_middle("犬犬犬犬", 6), "犬…犬");
        assert_eq!(shorten_middle("e\u{301}e\u{301}e\u{301}e\u{301}", 3), "e\u{301}…e\u{301}");
    }

    proptest! {
        #[test]
        fn the_result_fits(text in ".{0,40}", width in 0_usize..50) {
            prop_assert!(shorten_middle(&text, width).width() <= width.max(text.width().min(width)));
        }

        #[test]
        fn what_fits_is_left_alone(text in ".{0,40}") {
            prop_assert_eq!(shorten_middle(&text, text.width()), text.as_str());
        }
    }
}
