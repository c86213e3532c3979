#!/usr/bin/env python3
"""What the objects of apps/library take, beside the figures of the paper's Table 2.

`comet check --table` measures each object with the sample that apps/library/samples.json has for it:
instructions (exact) and time (of this machine) of the costliest handler, size of the source, largest
state. --write puts the table into docs/library.md.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

from measure import ROOT, origin, print_origin, write_json

SEED = 1  # of the simulated node
LIBRARY = ROOT / "apps" / "library"
PAGE = ROOT / "docs" / "library.md"
# The paper's Table 2: instructions, time, code size, largest size.
PAPER = {
    "Replication": ("< 10", "4 us", "0.2 K", "< 1 K"),
    "Smart replication": ("< 100", "6 us", "0.4 K", "< 1 K"),
    "Timeouts": ("~ 10", "4 us", "0.4 K", "< 1 K"),
    "Limited-read value": ("~ 10", "4 us", "0.6 K", "< 1 K"),
    "Sensitive value": ("< 10", "4 us", "0.2 K", "< 1 K"),
    "Publish-subscribe": ("10,000s", "54 us", "0.5 K", "100 K"),
    "Hierarchical pub-sub (signed)": ("100s", "6 us", "0.7 K", "1 K"),
    "Lifetime, external": ("100s", "6 us", "1 K", "6 K/h"),
    "Lifetime, internal": ("< 100", "6 us", "1.8 K", "3 K"),
    "Monitoring / audit trail": ("~ 10", "4 us", "1 K", "3 K/h"),
    "Smart rendezvous": ("1,000s", "14 us", "1.1 K", "10 K"),
    "Recursive get (signed)": ("~ 50", "6 us", "0.7 K", "~ 1 K"),
}
OPTIONS = {"key": "--key", "value": "--value", "payload": "--payload", "update": "--update",
           "gets": "--gets"}
REPEATED = {"args": "--arg", "calls": "--call"}
FLAGS = {"callbacks": "--callbacks", "signed": "--signed"}
KNOWN = {*OPTIONS, *REPEATED, *FLAGS, "paper"}

OPENING = """\
# What the library takes

Each object of [apps/library/](../apps/library/) with its sample (apps/library/samples.json) on one
simulated node: instructions and time of its costliest handler (onPut left out, as the code is compiled
there), the size of its source with comments, the largest encoded state. Beside it, where there is one,
the application of the original paper (Table 2) with the paper's figures. This page is made by
`./dev bench library --write`; `comet check FILE` measures any file.

Instructions are units of fuel, which also count memory and library work ([lua.md](lua.md#fuel)); the
paper counts bytecode only. They repeat exactly; times are the shortest of several runs over a read of a
plain value, and depend on the machine. `-` is a time below what can be told. A sample fills what an
object keeps: hundreds of readers, subscribers or peers where there may be so many.

"""
HEAD = ("| object | instructions | time | code size | largest state | in the paper | instructions | time "
        "| code size | largest size |\n|---|---|---|---|---|---|---|---|---|---|\n")


class SampleError(RuntimeError):
    """A sample that cannot be run; says which and why."""


def options_of(name, sample):
    unknown = sample.keys() - KNOWN
    if unknown:
        raise SampleError(f"samples.json: {name}: no such key: {', '.join(sorted(unknown))}")
    if sample.get("paper") not in (None, *PAPER):
        raise SampleError(f"samples.json: {name}: the paper has no '{sample['paper']}'")
    words = [word for key, option in OPTIONS.items() if key in sample
             for word in (option, str(sample[key]))]
    words += [word for key, option in REPEATED.items() for each in sample.get(key, [])
              for word in (option, each)]
    return words + [option for key, option in FLAGS.items() if sample.get(key)]


def measured(name, sample):
    """The cells of one object's row."""
    path = LIBRARY / name / f"{name}.lua"
    done = subprocess.run([os.environ["COMET_BINARY"], "check", path, "--table",
                           *options_of(name, sample)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SampleError(f"{name}: {done.stderr.strip()}")
    cells = [cell.strip() for cell in done.stdout.strip().strip("|").split("|")]
    return [f"{int(cells[1]):,}", *cells[2:]]


def rows_of(samples):
    rows = {}
    for name in sorted(path.stem for path in LIBRARY.glob("*/*.lua")
                       if path.stem == path.parent.name):
        if name not in samples:
            raise SampleError(f"samples.json has no sample of {name}")
        rows[name] = (measured(name, samples[name]), samples[name].get("paper"))
    return rows


def table_of(rows):
    """Those of the paper first, in its order."""
    order = list(PAPER)
    ranked = sorted(rows, key=lambda name: (order.index(rows[name][1]) if rows[name][1]
                                            else len(order), name))
    text = HEAD
    for name in ranked:
        cells, application = rows[name]
        paper = [application, *PAPER[application]] if application else [""] * 5
        text += "| " + " | ".join([f"[{name}](../apps/library/{name}/)", *cells, *paper]) + " |\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/library.md")
    parser.add_argument("--json", help="write the figures to a file")
    options = parser.parse_args()
    facts = origin(SEED)
    print_origin(facts)
    samples = json.loads((LIBRARY / "samples.json").read_text())
    try:
        rows = rows_of(samples)
    except SampleError as wrong:
        sys.exit(f"error: {wrong}")
    table = table_of(rows)
    print(table, end="")
    write_json(options.json, facts, {name: cells for name, (cells, _) in rows.items()})
    if options.write:
        PAGE.write_text(f"{OPENING}{table}\nMeasured on {facts['machine']} ({facts['date'][:10]}, "
                        f"commit {facts['commit']}).\n")
        print(f"\nwritten: {pathlib.Path(PAGE).relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
