//! Types as sources, paths and tests of types, on a process whose every value is known.

use super::tables::{ask, lines, refusal, rows, snapshot};
use crate::bytes::Addr;
use crate::graph::Snapshot;
use crate::synth::{Family, Kennel};

fn kennel() -> [Snapshot; 1] {
    snapshot(Kennel::new(Family::V10_0))
}

#[test]
fn the_fields_of_a_type_are_columns_in_every_family() {
    for family in Family::ALL {
        let dump = snapshot(Kennel::new(family));
        let statement =
            "select Name, Friend.Name, Legs, Good, Born, Home.Y from Zoo.Dog order by Name limit 2";
        let born = "2020-02-29T12:34:56.0000000Z";
        assert_eq!(
            lines(&dump, statement),
            [format!("Dog0 Dog1 4 false {born} 0"), format!("Dog1 Dog2 4 true {born} -1")]
        );
    }
}

#[test]
fn all_of_a_type_are_its_address_size_and_fields() {
    let dump = kennel();
    let names = |statement| ask(&dump, statement).columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    assert_eq!(names("select * from Zoo.Animal"), ["address", "size", "Name", "Friend", "Legs"]);
    assert_eq!(names("select * from Zoo.Animal+"), ["address", "type", "size", "Name", "Friend", "Legs"]);
    // The name that Cat hides occurs once, and means its own.
    assert_eq!(names("select * from Zoo.Cat")[2..], ["Name", "Friend", "Legs", "Fur", "Purr"]);
}

#[test]
fn a_type_is_described_by_the_fields_that_its_name_gives() {
    let dump = kennel();
    assert_eq!(
        lines(&dump, "describe Zoo.Cat"),
        [
            "Friend address Zoo.Animal, declared by Zoo.Animal",
            "Legs integer System.Int32, declared by Zoo.Animal",
            "Fur text Zoo.Color, declared by Zoo.Cat",
            "Name text System.String, declared by Zoo.Cat",
            "Purr real System.Double, declared by Zoo.Cat",
        ]
    );
    assert!(refusal(&dump, "describe Zoo.Dgo").0.contains("no table, function or type `Zoo.Dgo`"));
    assert!(refusal(&dump, "describe objcts").0.contains("no table or function"));
}

#[test]
fn subclasses_answer_with_the_fields_that_they_have() {
    let dump = kennel();
    assert_eq!(lines(&dump, "select type, count from Zoo.Animal+"), ["Zoo.Dog 5", "Zoo.Cat 2"]);
    assert_eq!(lines(&dump, "select count from Zoo.Animal"), ["0"]);
    assert_eq!(
        lines(&dump, "select Good, Purr from Zoo.Animal+ where Purr > 0.5 or Name = 'Dog1'"),
        ["true -", "- 1.5"]
    );
    assert_eq!(lines(&dump, "select count from instances('Zoo.Animal+') where Legs = 4"), ["7"]);
}

#[test]
fn a_hidden_field_is_that_of_the_type_that_is_looked_at() {
    let dump = kennel();
    assert_eq!(lines(&dump, "select Name, Friend.Name from Zoo.Cat order by Name"), ["Cat0 Dog0", "- Dog0"]);
    // The declared type of Payload has no name: that of the object decides.
    assert_eq!(lines(&dump, "select Payload.Name from Zoo.Holder"), ["Dog1", "Cat0", "-", "-"]);
}

#[test]
fn a_field_that_the_object_s_own_type_hides_is_that_one_s_whatever_is_declared() {
    let mut kennel = Kennel::new(Family::V10_0);
    let (dog, cat) = (kennel.dog, kennel.cats[0]);
    kennel.object(dog, &[0, cat, 3]);
    let dump = snapshot(kennel);
    assert_eq!(lines(&dump, "select Friend.Name, Friend.Legs from Zoo.Dog where Legs = 3"), ["Cat0 4"]);
    assert_eq!(lines(&dump, "select (Friend as Zoo.Animal).Name from Zoo.Dog where Legs = 3"), ["Cat0"]);
}

