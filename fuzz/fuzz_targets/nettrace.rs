#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| heapql_fuzz::from_bytes::nettrace::run(input));
