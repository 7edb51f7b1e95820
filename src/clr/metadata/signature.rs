//! Signatures of fields, methods and types (ECMA-335 II.23.2.1, II.23.2.4, II.23.2.12, II.23.2.14).
//!
//! Says what the bytes say: which type a token means is for who knows the modules. Custom modifiers and `pinned` are
//! left out, since they change no layout and listings do not print them.

use super::coded_index::CodedIndex;
use super::rows::{Field, MethodDef, TypeSpec};
use super::{Metadata, MetadataError, Token, compressed, element_type};
use crate::limits::{MAX_GENERIC_ARGUMENTS, MAX_SIGNATURE_PARTS, MAX_TYPE_DEPTH};

/// What the signature of a field begins with.
const FIELD: u8 = 0x06;
/// Calling convention of a function pointer: it has generic parameters, and their number comes first.
const GENERIC_METHOD: u8 = 0x10;

/// A type as a signature has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeSignature {
    /// A type that has an element type of its own: a number, `System.Object`, `System.String`, `void`,
    /// `System.TypedReference`.
    Simple(u8),
    /// A type that a token names.
    Named(NamedType),
    /// A generic type with its arguments.
    Instance(NamedType, Vec<TypeSignature>),
    /// The generic parameter of that number of the type whose member this is.
    TypeVariable(u32),
    /// The generic parameter of that number of the method in which this stands.
    MethodVariable(u32),
    /// An array of one dimension that begins at 0.
    SzArray(Box<TypeSignature>),
    /// An array of that many dimensions. Lengths and lower bounds that may stand with it say nothing of an array object.
    Array(Box<TypeSignature>, u32),
    /// A pointer.
    Pointer(Box<TypeSignature>),
    /// A managed reference.
    ByReference(Box<TypeSignature>),
    /// A pointer to a function: what it returns, what it takes.
    FunctionPointer(Box<TypeSignature>, Vec<TypeSignature>),
}

/// What a method takes and returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodSignature {
    /// What it returns.
    pub result: TypeSignature,
    /// What it takes, without `this`.
    pub parameters: Vec<TypeSignature>,
}

impl MethodSignature {
    /// The signature of a method.
    ///
    /// # Errors
    /// As for [`TypeSignature::of_field`].
    pub fn of_method(blob: &[u8]) -> Result<MethodSignature, MetadataError> {
        let (result, parameters) = Reader { blob, rest: blob, parts: 0 }.method(0)?;
        Ok(MethodSignature { result, parameters })
    }
}

/// A type that a token names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NamedType {
    /// A TypeDef, TypeRef or TypeSpec.
    pub token: Token,
    /// Whether it is a struct or an enum.
    pub value_type: bool,
}

impl TypeSignature {
    /// The type that the signature of a field tells.
    ///
    /// # Errors
    /// What stands there is no signature of a field, or nests more deeply or has more parts than the caps allow.
    /// Offsets in the error count from the start of the signature.
    pub fn of_field(blob: &[u8]) -> Result<TypeSignature, MetadataError> {
        let mut reader = Reader { blob, rest: blob, parts: 0 };
        match reader.byte()? {
            FIELD => reader.type_at(0),
            _ => Err(reader.malformed("not the signature of a field")),
        }
    }

    /// The type that the blob of a TypeSpec tells.
    ///
    /// # Errors
    /// As for [`Self::of_field`].
    pub fn of_type(blob: &[u8]) -> Result<TypeSignature, MetadataError> {
        Reader { blob, rest: blob, parts: 0 }.type_at(0)
    }
}

impl Metadata<'_> {
    /// The type of the field with that row.
    ///
    /// # Errors
    /// The row or its signature is not in the dump or damaged.
    pub fn field_type(&self, field: u32) -> Result<TypeSignature, MetadataError> {
        TypeSignature::of_field(self.blob(self.row::<Field>(field)?.signature)?)
    }

    /// What the method with that row takes and returns.
    ///
    /// # Errors
    /// As for [`Self::field_type`].
    pub fn method_signature(&self, method: u32) -> Result<MethodSignature, MetadataError> {
        MethodSignature::of_method(self.blob(self.row::<MethodDef>(method)?.signature)?)
    }

    /// The type that the TypeSpec with that row tells.
    ///
    /// # Errors
    /// As for [`Self::field_type`].
    pub fn type_spec(&self, row: u32) -> Result<TypeSignature, MetadataError> {
        TypeSignature::of_type(self.blob(self.row::<TypeSpec>(row)?.signature)?)
    }
}

/// Reads a signature from its front.
struct Reader<'b> {
    blob: &'b [u8],
    rest: &'b [u8],
    /// Types that were begun so far.
    parts: usize,
}

