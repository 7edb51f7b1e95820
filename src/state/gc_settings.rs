//! The settings of the garbage collector that the program was started with.
//!
//! They come from two places: variables of the environment (`DOTNET_gcServer`; before 5.0 `COMPlus_...`) and the properties of
//! `runtimeconfig.json` (`System.GC.Server`), which the runtime hands to `AppContext`. Where both are given, the variable counts.

use std::ops::ControlFlow;

use crate::bytes::Addr;
use crate::clr::statics::statics_of;
use crate::clr::type_system::TypeSystem;
use crate::values::Values;

/// What names of variables for the collector begin with, in any case.
const VARIABLES: [&str; 2] = ["dotnet_gc", "complus_gc"];
/// What names of properties for the collector begin with.
const PROPERTIES: &str = "System.GC.";

/// A setting, by the name that it was given by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GcSetting {
    /// Its name.
    pub name: String,
    /// Its value, as it was written: numbers of variables are hexadecimal.
    pub value: String,
}

/// The settings, variables first; those that the dump does not tell are left out. Without `values` there are no properties.
pub fn gc_settings(types: &TypeSystem, values: Option<&Values>) -> Vec<GcSetting> {
    let mut variables: Vec<GcSetting> =
        types.runtime().dump.environment().iter().filter_map(|variable| of_variable(variable)).collect();
    variables.sort();
    let mut properties = values.map(properties).unwrap_or_default();
    properties.sort();
    variables.append(&mut properties);
    variables
}

fn of_variable(variable: &str) -> Option<GcSetting> {
    let (name, value) = variable.split_once('=')?;
    let lower = name.to_ascii_lowercase();
    let is_setting = VARIABLES.iter().any(|start| lower.starts_with(start));
    is_setting.then(|| GcSetting { name: name.to_owned(), value: value.to_owned() })
}

/// The properties that `AppContext` keeps: texts by names.
fn properties(values: &Values) -> Vec<GcSetting> {
    let mut settings = Vec::new();
    let Some(store) = store(values) else { return settings };
    let text = |place: Addr| values.string(values.types().memory().pointer(place).ok()?).ok();
    let walked = values.items(store, &mut |item| {
        let name = item.key.as_ref().and_then(|key| text(key.address));
        if let Some(name) = name.filter(|name| name.starts_with(PROPERTIES))
            && let Some(value) = text(item.value.address)
        {
            settings.push(GcSetting { name, value });
        }
        ControlFlow::Continue(())
    });
    // A store that is damaged tells what it still does.
    walked.map(|_| settings).unwrap_or_default()
}

/// The dictionary of properties.
fn store(values: &Values) -> Option<Addr> {
    let context = values.types().named("System.AppContext");
    let slots = statics_of(values.types(), &context);
    let slot = slots.iter().find(|slot| &*slot.field.name == "s_dataStore")?;
    let store = values.types().memory().pointer(slot.address.ok()?).ok()?;
    (!store.is_null()).then_some(store)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_the_collector_are_settings_in_any_case() {
        let setting = |name: &str, value: &str| Some(GcSetting { name: name.into(), value: value.into() });
        assert_eq!(
            of_variable("DOTNET_GCHeapHardLimit=0x8000000"),
            setting("DOTNET_GCHeapHardLimit", "0x8000000")
        );
        assert_eq!(of_variable("COMPlus_gcServer=1"), setting("COMPlus_gcServer", "1"));
        for other in ["DOTNET_ROOT=/usr", "GCHeapHardLimit=1", "DOTNET_gcServer", ""] {
            assert_eq!(of_variable(other), None, "{other}");
        }
    }
}
