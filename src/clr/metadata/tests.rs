//! The reader on metadata laid out by hand, whole, with holes, and damaged.

use proptest::prelude::*;

use super::sample::{MVID, sample};
use super::*;
use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::synth::metadata::{Builder, Cell};

fn parse(builder: &Builder) -> Metadata<'static> {
    Metadata::parse(builder.build().into()).unwrap()
}

fn all_forms() -> impl Iterator<Item = Metadata<'static>> {
    [("#~", false), ("#~", true), ("#-", false), ("#-", true)].into_iter().map(|(f, w)| parse(&sample(f, w)))
}

/// Metadata of which the bytes of one range are not in the dump.
fn with_hole(bytes: &[u8], hole: std::ops::Range<usize>) -> Result<Metadata<'static>, MetadataError> {
    let head = (Addr(0x1000), bytes[..hole.start].to_vec());
    let tail = (Addr(0x1000 + hole.end as u64), bytes[hole.end..].to_vec());
    let space = AddressSpace::from_memory(vec![head, tail]);
    Metadata::parse_partial(SparseBytes::from_memory(&space, Addr(0x1000), bytes.len()).into_owned())
}

#[test]
fn the_module_tells_who_it_is() {
    for metadata in all_forms() {
        assert_eq!(metadata.version().unwrap(), "v4.0.30319");
        assert_eq!(metadata.mvid(), Some(Guid(MVID)));
        assert_eq!(metadata.mvid().unwrap().to_string(), "04030201-0605-0807-090a-0b0c0d0e0f10");
        assert_eq!(metadata.module_name().unwrap(), "zoo.dll");
        assert_eq!(metadata.assembly_name().unwrap().unwrap(), "zoo");
        assert_eq!(metadata.assembly_version().unwrap().unwrap(), "1.2.3.65535");
        assert!(metadata.is_whole());
    }
}

#[test]
fn names_of_types_have_namespace_and_the_types_around_them() {
    for metadata in all_forms() {
        let name = |rid| metadata.type_def_name(rid).unwrap().to_string();
        assert_eq!(name(1), "<Module>");
        assert_eq!(name(2), "Zoo.Dog");
        assert_eq!(name(4), "Zoo.Cage`1+Door");
        assert_eq!(name(5), "Zoo.Cage`1+Door+Hinge`1");
        assert_eq!(metadata.enclosing_type(5), Ok(Some(4)));
        assert_eq!(metadata.enclosing_type(2), Ok(None));
        for rid in [0, 7, u32::MAX] {
            let none = MetadataError::NoSuchRow { table: Table::TypeDef, rid };
            assert_eq!(metadata.type_def_name(rid), Err(none));
        }
    }
}

