//! A small process whose every value is known: animals with names and friends, structs, enums, arrays.
//!
//! For tests of whatever reads fields, from the type system up to the language.

use super::{Family, Holds, Image, Place, Process, SegmentKey, Type, TypeDef, element};

/// The process and where its objects lie.
#[derive(Clone, Debug)]
pub struct Kennel {
    /// The process; objects may be added before it is dumped.
    pub process: Process,
    /// The segment that holds the objects.
    pub segment: SegmentKey,
    /// `Zoo.Animal`: `Name` (a string), `Friend` (an animal), `Legs`.
    pub animal: Type,
    /// `Zoo.Dog`, an animal: `Good`, `Born` (a `System.DateTime`), `Home` (a `Zoo.Point`).
    pub dog: Type,
    /// `Zoo.Cat`, an animal: `Name` (a string that hides the other), `Fur` (a `Zoo.Color`), `Purr` (a double).
    pub cat: Type,
    /// `Zoo.Holder`: `Payload` (any object), `Names` (strings), `Points` (points).
    pub holder: Type,
    /// `Zoo.Point[]`.
    pub points: Type,
    /// The dogs: `Dog0` to `Dog4` with 4 legs, odd ones good; every one a friend of the next, the last without a
    /// friend; at home in (n, -n); born on 2020-02-29 12:34:56 UTC.
    pub dogs: Vec<u64>,
    /// The cats `Cat0` (blue) and `Cat1` (of a color without a name, 3), hidden names `Hidden0` and `Hidden1`, friends of `Dog0`;
    /// `Cat1` has no name of its own (null).
    pub cats: Vec<u64>,
    /// Holders of `Dog1`, of `Cat0`, of a string, and of nothing. The first has the names `a`, null and `Dog0`'s, and
    /// the points (1, 2) and (3, 4).
    pub holders: Vec<u64>,
}

/// 2020-02-29 12:34:56 UTC as `System.DateTime` keeps it: ticks of 100 ns since year 1, the kind in the upper bits.
pub const BORN: u64 = 637_185_764_960_000_000 | 1 << 62;

impl Kennel {
    /// The kennel in a process of that family.
    pub fn new(family: Family) -> Kennel {
        let mut process = Process::new(family);
        let core = process.core_library();
        let zoo = process.module("zoo.dll", Image::Mapped);
        let number = process.define(core, "System", "Int32");
        process.primitive(number, element::I4);
        let date = process.define(core, "System", "DateTime");
        let date_time = process.structure(date, 8);
        process.fields(date, date_time, &[("_dateData", 0, Holds::Number(element::U8))]);
        let point_def = process.define(zoo, "Zoo", "Point");
        let point = process.structure(point_def, 8);
        let coordinates = [("X", 0, Holds::Number(element::I4)), ("Y", 4, Holds::Number(element::I4))];
        process.fields(point_def, point, &coordinates);
        let color = process.define(zoo, "Zoo", "Color");
        process.enumeration(color, element::U1, &[("Red", 1), ("Green", 2), ("Blue", 200)]);
        let animal_def = process.define(zoo, "Zoo", "Animal");
        let animal = process.class(animal_def, 40);
        let members = [
            ("Name", 0, Holds::String),
            ("Friend", 8, Holds::Class(animal_def)),
            ("Legs", 16, Holds::Number(element::I4)),
        ];
        process.fields(animal_def, animal, &members);
        let dog = process.dog(zoo, animal, date, point_def);
        let cat = process.cat(zoo, animal, color);
        let holder_def = process.define(zoo, "Zoo", "Holder");
        let holder = process.class(holder_def, 40);
        let members = [
            ("Payload", 0, Holds::Object),
            ("Names", 8, Holds::Array(Box::new(Holds::String))),
            ("Points", 16, Holds::Array(Box::new(Holds::Struct(point_def)))),
        ];
        process.fields(holder_def, holder, &members);
        let points = process.array(point, 8);
        let segment = process.segment(0, Place::Gen2);
        let (dogs, cats, holders) = (Vec::new(), Vec::new(), Vec::new());
        let mut kennel = Kennel { process, segment, animal, dog, cat, holder, points, dogs, cats, holders };
        kennel.fill();
        kennel
    }

    /// Adds a string; returns its address.
    pub fn string(&mut self, text: &str) -> u64 {
        let units: Vec<u16> = text.encode_utf16().collect();
        self.string_of(&units)
    }

    /// Adds a string of these UTF-16 code units; returns its address.
    pub fn string_of(&mut self, units: &[u16]) -> u64 {
        let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let string = self.process.string;
        self.process.object_of(self.segment, string, units.len() as u32, &bytes)
    }

    /// Adds an object whose fields begin with these words; returns its address.
    pub fn object(&mut self, of: Type, words: &[u64]) -> u64 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.process.object_of(self.segment, of, 0, &bytes)
    }

    /// Adds an array whose elements are these words; returns its address.
    pub fn array(&mut self, of: Type, words: &[u64]) -> u64 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.process.object_of(self.segment, of, words.len() as u32, &bytes)
    }

    fn fill(&mut self) {
        let mut friend = 0;
        for n in (0..5_u32).rev() {
            let name = self.string(&format!("Dog{n}"));
            let home = u64::from(n) | u64::from(n.wrapping_neg()) << 32;
            let legs_and_good = 4 | u64::from(n % 2) << 32;
            friend = self.object(self.dog, &[name, friend, legs_and_good, BORN, home]);
            self.dogs.insert(0, friend);
        }
        for (n, fur) in [(0_u64, 200_u64), (1, 3)] {
            let name = self.string(&format!("Hidden{n}"));
            let own = if n == 0 { self.string("Cat0") } else { 0 };
            let purr = 0.5_f64 + n as f64;
            let cat = self.object(self.cat, &[name, self.dogs[0], 4 | fur << 32, own, purr.to_bits()]);
            self.cats.push(cat);
        }
        let strings = self.process.array(self.process.string, 8);
        let (a, name) = (self.string("a"), self.name_of(0));
        let names = self.array(strings, &[a, 0, name]);
        let points = self.array(self.points, &[1 | 2 << 32, 3 | 4 << 32]);
        for payload in [self.dogs[1], self.cats[0], a, 0] {
            let parts = if self.holders.is_empty() { [names, points] } else { [0, 0] };
            let holder = self.object(self.holder, &[payload, parts[0], parts[1]]);
            self.holders.push(holder);
        }
    }

    /// The address of a dog's name.
    fn name_of(&self, dog: usize) -> u64 {
        // Every dog's name was put right before it: header and text of four units, rounded up.
        self.dogs[dog] - self.process.string.size(4).next_multiple_of(8)
    }
}

impl Process {
    fn dog(&mut self, zoo: super::ModuleKey, animal: Type, date: TypeDef, point: TypeDef) -> Type {
        let of = self.define(zoo, "Zoo", "Dog");
        let made = self.derived(of, animal, 56);
        let members = [
            ("Good", 20, Holds::Number(element::BOOLEAN)),
            ("Born", 24, Holds::Struct(date)),
            ("Home", 32, Holds::Struct(point)),
        ];
        self.fields(of, made, &members);
        made
    }

    fn cat(&mut self, zoo: super::ModuleKey, animal: Type, color: TypeDef) -> Type {
        let of = self.define(zoo, "Zoo", "Cat");
        let made = self.derived(of, animal, 56);
        let members = [
            ("Fur", 20, Holds::Enum(color, element::U1)),
            ("Name", 24, Holds::String),
            ("Purr", 32, Holds::Number(element::R8)),
        ];
        self.fields(of, made, &members);
        made
    }
}
