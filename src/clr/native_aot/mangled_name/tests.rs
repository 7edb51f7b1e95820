//! Mangled names as compilers write them, read by the names of the program's other types.

use super::*;

/// The types of a program in a file called `big`.
fn names() -> MangledNames {
    let types = [
        "big_Big_Order",
        "big_Big_Customer",
        "S_P_CoreLib_System_TimeZoneInfo",
        "S_P_CoreLib_System_TimeZoneInfo_AdjustmentRule",
        "S_P_CoreLib_System_Tuple_2<Bool__Object>",
        "S_P_CoreLib_System_Threading_Condition",
        "S_P_CoreLib_System_Runtime_TypeInfo",
        "Acme_Shop_Tools__Module_",
        "Boxed_S_P_CoreLib_System_DateTime",
    ];
    MangledNames::new(types.into_iter(), "big")
}

#[track_caller]
fn assert_name(mangled: &str, name: &str, assembly: &str) {
    let read = names().name(mangled);
    assert_eq!((read.name.as_str(), read.assembly.as_deref()), (name, Some(assembly)), "{mangled}");
}

#[test]
fn namespaces_and_types() {
    assert_name("big_Big_Order", "Big.Order", "big");
    assert_name("big_Program", "Program", "big");
    assert_name("S_P_CoreLib_System_IO_Stream", "System.IO.Stream", "System.Private.CoreLib");
    assert_name(
        "S_P_Reflection_Execution_Internal_Map",
        "Internal.Map",
        "System.Private.Reflection.Execution",
    );
    assert_name("String", "System.String", "System.Private.CoreLib");
    assert_name("UInt8", "System.Byte", "System.Private.CoreLib");
}

#[test]
fn a_type_around_another_is_known_by_its_own_name() {
    assert_name(
        "S_P_CoreLib_System_TimeZoneInfo_AdjustmentRule",
        "System.TimeZoneInfo+AdjustmentRule",
        "System.Private.CoreLib",
    );
}

#[test]
fn assemblies_of_the_framework_and_of_others() {
    assert_name(
        "System_Collections_Concurrent_System_Collections_Concurrent_ConcurrentDictionary_2_Node<Int32__String>",
        "System.Collections.Concurrent.ConcurrentDictionary<System.Int32, System.String>+Node",
        "System.Collections.Concurrent",
    );
    assert_name("System_Console_System_IO_ConsoleStream", "System.IO.ConsoleStream", "System.Console");
    assert_name(
        "Newtonsoft_Json_Newtonsoft_Json_Linq_JObject",
        "Newtonsoft.Json.Linq.JObject",
        "Newtonsoft.Json",
    );
    assert_name("Acme_Shop_Tools_Tools_Saw", "Tools.Saw", "Acme.Shop.Tools");
    assert_name("worker_Jobs_Job", "Jobs.Job", "worker");
}

#[test]
fn generic_arguments_are_as_many_as_the_type_takes() {
    assert_name(
        "S_P_CoreLib_System_Collections_Generic_List_1<big_Big_Order>",
        "System.Collections.Generic.List<Big.Order>",
        "System.Private.CoreLib",
    );
    assert_name(
        "S_P_CoreLib_System_Collections_Generic_Dictionary_2_Entry<Int32__S_P_CoreLib_System_Tuple_2<Bool__Object>>",
        "System.Collections.Generic.Dictionary<System.Int32, System.Tuple<System.Boolean, System.Object>>+Entry",
        "System.Private.CoreLib",
    );
    assert_name(
        "S_P_CoreLib_System_Tuple_2<System___Canon__big_Big_Order>",
        "System.Tuple<System.__Canon, Big.Order>",
        "System.Private.CoreLib",
    );
    assert_name(
        "S_P_CoreLib_System_Collections_Generic_List_1<System___Canon>",
        "System.Collections.Generic.List<System.__Canon>",
        "System.Private.CoreLib",
    );
}

#[test]
fn arrays_pointers_and_boxes() {
    assert_name("__Array<big_Big_Order>", "Big.Order[]", "big");
    assert_name("__Array<__Array<Int32>>", "System.Int32[][]", "System.Private.CoreLib");
    assert_name("__MDArray<Int32,2>", "System.Int32[,]", "System.Private.CoreLib");
    assert_name("Char<Pointer>", "System.Char*", "System.Private.CoreLib");
    assert_name("Boxed_S_P_CoreLib_System_DateTime", "System.DateTime", "System.Private.CoreLib");
}

#[test]
fn what_compilers_name_is_as_they_name_it() {
    let of = |rest: &str| names().name(&format!("big_Big_Order{rest}")).name;
    assert_eq!(of("___c"), "Big.Order+<>c");
    assert_eq!(of("___c__DisplayClass10_0"), "Big.Order+<>c__DisplayClass10_0");
    assert_eq!(of("__Park_d__6"), "Big.Order+<Park>d__6");
    assert_eq!(
        names().name("big_Big_Order__Select_d__0_1<Int32>").name,
        "Big.Order+<Select>d__0<System.Int32>"
    );
}

#[test]
fn a_name_that_nests_without_end_is_cut() {
    let deep = format!("{}Int32{}", "__Array<".repeat(2000), ">".repeat(2000));
    assert!(names().name(&deep).name.len() < limits::MAX_TYPE_NAME_BYTES + 4);
    for odd in
        ["", "_", "____", "<", ">", "a<b", "big_", "_1", "big__1<>", "__Array<>", "x_2<__>", "é_1<__é>"]
    {
        let _ = names().name(odd);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(mangled in "[A-Za-z0-9_<>,é]{0,80}") {
        let _ = names().name(&mangled);
    }
}
