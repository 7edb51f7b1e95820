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

Text of the program stands between quotes, all but printable ASCII as the escapes of its UTF-16 code units, so
that null and the empty text, line breaks and lone surrogates stay apart.

What the record has wrong or does not have, of statics above all:

    statics of generic types        read at the place of another instantiation: left out
    constant data in images         read at a wrong place (<PrivateImplementationDetails>): left out
    statics that are structs        not read where a type's parameters are not resolved: left out
    static function pointers        read among the references, where they do not lie: left out
    primitives of threads           read as 0 where the thread never had them: only references are compared
    types of fields                 a parameter's name, or `Object` for what it did not load: not compared
    long texts                      recorded in part: not compared
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
# So many rows a file, where the record has thousands of the same sort.
MOST_ROWS = 250
# Longer texts than this stand in no golden file.
LONGEST_TEXT = 200
# Element types whose values the reference spells in a form of its own: compared by check.py.
SPELLED_OTHERWISE = (None, "Float", "Double", "Char", "NativeInt", "NativeUInt", "Pointer", "FunctionPointer")
# What the types of the dumped programs begin with.
PROGRAMS = ("Zoo.", "testwebapi.", "Program", "Dynamic.")
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
    for entry in reference["arrays"]:
        entry["type"] = None
    # Fields bear names, and that a type is one of exceptions is known by its base's name.
    for bearers in "objects", "statics", "threadStatics", "exceptions":
        reference[bearers] = []
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


def references(reference):
    """The references in fields and elements: how many, and a sum in which each end of each has its part."""
    recorded = reference["totals"]
    yield "count", "checksum"
    yield recorded["edgesWithoutDependentHandles"], recorded["edgeSum64WithoutDependent"]


def referrers(reference):
    """Who refers to some objects of the program, by dependent handles too."""
    yield "target", "source"
    pairs = ((entry["object"], source) for entry in reference["referrersOfUserTypes"] for source in entry["referrers"])
    yield from thinned(pairs)


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


def spelled(text):
    """Text of the program as golden files have it."""
    units = text.encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2)]
    plain = lambda unit: 0x20 <= unit <= 0x7E and unit != ord("\\")
    return '"' + "".join(chr(unit) if plain(unit) else f"\\u{unit:04x}" for unit in units) + '"'


def recorded_text(text, length):
    """A recorded text of so many UTF-16 code units, when it is whole and short."""
    if text is None or length > LONGEST_TEXT or len(text.encode("utf-16-le", "surrogatepass")) != 2 * length:
        return "?"
    return spelled(text)


def known_name(name):
    return "?" if not name or UNRESOLVED_PARAMETER.search(name) or "ERROR" in name else name.replace("<*>", "[*]")


def reference_value(value):
    """An address, nothing for a null reference."""
    return "" if value in (None, "0x0") else value


def field_type_name(field, owner):
    """The type of a field of an object of type `owner`; `?` where the reference has it wrong: it prints `Object` or
    `System.Void` for types that it did not load, the arity of generic ones that it cannot resolve, and in generic
    objects a parameter's name, `System.__Canon` or another parameter's type."""
    name = known_name(field.get("type"))
    vague = "." not in name or "`" in name or name == "System.Void" or "<" in (owner or "<")
    return "?" if vague or field.get("et") in ("Pointer", "FunctionPointer") else name


def plain_value(field):
    """The plain value of a field; `?` where its spelling says nothing."""
    value = field["value"]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) or field.get("et") in SPELLED_OTHERWISE:
        return "?"
    return reference_value(value)


def thinned(rows, first=lambda row: False):
    """At most MOST_ROWS rows: those that `first` picks, and every so many of the others."""
    rows = list(dict.fromkeys(rows))
    chosen = [row for row in rows if first(row)][:MOST_ROWS]
    others = [row for row in rows if not first(row)]
    step = max(1, -(-len(others) // max(1, MOST_ROWS - len(chosen))))
    return chosen + others[::step]


def string_values(reference):
    yield "address", "length", "value"
    for string in reference["strings"]:
        yield string["address"], string["length"], recorded_text(string["value"], string["length"])


def array_shapes(reference):
    yield "address", "type", "length", "rank", "lengths", "size"
    for array in reference["arrays"]:
        lengths = ",".join(map(str, array["lengths"]))
        yield array["address"], known_name(array["type"]), array["length"], array["rank"], lengths, array["size"]


def exceptions(reference):
    yield "address", "type", "message", "hresult", "inner"
    for exception in reference["exceptions"]:
        hresult = int(exception["hresult"], 16)
        message = exception["message"]
        message = spelled(message) if message is not None else ""
        inner = reference_value(exception["inner"])
        yield exception["address"], known_name(exception["type"]), message, hresult, inner


def is_comparable_static(static):
    return "value" in static and static["type"] and "<" not in static["type"]


def statics(reference):
    yield "type", "field", "value"
    rows = ((s["type"], s["field"], plain_value(s)) for s in reference["statics"] if is_comparable_static(s))
    yield from thinned((row for row in rows if row[2] != "?"), first=lambda row: row[0].startswith(PROGRAMS))


def thread_statics(reference):
    yield "type", "field", "value", "thread"
    os_ids = {thread["managedId"]: thread["osId"] for thread in reference["threads"] if thread["osId"]}
    for static in reference["threadStatics"]:
        if is_comparable_static(static) and static["managedThread"] in os_ids and static["value"] not in (0, "0x0", False):
            yield static["type"], static["field"], plain_value(static), os_ids[static["managedThread"]]


def opened(fields, prefix="", start=0):
    """The leaves of an object's fields: path, offset, field."""
    for field in fields or []:
        path, offset = prefix + field["name"], start + field.get("offset", 0)
        if field.get("fields") is not None and field.get("et") in ("Struct", "ValueClass", None):
            yield from opened(field["fields"], path + ".", offset)
        elif "value" in field:
            yield path, offset, field


def object_fields(reference):
    yield "address", "field", "offset", "type", "value", "text"
    count = 0
    for entry in reference["objects"]:
        # What a base class hides occurs twice under one name, so the offset belongs to what is compared.
        for path, offset, field in opened(entry["fields"]):
            string = field.get("string")
            text = "?" if string is None else recorded_text(string, len(string.encode("utf-16-le", "surrogatepass")) // 2)
            count += 1
            if count <= MOST_ROWS:
                yield entry["address"], path, offset, field_type_name(field, entry["type"]), plain_value(field), text


def field_layout(reference):
    yield "mt", "name", "offset", "field_type"
    rows = []
    for entry in reference["objects"]:
        for field in entry["fields"] or []:
            if "offset" not in field:  # the value in a box is no field
                continue
            rows.append((entry["mt"], field["name"], field["offset"], field_type_name(field, entry["type"])))
    yield from thinned(rows)


QUERIES = [
    histogram,
    totals,
    references,
    referrers,
    free,
    strings,
    generations,
    segments,
    modules,
    zoo_by_generation,
    string_values,
    array_shapes,
    exceptions,
    statics,
    thread_statics,
    object_fields,
    field_layout,
]


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
