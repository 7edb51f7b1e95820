//! The house rules that a program can check: sizes of files, where `unsafe` may stand, which layer
//! may know which, names, links, and what must not stand in the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest that a source file may be, its tests included.
const MAX_LINES: usize = 600;

/// Source files that may be longer, each with the reason: regular tables only.
const LONG_FILES: &[(&str, &str)] = &[];

/// The layers, lowest first: each may use itself and those before it.
const LAYERS: &[&str] = &[
    "bytes", "dump", "image", "clr", "values", "graph", "state", "info", "query", "diff", "sos", "output",
    "open", "live", "cli",
];

/// The layer that talks to running processes: it uses the ground only, and no layer but the last uses it.
const APART: &str = "live";

/// What every layer may use: diagnostics, errors, limits, problems, progress, .NET text; and the builders for tests.
const GROUND: &[&str] =
    &["diagnostic", "error", "limits", "memory_limit", "problem", "progress", "synth", "text", "units"];

/// What the crate's root re-exports of the ground.
const ROOT_NAMES: &[&str] = &["Error", "ErrorKind", "Result"];

/// File names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "manager", "common", "misc"];

/// Folders of a developer's machine. Put together here so that this file does not match itself.
const MACHINE_FOLDERS: &[&str] =
    &[concat!("/", "work/"), concat!("/", "tmp/"), concat!("/", "root/"), concat!("/", "Users/")];

/// What is not the project's text: build results and history (a file in a second work tree).
const SKIPPED: &[&str] = &["target", ".git"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A text file of the repository, its path relative to the root and with `/`.
struct Text {
    path: String,
    text: String,
}

/// All text files of the repository, in the order of their paths.
fn texts() -> Vec<Text> {
    let mut texts = Vec::new();
    collect(&root(), &mut texts);
    texts.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(texts.iter().any(|t| t.path == "src/lib.rs"), "the sources were not found");
    texts
}

fn collect(folder: &Path, texts: &mut Vec<Text>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry of the repository").path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if SKIPPED.contains(&name) {
            continue;
        }
        if path.is_dir() {
            collect(&path, texts);
        } else if let Ok(text) = String::from_utf8(fs::read(&path).expect("a file of the repository")) {
            let relative = path.strip_prefix(root()).expect("a path below the root");
            texts.push(Text { path: relative.to_string_lossy().replace('\\', "/"), text });
        }
    }
}

fn sources() -> Vec<Text> {
    texts().into_iter().filter(|t| t.path.ends_with(".rs")).collect()
}

#[track_caller]
fn assert_none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}

/// The code of a source file: comments blanked, line by line.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line.split("//").next().unwrap_or_default()))
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

