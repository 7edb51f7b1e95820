//! Which types' objects are the rows of a table.

use crate::clr::type_system::TypeKind;
use crate::graph::TypeInfo;
use crate::query::catalog::TableId;
use crate::values::Values;

/// The name of the type of all strings, for dumps whose types cannot be described.
const STRING: &str = "System.String";

/// For each type, whether its objects are rows of `table`; `None` when all are. Without `values` a string is known
/// by its type's name, and there are no exceptions and collections.
pub fn of_types(table: TableId, types: &[TypeInfo], values: Option<&Values>) -> Option<Vec<bool>> {
    let all = |is: &dyn Fn(&TypeInfo) -> bool| Some(types.iter().map(is).collect());
    match table {
        TableId::Strings => all(&|of| is_string(of, values)),
        TableId::Arrays => all(&|of| of.rank > 0),
        TableId::Exceptions => all(&|of| values.is_some_and(|values| values.is_exception(of.method_table))),
        TableId::Collections => {
            all(&|of| values.is_some_and(|values| values.collection_shape(of.method_table).is_some()))
        }
        _ => None,
    }
}

/// Whether a type is that of all strings.
pub fn is_string(of: &TypeInfo, values: Option<&Values>) -> bool {
    let may_be = of.has_length && of.rank == 0 && of.element_size == 2;
    let kind = || values.map(|values| values.types().description(of.method_table).kind.clone());
    may_be
        && match kind() {
            Some(TypeKind::Unknown) | None => &*of.name == STRING,
            Some(kind) => kind == TypeKind::String,
        }
}
