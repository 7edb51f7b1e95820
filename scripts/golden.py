#!/usr/bin/env python3
"""Writes the golden answers of a corpus dump from recorded reference answers.

    scripts/golden.py [--without-names] REFERENCE.json[.zst] FOLDER        e.g. corpus/golden/zoo-10.0

With --without-names, for a dump that lacks the framework's metadata (of .NET Core 3.1 and older),
the names that the reference read from the assemblies themselves are not compared.

The reference answers were recorded by a program over the runtime's own debugging library
(ClrMD with the matching DAC), so the golden files do not come from heapql. One file a query,
named as in tests/corpus.rs: tab-separated, a line of column names first, rows in the order of
their text. A cell is the value (addresses in hexadecimal, all other numbers in decimal), or

    ?        not compared: the reference does not know it, or is known to be wrong there
    TEXT*    begins with TEXT: a type whose metadata the dump lacks, told by module and token
"""
import argparse
import json
import pathlib
import re
import subprocess

KINDS = {
    "Generation0": "gen0",
    "Generation1": "gen1",
    "Generation2": "gen2",
    "Large": "loh",
    "Pinned": "poh",
    "Frozen": "frozen",
    "Ephemeral": "ephemeral",
}
# The reference prints a generic type's own parameters where it cannot tell the arguments.
UNRESOLVED_PARAMETER = re.compile(r"[<, ]T\d+[>,]")


def load(path):
    if path.suffix == ".zst":
        packed = subprocess.run(["zstd", "-dc", "--long=27", path], check=True, stdout=subprocess.PIPE)
        return json.loads(packed.stdout)
    return json.loads(path.read_text())


def base_name(path):
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def type_name(entry):
    """The name as it should be, for one entry of the reference's list of types."""
    name = entry["name"]
    if name and not UNRESOLVED_PARAMETER.search(name) and "ERROR" not in name:
        # An array of rank one whose lower bound need not be zero.
        return name.replace("<*>", "[*]")
    token = int(entry["token"], 16)
    row = token & 0xFFFFFF
    if not name and row:
        return f"{base_name(entry['module'])}!{token:08x}*"
    return "?"


def forget_names(reference):
    """Leaves what a dump without metadata tells: `Free`, and module and token where they are the name."""
    for entry in reference["types"]:
        if entry["name"] and entry["name"] != "Free":
            entry.update(name=None, token="0x0")
    for count in "strings", "stringBytes":
        reference["totals"][count] = None


def histogram(reference):
    yield "mt", "type", "count", "size"
    for entry in reference["types"]:
        yield entry["mt"], type_name(entry), entry["count"], entry["bytes"]


def totals(reference):
    recorded = reference["totals"]
    yield "count", "size", "address_sum"
    yield recorded["objects"], recorded["bytes"], recorded["addressSum64"]


def free(reference):
    yield "count", "size"
    yield reference["totals"]["freeObjects"], reference["totals"]["freeBytes"]


def strings(reference):
    yield "count", "size"
    if reference["totals"]["strings"] is not None:
        yield reference["totals"]["strings"], reference["totals"]["stringBytes"]


def generations(reference):
    yield "gen", "count", "size"
    for kind, recorded in reference["perGeneration"].items():
        yield KINDS[kind], recorded["objects"], recorded["bytes"]


def segments(reference):
    yield "start", "end", "kind", "heap"
    for segment in reference["segments"]:
        if int(segment["end"], 16) > int(segment["start"], 16):
            # Frozen segments belong to no heap; the reference counts them to the first one.
            heap = "?" if segment["kind"] == "Frozen" else segment["subHeap"]
            yield segment["start"], segment["end"], KINDS[segment["kind"]], heap


def modules(reference):
    yield ("name",)
    for name in sorted({base_name(m["name"]) for m in reference["modules"] if m["isPEFile"] and m["name"]}):
        yield (name,)


def zoo_by_generation(reference):
    """Objects of the program's own types; empty where the reference knew none of their names."""
    yield "type", "gen", "count"
    for name, counts in reference["userTypesByGeneration"].items():
        if name.startswith("Zoo."):
            for kind, count in counts.items():
                yield name, KINDS[kind], count


QUERIES = [histogram, totals, free, strings, generations, segments, modules, zoo_by_generation]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without-names", action="store_true")
    parser.add_argument("reference", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    reference = load(arguments.reference)
    if arguments.without_names:
        forget_names(reference)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for query in QUERIES:
        header, *rows = ("\t".join(map(str, row)) for row in query(reference))
        if rows:
            path = arguments.folder / f"{query.__name__}.tsv"
            path.write_text("\n".join([header, *sorted(rows)]) + "\n")


if __name__ == "__main__":
    main()