impl Reader<'_> {
    fn malformed(&self, what: &'static str) -> MetadataError {
        MetadataError::Malformed { offset: self.blob.len() - self.rest.len(), what }
    }

    fn byte(&mut self) -> Result<u8, MetadataError> {
        let (&byte, rest) =
            self.rest.split_first().ok_or_else(|| self.malformed("a signature ends within a type"))?;
        self.rest = rest;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u32, MetadataError> {
        let no_number = "a signature holds no number where one must be";
        let (number, rest) = compressed::split(self.rest).ok_or_else(|| self.malformed(no_number))?;
        self.rest = rest;
        Ok(number)
    }

    /// TypeDefOrRefOrSpecEncoded, II.23.2.8.
    fn token(&mut self) -> Result<Token, MetadataError> {
        let offset = self.blob.len() - self.rest.len();
        CodedIndex::TypeDefOrRef.decode(self.number()?, offset)
    }

    fn type_at(&mut self, depth: u32) -> Result<TypeSignature, MetadataError> {
        self.parts += 1;
        if depth >= MAX_TYPE_DEPTH || self.parts > MAX_SIGNATURE_PARTS {
            return Err(self.malformed("a signature has more parts than any type"));
        }
        let kind = self.element_type()?;
        Ok(match kind {
            element_type::VOID..=element_type::STRING
            | element_type::TYPED_REFERENCE
            | element_type::NATIVE_INT
            | element_type::NATIVE_UINT
            | element_type::OBJECT => TypeSignature::Simple(kind),
            element_type::VALUE_TYPE | element_type::CLASS => TypeSignature::Named(self.named(kind)?),
            element_type::TYPE_VARIABLE => TypeSignature::TypeVariable(self.number()?),
            element_type::METHOD_VARIABLE => TypeSignature::MethodVariable(self.number()?),
            element_type::POINTER => TypeSignature::Pointer(self.boxed(depth)?),
            element_type::BY_REFERENCE => TypeSignature::ByReference(self.boxed(depth)?),
            element_type::SZ_ARRAY => TypeSignature::SzArray(self.boxed(depth)?),
            element_type::ARRAY => {
                let element = self.boxed(depth)?;
                TypeSignature::Array(element, self.array_shape()?)
            }
            element_type::GENERIC_INSTANCE => self.instance(depth)?,
            element_type::FUNCTION_POINTER => self.function(depth)?,
            _ => return Err(self.malformed("a signature holds an unknown element type")),
        })
    }

    /// The next element type, behind custom modifiers (II.23.2.7) and `pinned` (II.23.2.9).
    fn element_type(&mut self) -> Result<u8, MetadataError> {
        loop {
            match self.byte()? {
                element_type::REQUIRED_MODIFIER | element_type::OPTIONAL_MODIFIER => {
                    self.token()?;
                }
                element_type::PINNED | element_type::SENTINEL => {}
                kind => return Ok(kind),
            }
        }
    }

    fn boxed(&mut self, depth: u32) -> Result<Box<TypeSignature>, MetadataError> {
        self.type_at(depth + 1).map(Box::new)
    }

    fn named(&mut self, kind: u8) -> Result<NamedType, MetadataError> {
        Ok(NamedType { token: self.token()?, value_type: kind == element_type::VALUE_TYPE })
    }

    fn instance(&mut self, depth: u32) -> Result<TypeSignature, MetadataError> {
        let kind = self.byte()?;
        if !matches!(kind, element_type::VALUE_TYPE | element_type::CLASS) {
            return Err(self.malformed("a generic instance is neither class nor struct"));
        }
        let named = self.named(kind)?;
        let count = self.number()?;
        if u64::from(count) > MAX_GENERIC_ARGUMENTS {
            return Err(self.malformed("a generic instance has absurdly many arguments"));
        }
        Ok(TypeSignature::Instance(named, self.types(count, depth)?))
    }

    /// MethodSig, II.23.2.3, behind the element type of the pointer.
    fn function(&mut self, depth: u32) -> Result<TypeSignature, MetadataError> {
        let (result, parameters) = self.method(depth)?;
        Ok(TypeSignature::FunctionPointer(Box::new(result), parameters))
    }

    /// MethodDefSig, II.23.2.1, which a pointer's has the form of: what is returned, what is taken.
    fn method(&mut self, depth: u32) -> Result<(TypeSignature, Vec<TypeSignature>), MetadataError> {
        if self.byte()? & GENERIC_METHOD != 0 {
            self.number()?;
        }
        let count = self.number()?;
        let result = self.type_at(depth + 1)?;
        Ok((result, self.types(count, depth)?))
    }

    /// So many types. Each takes a byte at least and counts as a part: a wild number ends soon.
    fn types(&mut self, count: u32, depth: u32) -> Result<Vec<TypeSignature>, MetadataError> {
        (0..count).map(|_| self.type_at(depth + 1)).collect()
    }

    /// ArrayShape, II.23.2.13; the rank.
    fn array_shape(&mut self) -> Result<u32, MetadataError> {
        let rank = self.number()?;
        // Lengths, then lower bounds: as many as are told, at most one a dimension, each a byte at least.
        for _ in 0..2 {
            for _ in 0..self.number()? {
                self.number()?;
            }
        }
        Ok(rank)
    }
}

#[cfg(test)]
mod tests;
