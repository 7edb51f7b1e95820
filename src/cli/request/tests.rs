//! Command lines and what is understood of them.

use super::*;

fn parse(line: &str) -> Result<Request, clap::Error> {
    Request::parse(std::iter::once("heapql").chain(line.split_whitespace()))
}

fn query(line: &str) -> Query {
    match parse(line).unwrap().action {
        Action::Query(query) => query,
        other => panic!("{line}: {other:?}"),
    }
}

fn refused(line: &str) -> String {
    let error = parse(line).expect_err(line);
    assert_eq!(error.exit_code(), 2, "{line}");
    error.to_string()
}

#[test]
fn dumps_alone_open_the_prompt() {
    let both = ["a.core", "b.core"].map(PathBuf::from).to_vec();
    for line in ["a.core b.core", "open a.core b.core", "--threads 2 open a.core b.core"] {
        assert_eq!(parse(line).unwrap().action, Action::Open { dumps: both.clone() }, "{line}");
    }
}

#[test]
fn statements_and_scripts_keep_their_order() {
    let query = query("query a.core -e one -f two.hql -e three -f - --format csv -o out.csv");
    assert_eq!(
        query,
        Query {
            dumps: vec!["a.core".into()],
            sources: vec![
                Source::Text("one".into()),
                Source::File("two.hql".into()),
                Source::Text("three".into()),
                Source::Stdin
            ],
            parameters: vec![],
            format: Format::Csv,
            sql: false,
            output: Some("out.csv".into()),
        }
    );
}

#[test]
fn a_statement_may_start_with_a_comment() {
    let line = ["heapql", "query", "a.core", "-e", "-- a comment\nselect count"];
    let Action::Query(query) = Request::parse(line).unwrap().action else { panic!("no query") };
    assert_eq!(query.sources, [Source::Text("-- a comment\nselect count".into())]);
}

#[test]
fn every_format_of_the_command_line_is_one_of_the_outputs() {
    for format in Format::ALL {
        assert_eq!(query(&format!("query a.core -e x --format {format}")).format, format);
    }
    assert!(
        refused("query a.core -e x --format xml")
            .contains("[possible values: table, json, csv, ndjson, markdown, html, parquet, dot, mermaid]")
    );
}

#[test]
fn info_is_about_one_dump() {
    let info = |json| Action::Info { dump: "a.core".into(), json };
    assert_eq!(parse("info a.core").unwrap().action, info(false));
    assert_eq!(parse("info a.core --format json").unwrap().action, info(true));
    refused("info a.core b.core");
    refused("info a.core --format csv");
}

#[test]
fn common_options_stand_before_or_behind_the_command() {
    for line in [
        "--files x --files y --threads 3 --no-progress --color never --cache c query a.core -e x",
        "query a.core -e x --files x --files y --threads 3 --no-progress --color never --cache c",
    ] {
        let common = parse(line).unwrap().common;
        assert_eq!(common.files, [PathBuf::from("x"), "y".into()], "{line}");
        assert_eq!(common.threads, NonZeroUsize::new(3));
        assert!(!common.progress);
        assert_eq!(common.color, Some(false));
        assert_eq!(common.cache, Some("c".into()));
    }
}

#[test]
fn wrong_lines_are_refused_with_a_way_out() {
    assert!(refused("query a.core").contains("-e"));
    assert!(refused("query -e x").contains("DUMP"));
    assert!(refused("query a.core -f - -f -").contains("twice"));
    assert!(refused("a.core info").contains("`heapql info a.core`"));
    assert_eq!(
        parse("a.core ./info").unwrap().action,
        Action::Open { dumps: vec!["a.core".into(), "./info".into()] }
    );
    assert!(refused("a.core --threads 0").contains("--threads"));
    assert!(refused("--no-progress").contains("no dump is named"));
    refused("a.core --unknown");
    refused("");
}

#[test]
fn the_arguments_are_consistent() {
    Arguments::command().debug_assert();
}

fn run(line: &str) -> Run {
    match parse(line).unwrap().action {
        Action::Run(run) => run,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_script_is_a_name_of_the_library_or_a_path() {
    let source = |name: &str| match run(&format!("run {name} a.core")) {
        Run::Answer(query) => query.sources,
        other => panic!("{other:?}"),
    };
    assert_eq!(source("what-grew"), [Source::Library("what-grew".into())]);
    for path in ["what-grew.hql", "./what-grew", "queries/what-grew", "/what-grew"] {
        assert_eq!(source(path), [Source::File(path.into())]);
    }
}

#[test]
fn the_library_is_listed_and_shown_without_dumps() {
    assert_eq!(run("run --list --format json"), Run::List { format: Format::Json, output: None });
    assert_eq!(run("run x --show"), Run::Show { source: Source::Library("x".into()) });
    for (line, message) in [
        ("run", "no script is named"),
        ("run x", "no dump is named behind the script"),
        ("run --list x", "cannot be used with"),
        ("run x a.core --show", "cannot be used with"),
    ] {
        let told = parse(line).unwrap_err().to_string();
        assert!(told.contains(message), "{line}: {told}");
    }
}

#[test]
fn parameters_are_names_with_values() {
    let given = query("query a.core -e x -p min=1mb -p :like=a=b -p none=").parameters;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(given, [pair("min", "1mb"), pair("like", "a=b"), pair("none", "")]);
    for (line, message) in [
        ("query a.core -e x -p min", "`-p min` gives nothing a value"),
        ("run x a.core -p =1", "`-p =1` gives nothing a value"),
        ("run x a.core -p a=1 -p a=2", "`-p a=` is given twice"),
    ] {
        let told = parse(line).unwrap_err().to_string();
        assert!(told.contains(message), "{line}: {told}");
    }
}