#[test]
fn every_table_is_read_column_by_column() {
    for metadata in all_forms() {
        let name = |index| metadata.string(index).unwrap().into_owned();
        let token = |table, rid| Token { table, rid };
        let type_ref: TypeRef = metadata.row(1).unwrap();
        assert_eq!((name(type_ref.namespace), name(type_ref.name)), ("System".into(), "Object".into()));
        assert_eq!(type_ref.resolution_scope, token(Table::AssemblyRef, 1));
        let dog: TypeDef = metadata.row(2).unwrap();
        assert_eq!((dog.flags, dog.extends), (0x0010_0001, token(Table::TypeRef, 1)));
        let legs: Field = metadata.row(2).unwrap();
        assert_eq!((legs.flags, name(legs.name)), (0x8056, "Legs".into()));
        assert_eq!(metadata.blob(legs.signature).unwrap(), [6, 8]);
        let bark: MethodDef = metadata.row(2).unwrap();
        assert_eq!((bark.rva, bark.impl_flags, bark.flags, bark.param_list), (0x2058, 0, 0x86, 1));
        let times: Param = metadata.row(1).unwrap();
        assert_eq!((times.flags, times.sequence, name(times.name)), (0, 1, "times".into()));
        let member: MemberRef = metadata.row(1).unwrap();
        assert_eq!((member.class, name(member.name)), (token(Table::TypeRef, 2), ".ctor".into()));
        let constant: Constant = metadata.row(1).unwrap();
        assert_eq!((constant.kind, constant.parent), (8, token(Table::Field, 2)));
        assert_eq!(metadata.blob(constant.value).unwrap(), [4, 0, 0, 0]);
        let attribute: CustomAttribute = metadata.row(3).unwrap();
        let (parent, constructor) = (token(Table::Assembly, 1), token(Table::MethodDef, 3));
        assert_eq!((attribute.parent, attribute.constructor), (parent, constructor));
        assert_eq!(
            metadata.row::<ClassLayout>(1),
            Ok(ClassLayout { packing_size: 8, class_size: 24, parent: 2 })
        );
        assert_eq!(metadata.row::<FieldLayout>(1), Ok(FieldLayout { offset: 16, field: 1 }));
        assert_eq!(metadata.row::<FieldRva>(1), Ok(FieldRva { rva: 0x3000, field: 2 }));
        let type_spec: TypeSpec = metadata.row(1).unwrap();
        assert_eq!(metadata.blob(type_spec.signature).unwrap(), [0x1d, 8]);
        let system: AssemblyRef = metadata.row(1).unwrap();
        assert_eq!((system.version, name(system.name)), ([10, 0, 0, 0], "System.Runtime".into()));
        let cat: ExportedType = metadata.row(1).unwrap();
        assert_eq!((name(cat.name), cat.implementation), ("Cat".into(), token(Table::AssemblyRef, 1)));
        let parameter: GenericParam = metadata.row(4).unwrap();
        assert_eq!((parameter.number, parameter.owner), (1, token(Table::TypeDef, 5)));
        let spec: MethodSpec = metadata.row(1).unwrap();
        assert_eq!(spec.method, token(Table::MethodDef, 2));
        assert_eq!(metadata.blob(spec.instantiation).unwrap(), [10, 1, 8]);
    }
}

#[test]
fn members_and_generic_parameters_belong_to_their_types() {
    for metadata in all_forms() {
        let fields = |rid| metadata.fields_of(rid).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
        let methods = |rid| metadata.methods_of(rid).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!((fields(1), fields(2), fields(6)), (vec![], vec![1, 2], vec![]));
        assert_eq!((methods(2), methods(3), methods(6)), (vec![1, 2], vec![], vec![3]));
        let owners: Vec<_> = (1..=3).map(|method| metadata.type_of_method(method).unwrap()).collect();
        assert_eq!(owners, [2, 2, 6]);
        assert!(metadata.type_of_method(4).is_err());
        let counts: Vec<_> = (1..=6).map(|rid| metadata.generic_param_count(rid).unwrap()).collect();
        assert_eq!(counts, [0, 0, 1, 1, 2, 0]);
    }
}

#[test]
fn texts_of_the_assembly_are_found_by_either_kind_of_constructor() {
    for metadata in all_forms() {
        let text = |name| metadata.assembly_attribute_text(name);
        assert_eq!(text("AssemblyFileVersionAttribute").as_deref(), Some("10.0.1.2"));
        assert_eq!(text("TitleAttribute").as_deref(), Some("Zoo"));
        assert_eq!(text("Dog"), None, "its text is null");
        assert_eq!(text("NoSuchAttribute"), None);
    }
}

#[test]
fn pointer_tables_of_uncompressed_metadata_are_followed() {
    let mut builder = sample("#-", false);
    for row in [2, 1] {
        builder.row(0x03, &[Cell::U16(row)]);
    }
    for row in [3, 1, 2] {
        builder.row(0x05, &[Cell::U16(row)]);
    }
    let metadata = parse(&builder);
    let fields: Result<Vec<_>, _> = metadata.fields_of(2).unwrap().collect();
    assert_eq!(fields, Ok(vec![2, 1]));
    assert_eq!(metadata.type_of_method(3), Ok(2));
    assert_eq!(metadata.type_of_method(2), Ok(6));
}

