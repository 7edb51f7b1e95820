//! Structs without a reading of their own: `{X=3, Y=4}`; inline arrays and fixed buffers: `[1, 2, 3]`.

use super::members::Members;
use super::{NoText, Text};
use crate::clr::type_system::Field;
use crate::limits;

/// The fields of any struct, nested ones too, up to a length and a depth.
pub(super) fn fields(members: &Members<'_>) -> Text {
    let description = members.description;
    if let (Some(count), [field]) = (description.repeated, description.fields.as_slice()) {
        return elements(members, count, field);
    }
    if description.fields.is_empty() {
        return Err(NoText::Unknown);
    }
    let fields = description.fields.iter().map(|field| {
        let text = members.field_part(field)?;
        Ok(format!("{}={text}", field.name))
    });
    Ok(format!("{{{}}}", joined(fields)?))
}

fn elements(members: &Members<'_>, count: u32, field: &Field) -> Text {
    let size = members.description.data_size / count.max(1);
    let elements = (0..u64::from(count)).map(|i| {
        let place = members.place(field).offset(i * u64::from(size));
        members.values.part_text(place, &field.field_type, members.nesting.deeper()?)
    });
    Ok(format!("[{}]", joined(elements)?))
}

/// The parts with commas between them, cut short when they are many.
pub(super) fn joined(parts: impl Iterator<Item = Text>) -> Text {
    let mut text = String::new();
    for (i, part) in parts.enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        if text.len() > limits::MAX_STRUCT_TEXT_BYTES {
            text.push('…');
            break;
        }
        text.push_str(&part?);
    }
    Ok(text)
}
