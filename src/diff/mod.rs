//! Several dumps of one program: what grew, who holds it, who survived, what looks like a leak.
//!
//! A dump is first brought to a [`Profile`]: totals, types, what hangs on which root, the merged dominator tree, the ways by
//! which big types are held. Profiles are compared, never dumps, so that a profile kept as a small JSON file (a baseline)
//! stands in for its dump. Only what needs single objects ([`identity`], most rules of [`leaks`]) asks open dumps.
//!
//! | module | what |
//! | --- | --- |
//! | `profile` | one dump as it is compared; baselines |
//! | `relation` | whether the dumps are of one program, one process, in order |
//! | `compare` | grouped answers of several dumps side by side: the table of a comparison |
//! | `growth` | the types at which growth begins, and the ways by which they hang on roots, in each dump |
//! | `identity` | which objects of a type survived from dump to dump |
//! | `leaks` | suspects with their reasons, over one dump or several |
//! | `gate` | conditions over a comparison, for builds that must fail |
//! | `report` | all of it together |
//!
//! Nothing here prints.

pub mod compare;
pub mod gate;
pub mod growth;
pub mod identity;
pub mod leaks;
pub mod profile;
pub mod relation;
mod report;
mod run;
mod way;

pub use profile::Profile;
pub use report::{Report, suspects};
pub use run::{run, run_into};
pub use way::{Way, WayStep};