#[test]
fn indexes_widen_with_the_tables_they_point_to() {
    let mut builder = Builder::default();
    let wide = [Cell::U16(1 << 2 | 1), Cell::U16(1), Cell::U32(70_001)];
    builder.row(0x02, &[&[Cell::U32(1), Cell::Name("Many"), Cell::Name("")], &wide[..]].concat());
    for rid in 1..=70_000_u32 {
        builder.row(
            0x06,
            &[Cell::U32(rid), Cell::U16(0), Cell::U16(0), Cell::U16(0), Cell::U16(0), Cell::U16(1)],
        );
    }
    // HasCustomAttribute and CustomAttributeType both may point to methods.
    builder.row(0x0c, &[Cell::U32(70_000 << 5), Cell::U32(70_000 << 3 | 2), Cell::U16(0)]);
    let metadata = parse(&builder);
    assert_eq!(metadata.row::<TypeDef>(1).unwrap().method_list, 70_001);
    assert_eq!(metadata.row::<MethodDef>(70_000).unwrap().rva, 70_000);
    let attribute: CustomAttribute = metadata.row(1).unwrap();
    assert_eq!((attribute.parent.rid, attribute.constructor.rid), (70_000, 70_000));
}

#[test]
fn coded_indexes_widen_earlier_than_plain_ones() {
    // 2^13 rows fill the 13 bits that three bits of tag leave, less one.
    for (rows, wide) in [(8191_u16, false), (8192, true)] {
        let mut builder = Builder::default();
        (0..rows).for_each(|_| builder.row(0x1b, &[Cell::U16(0)]));
        let class = u32::from(rows) << 3 | 4;
        let class = if wide { Cell::U32(class) } else { Cell::U16(class as u16) };
        builder.row(0x0a, &[class, Cell::Name("m"), Cell::Blob(&[5])]);
        let member: MemberRef = parse(&builder).row(1).unwrap();
        assert_eq!(member.class, Token { table: Table::TypeSpec, rid: u32::from(rows) });
    }
}

#[test]
fn a_minimal_delta_has_wide_indexes_throughout() {
    let mut builder = Builder::default();
    builder.tables_stream = "#-";
    builder.decoys.push(("#JTD", Vec::new()));
    builder.row(0x29, &[Cell::U32(5), Cell::U32(4)]);
    assert_eq!(parse(&builder).row(1), Ok(NestedClass { nested: 5, enclosing: 4 }));
}

#[test]
fn extra_data_and_unknown_tables_are_stepped_over() {
    let mut builder = sample("#~", false);
    builder.extra_data = true;
    builder.row(0x30, &[Cell::U32(0xdead_beef)]);
    assert_eq!(parse(&builder).type_def_name(2).unwrap().to_string(), "Zoo.Dog");
}

#[test]
fn of_streams_of_one_name_the_runtime_s_choice_is_taken() {
    for (form, first_is_decoy) in [("#~", true), ("#-", false)] {
        let mut builder = sample(form, false);
        let decoys = if first_is_decoy { &mut builder.decoys } else { &mut builder.more_decoys };
        decoys.push(("#Strings", vec![0, b'?', 0]));
        assert_eq!(parse(&builder).type_def_name(2).unwrap().to_string(), "Zoo.Dog");
    }
}

#[test]
fn literals_are_read_as_utf_16() {
    let mut builder = sample("#~", false);
    builder.user_strings.extend([5, b'h', 0, 0xac, 0x20, 1, 3, 0, 0xd8, 0]);
    let metadata = parse(&builder);
    assert_eq!(metadata.user_string(UserStringIndex(1)).unwrap(), "h\u{20ac}");
    assert_eq!(metadata.user_string(UserStringIndex(7)).unwrap(), "\u{fffd}");
    assert!(metadata.user_string(UserStringIndex(99)).is_err());
}

#[test]
fn names_that_are_no_utf_8_or_without_end() {
    let mut builder = sample("#~", false);
    builder.row(0x1a, &[Cell::Name("bad-name")]);
    let (mut bytes, places) = builder.build_with_places();
    let at = bytes.windows(9).position(|w| w == b"bad-name\0").unwrap();
    let index = StringIndex((at - places["#Strings"]) as u32);
    bytes[at] = 0xff;
    assert_eq!(Metadata::parse(bytes.as_slice().into()).unwrap().string(index).unwrap(), "\u{fffd}ad-name");
    bytes[at + 8] = b'!';
    let error = Metadata::parse(bytes.into()).unwrap().string(index).unwrap_err();
    assert!(matches!(error, MetadataError::Malformed { what: "a name does not end", .. }), "{error}");
}

