//! What a report says in one sentence.

use crate::diff::growth::Growth;
use crate::diff::{Report, Way};
use crate::units::grouped;

use super::figures::{bytes, change, counted, share, signed_bytes};
use super::names::{short_root_of, short_type, shown};

/// Columns that a name may take in a sentence.
const NAME_WIDTH: usize = 100;

/// The report in one sentence, without a full stop. It is plain text: names in it are harmless to show, but not escaped for
/// any format.
pub(super) fn verdict(report: &Report) -> String {
    match report.profiles.as_slice() {
        [] => "No dump was reported on".into(),
        [_] => of_one_dump(report),
        _ => of_several(report),
    }
}

fn of_several(report: &Report) -> String {
    match report.growth.first() {
        Some(growth) => {
            let others = match report.growth.len() - 1 {
                0 => String::new(),
                1 => "; 1 more type grows".into(),
                others => format!("; {} more types grow", grouped(others as u64)),
            };
            of_growth(growth) + &others
        }
        None => match report.suspects.first() {
            Some(suspect) => format!(
                "{}; first suspect: {}",
                of_totals(report),
                shown(&short_type(&suspect.subject), NAME_WIDTH)
            ),
            None => of_totals(report),
        },
    }
}

/// `Customer grew by 200,000 objects (+23.4 MB), held by static DiagScenarioController.p`.
fn of_growth(growth: &Growth) -> String {
    let name = shown(&short_type(&growth.type_name), NAME_WIDTH);
    let more = u64::try_from(change(&growth.counts)).unwrap_or_default();
    let retained = if growth.retained.is_empty() { &growth.sizes } else { &growth.retained };
    let held = growth.ways.first().map(held_by).unwrap_or_default();
    format!("{name} grew by {} ({}){held}", counted(more, "object"), signed_bytes(change(retained)))
}

fn held_by(way: &Way) -> String {
    format!(", held by {}", shown(&short_root_of(way), NAME_WIDTH))
}

fn of_totals(report: &Report) -> String {
    let of = |number: fn(&crate::diff::profile::HeapTotals) -> u64| -> Vec<u64> {
        report.profiles.iter().map(|profile| number(&profile.totals)).collect()
    };
    let (size, objects) = (change(&of(|totals| totals.bytes)), change(&of(|totals| totals.objects)));
    let by = |by: i128| bytes(u64::try_from(by.unsigned_abs()).unwrap_or(u64::MAX));
    match size {
        0 if objects == 0 => "Nothing grew: the heaps are of the same size".into(),
        0 => "Nothing grew in bytes".into(),
        1.. => format!("The heap grew by {}", by(size)),
        _ => format!("The heap shrank by {}", by(size)),
    }
}

fn of_one_dump(report: &Report) -> String {
    let Some(profile) = report.profiles.first() else { return String::new() };
    if profile.totals.objects == 0 {
        return "The dump holds no objects".into();
    }
    let heap = format!("{} in {}", bytes(profile.totals.bytes), counted(profile.totals.objects, "object"));
    if let Some(suspect) = report.suspects.first() {
        let suspects = counted(report.suspects.len() as u64, "suspect");
        let subject = shown(&short_type(&suspect.subject), NAME_WIDTH);
        return format!("{suspects} in {heap}, first of all {subject}");
    }
    let calm = if report.leaks_unsought { "" } else { "Nothing looks like a leak: " };
    match profile.types.first() {
        Some(row) => format!(
            "{calm}{heap}; {} hold the most ({})",
            shown(&short_type(&row.name), NAME_WIDTH),
            share(row.retained.max(row.size), profile.totals.bytes),
        ),
        None => format!("{calm}{heap}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::report::samples;

    #[test]
    fn growth_is_named_with_what_holds_it() {
        assert_eq!(
            verdict(&samples::series()),
            "Customer grew by 200,000 objects (+24.4 MB), held by static DiagScenarioController.p; 1 more type grows"
        );
    }

    #[test]
    fn one_dump_is_told_by_its_suspects() {
        assert_eq!(
            verdict(&samples::one_dump()),
            "1 suspect in 37.9 MB in 270,000 objects, first of all Customer"
        );
        let calm = Report { suspects: vec![], ..samples::one_dump() };
        let unsought = Report { leaks_unsought: true, ..calm.clone() };
        assert!(!verdict(&unsought).contains("leak"), "nobody looked for one");
        assert!(
            verdict(&calm)
                .starts_with("Nothing looks like a leak: 37.9 MB in 270,000 objects; Customer hold")
        );
    }

    #[test]
    fn where_nothing_is_nothing_is_claimed() {
        assert_eq!(verdict(&Report::default()), "No dump was reported on");
        assert_eq!(verdict(&samples::empty_dump()), "The dump holds no objects");
        let mut twice = samples::one_dump();
        twice.profiles.push(twice.profiles[0].clone());
        assert_eq!(verdict(&twice), "Nothing grew: the heaps are of the same size; first suspect: Customer");
        twice.profiles[1].totals.bytes += 2048;
        assert_eq!(verdict(&twice), "The heap grew by 2.0 KB; first suspect: Customer");
        twice.profiles[1].totals.bytes -= 4096;
        twice.suspects.clear();
        assert_eq!(verdict(&twice), "The heap shrank by 2.0 KB");
    }

    #[test]
    fn hostile_names_are_harmless_and_short() {
        let sentence = verdict(&samples::hostile());
        assert!(!sentence.chars().any(crate::output::sanitize::is_hazardous), "{sentence}");
        assert!(sentence.chars().count() < 500, "{sentence}");
    }
}
