//! Turning rows around: for every object those whose rows it stands in.

use crate::graph::ObjectId;

use super::Rows;

/// The rows of `rows` turned around: for every object those in whose row it stands, as often as it does, ascending.
pub(super) fn transpose(rows: &Rows) -> Rows {
    let mut starts = vec![0_u32; rows.len() + 1];
    for id in 0..rows.len() as u32 {
        for member in rows.of(ObjectId(id)) {
            starts[member.0 as usize + 1] += 1;
        }
    }
    let mut sum = 0_u32;
    for start in &mut starts {
        sum = sum.wrapping_add(*start);
        *start = sum;
    }
    let mut next: Vec<u32> = starts[..rows.len()].to_vec();
    let mut members = vec![ObjectId(0); rows.member_count()];
    for id in 0..rows.len() as u32 {
        for member in rows.of(ObjectId(id)) {
            let place = &mut next[member.0 as usize];
            members[*place as usize] = ObjectId(id);
            *place += 1;
        }
    }
    Rows::new(starts.into(), members.into()).expect("each row ends where the next one begins")
}
