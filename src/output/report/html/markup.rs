//! HTML that is right by construction: names of elements and attributes are the program's own, everything else is escaped.

use crate::output::report::names::shown;

/// Columns that a text of a dump may take on the page.
const TEXT_WIDTH: usize = 400;

/// HTML under construction.
#[derive(Debug, Default)]
pub(super) struct Markup {
    html: String,
}

/// Attributes of an element.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Markup {
    /// An element with what `inside` puts into it.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Markup),
    ) {
        self.html.push('<');
        self.html.push_str(name);
        for (attribute, value) in attributes {
            self.html.push(' ');
            self.html.push_str(attribute);
            self.html.push_str("=\"");
            self.text(value);
            self.html.push('"');
        }
        self.html.push('>');
        inside(self);
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push('>');
    }

    /// An element with a text in it.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        self.element(name, attributes, |inside| inside.text(text));
    }

    /// A text. What is very long loses its middle, what cannot be shown becomes an escape that can.
    pub(super) fn text(&mut self, text: &str) {
        for c in shown(text, TEXT_WIDTH).chars() {
            match c {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                c => self.html.push(c),
            }
        }
    }

    /// A line break in the source, for who reads it.
    pub(super) fn line_break(&mut self) {
        self.html.push('\n');
    }

    /// The HTML.
    pub(super) fn finish(self) -> String {
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_and_attributes_are_escaped() {
        let mut page = Markup::default();
        page.element("p", &[("title", "\"><script>'")], |p| p.text("<b>&amp;\u{202e}"));
        assert_eq!(page.finish(), "<p title=\"&quot;&gt;&lt;script&gt;&#39;\">&lt;b&gt;&amp;amp;\\u202e</p>");
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_element(text in any::<String>()) {
            let mut page = Markup::default();
            page.leaf("b", &[("title", &text)], &text);
            let html = page.finish();
            prop_assert_eq!(html.matches('<').count(), 2);
            prop_assert_eq!(html.matches('>').count(), 2);
            prop_assert_eq!(html.matches('"').count(), 2);
        }
    }
}
