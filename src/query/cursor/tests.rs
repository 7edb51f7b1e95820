//! Statements with the cursor at `|`.

use super::*;
use proptest::prelude::*;

/// What is at the mark.
fn at(marked: &str) -> Cursor {
    let position = marked.find('|').expect("a mark says where the cursor is");
    cursor(&marked.replacen('|', "", 1), position)
}

fn keywords(marked: &str) -> Vec<&'static str> {
    at(marked).keywords.into_iter().map(Keyword::word).collect()
}

fn named(name: &str) -> NamedSource {
    NamedSource { rows: Rows::Named(name.into()), alias: None, dump: None }
}

fn path(root: &str, steps: &[&str]) -> Option<PathSoFar> {
    let steps = steps.iter().map(|step| Step::Member((*step).into())).collect();
    Some(PathSoFar { root: Root::Name(root.into()), steps })
}

#[test]
fn a_statement_begins_with_its_keyword() {
    for begin in ["|", "sel|", "select count; |"] {
        let keywords = keywords(begin);
        assert!(["select", "roots", "describe", "leaks"].iter().all(|k| keywords.contains(k)), "{begin}");
        assert!(!keywords.contains(&"where"));
        assert_eq!(at(begin).wanted, []);
    }
}

#[test]
fn after_from_a_source_is_wanted() {
    for text in ["select * from |", "select * from Zoo.D|", "select count from @1.|"] {
        assert!(at(text).wanted.contains(&Wanted::Source), "{text}: {:?}", at(text));
    }
    assert_eq!(at("select * from Zoo.D|").start, 14);
    assert_eq!(at("select * from Zoo.Outer+In|").start, 14);
    assert_eq!(at("select * from (|").keywords, [Keyword::Select, Keyword::With]);
}

#[test]
fn a_value_is_wanted_where_columns_can_stand() {
    for text in [
        "select |",
        "select type, |",
        "select type where |",
        "select type where size > 1 and |",
        "select count group by |",
        "select type order by |",
        "select count group by type having |",
        "select lower(|",
        "select type where type in ('a', |",
        "diff select |",
    ] {
        assert!(at(text).wanted.contains(&Wanted::Value), "{text}");
    }
    assert!(!at("select type |").wanted.contains(&Wanted::Value));
}

#[test]
fn keywords_are_those_that_can_follow() {
    let follow = keywords("select type |");
    assert!(["as", "from", "where", "group", "order", "limit"].iter().all(|k| follow.contains(k)));
    assert!(!follow.contains(&"select") && !follow.contains(&"by"));
    assert_eq!(keywords("select type group |"), ["by"]);
    assert_eq!(keywords("roots |"), ["of"]);
    let compare = keywords("select type where type |");
    assert!(["like", "in", "is", "between", "not", "and", "or"].iter().all(|k| compare.contains(k)));
    assert_eq!(keywords("select type where not |").iter().filter(|k| **k == "not").count(), 1);
}

#[test]
fn types_are_wanted_behind_statements_about_them() {
    for text in
        ["roots of |", "survivors of Zoo.|", "select * from instances(|", "select 1 where address is |"]
    {
        assert!(at(text).wanted.contains(&Wanted::Type), "{text}: {:?}", at(text));
    }
    assert_eq!(at("describe obj|").wanted, [Wanted::Described]);
    assert_eq!(at("help fi|").wanted, [Wanted::HelpWord]);
    assert!(at("object |").wanted.contains(&Wanted::Address));
}

#[test]
fn the_sources_are_those_of_the_select() {
    assert_eq!(at("select |").sources, [named("objects")]);
    assert_eq!(at("select | from Zoo.Dog where Legs = 4").sources, [named("Zoo.Dog")]);
    assert_eq!(at("select type from Zoo.Animal+ where |").sources, [named("Zoo.Animal")]);
    assert_eq!(at("select 1 from \"List<Zoo.Dog>\" where |").sources, [named("List<Zoo.Dog>")]);
    assert_eq!(at("select 1 from @2.strings where |").sources[0].dump, Some(2));
    assert_eq!(at("select 1 from @2 where |").sources[0], NamedSource { dump: Some(2), ..named("objects") });
}

