//! What was found of code on stacks, by address: many frames are of the same methods.

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::methods::CodeInfo;
use crate::clr::type_system::TypeSystem;

use super::unwind::UnwindPlan;

/// Managed code on a stack.
#[derive(Debug)]
pub struct ManagedCode {
    /// Its method and where what describes it lies.
    pub info: CodeInfo,
    /// Whether it is in a filter of exceptions; `None` where the dump does not hold what tells it.
    pub is_filter: Option<bool>,
    pub(super) plan: UnwindPlan,
}

/// Code by address, shared by all threads of a walk. Numbers are given in the order of asking and mean nothing.
#[derive(Debug, Default)]
pub(super) struct CodeTable(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    by_address: FxHashMap<Addr, u32>,
    all: Vec<Arc<ManagedCode>>,
}

impl CodeTable {
    /// The code with that number.
    pub fn get(&self, number: u32) -> Option<Arc<ManagedCode>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.all.get(number as usize).cloned()
    }

    /// The managed code around `address` and its number; `None` where there is none, or it cannot be told.
    pub fn find(&self, types: &TypeSystem, address: Addr) -> Option<(u32, Arc<ManagedCode>)> {
        let known = |known: &Known| {
            let number = *known.by_address.get(&address)?;
            Some((number, Arc::clone(known.all.get(number as usize)?)))
        };
        if let Some(found) = known(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return Some(found);
        }
        let info = types.code_info(address).ok()??;
        let architecture = types.runtime().dump.target.architecture;
        let is_filter = types.is_filter(&info);
        let plan = UnwindPlan::of(types.memory(), architecture, info.function);
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known(&table) {
            return Some(found);
        }
        let number = u32::try_from(table.all.len()).ok()?;
        let code = Arc::new(ManagedCode { info, is_filter, plan });
        table.all.push(Arc::clone(&code));
        table.by_address.insert(address, number);
        Some((number, code))
    }
}