#[test]
fn an_enum_shows_its_name_and_compares_with_names_and_numbers() {
    let dump = kennel();
    for condition in ["Fur = 'Blue'", "Fur = 200", "Fur.value__ = 200", "Fur in (1, 200)", "Fur like 'Bl%'"] {
        let statement = format!("select Fur, Fur.value__ from Zoo.Cat where {condition}");
        assert_eq!(lines(&dump, &statement), ["Blue 200"], "{condition}");
    }
    assert_eq!(lines(&dump, "select text(Fur) from Zoo.Cat where Fur = 3"), ["3"]);
}

#[test]
fn paths_go_into_arrays_and_end_outside_of_them() {
    let dump = kennel();
    let statement = "select Names[0], Names[1], Names[2], Names[3], Names[-1], Points[1].X, Names.Length, \
                     Names[2].Length from Zoo.Holder where Names is not null";
    assert_eq!(lines(&dump, statement), ["a - Dog0 - - 3 3 4"]);
}

#[test]
fn is_asks_for_the_type_of_the_object_and_as_goes_on_from_it() {
    let dump = kennel();
    let statement = "select Payload is Zoo.Cat, Payload is Zoo.Animal, Payload is not Zoo.Dog, \
                     (Payload as Zoo.Cat).Purr, (Payload as Zoo.Animal) is null, type_of(Payload) from Zoo.Holder";
    assert_eq!(
        lines(&dump, statement),
        [
            "false true false - false Zoo.Dog",
            "true true true 0.5 false Zoo.Cat",
            "false false true - true System.String",
            "false false true - true -",
        ]
    );
    assert_eq!(lines(&dump, "select count where address is Zoo.Animal"), ["7"]);
    assert_eq!(lines(&dump, "select count from Zoo.Animal+ where this is not Zoo.Cat"), ["5"]);
}

#[test]
fn an_interface_means_the_types_that_implement_it() {
    for family in Family::ALL {
        let mut kennel = Kennel::new(family);
        let core = kennel.process.core_library();
        let [good, other] = ["IGood", "IOther`1"].map(|name| {
            let of = kennel.process.define(core, "Zoo", name);
            kennel.process.interface(of)
        });
        let (dog, holder) = (kennel.dog, kennel.holder);
        kennel.process.implement(dog, &[other, good]);
        kennel.process.implement(holder, &[other]);
        let dump = snapshot(kennel);
        assert_eq!(lines(&dump, "select type, count from Zoo.IGood+"), ["Zoo.Dog 5"], "{family:?}");
        assert_eq!(lines(&dump, "select count from Zoo.IGood+ where Name = 'Dog1'"), ["1"]);
        assert_eq!(lines(&dump, "select Payload is Zoo.IGood from Zoo.Holder limit 2"), ["true", "false"]);
        assert!(refusal(&dump, "select count from Zoo.IGood").0.contains("is an interface"));
    }
}

#[test]
fn functions_take_what_fields_show() {
    let dump = kennel();
    let statement = "select year(Born), minute(Born), date(Born), Name || '/' || Legs, to_number(substr(Name, 4)), \
                     regex_extract(Name, '([a-z]+)([0-9])', 2) from Zoo.Dog where Name = 'Dog3'";
    assert_eq!(lines(&dump, statement), ["2020 34 2020-02-29 Dog3/4 3.0 3"]);
}

#[test]
fn groups_may_be_made_by_paths() {
    let dump = kennel();
    let written =
        "select Friend.Name, count from Zoo.Animal+ group by Friend.Name order by count desc, Friend.Name";
    let implied = "select Friend.Name, count from Zoo.Animal+ order by count desc, Friend.Name";
    let expected = ["Dog0 2", "Dog1 1", "Dog2 1", "Dog3 1", "Dog4 1", "- 1"];
    assert_eq!(lines(&dump, written), expected);
    assert_eq!(lines(&dump, implied), expected);
    // A path may begin at a key.
    assert_eq!(lines(&dump, "select Friend.Name, count from Zoo.Cat group by Friend"), ["Dog0 2"]);
}

