//! Minidumps that no process wrote: see `synth::minidump`.