#[test]
fn no_source_file_is_too_long() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|t| LONG_FILES.iter().all(|(path, _)| *path != t.path))
        .map(|t| (t.path.as_str(), t.text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert_none(&format!("a source file has at most {MAX_LINES} lines: split it by concept"), &long);
}

#[test]
fn every_exception_for_long_files_is_still_needed() {
    for (path, reason) in LONG_FILES {
        let text = fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(text.lines().count() > MAX_LINES, "{path} is not too long any more ({reason})");
    }
}

#[test]
fn unsafe_stands_only_in_bytes() {
    let offences: Vec<String> = sources()
        .iter()
        .filter(|t| t.path.starts_with("src/") && !t.path.starts_with("src/bytes/"))
        .flat_map(|t| {
            code_lines(&t.text)
                .filter(|(_, line)| has_word(line, "unsafe") || line.contains("allow(unsafe_code)"))
                .map(|(number, _)| format!("{}:{number}", t.path))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_none("unsafe code belongs in src/bytes", &offences);
}

#[test]
fn every_unsafe_block_says_why_it_is_sound() {
    let mut offences = Vec::new();
    for t in sources().iter().filter(|t| t.path.starts_with("src/bytes/")) {
        let lines: Vec<&str> = t.text.lines().collect();
        for (number, line) in code_lines(&t.text).filter(|(_, line)| line.contains("unsafe {")) {
            let above = lines[..number - 1].iter().rev().take_while(|l| l.trim_start().starts_with("//"));
            if !above.clone().any(|l| l.contains("SAFETY:")) {
                offences.push(format!("{}:{number}: {}", t.path, line.trim()));
            }
        }
    }
    assert_none("an unsafe block has a SAFETY comment above it", &offences);
}

/// The crate's modules that a source file names: `a` for `crate::a::B`, `a` and `b` for
/// `crate::{a::B, b::{C, D}}`.
fn crate_modules(text: &str) -> Vec<String> {
    let code: String = code_lines(text).map(|(_, line)| format!("{line}\n")).collect();
    let mut modules = Vec::new();
    for (at, marker) in code.match_indices("crate::") {
        let named_before = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        let rest = &code[at + marker.len()..];
        if named_before {
            continue;
        }
        match rest.strip_prefix('{') {
            Some(group) => modules.extend(group_heads(group)),
            None => modules.push(leading_name(rest)),
        }
    }
    modules
}

fn leading_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names of a `{...}` group's items, given what stands behind the opening brace.
fn group_heads(group: &str) -> Vec<String> {
    let mut depth = 1;
    let mut items = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => items.push(String::new()),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if let Some(item) = items.last_mut().filter(|_| c != ',') {
            item.push(c);
        }
    }
    items.iter().map(|item| leading_name(item.trim())).filter(|name| !name.is_empty()).collect()
}

/// The layer of a source file below `src/`: its folder's or its own name.
fn layer_of(path: &str) -> Option<usize> {
    let inside = path.strip_prefix("src/")?;
    let name = inside.split('/').next()?.trim_end_matches(".rs");
    LAYERS.iter().position(|layer| *layer == name)
}

/// What the file at `path` uses and must not.
fn forbidden_modules(path: &str, text: &str) -> Vec<String> {
    let Some(rank) = layer_of(path) else { return Vec::new() };
    let own = LAYERS[rank];
    let allowed = |name: &str| {
        let layer = LAYERS.iter().position(|layer| *layer == name);
        let below = layer.is_some_and(|layer| layer <= rank) && (own != APART || name == APART);
        below || GROUND.contains(&name) || ROOT_NAMES.contains(&name)
    };
    crate_modules(text).into_iter().filter(|name| !allowed(name)).collect()
}

#[test]
fn layers_know_only_those_below() {
    let mut offences = Vec::new();
    for t in sources() {
        offences.extend(forbidden_modules(&t.path, &t.text).iter().map(|m| format!("{} uses {m}", t.path)));
    }
    assert_none("a layer uses only itself and the layers before it in the list of layers", &offences);
}

#[test]
fn the_check_of_layers_finds_what_it_should() {
    let upward = "use crate::bytes::Addr;\nuse crate::{dump::{A, B}, query::run, Result};\n";
    assert_eq!(forbidden_modules("src/clr/heap.rs", upward), ["query"]);
    assert_eq!(forbidden_modules("src/query/exec/scan.rs", upward), Vec::<String>::new());
    assert_eq!(forbidden_modules("src/image/pe.rs", "fn f() { crate::clr::locate(); }"), ["clr"]);
    assert_eq!(forbidden_modules("src/image/pe.rs", "// crate::clr is above\n"), Vec::<String>::new());
    assert_eq!(forbidden_modules("src/image/pe.rs", "use crate::nowhere::X;"), ["nowhere"]);
    let apart = "use crate::{limits, bytes::Addr, live::ipc};";
    assert_eq!(forbidden_modules("src/live/ipc/a.rs", apart), ["bytes"]);
    assert_eq!(forbidden_modules("src/open/a.rs", apart), ["live"]);
    assert_eq!(forbidden_modules("src/cli/a.rs", apart), Vec::<String>::new());
}

#[test]
fn every_folder_of_the_sources_is_a_layer() {
    for entry in fs::read_dir(root().join("src")).expect("the sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let known = !path.is_dir() || LAYERS.contains(&name) || GROUND.contains(&name);
        assert!(known, "src/{name} is in no list of layers");
    }
}

#[test]
fn file_names_say_what_is_inside() {
    let offences: Vec<String> = sources()
        .iter()
        .filter(|t| t.path.split('/').any(|part| EMPTY_NAMES.contains(&part.trim_end_matches(".rs"))))
        .map(|t| t.path.clone())
        .collect();
    assert_none("a file or folder is named after the concept in it", &offences);
}

#[test]
fn nothing_names_a_folder_of_a_developers_machine() {
    let mut offences = Vec::new();
    for t in texts() {
        for (i, line) in t.text.lines().enumerate() {
            if MACHINE_FOLDERS.iter().any(|folder| line.contains(folder)) {
                offences.push(format!("{}:{}: {}", t.path, i + 1, line.trim()));
            }
        }
    }
    assert_none("the repository names no folder of a developer's machine", &offences);
}

/// The targets of the links in a Markdown text, code aside.
fn links(markdown: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            continue;
        }
        // What stands between backticks is every second part.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for part in prose.split("](").skip(1) {
            links.extend(part.split(')').next().map(str::to_owned));
        }
    }
    links
}

#[test]
fn every_link_to_a_file_leads_somewhere() {
    let mut offences = Vec::new();
    for t in texts().iter().filter(|t| t.path.ends_with(".md")) {
        let file = root().join(&t.path);
        let folder = file.parent().expect("a file has a folder");
        for link in links(&t.text) {
            let target = link.split('#').next().unwrap_or_default();
            let elsewhere = target.is_empty() || link.contains("://") || link.starts_with("mailto:");
            if !elsewhere && !folder.join(target).exists() {
                offences.push(format!("{}: {link}", t.path));
            }
        }
    }
    assert_none("a link leads to a file that exists", &offences);
}

#[test]
fn links_are_found_outside_of_code_only() {
    let markdown = "see [a](A.md) and [`b`](src/b.rs#x), not `[c](C.md)`\n```\n[d](D.md)\n```\n";
    assert_eq!(links(markdown), ["A.md", "src/b.rs#x"]);
}