#[test]
fn a_name_longer_than_the_cap_is_refused_and_one_as_long_is_not() {
    let most = crate::limits::MAX_METADATA_NAME_BYTES;
    for (length, fits) in [(most, true), (most + 1, false)] {
        let mut builder = Builder::default();
        builder.row(0x1a, &[Cell::Name(&"n".repeat(length))]);
        assert_eq!(parse(&builder).string(StringIndex(1)).is_ok(), fits);
    }
}

#[test]
fn a_type_s_name_is_capped_as_a_whole() {
    let most = crate::limits::MAX_METADATA_NAME_BYTES;
    for (length, fits) in [(most / 2, true), (most / 2 + 1, false)] {
        let mut builder = Builder::default();
        for flags in [1, 2] {
            let (name, lists) = ("n".repeat(length), [Cell::U16(0), Cell::U16(1), Cell::U16(1)]);
            builder.row(0x02, &[&[Cell::U32(flags), Cell::Name(&name), Cell::Name("")], &lists[..]].concat());
        }
        builder.row(0x29, &[Cell::U16(2), Cell::U16(1)]);
        assert_eq!(parse(&builder).type_def_name(2).is_ok(), fits);
    }
}

#[test]
fn names_are_compared_up_to_a_hole_and_no_further() {
    let (bytes, places) = sample("#~", false).build_with_places();
    let dog = bytes.windows(4).position(|w| w == b"Dog\0").unwrap();
    let index = StringIndex((dog - places["#Strings"]) as u32);
    let metadata = with_hole(&bytes, dog + 2..dog + 3).unwrap();
    assert_eq!(metadata.is_named(index, "Cat"), Ok(false));
    assert_eq!(metadata.is_named(index, "Dog"), Err(MetadataError::NotInDump { offset: dog + 2 }));
    let whole = Metadata::parse(bytes.into()).unwrap();
    for (name, is) in [("Dog", true), ("Do", false), ("Dogs", false), ("", false)] {
        assert_eq!(whole.is_named(index, name), Ok(is), "{name}");
    }
}

#[test]
fn types_nested_in_a_circle_are_refused() {
    let mut builder = Builder::default();
    for name in ["A", "B"] {
        let lists = [Cell::U16(0), Cell::U16(1), Cell::U16(1)];
        builder.row(0x02, &[&[Cell::U32(2), Cell::Name(name), Cell::Name("")], &lists[..]].concat());
    }
    builder.row(0x29, &[Cell::U16(1), Cell::U16(2)]);
    builder.row(0x29, &[Cell::U16(2), Cell::U16(1)]);
    let metadata = parse(&builder);
    let error = metadata.type_def_name(1).unwrap_err();
    assert!(
        matches!(error, MetadataError::Malformed { what: "types are nested without end", .. }),
        "{error}"
    );
}

#[test]
fn a_column_read_as_what_it_is_not_is_an_error() {
    let metadata = parse(&sample("#~", false));
    let row = metadata.raw_row(Table::TypeDef, 2).unwrap();
    assert!(row.number(6).is_err(), "there are six columns");
    assert!(row.number(99).is_err());
    assert!(row.short(0).is_err(), "the flags need more than 16 bits");
    assert!(row.token(1).is_err(), "a name is no token");
    assert_eq!(row.token(5), Ok(Token { table: Table::MethodDef, rid: 1 }));
}

#[test]
fn indexes_out_of_their_heaps_are_refused() {
    let mut builder = sample("#~", false);
    builder.user_strings.extend([0xff, 5, b'h']);
    let metadata = parse(&builder);
    assert!(matches!(metadata.string(StringIndex(9999)), Err(MetadataError::PastEnd(_))));
    assert!(matches!(metadata.blob(BlobIndex(9999)), Err(MetadataError::PastEnd(_))));
    assert!(matches!(metadata.guid(GuidIndex(2)), Err(MetadataError::PastEnd(_))));
    assert!(matches!(metadata.guid(GuidIndex(u32::MAX)), Err(MetadataError::PastEnd(_))));
    assert_eq!(metadata.guid(GuidIndex(0)), Ok(None));
    let no_number = metadata.user_string(UserStringIndex(1)).unwrap_err();
    assert!(matches!(no_number, MetadataError::Malformed { what: "a length is no compressed number", .. }));
    assert!(matches!(metadata.user_string(UserStringIndex(2)), Err(MetadataError::PastEnd(_))));
}

