//! Texts of values in synthetic processes.

use crate::bytes::Addr;
use crate::clr::type_system::{FieldShape, FieldType};
use crate::synth::{Holds, Kennel, Type, element};
use crate::values::Values;
use crate::values::synthetic::element::{I2, NATIVE_INT, R4, U2, U4};
use crate::values::synthetic::{FieldPlan, class, define, kennel, structure, text, values, values_of};

const I4: u8 = element::I4;
const I8: u8 = element::I8;
const U8: u8 = element::U8;

/// The text of a boxed struct of that name, with fields (name, offset, element) and these bytes.
fn struct_text(name: &str, fields: &[(&str, u32, u8)], data: &[u8]) -> Option<String> {
    let mut kennel = kennel();
    let fields: Vec<FieldPlan<'_>> =
        fields.iter().map(|&(name, offset, element)| (name, offset, Holds::Number(element))).collect();
    let of = structure(&mut kennel.process, name, data.len() as u32, &fields);
    let object = kennel.process.object_of(kennel.segment, of, 0, data);
    text(&values(kennel.process), object)
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[track_caller]
fn assert_text(found: Option<String>, expected: &str) {
    assert_eq!(found.as_deref(), Some(expected));
}

#[test]
fn dates_and_times() {
    let of = |name, field, element, data| struct_text(name, &[(field, 0, element)], &words(&[data]));
    let ticks = 639_029_198_456_780_000;
    assert_text(of("System.TimeSpan", "_ticks", I8, -15_000_000_i64 as u64), "-00:00:01.5000000");
    assert_text(of("System.DateOnly", "_dayNumber", I4, 738_944), "2024-02-29");
    assert_text(of("System.TimeOnly", "_ticks", I8, 863_980_000_000), "23:59:58.0000000");
    assert_eq!(of("System.TimeOnly", "_ticks", I8, 864_000_000_000), None);
    assert_eq!(of("System.DateOnly", "_dayNumber", I4, 3_652_059), None);
    assert_eq!(of("System.DateOnly", "_dayNumber", I4, u64::MAX), None);
    assert_eq!(of("System.TimeSpan", "_other", I8, 1), None);
    // Not told apart from a DateTime of the kennel's: that has the same name.
    let mut kennel = kennel();
    let holder = holder_of_date(&mut kennel);
    let dates: Vec<u64> =
        [0, 1, 2, 3].iter().map(|kind| kennel.object(holder, &[ticks | kind << 62])).collect();
    let beyond = kennel.object(holder, &[3_155_378_976_000_000_000]);
    let values = values(kennel.process);
    let field = |object| values.text(Addr(object + 8), &field_type(&values, holder, "Date")).unwrap();
    assert_text(field(dates[0]), "2026-01-02T03:04:05.6780000");
    assert_text(field(dates[1]), "2026-01-02T03:04:05.6780000Z");
    assert_text(field(dates[2]), "2026-01-02T03:04:05.6780000");
    assert_text(field(dates[3]), "2026-01-02T03:04:05.6780000");
    assert_eq!(field(beyond), None);
}

/// A class with a `DateTime`, whose definition the kennel has.
fn holder_of_date(kennel: &mut Kennel) -> Type {
    let date = define(&mut kennel.process, "System.DateTime");
    let made = kennel.process.structure(date, 8);
    kennel.process.fields(date, made, &[("dateData", 0, Holds::Number(U8))]);
    class(&mut kennel.process, "Zoo.Dated", 8, &[("Date", 0, Holds::Struct(date))])
}

fn field_type(values: &Values, of: Type, name: &str) -> FieldType {
    values.types().description(Addr(of.method_table)).field(name).unwrap().field_type.clone()
}

#[test]
fn decimals_of_old_and_new_versions() {
    let new = [("_flags", 0, I4), ("_hi32", 4, U4), ("_lo64", 8, U8)];
    let old = [("flags", 0, I4), ("hi", 4, I4), ("lo", 8, I4), ("mid", 12, I4)];
    let data = words(&[4 << 16 | 0x8000_0000, 12_345_678 | 1 << 32]);
    for fields in [&new[..], &old] {
        assert_text(struct_text("System.Decimal", fields, &data), "-430731.2974");
        assert_eq!(struct_text("System.Decimal", fields, &words(&[29 << 16, 1])), None);
    }
    assert_eq!(struct_text("System.Decimal", &new[..2], &data), None);
}

#[test]
fn numbers_that_are_structs() {
    let wide = [("_lower", 0, U8), ("_upper", 8, U8)];
    assert_text(struct_text("System.Int128", &wide, &words(&[0, 1 << 63])), &i128::MIN.to_string());
    assert_text(struct_text("System.UInt128", &wide, &words(&[u64::MAX; 2])), &u128::MAX.to_string());
    assert_text(struct_text("System.Half", &[("_value", 0, U2)], &[0x00, 0x3e]), "1.5");
    let parts = [("m_real", 0, element::R8), ("m_imaginary", 8, element::R8)];
    let complex = words(&[1.5_f64.to_bits(), (-2_f64).to_bits()]);
    assert_text(struct_text("System.Numerics.Complex", &parts, &complex), "<1.5; -2>");
    assert_text(struct_text("System.Text.Rune", &[("_value", 0, U4)], &words(&[0x1f600])), "\u{1f600}");
    assert_eq!(struct_text("System.Text.Rune", &[("_value", 0, U4)], &words(&[0xd800])), None);
    assert_text(struct_text("System.Index", &[("_value", 0, I4)], &words(&[0xffff_fffe])), "^1");
}

#[test]
fn guids() {
    let mut fields = vec![("_a", 0, I4), ("_b", 4, I2), ("_c", 6, I2)];
    let bytes = ["_d", "_e", "_f", "_g", "_h", "_i", "_j", "_k"];
    fields.extend(bytes.iter().zip(8..).map(|(name, offset)| (*name, offset, element::U1)));
    let data = words(&[0x8899_7766_ddcc_bbaa, 0x8899_aabb_ccdd_eeff]);
    assert_text(struct_text("System.Guid", &fields, &data), "ddccbbaa-7766-8899-ffee-ddccbbaa9988");
}

#[test]
fn any_struct_is_its_fields() {
    let fields = [("F", 0, R4), ("N", 4, I4), ("P", 8, NATIVE_INT)];
    let data = words(&[u64::from(0.1_f32.to_bits()) | 7 << 32, 2_u64.wrapping_neg()]);
    assert_text(struct_text("Zoo.Mixed", &fields, &data), "{F=0.1, N=7, P=-2}");
    assert_eq!(struct_text("Zoo.Empty", &[], &words(&[0])), None);
}

#[test]
fn long_structs_are_cut_short() {
    let names: Vec<String> = (0..400).map(|i| format!("F{i}")).collect();
    let fields: Vec<_> = names.iter().map(|name| (name.as_str(), 0, I8)).collect();
    let text = struct_text("Zoo.Long", &fields, &words(&[1])).unwrap();
    assert!(text.starts_with("{F0=1, F1=1, ") && text.ends_with(", …}"), "{text}");
    assert!(text.len() < 1100, "{}", text.len());
}

#[test]
fn strings_within_structs_are_cut_short_and_others_are_whole() {
    let mut kennel = kennel();
    let fields = [("Item1", 0, Holds::Number(I4)), ("Item2", 8, Holds::String)];
    let of = structure(&mut kennel.process, "System.ValueTuple", 16, &fields);
    let (five, long) = (kennel.string("five"), kennel.string(&"z".repeat(50_000)));
    let objects = [five, long, 0].map(|string| kennel.object(of, &[5, string]));
    let values = values(kennel.process);
    assert_text(text(&values, objects[0]), "(5, five)");
    assert_text(text(&values, objects[1]), &format!("(5, {}…)", "z".repeat(200)));
    assert_text(text(&values, objects[2]), "(5, null)");
    assert_eq!(text(&values, long).unwrap().len(), 50_000);
}

#[test]
fn tuples_of_eight_and_more_are_flat() {
    let mut kennel = kennel();
    let rest = define(&mut kennel.process, "System.ValueTuple");
    let made = kennel.process.structure(rest, 8);
    kennel.process.fields(rest, made, &[("Item1", 0, Holds::Number(I8))]);
    let fields = [("m_Item1", 0, Holds::Number(I8)), ("m_Rest", 8, Holds::Struct(rest))];
    let of = class(&mut kennel.process, "System.Tuple", 16, &fields);
    let object = kennel.object(of, &[1, 2]);
    assert_text(text(&values(kennel.process), object), "(1, 2)");
}

#[test]
fn pairs_and_nullables() {
    let pair = [("key", 0, I8), ("value", 8, I4)];
    let name = "System.Collections.Generic.KeyValuePair";
    assert_text(struct_text(name, &pair, &words(&[1, 2])), "[1, 2]");
    let nullable = [("hasValue", 0, element::BOOLEAN), ("value", 8, I8)];
    assert_text(struct_text("System.Nullable", &nullable, &words(&[1, 42])), "42");
    assert_eq!(struct_text("System.Nullable", &nullable, &words(&[0, 42])), None);
}

#[test]
fn a_struct_within_itself_ends() {
    let mut kennel = kennel();
    let of = define(&mut kennel.process, "Zoo.Endless");
    let made = kennel.process.structure(of, 8);
    kennel.process.fields(of, made, &[("A", 0, Holds::Struct(of)), ("B", 0, Holds::Struct(of))]);
    let object = kennel.object(made, &[0]);
    let values = values(kennel.process);
    let endless = text(&values, object).unwrap();
    assert!(endless.contains("{A=Zoo.Endless, B=Zoo.Endless}") && endless.len() < 5000, "{endless}");
    let view = values.object(Addr(object), 10).unwrap();
    assert!(view.fields_left_out);
    assert!(view.rows.len() <= crate::limits::MAX_FIELD_ROWS);
}

#[test]
fn versions_and_names() {
    let mut kennel = kennel();
    let parts = ["_Major", "_Minor", "_Build", "_Revision"];
    let fields: Vec<FieldPlan<'_>> =
        parts.iter().zip((0..).step_by(4)).map(|(n, o)| (*n, o, Holds::Number(I4))).collect();
    let version = class(&mut kennel.process, "System.Version", 16, &fields);
    let version = kennel.object(version, &[1 | 2 << 32, 3 | 0xffff_ffff << 32]);
    let fields = [("_string", 0, Holds::String), ("_originalUnicodeString", 8, Holds::String)];
    let uri = class(&mut kennel.process, "System.Uri", 16, &fields);
    let (punycode, original) = (kennel.string("http://xn--/"), kennel.string("http://é/"));
    let uris = [0, original].map(|original| kennel.object(uri, &[punycode, original]));
    let culture =
        class(&mut kennel.process, "System.Globalization.CultureInfo", 8, &[("m_name", 0, Holds::String)]);
    let english = kennel.string("en-US");
    let cultures = [english, 0].map(|name| kennel.object(culture, &[name]));
    let values = values(kennel.process);
    assert_text(text(&values, version), "1.2.3");
    assert_text(text(&values, uris[0]), "http://xn--/");
    assert_text(text(&values, uris[1]), "http://é/");
    assert_text(text(&values, cultures[0]), "en-US");
    assert_eq!(text(&values, cultures[1]), None);
}

#[test]
fn an_exceptions_message_is_not_hidden_by_a_subclass() {
    let mut kennel = kennel();
    let base = define(&mut kennel.process, "System.Exception");
    let exception = kennel.process.class(base, 24);
    kennel.process.fields(base, exception, &[("_message", 0, Holds::String)]);
    let of = define(&mut kennel.process, "Zoo.MyException");
    let mine = kennel.process.derived(of, exception, 32);
    kennel.process.fields(of, mine, &[("_message", 8, Holds::Number(I8))]);
    let message = kennel.string("outer message");
    let objects = [kennel.object(mine, &[message, 99]), kennel.object(mine, &[0, 99])];
    let values = values(kennel.process);
    assert_text(text(&values, objects[0]), "Zoo.MyException: outer message");
    assert_text(text(&values, objects[1]), "Zoo.MyException");
}

/// Adds an array of unsigned 16-bit numbers.
fn shorts(kennel: &mut Kennel, numbers: &[u16]) -> u64 {
    let of = define(&mut kennel.process, "System.UInt16");
    let number = kennel.process.primitive(of, U2);
    let of = kennel.process.array(number, 2);
    // The builder takes components of two bytes for a string's, which begin four bytes before an array's.
    let mut bytes = vec![0; 4];
    bytes.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
    kennel.process.object_of(kennel.segment, of, numbers.len() as u32, &bytes)
}

#[test]
fn addresses_of_the_net() {
    let mut kennel = kennel();
    let fields = [("_numbers", 0, Holds::Object), ("_addressOrScopeId", 8, Holds::Number(U4))];
    let address = class(&mut kennel.process, "System.Net.IPAddress", 16, &fields);
    let numbers = shorts(&mut kennel, &[0xfe80, 0, 0, 0, 0, 0, 0, 1]);
    let few = shorts(&mut kennel, &[1, 2, 3]);
    let four = kennel.object(address, &[0, 0x0100_007f]);
    let [six, broken] = [numbers, few].map(|numbers| kennel.object(address, &[numbers, 3]));
    let fields = [("_address", 0, Holds::Object), ("_port", 8, Holds::Number(I4))];
    let end_point = class(&mut kennel.process, "System.Net.IPEndPoint", 16, &fields);
    let ends = [four, six, 0].map(|address| kennel.object(end_point, &[address, 80]));
    let values = values(kennel.process);
    assert_text(text(&values, four), "127.0.0.1");
    assert_text(text(&values, six), "fe80::1%3");
    assert_eq!(text(&values, broken), None);
    assert_text(text(&values, ends[0]), "127.0.0.1:80");
    assert_text(text(&values, ends[1]), "[fe80::1%3]:80");
    assert_eq!(text(&values, ends[2]), None);
}

/// `StringBuilder`, whose chunks are objects of these words: characters, previous, offset and length.
fn builder(kennel: &mut Kennel) -> Type {
    let fields = [
        ("m_ChunkChars", 0, Holds::Object),
        ("m_ChunkPrevious", 8, Holds::Object),
        ("m_ChunkLength", 16, Holds::Number(I4)),
        ("m_ChunkOffset", 20, Holds::Number(I4)),
    ];
    class(&mut kennel.process, "System.Text.StringBuilder", 24, &fields)
}

#[test]
fn a_builder_is_all_its_chunks() {
    let mut kennel = kennel();
    let of = builder(&mut kennel);
    // The pair of the emoji is in two chunks.
    let first = shorts(&mut kennel, &[0x61, 0xd83d, 0x78]);
    let second = shorts(&mut kennel, &[0xde00, 0x62]);
    let chunk = kennel.object(of, &[first, 0, 2]);
    let empty = kennel.object(of, &[first, chunk, 2 << 32]);
    let last = kennel.object(of, &[second, empty, 2 | 2 << 32]);
    let gap = kennel.object(of, &[second, chunk, 2 | 3 << 32]);
    let too_long = kennel.object(of, &[first, 0, 4]);
    let negative = kennel.object(of, &[first, 0, 0xffff_ffff]);
    let values = values(kennel.process);
    assert_text(text(&values, last), "a\u{1f600}b");
    assert_eq!([gap, too_long, negative].map(|object| text(&values, object)), [None, None, None]);
}

#[test]
fn a_builder_that_leads_to_itself_ends() {
    let mut kennel = kennel();
    let of = builder(&mut kennel);
    let chars = shorts(&mut kennel, &[0x61]);
    let looped = kennel.object(of, &[chars, 0, 1]);
    let mut dump = kennel.process.dump();
    dump.memory.write_u64(looped + 16, looped);
    assert_eq!(text(&values_of(&dump), looped), None);
}

#[test]
fn large_integers() {
    let mut kennel = kennel();
    let fields = [("_bits", 0, Holds::Object), ("_sign", 8, Holds::Number(I4))];
    let of = structure(&mut kennel.process, "System.Numerics.BigInteger", 16, &fields);
    let bits = shorts(&mut kennel, &[0, 0, 0, 0, 1, 0]);
    let minus = u64::from(u32::MAX);
    let objects = [[0, 77], [0, minus], [bits, 1], [bits, minus]].map(|words| kennel.object(of, &words));
    let values = values(kennel.process);
    let texts = objects.map(|object| text(&values, object).unwrap());
    assert_eq!(texts, ["77", "-1", "18446744073709551616", "-18446744073709551616"]);
}

#[test]
fn what_holds_one_value() {
    let mut kennel = kennel();
    let fields = [("_state", 0, Holds::Object), ("_value", 8, Holds::Object)];
    let lazy = class(&mut kennel.process, "System.Lazy", 16, &fields);
    let (dog, name) = (kennel.dogs[0], kennel.string("made"));
    let lazies = [[dog, 0], [0, name], [0, dog]].map(|words| kennel.object(lazy, &words));
    let weak = class(
        &mut kennel.process,
        "System.WeakReference",
        8,
        &[("_taggedHandle", 0, Holds::Number(NATIVE_INT))],
    );
    // Any word that holds a reference serves as a handle: the dogs' names, friends; the last has no friend.
    let handles = [kennel.dogs[0] + 16, kennel.dogs[0] + 8, kennel.dogs[4] + 16];
    let weaks = handles.map(|handle| kennel.object(weak, &[handle | 1]));
    let none = kennel.object(weak, &[0]);
    let friend = kennel.dogs[1];
    let values = values(kennel.process);
    assert_text(text(&values, lazies[0]), "(not created)");
    assert_text(text(&values, lazies[1]), "made");
    assert_text(text(&values, lazies[2]), "Zoo.Dog");
    assert_text(text(&values, weaks[0]), &format!("Zoo.Dog at {friend:#x}"));
    assert_text(text(&values, weaks[1]), "Dog0");
    assert_text(text(&values, weaks[2]), "(collected)");
    assert_text(text(&values, none), "(no target)");
}

#[test]
fn types_as_objects() {
    let mut kennel = kennel();
    let of =
        class(&mut kennel.process, "System.RuntimeType", 8, &[("m_handle", 0, Holds::Number(NATIVE_INT))]);
    let dog = kennel.object(of, &[kennel.dog.method_table]);
    let none = kennel.object(of, &[0]);
    let values = values(kennel.process);
    assert_text(text(&values, dog), "Zoo.Dog");
    assert_eq!(text(&values, none), None);
}

#[test]
fn fields_of_every_shape() {
    let kennel = kennel();
    let (cats, holders) = (kennel.cats.clone(), kennel.holders.clone());
    let (cat, holder) = (kennel.cat, kennel.holder);
    let values = values(kennel.process);
    let cat_field =
        |object: u64, offset, name| values.text(Addr(object + 8 + offset), &field_type(&values, cat, name));
    assert_eq!(cat_field(cats[0], 20, "Fur"), Ok(Some("Blue".into())));
    assert_eq!(cat_field(cats[1], 20, "Fur"), Ok(Some("3".into())));
    assert_eq!(cat_field(cats[0], 24, "Name"), Ok(Some("Cat0".into())));
    assert_eq!(cat_field(cats[1], 24, "Name"), Ok(None));
    assert_eq!(cat_field(cats[0], 32, "Purr"), Ok(None));
    let payload = field_type(&values, holder, "Payload");
    let payloads: Vec<_> = holders.iter().map(|h| values.text(Addr(h + 8), &payload).unwrap()).collect();
    assert_eq!(payloads, [None, None, Some("a".to_owned()), None]);
}

#[test]
fn boxes_are_their_values() {
    let mut kennel = kennel();
    let of = define(&mut kennel.process, "System.Char");
    let character = kennel.process.primitive(of, element::CHAR);
    let of = define(&mut kennel.process, "System.Boolean");
    let boolean = kennel.process.primitive(of, element::BOOLEAN);
    let of = define(&mut kennel.process, "Zoo.Access");
    let names = [("None", 0), ("Read", 1), ("Write", 2), ("All", u64::MAX)];
    let access = kennel.process.enumeration(of, U8, &names);
    let euro = kennel.object(character, &[0x20ac]);
    let lone = kennel.object(character, &[0xdfff]);
    let yes = kennel.object(boolean, &[1]);
    let all = kennel.object(access, &[u64::MAX]);
    let name = kennel.string("no box");
    let values = values(kennel.process);
    let boxed = |object| values.boxed_text(Addr(object)).unwrap();
    assert_text(boxed(euro), "€");
    assert_text(boxed(lone), "\u{10ffff}");
    assert_text(boxed(yes), "true");
    assert_text(boxed(all), "All");
    assert_eq!(boxed(name), None);
    assert_text(text(&values, name), "no box");
}

#[test]
fn a_reference_to_what_is_no_object_has_no_text() {
    let kennel = kennel();
    let dog = kennel.dogs[0];
    let values = values(kennel.process);
    let of = FieldType { name: "System.Object".into(), shape: FieldShape::Reference { method_table: None } };
    // The word that the reference leads to is a dog's address, or not there at all.
    assert_eq!(values.object_text(Addr(dog + 8)), Ok(None));
    assert!(values.object_text(Addr(0x10)).is_err());
    assert!(values.text(Addr(8), &of).is_err());
}
