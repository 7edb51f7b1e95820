//! Growth for people: which types multiply, who holds them, and what hangs on which root and assembly more than before.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::diff::growth::{AssemblyGrowth, Growth, RootGrowth};
use crate::diff::identity::Cohort;
use crate::diff::{Way, WayStep};
use crate::units::{grouped, human_bytes};

use super::sanitize::sanitize;
use super::short_names::{ShortNames, short_member};
use super::shorten::shorten_middle;

/// What is told of growth.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrowthSection<'a> {
    /// The types at which it begins.
    pub growth: &'a [Growth],
    /// What hangs on roots, those that grew most first.
    pub roots: &'a [RootGrowth],
    /// What hangs on the objects of assemblies.
    pub assemblies: &'a [AssemblyGrowth],
}

/// What stands between two dumps' numbers, and between the holder and what it holds.
const ARROW: &str = " -> ";

/// Blanks before a way.
const INDENT: &str = "    ";

/// Blanks before what does not fit into its first line.
const NEXT_INDENT: &str = "      ";

/// A way longer than that is folded between its first and its last types: what a framework builds around a program is alike
/// in all of them.
const LONGEST_WAY: usize = 7;

/// So many types stay at the start of a folded way, and at its end.
const KEPT: (usize, usize) = (2, 3);

/// So many roots and assemblies are listed, each.
const MOST_HOLDERS: usize = 6;

/// What is a smaller part of all is left out: roots and assemblies beside the one that grew most, objects on other ways.
const LEAST_PART: f64 = 0.01;

/// Roots and assemblies on which fewer bytes more hang are left out.
const LEAST_BYTES: i64 = 10 << 10;

/// Matches of objects between dumps that are surer than that are told without a word of doubt.
const SURE: f64 = 0.95;

/// Types whose fields say nothing of a program.
const COLLECTIONS: &str = "System.Collections.";

/// Writes what grew; nothing where nothing did. Lines are broken to `width` columns, `None` where nothing must be.
///
/// # Errors
/// Those of `out`.
pub fn write_growth(
    section: &GrowthSection<'_>,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = ShortNames::new(section.growth.iter().flat_map(all_names));
    if !section.growth.is_empty() {
        writeln!(out, "Where growth begins")?;
    }
    for growth in section.growth {
        writeln!(out)?;
        write_one(growth, &names, width, out)?;
    }
    let roots: Vec<Holder> = section.roots.iter().map(Holder::of_root).collect();
    write_holders("Retained growth by root", &roots, width, out)?;
    let assemblies: Vec<Holder> = section.assemblies.iter().map(Holder::of_assembly).collect();
    write_holders("Retained growth by assembly", &assemblies, width, out)
}

/// Since when the objects of the last dump are there, and how many of those before are gone.
fn since(growth: &Growth) -> Option<String> {
    let last = growth.survival.last()?;
    let about = if growth.survival.iter().any(|step| step.confidence < SURE) { "about " } else { "" };
    let there = match growth.cohorts.as_slice() {
        [] => format!(
            "{about}{} there since @{}, {} new",
            grouped(last.survived),
            last.from,
            grouped(last.born)
        ),
        cohorts => {
            let cohort = |of: &Cohort| format!("{} since @{}", grouped(of.objects), of.since);
            format!("{about}{}", cohorts.iter().map(cohort).collect::<Vec<_>>().join(", "))
        }
    };
    let died: u64 = growth.survival.iter().map(|step| step.died).sum();
    let gone = if died > 0 { format!("; {} gone", grouped(died)) } else { String::new() };
    Some(format!("{there}{gone} (told by {})", sanitize(&last.by)))
}

fn all_names(growth: &Growth) -> impl Iterator<Item = &str> {
    let steps = growth.ways.iter().flat_map(|way| way.steps.iter().map(|step| &*step.type_name));
    steps.chain([&*growth.type_name])
}

fn write_one(
    growth: &Growth,
    names: &ShortNames,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let room = width.unwrap_or(usize::MAX);
    write_broken(&headline(growth), ("", "  "), room, out)?;
    if let Some(line) = since(growth) {
        writeln!(out, "  {line}")?;
    }
    for way in &growth.ways {
        write_way(way, names, room, out)?;
    }
    let (ways, objects) = growth.more_ways;
    let last = growth.counts.last().copied().unwrap_or(0);
    if ways > 0 && objects as f64 >= last as f64 * LEAST_PART {
        let (word, lead) = if ways == 1 { ("way", "leads") } else { ("ways", "lead") };
        writeln!(out, "  {} more {word} {lead} to {}", grouped(ways), objects_of(objects))?;
    }
    Ok(())
}

