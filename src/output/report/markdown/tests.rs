use super::*;
use crate::output::report::samples;
use crate::output::sanitize::is_hazardous;

#[test]
fn a_series_is_told_in_a_screenful() {
    assert_eq!(
        render(&samples::series()),
        "\
### Customer grew by 200,000 objects (+24.4 MB), held by static DiagScenarioController.p; 1 more type grows

|  | `t0` | `t1` | `t2` | change |
| :-- | --: | --: | --: | --: |
| objects | 70,000 | 170,000 | 270,000 | +200,000 |
| size | 13.5 MB | 25.7 MB | 37.9 MB | +24.4 MB |
| reachable | 12.7 MB | 24.9 MB | 37.1 MB | +24.4 MB |
| garbage | 878.9 KB | 878.9 KB | 878.9 KB | 0 B |
| free | 293.0 KB | 293.9 KB | 294.9 KB | +2.0 KB |

#### What grew, and who holds it

- **+200,000 `Customer`** (+24.4 MB retained, more in every dump)
  - +200,000: `static DiagScenarioController.p` → `Processor` → `CustomerCache` → **`List<Customer>`** → `Customer[]` → `Customer`
- **+100 `Session`** (+101.6 KB retained, more in every dump)
  - +100: `static Notifier.Notified` → `Processor` → `CustomerCache` (repeated) → `List<Customer>` → `Customer[]` → `Customer`
  - and 3 more ways

#### Suspects

- **85**/100 `Customer` (growing class): 200,000 Customer hang on one list and nothing takes them off
  - +200,000: `static DiagScenarioController.p` → `Processor` → `CustomerCache` → **`List<Customer>`** → `Customer[]` → `Customer`

<details><summary>Types that changed (2 of 2)</summary>

| type | count change | size change | retained change | status | steady |
| :-- | --: | --: | --: | --: | --: |
| `testwebapi.Controllers.Customer` | +200,000 | +18.3 MB | +24.4 MB | new | yes |
| `testwebapi.Services.Session` | +100 | +3.9 KB | +101.6 KB | new | yes |

</details>

- Note: the dumps are of one run of testwebapi
"
    );
}

#[test]
fn hostile_text_neither_formats_nor_notifies() {
    let text = render(&samples::hostile());
    assert!(!text.chars().any(|c| is_hazardous(c) && c != '\n'));
    for line in text.lines() {
        // Outside of code spans nothing is left that GitHub acts on.
        let prose: String = outside_of_code(line);
        assert!(!prose.contains("<img") && !prose.contains("</script"), "{line}");
        assert!(!prose.replace("@&#8203;", "").contains('@'), "{line}");
        assert!(!prose.contains("http:") && !prose.contains("www."), "{line}");
    }
    assert!(text.len() < 60_000, "{} bytes: GitHub takes 65,536", text.len());
}

/// A line without its code spans.
fn outside_of_code(line: &str) -> String {
    let mut prose = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        prose.push_str(&rest[..start]);
        let fence = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let inside = &rest[start + fence..];
        let closing = "`".repeat(fence);
        let ends = |at: &usize| !inside[..*at].ends_with('`') && !inside[at + fence..].starts_with('`');
        let end = inside.match_indices(&closing).map(|(at, _)| at).find(ends);
        rest = end.map_or("", |end| &inside[end + fence..]);
    }
    prose + rest
}

#[test]
fn tables_have_the_same_columns_in_every_row() {
    for report in [samples::series(), samples::one_dump(), samples::hostile(), samples::empty_dump()] {
        let text = render(&report);
        for table in text.split("\n\n").filter(|block| block.starts_with("| ")) {
            let cells: Vec<usize> =
                table.lines().map(|line| line.replace("\\|", "").matches('|').count()).collect();
            assert!(cells.iter().all(|count| *count == cells[0]), "{table}");
        }
    }
}

#[test]
fn one_dump_lists_its_types_and_no_changes() {
    let text = render(&samples::one_dump());
    assert!(text.contains("Types that hold the most (3 of 3)") && !text.contains("change"), "{text}");
    assert!(!text.contains("What grew"));
}

#[test]
fn a_heap_of_any_size_makes_a_comment() {
    let mut report = samples::enormous();
    report.growth = vec![samples::series().growth[0].clone(); 40];
    report.suspects = vec![report.suspects[0].clone(); 40];
    let text = render(&report);
    assert!(text.len() < 30_000, "{}", text.len());
    assert!(
        text.contains("and 35 types that grew less") && text.contains("and 35 suspects with lower scores")
    );
}

#[test]
fn the_owner_on_a_long_way_is_shown() {
    let mut report = samples::series();
    let way = &mut report.growth[0].ways[0];
    let step = way.steps[0].clone();
    way.steps.splice(1..1, vec![step; 7]);
    way.owner = Some(6);
    way.steps[6].type_name = "Shop.Owner".into();
    let text = render(&report);
    let expected =
        "`Processor` → `Processor` → … 4 steps … → **`Owner`** → … 3 steps … → `Customer[]` → `Customer`";
    assert!(text.contains(expected), "{text}");
}