#[test]
fn a_subselect_has_sources_of_its_own() {
    let text = "select type from types where mt in (select | from refs) and size > 1";
    assert_eq!(at(text).sources, [named("refs")]);
    assert_eq!(
        at("select type from types where mt in (select mt from refs) and |").sources,
        [named("types")]
    );
    let columns =
        NamedSource { rows: Rows::Select(vec!["type".into(), "n".into()]), alias: None, dump: None };
    assert_eq!(at("select | from (select type, count as n group by type)").sources, [columns]);
}

#[test]
fn functions_that_give_rows_are_sources() {
    let rows = Rows::Function("reachable".into());
    assert_eq!(at("select | from reachable(0x10)").sources[0].rows, rows);
    assert_eq!(at("select 1 from reachable(|").call.unwrap().name, "reachable");
}

#[test]
fn the_open_call_is_told_with_its_arguments() {
    let call = at("select substr(lower(type), 1, |").call.unwrap();
    assert_eq!((call.name.as_str(), call.arguments), ("substr", 2));
    assert_eq!(at("select lower(|type), 1").call.unwrap().name, "lower");
    assert_eq!(at("select lower(type), |").call, None);
    assert_eq!(at("select 1 where type in (|").call, None);
}

#[test]
fn a_path_is_told_up_to_the_word() {
    let cursor = at("select Friend.Na| from Zoo.Dog");
    assert_eq!((cursor.start, cursor.path), (14, path("Friend", &[])));
    assert_eq!(at("select d.Friend.| from Zoo.Dog").path, path("d", &["Friend"]));
    assert_eq!(at("select 1 where a = b.|").path, path("b", &[]));
    assert!(at("select Friend.|").keywords.is_empty());
    let elements = at("select Friends[0].| from Zoo.Dog").path.unwrap();
    assert_eq!(elements.steps, [Step::Element]);
    let cast = at("select (Payload as Zoo.Cat).Na|").path.unwrap();
    assert_eq!(cast.root, Root::Cast("Zoo.Cat".into()));
    // A number is no path.
    assert_eq!(at("select 10.|").path, None);
}

#[test]
fn an_open_quote_is_told_with_what_it_is_compared_with() {
    let quote = |text: &str| at(text).quote.unwrap();
    for text in
        ["where type = '", "where type like 'Zoo.", "where type not in ('a', 'b", "where type_of(x) != '"]
    {
        let quote = quote(&format!("select 1 {text}|"));
        assert!(quote.text);
        assert!(quote.compared.unwrap().starts_with("type"), "{text}");
    }
    assert!(quote("select 1 where type like '|").pattern);
    assert_eq!(quote("select 1 from instances('|").compared.as_deref(), Some("instances"));
    assert_eq!(quote("select '|").compared, None);
    let name = at("select 1 from \"List<|");
    assert!(!name.quote.unwrap().text && name.wanted.contains(&Wanted::Source));
    assert_eq!(name.start, 15);
}

#[test]
fn what_follows_the_cursor_counts_for_sources_only() {
    let cursor = at("select fr|ee from segments");
    assert_eq!((cursor.start, cursor.sources), (7, vec![named("segments")]));
    assert_eq!(at("select kind, | from segments; select 1 from refs").sources, [named("segments")]);
}