fn objects_of(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "object" } else { "objects" })
}

/// `+200,000 Shop.Customer, 100,000 more in each dump · +23.4 MB retained`.
fn headline(growth: &Growth) -> Vec<String> {
    let name = sanitize(&growth.type_name);
    let mut steps = growth.counts.windows(2).map(|pair| i128::from(pair[1]) - i128::from(pair[0]));
    let first = steps.next().unwrap_or(0);
    let how = if growth.counts.len() > 2 && steps.all(|step| step == first) {
        format!("{} more in each dump", grouped(first))
    } else {
        series(&growth.counts, |&count| grouped(count))
    };
    let retained = change(&growth.retained);
    let more = grouped(change(&growth.counts));
    vec![format!("+{more} {name},"), how, format!("· {} retained", signed_bytes(retained))]
}

fn write_way(way: &Way, names: &ShortNames, room: usize, out: &mut dyn Write) -> io::Result<()> {
    let owner = way.owner.and_then(|owner| way.steps.get(owner));
    let holder = match owner {
        Some(step) => {
            let field = owner_field(step).map(|field| format!(".{field}")).unwrap_or_default();
            format!("held by {}{field}", names.of(&step.type_name))
        }
        None => format!("held by {}", root(way)),
    };
    let known: Vec<Option<u64>> = (0..way.counts.len()).map(|at| way.known_count(at)).collect();
    let counts = series(&known, |count| count.map_or_else(|| "?".to_owned(), grouped));
    let line = [sanitize(&holder).into_owned(), format!("({counts})")];
    write_broken(&line, ("  ", INDENT), room, out)?;
    let parts = parts(way, names);
    let last = parts.len().saturating_sub(1);
    let arrows = parts
        .iter()
        .enumerate()
        .map(|(at, part)| if at == last { part.clone() } else { format!("{part} ->") });
    write_broken(&arrows.collect::<Vec<_>>(), (INDENT, NEXT_INDENT), room, out)
}

/// The root, the types down to the owner, and from there what a person would name: neither arrays nor the nodes of collections.
fn parts(way: &Way, names: &ShortNames) -> Vec<String> {
    let name = |step: &WayStep| {
        let repeats = if step.repeats { " (any number)" } else { "" };
        format!("{}{repeats}", sanitize(&names.of(&step.type_name)))
    };
    let owner = way.owner.map_or(0, |owner| owner + 1).min(way.steps.len());
    let (above, below) = way.steps.split_at(owner);
    let mut parts: Vec<String> = without_inner_nodes(above).into_iter().map(name).collect();
    if let (Some(last), Some(field)) = (parts.last_mut(), above.last().and_then(owner_field)) {
        last.push_str(&format!(" .{}", sanitize(field)));
    }
    if parts.len() > LONGEST_WAY {
        let left_out = parts.len() - KEPT.0 - KEPT.1;
        parts.splice(KEPT.0..KEPT.0 + left_out, [format!("… {left_out} more …")]);
    }
    let mut all = vec![sanitize(&root(way)).into_owned()];
    all.append(&mut parts);
    for step in without_inner_nodes(below) {
        // The first array below the owner is its room; a delegate occurs as the whole and as one of its parts.
        let is_inner = above.last().is_some_and(|owner| is_inner_node(step, owner));
        let name = name(step);
        if !is_inner && all.last() != Some(&name) {
            all.push(name);
        }
    }
    all
}

/// Steps without arrays, but for the last, and without the nodes of collections.
fn without_inner_nodes(steps: &[WayStep]) -> Vec<&WayStep> {
    let mut kept: Vec<&WayStep> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let is_array = step.type_name.ends_with(']') && at + 1 < steps.len();
        let is_inner = at + 1 < steps.len() && kept.last().is_some_and(|above| is_inner_node(step, above));
        if !is_array && !is_inner {
            kept.push(step);
        }
    }
    kept
}

fn is_inner_node(step: &WayStep, above: &WayStep) -> bool {
    let rest = step.type_name.strip_prefix(&*above.type_name);
    above.type_name.starts_with(COLLECTIONS) && rest.is_some_and(|rest| rest.starts_with('+'))
}

