//! Chains for people: each a line for how it begins and, indented, a line for each thing that it leads through.

use unicode_width::UnicodeWidthStr;

use crate::query::{Chain, Chains, Link};
use crate::units::grouped;

use super::sanitize::sanitize;
use super::shorten::shorten_middle;
use super::widths::MAX_COLUMN_WIDTH;

/// Blanks before a link.
const INDENT: usize = 2;

/// Blank columns between the parts of a link.
const GAP: usize = 2;

/// A type's name keeps at least so many columns, however narrow the screen is.
const MIN_NAME_WIDTH: usize = 24;

/// Runs of links that read alike, from this many on, show their first and their last only: the nodes of a list say
/// nothing one by one.
const FOLDED_FROM: usize = 4;

/// Appends chains, an empty line between them; `room` is the width of the screen, `None` where nothing must be
/// shortened.
pub(super) fn push_chains(chains: &Chains, room: Option<usize>, out: &mut Vec<u8>) {
    for (at, chain) in chains.chains.iter().enumerate() {
        if at > 0 {
            out.push(b'\n');
        }
        push_chain(chain, room, out);
    }
    if let Some(left_out) = &chains.left_out {
        push_line(if chains.chains.is_empty() { "" } else { "\n" }, &sanitize(left_out), out);
    }
}

fn push_chain(chain: &Chain, room: Option<usize>, out: &mut Vec<u8>) {
    let title = sanitize(&chain.title);
    let first = match &*chain.remark {
        "" => title.into_owned(),
        remark => format!("{}  {title}", sanitize(remark)),
    };
    push_line("", &shorten_middle(&first, room.unwrap_or(MAX_COLUMN_WIDTH)), out);
    let lines: Vec<[String; 3]> = chain.links.iter().map(parts).collect();
    let width = |part: usize| lines.iter().map(|line| line[part].width()).max().unwrap_or(0);
    let (address, field) = (width(1), width(2));
    let others = INDENT + [address, field].iter().filter(|&&w| w > 0).map(|w| w + GAP).sum::<usize>();
    let left = room.map_or(MAX_COLUMN_WIDTH, |room| room.saturating_sub(others).max(MIN_NAME_WIDTH));
    let name = width(0).min(left);
    let mut like_before = 0;
    let links = chain.links.iter().zip(&lines).zip(folded(&chain.links));
    for ((link, [type_name, place, held_by]), is_folded) in links {
        if is_folded {
            like_before += 1;
            continue;
        }
        push_folded(&mut like_before, out);
        let mut line = String::new();
        push_padded(&shorten_middle(type_name, name), name, &mut line);
        if address > 0 {
            push_padded(place, address, &mut line);
        }
        line.push_str(held_by);
        push_line("  ", line.trim_end(), out);
        if let Some(gap) = &link.gap {
            push_line("  ", &format!("… {}", sanitize(gap)), out);
        }
    }
    push_folded(&mut like_before, out);
    if chain.joins {
        push_line("  ", "… goes on as above", out);
    }
}

/// For each link whether it is folded.
fn folded(links: &[Link]) -> impl Iterator<Item = bool> {
    let alike = |a: &Link, b: &Link| a.gap.is_none() && (&a.type_name, &a.field) == (&b.type_name, &b.field);
    links.chunk_by(alike).flat_map(|run| {
        let last = run.len() - 1;
        (0..run.len()).map(move |at| last + 1 >= FOLDED_FROM && at != 0 && at != last)
    })
}

/// Tells how many links were folded since the last that was shown.
fn push_folded(count: &mut usize, out: &mut Vec<u8>) {
    if *count > 0 {
        push_line("  ", &format!("… {} more like this", grouped(*count as i128)), out);
        *count = 0;
    }
}

/// Type, address and field of a link.
fn parts(link: &Link) -> [String; 3] {
    let address = link.address.map(|address| address.to_string()).unwrap_or_default();
    let field = link.field.as_deref().map(|field| match field.chars().next() {
        Some('[' | '(' | '+') | None => sanitize(field).into_owned(),
        Some(_) => format!(".{}", sanitize(field)),
    });
    [sanitize(&link.type_name).into_owned(), address, field.unwrap_or_default()]
}

fn push_padded(text: &str, width: usize, line: &mut String) {
    line.push_str(text);
    line.extend(std::iter::repeat_n(' ', width.saturating_sub(text.width()) + GAP));
}

fn push_line(before: &str, text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(before.as_bytes());
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    fn shown(room: Option<usize>) -> String {
        let mut out = Vec::new();
        push_chains(&samples::chains(), room, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn chains_are_indented_and_aligned() {
        assert_eq!(
            shown(None),
            "static Zoo.Program.keep\n\
             \x20 System.Collections.Generic.List<System.Object>  0x7f0000001000  ._items\n\
             \x20 System.Object[]                                 0x7f0000002000  [12]\n\
             \x20 … 9,800 more\n\
             \x20 Zoo.Dog\\u001b[31m                               0x7f0000003000\n\
             \n\
             2 slots  stack (thread 7)\n\
             \x20 Zoo.Kennel       0x7f0000004000  ._dogs\n\
             \x20 System.Object[]  0x7f0000002000\n\
             \x20 … goes on as above\n\
             \n\
             3 more roots\n"
        );
    }

    #[test]
    fn what_reads_alike_is_folded() {
        let link = |type_name: &str, address: u64, gap: Option<&str>| Link {
            type_name: type_name.into(),
            address: Some(crate::bytes::Addr(address)),
            field: Some("next".into()),
            gap: gap.map(str::to_owned),
        };
        let nodes = |count: u64| (1..=count).map(|at| link("Node", at, None));
        let shown = |links: Vec<Link>| {
            let chain = Chain { links, ..samples::chains().chains.remove(0) };
            let mut out = Vec::new();
            push_chain(&chain, None, &mut out);
            String::from_utf8(out).unwrap().lines().skip(1).map(str::trim).collect::<Vec<_>>().join("|")
        };
        assert_eq!(shown(nodes(3).collect()), "Node  0x1  .next|Node  0x2  .next|Node  0x3  .next");
        assert_eq!(
            shown(nodes(1002).chain([link("Leaf", 9, None)]).collect()),
            "Node  0x1    .next|… 1,000 more like this|Node  0x3ea  .next|Leaf  0x9    .next"
        );
        let gap = nodes(3).chain([link("Node", 4, Some("7 more"))]).chain(nodes(4));
        assert_eq!(
            shown(gap.collect()),
            "Node  0x1  .next|… 2 more like this|Node  0x4  .next|… 7 more|Node  0x1  .next|… 2 more like this|Node  0x4  .next"
        );
    }

    #[test]
    fn names_are_shortened_to_the_screen() {
        let text = shown(Some(60));
        assert!(text.lines().all(|line| line.width() <= 60), "{text}");
        assert!(text.contains("System.Collectio…t<System.Object>"), "{text}");
    }
}
