//! Inputs that once were findings of the fuzz targets, through the same code.

use std::fs;
use std::path::Path;

#[path = "../fuzz/src/from_bytes/mod.rs"]
mod from_bytes;

#[test]
fn no_finding_comes_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/regressions");
    for (target, run) in from_bytes::TARGETS {
        // Each has at least one input: a run over nothing would prove nothing.
        let inputs = fs::read_dir(root.join(target)).unwrap_or_else(|error| panic!("{target}: {error}"));
        let inputs: Vec<_> = inputs.map(|input| input.expect("an input").path()).collect();
        assert!(!inputs.is_empty(), "{target}");
        for input in inputs {
            run(&fs::read(&input).expect("an input"));
        }
    }
}