#[test]
fn a_list_that_leads_out_of_its_table_is_refused() {
    for (first, second) in [(2_u16, 1_u16), (1, 9), (0, 1)] {
        let mut builder = Builder::default();
        for start in [first, second] {
            let lists = [Cell::U16(0), Cell::U16(start), Cell::U16(1)];
            builder.row(0x02, &[&[Cell::U32(0), Cell::Name("A"), Cell::Name("")], &lists[..]].concat());
        }
        builder.row(0x04, &[Cell::U16(0), Cell::Name("f"), Cell::Blob(&[6, 8])]);
        assert!(parse(&builder).fields_of(1).is_err(), "{first} {second}");
    }
}

#[test]
fn headers_that_contradict_themselves_are_refused() {
    let (bytes, places) = sample("#~", false).build_with_places();
    let with32 = |at: usize, value: u32| {
        let mut bytes = bytes.clone();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        Metadata::parse(bytes.into()).unwrap_err()
    };
    assert_eq!(with32(0, 7), MetadataError::NotMetadata { found: 7 });
    assert!(matches!(with32(12, 300), MetadataError::Malformed { offset: 12, .. }));
    // The number of streams; the first stream's offset, size and name.
    assert!(matches!(with32(30, 65), MetadataError::Malformed { what: "an absurd number of streams", .. }));
    assert!(matches!(with32(32, u32::MAX), MetadataError::PastEnd(_)));
    assert!(matches!(with32(36, u32::MAX), MetadataError::PastEnd(_)));
    let no_tables = with32(40, u32::from_le_bytes(*b"#?\0\0"));
    assert!(matches!(no_tables, MetadataError::Malformed { what: "there is no stream of tables", .. }));
    // Rows of the first table.
    let rows = places["#~"] + 24;
    assert!(matches!(with32(rows, 0x00ff_ffff), MetadataError::PastEnd(_)));
    assert!(matches!(with32(rows, 0x0100_0000), MetadataError::Malformed { .. }));
}

#[test]
fn a_stream_s_name_without_end_is_refused() {
    let mut bytes = b"BSJB\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0".to_vec();
    bytes.extend([b'n'; 40]);
    let error = Metadata::parse(bytes.into()).unwrap_err();
    assert!(matches!(error, MetadataError::Malformed { what: "a stream's name does not end", .. }));
}

#[test]
fn what_lies_beside_a_hole_is_read_and_what_lies_in_it_is_missing() {
    let (bytes, places) = sample("#~", false).build_with_places();
    let dog = bytes.windows(4).position(|w| w == b"Dog\0").unwrap();
    let metadata = with_hole(&bytes, dog + 1..dog + 2).unwrap();
    assert_eq!(metadata.type_def_name(2), Err(MetadataError::NotInDump { offset: dog + 1 }));
    assert_eq!(metadata.type_def_name(4).unwrap().to_string(), "Zoo.Cage`1+Door");
    assert_eq!(metadata.mvid(), Some(Guid(MVID)));
    assert!(!metadata.is_whole());

    let metadata = with_hole(&bytes, places["#GUID"]..places["#GUID"] + 16).unwrap();
    assert_eq!(metadata.mvid(), None);

    let error = with_hole(&bytes, 36..40).unwrap_err();
    assert_eq!(error, MetadataError::NotInDump { offset: 36 });
}

#[test]
fn a_nested_type_without_its_row_of_nesting_has_no_name_rather_than_half_of_one() {
    let (bytes, _) = sample("#~", false).build_with_places();
    // The two rows of nesting: 5 in 4, 4 in 3.
    let rows = bytes.windows(8).position(|w| w == [5, 0, 4, 0, 4, 0, 3, 0]).unwrap();
    let metadata = with_hole(&bytes, rows + 4..rows + 6).unwrap();
    let missing = Err(MetadataError::NotInDump { offset: rows + 4 });
    assert_eq!(metadata.type_def_name(4), missing);
    assert_eq!(metadata.type_def_name(5), missing);
    assert_eq!(metadata.type_def_name(3).unwrap().to_string(), "Zoo.Cage`1");
}