#[test]
fn the_parts_of_a_text_are_told_apart() {
    let of = |text: &'static str| {
        pieces(text).into_iter().map(|(span, piece)| (&text[span], piece)).collect::<Vec<_>>()
    };
    assert_eq!(
        of("roots of path, 'a' -- no\n0x10"),
        [
            ("roots", Piece::Keyword),
            ("of", Piece::Name),
            ("path", Piece::Name),
            (",", Piece::Symbol),
            ("'a'", Piece::Text),
            ("-- no", Piece::Comment),
            ("0x10", Piece::Address),
        ]
    );
    assert_eq!(of("select 'open")[1], ("'open", Piece::OpenText));
    assert_eq!(of("explain roots")[1], ("roots", Piece::Keyword));
}

proptest! {
    #[test]
    fn any_text_at_any_place_is_survived(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("select "), Just("from "), Just("where "), Just("("), Just(")"), Just("."), Just("'"),
                Just("\""), Just(","), Just("as "), Just("[0]"), Just("Zoo.Dog "), Just("@1"), Just(";"),
                Just("in "), Just("+"), Just("="), Just("lower"), Just("é"), Just("--\n"),
            ],
            0..14,
        ),
        cut in 0_usize..80,
    ) {
        let text = parts.concat();
        let position = (0..=cut.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let cursor = cursor(&text, position);
        prop_assert!(cursor.start <= position && text.is_char_boundary(cursor.start));
    }
}

fn aliased(name: &str, alias: &str) -> NamedSource {
    NamedSource { alias: Some(alias.into()), ..named(name) }
}

#[test]
fn joined_sources_are_in_reach() {
    let both = [aliased("handles", "h"), aliased("roots", "r")];
    for text in [
        "select * from handles h join roots r on |",
        "select * from handles as h left join roots as r on h.|",
        "select | from handles h inner join roots r on h.object = r.object",
        "select * from handles h left outer join roots r on h.object = r.object where |",
    ] {
        assert_eq!(at(text).sources, both, "{text}");
    }
    let three = "select * from handles h join roots r on h.object = r.object join refs f on |";
    assert_eq!(at(three).sources.last(), Some(&aliased("refs", "f")));
    assert_eq!(at("select * from handles join roots on |").sources, [named("handles"), named("roots")]);
    // A column may bear the name of a word of joins.
    assert_eq!(at("select * from handles where h.join = |").sources, [named("handles")]);
    assert_eq!(at("select * from handles as left where |").sources, [aliased("handles", "left")]);
    assert!(keywords("select * from handles |").contains(&"left"));
}

#[test]
fn selects_that_with_names_are_sources() {
    let text = "with big as (select type, count as n group by type) select | from big";
    assert_eq!(at(text).named, ["big"]);
    let columns = Rows::Select(vec!["type".into(), "n".into()]);
    assert_eq!(at(text).sources, [NamedSource { rows: columns, alias: Some("big".into()), dump: None }]);
    let second = at("with a as (select 1 as x), b as (select y from a) select * from |");
    assert_eq!(second.named, ["a", "b"]);
    assert_eq!(at("with a as (select | from strings").sources, [named("strings")]);
    assert!(at("select type as x from (select type) where |").named.is_empty());
}

#[test]
fn the_clause_and_the_names_of_the_select_are_told() {
    let place = at(
        "select distinct type, case when size > 1 then 1 else 2 end as big, count as n group by type order by |",
    );
    assert_eq!(
        (place.clause, place.columns),
        (Some(Keyword::Order), vec!["type".into(), "big".into(), "n".into()])
    );
    assert_eq!(at("select type where size > |").clause, Some(Keyword::Where));
    assert_eq!(at("select type where size in (select |").clause, Some(Keyword::Select));
    assert_eq!(at("select type, count group by lower(|").clause, Some(Keyword::Group));
    assert_eq!(at("assert count < 5 from roots where |").sources, [named("roots")]);
}

#[test]
fn a_text_within_a_call_is_put_beside_the_argument_before() {
    let compared = |text: &str| at(text).quote.and_then(|quote| quote.compared);
    assert_eq!(compared("select type from threads where contains(state, '|").as_deref(), Some("state"));
    assert_eq!(compared("select * from instances('|").as_deref(), Some("instances"));
}
