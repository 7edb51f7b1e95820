//! Growth over the dumps: a small chart for the whole heap and for each type that grew most, all drawn from zero.

use std::fmt::Write;

use crate::diff::Report;
use crate::output::report::figures::{bytes, change, signed, signed_bytes};
use crate::output::report::names::short_type;
use crate::units::grouped;

use super::markup::Markup;
use super::way::two_names;

/// Types that have a chart.
const MOST_TYPES: usize = 6;

/// The size of a drawing, and the room at its edges for the points.
const WIDTH: f64 = 280.0;
const HEIGHT: f64 = 90.0;
const EDGE: f64 = 6.0;

/// The section; nothing for a single dump.
pub(super) fn section(report: &Report, labels: &[String], page: &mut Markup) {
    if report.profiles.len() < 2 {
        return;
    }
    page.element("section", &[("id", "trend")], |section| {
        section.leaf("h2", &[], "From dump to dump");
        section.element("div", &[("class", "charts")], |charts| {
            let size = report.profiles.iter().map(|profile| profile.totals.bytes).collect();
            let objects = report.profiles.iter().map(|profile| profile.totals.objects).collect();
            chart(
                &Chart { name: "All objects", what: "bytes", values: size, is_bytes: true },
                labels,
                charts,
            );
            chart(
                &Chart { name: "All objects", what: "number", values: objects, is_bytes: false },
                labels,
                charts,
            );
            for growth in report.growth.iter().take(MOST_TYPES) {
                let values = growth.retained.clone();
                let chart_of_type =
                    Chart { name: &growth.type_name, what: "retained", values, is_bytes: true };
                chart(&chart_of_type, labels, charts);
            }
        });
    });
    page.line_break();
}

struct Chart<'a> {
    name: &'a str,
    what: &'static str,
    values: Vec<u64>,
    is_bytes: bool,
}

impl Chart<'_> {
    fn value(&self, value: u64) -> String {
        if self.is_bytes { bytes(value) } else { grouped(value) }
    }

    fn change(&self) -> String {
        let by = change(&self.values);
        if self.is_bytes { signed_bytes(by) } else { signed(by) }
    }

    /// The points of the values, the first at the left, zero at the bottom, the biggest at the top.
    fn points(&self) -> Vec<(f64, f64)> {
        let top = self.values.iter().copied().max().unwrap_or_default().max(1) as f64;
        let steps = self.values.len().saturating_sub(1).max(1) as f64;
        let x = |at: usize| EDGE + at as f64 / steps * (WIDTH - 2.0 * EDGE);
        let y = |value: u64| HEIGHT - EDGE - value as f64 / top * (HEIGHT - 2.0 * EDGE);
        self.values.iter().enumerate().map(|(at, &value)| (x(at), y(value))).collect()
    }
}

fn chart(chart: &Chart<'_>, labels: &[String], page: &mut Markup) {
    page.element("figure", &[("class", "card")], |figure| {
        figure.element("figcaption", &[], |caption| {
            caption.element("strong", &[], |name| two_names(&short_type(chart.name), chart.name, name));
            caption.text(" ");
            caption.leaf("span", &[("class", "quiet")], chart.what);
            caption.leaf("span", &[("class", "change")], &chart.change());
        });
        drawing(chart, labels, figure);
        figure.element("p", &[("class", "ends quiet")], |ends| {
            let end = |label: Option<&String>, value: Option<&u64>| {
                let value = value.map_or_else(String::new, |&value| chart.value(value));
                format!("{} {value}", label.map_or("", String::as_str))
            };
            ends.leaf("span", &[], &end(labels.first(), chart.values.first()));
            ends.leaf("span", &[], &end(labels.last(), chart.values.last()));
        });
    });
}

fn drawing(chart: &Chart<'_>, labels: &[String], page: &mut Markup) {
    let points = chart.points();
    let told: Vec<String> = labels
        .iter()
        .zip(&chart.values)
        .map(|(label, &value)| format!("{label} {}", chart.value(value)))
        .collect();
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    let attributes = [("viewBox", view.as_str()), ("role", "img"), ("aria-label", &told.join(", "))];
    page.element("svg", &attributes, |svg| {
        let base = format!("{:.1}", HEIGHT - EDGE);
        let (left, right) = (EDGE.to_string(), (WIDTH - EDGE).to_string());
        let axis = [("class", "axis"), ("x1", left.as_str()), ("x2", &right), ("y1", &base), ("y2", &base)];
        svg.element("line", &axis, |_| ());
        let (area, line) = paths(&points);
        svg.element("path", &[("class", "area"), ("d", &area)], |_| ());
        svg.element("path", &[("class", "line"), ("d", &line)], |_| ());
        for ((x, y), text) in points.iter().zip(&told) {
            let (x, y) = (format!("{x:.1}"), format!("{y:.1}"));
            svg.element("circle", &[("cx", &x), ("cy", &y), ("r", "4")], |dot| dot.leaf("title", &[], text));
        }
    });
}

/// The outline of the area below the points, and of the line through them.
fn paths(points: &[(f64, f64)]) -> (String, String) {
    let mut line = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        // Writing to memory does not fail.
        let _ = write!(line, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
    }
    let base = HEIGHT - EDGE;
    let area = match (points.first(), points.last()) {
        (Some((first, _)), Some((last, _))) => format!("{line}L{last:.1} {base:.1}L{first:.1} {base:.1}Z"),
        _ => String::new(),
    };
    (area, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_begin_at_zero_and_fill_their_room() {
        let chart = |values: Vec<u64>| Chart { name: "", what: "", values, is_bytes: true };
        assert_eq!(chart(vec![0, 5, 10]).points(), [(6.0, 84.0), (140.0, 45.0), (274.0, 6.0)]);
        assert_eq!(chart(vec![0, 0]).points(), [(6.0, 84.0), (274.0, 84.0)]);
        assert_eq!(chart(vec![u64::MAX]).points().len(), 1);
    }
}