/// The field by which an owner holds what multiplies, where it tells something: those of the framework's collections do not.
fn owner_field(owner: &WayStep) -> Option<&str> {
    let field = owner.field.as_deref().filter(|field| !field.starts_with(['[', '(', '+']))?;
    (!owner.type_name.starts_with(COLLECTIONS)).then(|| property(field))
}

/// What a program calls a field that a compiler made for a property.
fn property(field: &str) -> &str {
    let named = field.strip_prefix('<').and_then(|field| field.strip_suffix(">k__BackingField"));
    named.unwrap_or(field)
}

fn root(way: &Way) -> String {
    let kind = way.root_kind.replace('_', " ");
    way.root_name.as_ref().map_or_else(|| kind.clone(), |name| format!("{kind} {}", short_member(name)))
}

/// Something that holds, and how much more.
struct Holder {
    name: String,
    delta: i64,
    retained: Vec<u64>,
}

impl Holder {
    fn of_root(root: &RootGrowth) -> Holder {
        let kind = root.kind.replace('_', " ");
        let name = match &root.name {
            Some(name) if name.starts_with(&kind) => name.clone(),
            Some(name) => format!("{kind} {}", short_member(name)),
            None => kind,
        };
        Holder { name, delta: root.retained_delta, retained: root.retained.clone() }
    }

    fn of_assembly(assembly: &AssemblyGrowth) -> Holder {
        let name = assembly.module.clone().unwrap_or_else(|| "(no assembly)".to_owned());
        Holder { name, delta: assembly.retained_delta, retained: assembly.retained.clone() }
    }
}

fn write_holders(
    title: &str,
    holders: &[Holder],
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let most = holders.iter().map(|holder| holder.delta).max().unwrap_or(0);
    let least = LEAST_BYTES.max((most as f64 * LEAST_PART) as i64);
    let mut shown: Vec<&Holder> = holders.iter().filter(|holder| holder.delta >= least).collect();
    let more = shown.len().saturating_sub(MOST_HOLDERS);
    shown.truncate(MOST_HOLDERS);
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}\n")?;
    let deltas: Vec<String> = shown.iter().map(|holder| signed_bytes(holder.delta.into())).collect();
    let delta_width = deltas.iter().map(|delta| delta.width()).max().unwrap_or(0);
    let details: Vec<String> =
        shown.iter().map(|holder| series(&holder.retained, |&bytes| human_bytes(bytes as f64))).collect();
    let detail_width = details.iter().map(|detail| detail.width()).max().unwrap_or(0);
    let room = width.map(|width| width.saturating_sub(delta_width + detail_width + 6).max(20));
    let names: Vec<String> = shown
        .iter()
        .map(|holder| shorten_middle(&sanitize(&holder.name), room.unwrap_or(usize::MAX)).into_owned())
        .collect();
    let name_width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    for ((name, delta), detail) in names.iter().zip(&deltas).zip(&details) {
        let blanks = " ".repeat(name_width - name.width());
        writeln!(out, "  {delta:>delta_width$}  {name}{blanks}  {detail}")?;
    }
    if more > 0 {
        writeln!(out, "  … {} more", grouped(more as u64))?;
    }
    Ok(())
}

/// The numbers of the dumps, one after the other.
fn series<T>(numbers: &[T], show: impl Fn(&T) -> String) -> String {
    numbers.iter().map(show).collect::<Vec<_>>().join(ARROW)
}

/// The change from the first number to the last.
fn change(numbers: &[u64]) -> i128 {
    let number = |number: Option<&u64>| number.map_or(0, |&number| i128::from(number));
    number(numbers.last()) - number(numbers.first())
}

fn signed_bytes(bytes: i128) -> String {
    format!("{}{}", if bytes > 0 { "+" } else { "" }, human_bytes(bytes as f64))
}

/// Writes parts with blanks between them, in as many lines as they need; what follows the first line is indented. A part that is
/// too long for a line is shortened.
fn write_broken(
    parts: &[String],
    (first, indent): (&str, &str),
    room: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "{first}")?;
    let mut used = first.len();
    for part in parts {
        let part = shorten_middle(part, room.saturating_sub(indent.len()).max(20));
        let needed = part.width() + 1;
        if used > first.len() && used + needed > room {
            write!(out, "\n{indent}{part}")?;
            used = indent.len() + part.width();
            continue;
        }
        let blank = if used > first.len() { " " } else { "" };
        write!(out, "{blank}{part}")?;
        used += needed;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests;
