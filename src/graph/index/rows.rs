//! References and referrers as sections: the columns of their rows.

use super::contents::Section;
use super::reading::Sections;
use super::section::SectionKind;
use super::{Unusable, problems};
use crate::graph::{ObjectId, References, RowColumns, Rows};

/// Where rows stand in the file.
#[derive(Clone, Copy)]
struct RowSections {
    starts: SectionKind,
    wide: SectionKind,
    members: SectionKind,
}

const REFERENCES: RowSections = RowSections {
    starts: SectionKind::ReferenceStarts,
    wide: SectionKind::WideReferenceStarts,
    members: SectionKind::ReferenceMembers,
};

const REFERRERS: RowSections = RowSections {
    starts: SectionKind::ReferrerStarts,
    wide: SectionKind::WideReferrerStarts,
    members: SectionKind::ReferrerMembers,
};

/// The sections of the references.
pub(super) fn of_references(references: &References) -> Vec<Section<'_>> {
    let mut sections = REFERENCES.write(&references.forward);
    let problems = problems::to_bytes(&references.problems);
    sections.push(Section::of_bytes(SectionKind::ReferenceProblems, problems));
    sections
}

/// The sections of the referrers.
pub(super) fn of_referrers(referrers: &Rows) -> Vec<Section<'_>> {
    REFERRERS.write(referrers)
}

/// The references of so many objects.
pub(super) fn read_references(sections: &Sections<'_>, objects: usize) -> Result<References, Unusable> {
    let forward = REFERENCES.read(sections, objects)?;
    Ok(References { forward, problems: sections.problems(SectionKind::ReferenceProblems)? })
}

/// The referrers of so many objects.
pub(super) fn read_referrers(sections: &Sections<'_>, objects: usize) -> Result<Rows, Unusable> {
    REFERRERS.read(sections, objects)
}

impl RowSections {
    fn write(self, rows: &Rows) -> Vec<Section<'_>> {
        let (starts, wide, members) = rows.columns();
        vec![
            Section::of_columns(self.starts, [starts.as_bytes()]),
            Section::of_columns(self.wide, [wide.as_bytes()]),
            Section::of_columns(self.members, [members.as_bytes()]),
        ]
    }

    fn read(self, sections: &Sections<'_>, objects: usize) -> Result<Rows, Unusable> {
        let groups = sections.column(self.starts, |_| true)?;
        let wide = sections.column(self.wide, |_| true)?;
        let members = sections.column(self.members, |members: &[ObjectId]| {
            members.iter().fold(0, |largest, id| largest.max(id.0 as usize)) < objects.max(1)
        })?;
        // A group of starts has room for rows that are not there: the number of rows is that of the heap's objects.
        let rows = Rows::new(RowColumns { rows: objects, groups, wide, members }).ok();
        rows.filter(|_| sections.have_objects(objects)).ok_or(Unusable::Damaged(self.starts.name()))
    }
}
