//! What belongs to a type: its fields, its methods, its generic parameters.

use std::ops::Range;
use std::sync::OnceLock;

use super::rows::{Constant, CustomAttribute, GenericParam, TypeDef};
use super::{Metadata, MetadataError, Table, TableRow, Token};

/// What is found out about members once, when it is first asked for. An error stands for all
/// answers: one missing row makes a count too low or leads a search astray.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// The owners of all generic parameters, sorted; an owner stands once for every parameter.
    generic_owners: OnceLock<Result<Vec<Token>, MetadataError>>,
    /// Method and place in the lists of methods, by method; empty without a pointer table.
    method_places: OnceLock<Result<Vec<(u32, u32)>, MetadataError>>,
    /// Constants by what they are the value of.
    constants: OnceLock<Result<Vec<(Token, u32)>, MetadataError>>,
    /// Attributes by what they stand on.
    attributes: OnceLock<Result<Vec<(Token, u32)>, MetadataError>>,
}

/// The rows of a table that belong to `parent`, of rows sorted by what they belong to.
fn rows_of(sorted: &[(Token, u32)], parent: Token) -> impl Iterator<Item = u32> {
    let first = sorted.partition_point(|&(other, _)| other < parent);
    let rows = sorted.get(first..).unwrap_or_default().iter();
    rows.take_while(move |&&(other, _)| other == parent).map(|&(_, row)| row)
}