#[test]
fn a_column_goes_before_a_field_and_this_reaches_the_field() {
    let dump = kennel();
    assert_eq!(lines(&dump, "select this.Name from Zoo.Dog where this.Name = 'Dog2'"), ["Dog2"]);
    let of_objects = "select this.Name from objects where this is Zoo.Cat order by address";
    assert_eq!(lines(&dump, of_objects), ["Cat0", "-"]);
}

#[test]
fn items_of_arrays_are_rows() {
    let dump = kennel();
    let of = "items(select Names from Zoo.Holder)";
    let statement = format!("select index, key, value, value_type from {of}");
    assert_eq!(
        lines(&dump, &statement),
        ["0 - a System.String", "1 - - System.String", "2 - Dog0 System.String"]
    );
    assert_eq!(lines(&dump, &format!("select value_object.Length from {of} where index = 2")), ["4"]);
    let kennel = Kennel::new(Family::V10_0);
    let dog = Addr(kennel.dogs[0]);
    let answer = ask(&snapshot(kennel), &format!("select value from items({dog})"));
    assert_eq!(answer.row_count(), 0);
    assert!(answer.warnings.iter().any(|w| w.message.contains("is no collection and no array")));
}

#[test]
fn memory_that_is_missing_gives_null_and_is_counted() {
    let mut kennel = Kennel::new(Family::V10_0);
    // A dog whose name and friend lie where the dump has no memory.
    let dog = kennel.object(kennel.dog, &[0x6660_0000, 0x6660_1000, 4, 0, 0]);
    let dump = snapshot(kennel);
    let statement = format!("select Legs, Name, Friend.Name from Zoo.Dog where address = {}", Addr(dog));
    let answer = ask(&dump, &statement);
    assert_eq!(rows(&answer), ["4 - -"]);
    let told = "values of 1 objects of dump 1 are not in it and count as null";
    assert!(answer.warnings.iter().any(|w| w.message == told), "{:?}", answer.warnings);
}

#[test]
fn wrong_paths_are_told_with_what_is_near() {
    let dump = kennel();
    for (statement, message) in [
        ("select Nam from Zoo.Dog", "`Zoo.Dog` has no field `Nam`"),
        ("select Friend.Nam from Zoo.Dog", "`Zoo.Animal` has no field `Nam`"),
        ("select Payload.Nothing from Zoo.Holder", "`System.Object` has no field `Nothing`"),
        ("select Legs.X from Zoo.Dog", "`System.Int32` has no field `X`"),
        ("select Name[0] from Zoo.Dog", "`System.String` has no elements"),
        ("select (Payload as Zoo.Cat).Good from Zoo.Holder", "`Zoo.Cat` has no field `Good`"),
        ("select Payload is Zoo.Bird from Zoo.Holder", "no type is called `Zoo.Bird`"),
        (
            "select Legs is Zoo.Dog from Zoo.Dog",
            "`is` and a type is for addresses, and this is a whole number",
        ),
        (
            "select Friend.Name, count from Zoo.Dog group by Legs",
            "`Friend.Name` is neither a key nor a measure, so a group has many of it",
        ),
        ("select value from items('x')", "this is no address"),
        ("select value from items(select Name from Zoo.Dog)", "`items` takes a select of addresses"),
        ("select 1 from itms(0x1)", "no function `itms` gives rows"),
        (
            "select Fur from Zoo.Cat where Fur in (1, 'Blue')",
            "the list has names of an enum as well as numbers",
        ),
    ] {
        assert_eq!(refusal(&dump, statement).0, message, "{statement}");
    }
}

#[test]
fn answers_do_not_depend_on_the_threads() {
    let dump = kennel();
    let statements = [
        "select Name, Friend.Friend.Name, Legs from Zoo.Animal+",
        "select Friend.Name, count, sum(Legs) from Zoo.Animal+",
        "select Payload.Name, type_of(Payload) from Zoo.Holder order by Payload.Name desc",
    ];
    let answers = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| statements.map(|statement| lines(&dump, statement)))
    };
    let one = answers(1);
    for threads in [2, 3, 7] {
        assert_eq!(answers(threads), one, "{threads} threads");
    }
}