#[test]
fn generic_parameters_are_not_counted_when_some_are_missing() {
    let (bytes, _) = sample("#~", false).build_with_places();
    let last = bytes.windows(6).position(|w| w == [1, 0, 0, 0, 10, 0]).unwrap();
    let metadata = with_hole(&bytes, last + 4..last + 5).unwrap();
    assert_eq!(metadata.generic_param_count(3), Err(MetadataError::NotInDump { offset: last + 4 }));
}

#[test]
fn a_module_without_manifest_has_no_assembly() {
    let mut builder = Builder::default();
    builder
        .row(0x00, &[Cell::U16(0), Cell::Name("part.netmodule"), Cell::NoGuid, Cell::NoGuid, Cell::NoGuid]);
    let metadata = parse(&builder).into_owned();
    assert_eq!(metadata.assembly_name(), Ok(None));
    assert_eq!(metadata.assembly_version(), Ok(None));
    assert_eq!(metadata.mvid(), None);
    assert_eq!(metadata.module_name().unwrap(), "part.netmodule");
}

/// Asks for all that there is.
fn exhaust(metadata: &Metadata<'_>) {
    let _ = (metadata.mvid(), metadata.module_name(), metadata.version(), metadata.assembly_version());
    let _ = metadata.assembly_attribute_text("AssemblyFileVersionAttribute");
    for rid in 0..metadata.row_count(Table::TypeDef).min(500) + 2 {
        let _ = metadata.type_def_name(rid).map(|name| name.to_string());
        let _ = metadata.generic_param_count(rid);
        let _ = metadata.fields_of(rid).map(|fields| fields.take(500).for_each(drop));
        let _ = metadata.methods_of(rid).map(|methods| methods.take(500).for_each(drop));
    }
    for (_, row) in metadata.rows::<Field>().take(500) {
        let _ =
            row.map(|field| (metadata.string(field.name).is_ok(), metadata.blob(field.signature).is_ok()));
    }
    for (rid, _) in metadata.rows::<MethodDef>().take(500) {
        let _ = metadata.type_of_method(rid);
    }
    for index in 0..64 {
        let _ = metadata.user_string(UserStringIndex(index));
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), magic: bool) {
        let mut bytes = bytes;
        if magic {
            bytes.splice(0..bytes.len().min(16), *b"BSJB\x01\0\x01\0\0\0\0\0\0\0\0\0");
        }
        if let Ok(metadata) = Metadata::parse(bytes.into()) {
            exhaust(&metadata);
        }
    }

    #[test]
    fn truncated_metadata_is_refused(cut in 0..1200_usize, wide: bool) {
        let bytes = sample("#~", wide).build();
        prop_assume!(cut < bytes.len());
        prop_assert!(Metadata::parse(bytes[..cut].into()).is_err());
    }

    #[test]
    fn flipped_bytes_never_panic(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
        wide: bool,
    ) {
        let mut bytes = sample("#-", wide).build();
        for (index, byte) in flips {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Ok(metadata) = Metadata::parse(bytes.into()) {
            exhaust(&metadata);
        }
    }

    /// A hole takes answers away, but never makes another one.
    #[test]
    fn a_hole_never_changes_an_answer(from in 0..1200_usize, length in 1..300_usize) {
        let bytes = sample("#~", false).build();
        prop_assume!(from + length < bytes.len());
        let whole = Metadata::parse(bytes.as_slice().into()).unwrap();
        if let Ok(holed) = with_hole(&bytes, from..from + length) {
            exhaust(&holed);
            for rid in 1..=6 {
                match holed.type_def_name(rid) {
                    Ok(name) => prop_assert_eq!(Ok(name), whole.type_def_name(rid)),
                    Err(error) => prop_assert!(matches!(error, MetadataError::NotInDump { .. }), "{}", error),
                }
                if let Ok(count) = holed.generic_param_count(rid) {
                    prop_assert_eq!(Ok(count), whole.generic_param_count(rid));
                }
            }
            prop_assert!(holed.mvid().is_none_or(|mvid| mvid == Guid(MVID)));
        }
    }
}

