//! References and referrers as sections: the columns of their rows.

use super::contents::Section;
use super::reading::Sections;
use super::section::SectionKind;
use super::{Unusable, problems};
use crate::graph::{ObjectId, References, Rows};

/// The sections of the references.
pub(super) fn of_references(references: &References) -> Vec<Section<'_>> {
    let mut sections =
        of_rows(&references.forward, SectionKind::ReferenceStarts, SectionKind::ReferenceMembers);
    let problems = problems::to_bytes(&references.problems);
    sections.push(Section::of_bytes(SectionKind::ReferenceProblems, problems));
    sections
}

/// The sections of the referrers.
pub(super) fn of_referrers(referrers: &Rows) -> Vec<Section<'_>> {
    of_rows(referrers, SectionKind::ReferrerStarts, SectionKind::ReferrerMembers)
}

fn of_rows(rows: &Rows, starts: SectionKind, members: SectionKind) -> Vec<Section<'_>> {
    let (start_column, member_column) = rows.columns();
    vec![
        Section::of_columns(starts, [start_column.as_bytes()]),
        Section::of_columns(members, [member_column.as_bytes()]),
    ]
}

/// The references of so many objects.
pub(super) fn read_references(sections: &Sections<'_>, objects: usize) -> Result<References, Unusable> {
    let forward = read_rows(sections, SectionKind::ReferenceStarts, SectionKind::ReferenceMembers, objects)?;
    Ok(References { forward, problems: sections.problems(SectionKind::ReferenceProblems)? })
}

/// The referrers of so many objects.
pub(super) fn read_referrers(sections: &Sections<'_>, objects: usize) -> Result<Rows, Unusable> {
    read_rows(sections, SectionKind::ReferrerStarts, SectionKind::ReferrerMembers, objects)
}

fn read_rows(
    sections: &Sections<'_>,
    starts: SectionKind,
    members: SectionKind,
    objects: usize,
) -> Result<Rows, Unusable> {
    let start_column = sections.column(starts, |_| true)?;
    let member_column = sections.column(members, |members: &[ObjectId]| {
        members.iter().fold(0, |largest, id| largest.max(id.0 as usize)) < objects
    })?;
    let rows = Rows::new(start_column, member_column).ok().filter(|rows| rows.len() == objects);
    rows.ok_or(Unusable::Damaged(starts.name()))
}
