//! A way from a root to objects, drawn as steps.

use crate::diff::{Way, WayStep};
use crate::output::report::figures::signed;
use crate::output::report::names::{root, short_root_of, short_type};
use crate::units::grouped;

use super::markup::Markup;

/// Steps that are drawn of a longer way: its first and its last ones.
const MOST_STEPS: usize = 16;

/// The ways to objects, a line each, and how many there are beside them.
pub(super) fn ways(ways: &[Way], most: usize, more: (u64, u64), page: &mut Markup) {
    if ways.is_empty() {
        return;
    }
    page.element("ul", &[("class", "ways")], |list| {
        for way in ways.iter().take(most) {
            list.element("li", &[], |item| {
                item.leaf("span", &[("class", "count")], &objects_on(way));
                steps(way, item);
            });
        }
        let hidden = ways.iter().skip(most);
        let (ways, objects) = hidden.fold(more, |(ways, objects), way| {
            (ways.saturating_add(1), objects.saturating_add(way.counts.last().copied().unwrap_or_default()))
        });
        if ways > 0 {
            let text = format!("{} on {} more ways", grouped(objects), grouped(ways));
            list.leaf("li", &[("class", "quiet")], &text);
        }
    });
}

/// How many objects hang on it: the change, where it is of several dumps and known.
fn objects_on(way: &Way) -> String {
    match way.change() {
        Some(change) => signed(change),
        None => way.counts.last().map(|&last| grouped(last)).unwrap_or_default(),
    }
}

fn steps(way: &Way, page: &mut Markup) {
    page.element("ol", &[("class", "way")], |list| {
        list.element("li", &[("class", "root")], |item| {
            two_names(&short_root_of(way), &root(&way.root_kind, way.root_name.as_deref()), item);
        });
        let count = way.steps.len();
        let (head, tail) = if count > MOST_STEPS { (MOST_STEPS / 2, MOST_STEPS / 2) } else { (count, 0) };
        for (at, way_step) in way.steps.iter().enumerate() {
            if at < head || at >= count - tail {
                step(way_step, way.owner == Some(at), at + 1 == count, list);
            } else if at == head {
                list.leaf(
                    "li",
                    &[("class", "quiet")],
                    &format!("{} steps", grouped((count - head - tail) as u64)),
                );
            }
        }
    });
}

fn step(step: &WayStep, is_owner: bool, is_last: bool, list: &mut Markup) {
    let class = if is_owner {
        "owner"
    } else if is_last {
        "end"
    } else {
        "step"
    };
    list.element("li", &[("class", class)], |item| {
        two_names(&short_type(&step.type_name), &step.type_name, item);
        if let Some(field) = step.field.as_deref().map(readable_field).filter(|field| !field.is_empty()) {
            item.leaf("span", &[("class", "field")], &format!(".{field}"));
        }
        if step.repeats {
            item.leaf("span", &[("class", "mark")], "repeated");
        }
        if is_owner {
            item.leaf("span", &[("class", "mark")], "holds them");
        }
    });
}

/// A field as its program's source calls it: a property by its name; of an element, which its array tells already, only the
/// field within it.
fn readable_field(field: &str) -> &str {
    let field = field.strip_prefix("[]").map_or(field, |within| within.trim_start_matches('.'));
    let property = field.strip_prefix('<').and_then(|rest| rest.strip_suffix(">k__BackingField"));
    property.unwrap_or(field)
}

/// A name without and with namespaces, of which the reader's choice is shown.
pub(super) fn two_names(short: &str, full: &str, page: &mut Markup) {
    if short == full {
        return page.leaf("span", &[("class", "name")], full);
    }
    page.leaf("span", &[("class", "name short"), ("title", full)], short);
    page.leaf("span", &[("class", "name full")], full);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_read_as_in_the_source() {
        let cases = [
            ("_items", "_items"),
            ("[]", ""),
            ("[]._node", "_node"),
            ("<Services>k__BackingField", "Services"),
        ];
        for (field, readable) in cases {
            assert_eq!(readable_field(field), readable);
        }
    }
}