#[test]
fn types_of_other_modules_have_a_name_and_an_assembly() {
    for metadata in all_forms() {
        assert_eq!(metadata.type_ref_name(1).unwrap().to_string(), "System.Object");
        assert_eq!(metadata.type_ref_assembly(1).unwrap().unwrap(), "System.Runtime");
        let none = MetadataError::NoSuchRow { table: Table::TypeRef, rid: 3 };
        assert_eq!(metadata.type_ref_name(3), Err(none));
        assert_eq!(metadata.type_ref_assembly(3), Err(none));
    }
}

#[test]
fn types_of_other_modules_may_be_nested_but_not_in_themselves() {
    use Cell::{Name, U16};
    let mut builder = Builder::default();
    let (assembly, inside) = (1 << 2 | 2, |row: u16| row << 2 | 3);
    builder.row(0x01, &[U16(assembly), Name("Cage`1"), Name("Zoo")]);
    builder.row(0x01, &[U16(inside(1)), Name("Door"), Name("")]);
    builder.row(0x01, &[U16(inside(3)), Name("Loop"), Name("")]);
    builder.row(0x01, &[U16(0), Name("Own"), Name("Zoo")]);
    let metadata = parse(&builder);
    assert_eq!(metadata.type_ref_name(2).unwrap().to_string(), "Zoo.Cage`1+Door");
    let nested = |error: MetadataError| error.to_string().contains("nested without end");
    assert!(nested(metadata.type_ref_name(3).unwrap_err()));
    assert!(nested(metadata.type_ref_assembly(3).unwrap_err()));
    assert_eq!(metadata.type_ref_assembly(4), Ok(None), "its scope is a module");
}

#[test]
fn constants_and_attributes_are_found_by_what_they_belong_to() {
    for metadata in all_forms() {
        let of = |table, rid| Token { table, rid };
        let constant = metadata.constant_of(of(Table::Field, 2)).unwrap().unwrap();
        assert_eq!((constant.kind, metadata.blob(constant.value).unwrap()), (8, &[4, 0, 0, 0][..]));
        assert_eq!(metadata.constant_of(of(Table::Field, 1)), Ok(None));
        let version = "AssemblyFileVersionAttribute";
        assert!(metadata.has_attribute(of(Table::TypeDef, 2), version));
        assert!(!metadata.has_attribute(of(Table::TypeDef, 2), "FlagsAttribute"));
        assert!(!metadata.has_attribute(of(Table::TypeDef, 3), version));
        assert_eq!(metadata.inline_array_length(2), None);
        assert_eq!(metadata.field_type(1), Ok(TypeSignature::Simple(element_type::STRING)));
        let ints = TypeSignature::SzArray(Box::new(TypeSignature::Simple(element_type::I4)));
        assert_eq!(metadata.type_spec(1), Ok(ints));
    }
}

#[test]
fn an_inline_array_tells_its_length() {
    use Cell::{Blob, Name, U16};
    let mut builder = Builder::default();
    builder
        .row(0x01, &[U16(1 << 2 | 2), Name("InlineArrayAttribute"), Name("System.Runtime.CompilerServices")]);
    builder.row(0x0a, &[U16(1 << 3 | 1), Name(".ctor"), Blob(&[0x20, 1, 1, 8])]);
    for (type_def, value) in [(2, &[1, 0, 4, 1, 0, 0, 0, 0][..]), (3, &[1, 0, 4]), (4, &[2, 0, 4, 0, 0, 0])] {
        builder.row(0x0c, &[U16(type_def << 5 | 3), U16(1 << 3 | 3), Blob(value)]);
    }
    let metadata = parse(&builder);
    assert_eq!(metadata.inline_array_length(2), Some(0x104));
    assert_eq!(metadata.inline_array_length(3), None, "the argument is cut");
    assert_eq!(metadata.inline_array_length(4), None, "no arguments begin so");
}
