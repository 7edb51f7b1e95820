use super::*;

fn step(type_name: &str, field: &str) -> WayStep {
    let field = Some(field.to_owned()).filter(|field| !field.is_empty());
    WayStep { type_name: type_name.to_owned(), field, repeats: false }
}

fn customers() -> Growth {
    let way = Way {
        root_kind: "static".to_owned(),
        root_name: Some("Shop.Web.Controller.p".to_owned()),
        steps: vec![
            step("Shop.Processor", "cache"),
            step("Shop.CustomerCache", "cache"),
            step("System.Collections.Generic.List<Shop.Customer>", "_items"),
            step("Shop.Customer[]", "[]"),
            step("Shop.Customer", ""),
        ],
        owner: Some(2),
        counts: vec![100, 100_100, 200_100],
        sizes: vec![2400, 2_402_400, 4_802_400],
        not_kept: Vec::new(),
    };
    Growth {
        type_name: "Shop.Customer".to_owned(),
        module: Some("shop.dll".to_owned()),
        counts: vec![100, 100_100, 200_100],
        sizes: vec![2400, 2_402_400, 4_802_400],
        retained: vec![12_000, 12_012_000, 24_012_000],
        steady: Some(true),
        ways: vec![way],
        more_ways: (1, 9000),
        survival: Vec::new(),
        cohorts: Vec::new(),
    }
}

fn sessions() -> Growth {
    let node = "System.Collections.Concurrent.ConcurrentDictionary<Di.Key, Di.Site>";
    let way = Way {
        root_kind: "stack".to_owned(),
        root_name: Some("Program.<Main>$".to_owned()),
        steps: vec![
            step("Web.WebApplication", "_host"),
            step("Hosting.Internal.Host", "<Services>k__BackingField"),
            step("Di.ServiceProvider", "<Factory>k__BackingField"),
            step("Di.Internal.Scope", "parent"),
            step("Di.Internal.Engine", "sites"),
            step("Di.CallSiteFactory", "_cache"),
            step(node, "_tables"),
            step(&format!("{node}+Tables"), "_buckets"),
            step(&format!("{node}+VolatileNode[]"), "[]._node"),
            step(&format!("{node}+Node"), "_value"),
            step("Di.ConstructorCallSite", "<Value>k__BackingField"),
            step("Shop.Notifier", "<Notified>k__BackingField"),
            step("System.EventHandler<System.String>", "_invocationList"),
            step("System.Object[]", "[]"),
            step("System.EventHandler<System.String>", "_target"),
            step("Shop.Session", ""),
        ],
        owner: Some(11),
        counts: vec![1, 101],
        sizes: vec![24, 2424],
        not_kept: Vec::new(),
    };
    Growth {
        type_name: "Shop.Session".to_owned(),
        counts: vec![1, 101],
        sizes: vec![24, 2424],
        retained: vec![4000, 404_000],
        ways: vec![way],
        ..Growth::default()
    }
}

fn shown(growth: &[Growth], width: Option<usize>) -> String {
    let mut out = Vec::new();
    let section = GrowthSection { growth, ..GrowthSection::default() };
    write_growth(&section, width, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("text")
}

#[test]
fn growth_is_told_with_its_owner_and_its_way() {
    assert_eq!(
        shown(&[customers()], None),
        "Where growth begins\n\
         \n\
         +200,000 Shop.Customer, 100,000 more in each dump · +22.9 MB retained\n\
         \x20 held by List<Customer> (100 -> 100,100 -> 200,100)\n\
         \x20   static Controller.p -> Processor -> CustomerCache -> List<Customer> -> Customer\n\
         \x20 1 more way leads to 9,000 objects\n"
    );
}

#[test]
fn long_ways_are_folded_in_the_middle_and_events_keep_their_name() {
    assert_eq!(
        shown(&[sessions()], None),
        "Where growth begins\n\
         \n\
         +100 Shop.Session, 1 -> 101 · +390.6 KB retained\n\
         \x20 held by Notifier.Notified (1 -> 101)\n\
         \x20   stack Program.<Main>$ -> WebApplication -> Host -> … 4 more … -> ConcurrentDictionary<Key, Site> -> \
         ConstructorCallSite -> Notifier .Notified -> EventHandler<String> -> Session\n"
    );
}

#[test]
fn what_a_baseline_did_not_keep_is_told_as_not_known() {
    let mut growth = sessions();
    growth.ways[0].not_kept = vec![1];
    let text = shown(&[growth], None);
    assert!(text.contains("held by Notifier.Notified (? -> 101)"), "{text}");
}

#[test]
fn lines_fit_the_screen() {
    for width in [80, 120] {
        let text = shown(&[customers(), sessions()], Some(width));
        assert!(text.lines().all(|line| line.width() <= width), "{text}");
        assert!(text.contains("Notifier .Notified"), "{text}");
    }
}

#[test]
fn hostile_names_reach_no_terminal() {
    let mut growth = customers();
    growth.type_name = "Evil\u{1b}[31m".to_owned();
    growth.ways[0].root_name = Some("A.b\u{202e}".to_owned());
    growth.ways[0].steps[0].type_name = "X\nY".to_owned();
    let text = shown(&[growth], Some(80));
    assert!(!text.chars().any(|c| c != '\n' && crate::output::sanitize::is_hazardous(c)), "{text}");
    assert!(text.contains("X\\nY"), "{text}");
}

#[test]
fn roots_and_assemblies_are_short_lines() {
    let root = |kind: &str, name: Option<&str>, retained: [u64; 2]| RootGrowth {
        kind: kind.to_owned(),
        name: name.map(str::to_owned),
        retained: retained.to_vec(),
        retained_delta: retained[1] as i64 - retained[0] as i64,
    };
    let roots = [
        root("static", Some("Shop.Web.Controller.p"), [1024, 24 << 20]),
        root("thread", Some("thread 17"), [0, 2 << 20]),
        root("strong_handle", None, [0, 100]),
        root("static", Some("Shop.Web.Gone"), [1024, 0]),
    ];
    let assemblies = [AssemblyGrowth {
        module: Some("shop.dll".to_owned()),
        retained: vec![1024, 26 << 20],
        retained_delta: (26 << 20) - 1024,
        ..AssemblyGrowth::default()
    }];
    let section = GrowthSection { growth: &[], roots: &roots, assemblies: &assemblies };
    let mut out = Vec::new();
    write_growth(&section, Some(80), &mut out).expect("writing to memory");
    assert_eq!(
        String::from_utf8(out).expect("text"),
        "\nRetained growth by root\n\
         \n\
         \x20 +24.0 MB  static Controller.p  1.0 KB -> 24.0 MB\n\
         \x20  +2.0 MB  thread 17            0 B -> 2.0 MB\n\
         \n\
         Retained growth by assembly\n\
         \n\
         \x20 +26.0 MB  shop.dll  1.0 KB -> 26.0 MB\n"
    );
}
