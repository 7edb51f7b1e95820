//! Which objects survived from one synthetic process to another, read from their bytes.

use super::open;
use super::tables::rows;
use crate::diff::identity::{self, Survival};
use crate::diff::run;
use crate::graph::Snapshot;
use crate::query::{Answer, QueryError, RunOptions};
use crate::synth::{Family, Holds, Kennel, Type, element};

/// A heap of a shop.
struct Shop {
    kennel: Kennel,
    /// `Shop.Customer`: `id` (a string), `Orders` (a number).
    customer: Type,
    /// `Shop.Cart`: `Owner` (a customer).
    cart: Type,
    /// `System.Int32[]`.
    numbers: Type,
}

/// An address at which nothing lies.
const NOWHERE: u64 = 0x6666_0000_0000;

impl Shop {
    fn new() -> Shop {
        let mut kennel = Kennel::new(Family::V10_0);
        let process = &mut kennel.process;
        let core = process.core_library();
        let customer_def = process.define(core, "Shop", "Customer");
        let customer = process.class(customer_def, 32);
        let members = [("id", 0, Holds::String), ("Orders", 8, Holds::Number(element::I4))];
        process.fields(customer_def, customer, &members);
        let cart_def = process.define(core, "Shop", "Cart");
        let cart = process.class(cart_def, 24);
        process.fields(cart_def, cart, &[("Owner", 0, Holds::Class(customer_def))]);
        let number_def = process.define(core, "System", "UInt32");
        let number = process.primitive(number_def, element::I4);
        let numbers = process.array(number, 4);
        Shop { kennel, customer, cart, numbers }
    }

    fn customer(&mut self, id: &str, orders: u64) -> u64 {
        let id = self.kennel.string(id);
        self.kennel.object(self.customer, &[id, orders])
    }

    /// Customers with carts, which have names of these numbers, and arrays of these.
    fn with(mut self, numbers: impl Iterator<Item = u64>) -> Shop {
        for n in numbers {
            let customer = self.customer(&format!("customer {n} of the shop"), n % 3);
            self.kennel.object(self.cart, &[customer]);
            self.kennel.array(self.numbers, &[n, n * n]);
        }
        self
    }

    fn snapshot(self) -> Snapshot {
        open(self.kennel.process.dump().core().build()).unwrap().snapshot
    }
}

fn survival(dumps: &[Snapshot], type_name: &str) -> Option<Survival> {
    identity::survival((&dumps[0], &dumps[1]), type_name, None, &RunOptions::default()).unwrap()
}

/// Survived, died, born, and by which trait.
fn told(dumps: &[Snapshot], type_name: &str) -> (u64, u64, u64, String) {
    let told = survival(dumps, type_name).unwrap_or_else(|| panic!("{type_name}"));
    (told.survived, told.died, told.born, told.by)
}

fn ask(dumps: &[Snapshot], statement: &str) -> Result<Answer, QueryError> {
    run(dumps, statement, &RunOptions::default())
}

#[test]
fn objects_are_recognised_by_what_they_hold_and_what_that_holds() {
    // In the other order, so that all lie elsewhere.
    let dumps = [Shop::new().with(0..50).snapshot(), Shop::new().with((20..90).rev()).snapshot()];
    assert_eq!(told(&dumps, "Shop.Customer"), (30, 20, 40, "id".to_owned()));
    assert_eq!(told(&dumps, "Shop.Cart"), (30, 20, 40, "Owner".to_owned()));
    assert_eq!(told(&dumps, "System.UInt32[]"), (30, 20, 40, "content".to_owned()));
    let strings = told(&dumps, "System.String");
    assert_eq!((strings.1, strings.2, strings.3.as_str()), (20, 40, "content"));
    assert!(survival(&dumps, "Shop.Customer").unwrap().confidence > 0.99);
}

#[test]
fn a_dump_compared_with_itself_survives_whole() {
    let dumps = [Shop::new().with(0..20).snapshot(), Shop::new().with(0..20).snapshot()];
    let heap = dumps[0].heap(&crate::progress::NoProgress).unwrap();
    for of in heap.types.all().iter().filter(|of| of.count > 0 && &*of.name != "Free") {
        let told = survival(&dumps, &of.name).unwrap_or_else(|| panic!("{}", of.name));
        assert_eq!((told.survived, told.died, told.born), (of.count, 0, 0), "{}", of.name);
    }
}

#[test]
fn what_cannot_be_read_is_counted_and_told() {
    let damaged = |numbers| {
        let mut shop = Shop::new().with(numbers);
        shop.kennel.object(shop.customer, &[NOWHERE, 1]);
        shop.snapshot()
    };
    let dumps = [damaged(0..50), damaged(10..60)];
    let told = survival(&dumps, "Shop.Customer").unwrap();
    assert_eq!((told.survived, told.unreadable, told.by.as_str()), (40, 2, "id"));
    let answer = ask(&dumps, "survivors of Shop.Customer").unwrap();
    assert!(answer.warnings[0].message.starts_with("what tells 2 of the objects of Shop.Customer"));
}

#[test]
fn the_statement_has_a_row_for_each_pair_of_dumps() {
    let dumps = [0..10, 0..30, 5..60].map(|numbers| Shop::new().with(numbers.rev()).snapshot());
    let answer = ask(&dumps, "survivors of Shop.Customer").unwrap();
    let lines = [
        "Shop.Customer 1 2 10 30 10 20 0 1.0 id",
        "Shop.Customer 2 3 30 55 25 30 5 1.0 id",
        "Shop.Customer 1 3 10 55 5 50 5 1.0 id",
    ];
    assert_eq!(rows(&answer), lines);
    let animals = ask(&dumps, "survivors of Zoo.Animal+").unwrap();
    assert_eq!(rows(&animals).iter().filter(|row| row.starts_with("Zoo.Dog")).count(), 3);
    let wrong = ask(&dumps, "survivors of Shop.Custmer");
    let Err(QueryError::Statement(told)) = wrong else { panic!("{wrong:?}") };
    assert_eq!((told.span, told.hint.as_deref()), (13..25, Some("did you mean `Shop.Customer`?")));
}

#[test]
fn each_object_of_the_last_dump_is_there_since_a_dump() {
    let dumps = [0..10, 0..30, 5..60].map(|numbers| Shop::new().with(numbers).snapshot());
    let dumps: Vec<&Snapshot> = dumps.iter().collect();
    let fate = identity::fate(&dumps, "Shop.Customer", None, &RunOptions::default()).unwrap();
    let since: Vec<(u32, u64)> = fate.cohorts.iter().map(|cohort| (cohort.since, cohort.objects)).collect();
    assert_eq!(since, [(1, 5), (2, 20), (3, 30)]);
}