impl Metadata<'_> {
    /// The rows of a type's fields, in the order of their declaration.
    ///
    /// # Errors
    /// When the type does not exist, is not in the dump, or has a list that leads out of its table.
    pub fn fields_of(
        &self,
        type_def: u32,
    ) -> Result<impl Iterator<Item = Result<u32, MetadataError>>, MetadataError> {
        let places = self.list(type_def, Table::Field, |row| row.field_list)?;
        Ok(places.map(|place| self.listed_row(Table::Field, place)))
    }

    /// The rows of a type's methods, in the order of their declaration.
    ///
    /// # Errors
    /// As for [`Self::fields_of`].
    pub fn methods_of(
        &self,
        type_def: u32,
    ) -> Result<impl Iterator<Item = Result<u32, MetadataError>>, MetadataError> {
        let places = self.list(type_def, Table::MethodDef, |row| row.method_list)?;
        Ok(places.map(|place| self.listed_row(Table::MethodDef, place)))
    }

    /// The type that a method belongs to.
    ///
    /// # Errors
    /// When a row on the way is not in the dump, or when no type has the method.
    pub fn type_of_method(&self, method: u32) -> Result<u32, MetadataError> {
        let place = self.place_of_method(method)?;
        // Lists ascend, and empty ones begin where the next begins: the last that begins no later has it.
        let (mut low, mut high) = (0, self.row_count(Table::TypeDef));
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if self.row::<TypeDef>(middle)?.method_list <= place {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        let none = MetadataError::NoSuchRow { table: Table::MethodDef, rid: method };
        if low == 0 || method > self.row_count(Table::MethodDef) { Err(none) } else { Ok(low) }
    }

    /// How many generic parameters a type has, those of the types around it included: metadata
    /// repeats them.
    ///
    /// # Errors
    /// When any of the table of generic parameters is not in the dump: the count would be too low.
    pub fn generic_param_count(&self, type_def: u32) -> Result<u32, MetadataError> {
        let owners = self.members.generic_owners.get_or_init(|| self.generic_owners());
        let owners = owners.as_ref().map_err(|&error| error)?;
        let owner = Token { table: Table::TypeDef, rid: type_def };
        let first = owners.partition_point(|&other| other < owner);
        let behind = owners.partition_point(|&other| other <= owner);
        Ok(u32::try_from(behind - first).unwrap_or(u32::MAX))
    }

    /// The constant that is the value of a field, a parameter or a property; `None` for one without.
    ///
    /// The first call reads the table once: its rows need not be sorted in `#-` metadata.
    ///
    /// # Errors
    /// When any of the table of constants is not in the dump.
    pub fn constant_of(&self, parent: Token) -> Result<Option<Constant>, MetadataError> {
        let sorted = self.members.constants.get_or_init(|| self.by_parent(|row: Constant| row.parent));
        let sorted = sorted.as_ref().map_err(|&error| error)?;
        rows_of(sorted, parent).next().map(|row| self.row(row)).transpose()
    }

    /// The rows of the attributes that stand on something.
    ///
    /// # Errors
    /// When any of the table of attributes is not in the dump.
    pub(super) fn attributes_of(&self, parent: Token) -> Result<impl Iterator<Item = u32>, MetadataError> {
        let sorted =
            self.members.attributes.get_or_init(|| self.by_parent(|row: CustomAttribute| row.parent));
        Ok(rows_of(sorted.as_ref().map_err(|&error| error)?, parent))
    }

    /// The rows of a table, sorted by what they belong to.
    fn by_parent<R: TableRow>(
        &self,
        parent: impl Fn(R) -> Token,
    ) -> Result<Vec<(Token, u32)>, MetadataError> {
        let pairs = self.rows::<R>().map(|(number, row)| row.map(|row| (parent(row), number)));
        let mut pairs = pairs.collect::<Result<Vec<_>, _>>()?;
        pairs.sort_unstable();
        Ok(pairs)
    }

    fn generic_owners(&self) -> Result<Vec<Token>, MetadataError> {
        let owners = self.rows::<GenericParam>().map(|(_, row)| row.map(|row| row.owner));
        let mut owners = owners.collect::<Result<Vec<_>, _>>()?;
        owners.sort_unstable();
        Ok(owners)
    }

    /// The places of a type's members in a list column: from its own start to that of the next type.
    fn list(
        &self,
        type_def: u32,
        table: Table,
        start: impl Fn(TypeDef) -> u32,
    ) -> Result<Range<u32>, MetadataError> {
        let behind_last = self.list_length(table).saturating_add(1);
        let from = start(self.row(type_def)?);
        let to = match type_def < self.row_count(Table::TypeDef) {
            true => start(self.row(type_def + 1)?),
            false => behind_last,
        };
        if from <= to && from >= 1 && to <= behind_last {
            Ok(from..to)
        } else {
            let offset = self.tables.place(Table::TypeDef)?.start;
            Err(MetadataError::Malformed { offset, what: "a type's list of members leads out of its table" })
        }
    }

    /// How many places a list column can name: those of the pointer table where there is one.
    fn list_length(&self, table: Table) -> u32 {
        let pointers = table.pointer_table().map_or(0, |pointers| self.row_count(pointers));
        if pointers == 0 { self.row_count(table) } else { pointers }
    }

    /// The row at a place of a list column; `#-` metadata goes through a pointer table.
    fn listed_row(&self, table: Table, place: u32) -> Result<u32, MetadataError> {
        match table.pointer_table() {
            Some(pointers) if self.row_count(pointers) > 0 => self.raw_row(pointers, place)?.number(0),
            _ => Ok(place),
        }
    }

    /// The place of the list column that leads to a method: the reverse of [`Self::listed_row`].
    fn place_of_method(&self, method: u32) -> Result<u32, MetadataError> {
        let places = self.members.method_places.get_or_init(|| self.method_places());
        let places = places.as_ref().map_err(|&error| error)?;
        if places.is_empty() {
            return Ok(method);
        }
        let first = places.partition_point(|&(other, _)| other < method);
        let found = places.get(first).filter(|&&(other, _)| other == method);
        let none = MetadataError::NoSuchRow { table: Table::MethodDef, rid: method };
        found.map(|&(_, place)| place).ok_or(none)
    }

    fn method_places(&self) -> Result<Vec<(u32, u32)>, MetadataError> {
        let places = 1..=self.row_count(Table::MethodPtr);
        let pairs =
            places.map(|place| self.listed_row(Table::MethodDef, place).map(|method| (method, place)));
        let mut pairs = pairs.collect::<Result<Vec<_>, _>>()?;
        pairs.sort_unstable();
        Ok(pairs)
    }
}
