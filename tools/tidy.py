#!/usr/bin/env python3
"""Style that no compiler checks: words with a better replacement, form of files, lengths.

Errors fail; lengths of functions and files are warnings to look twice at.
"""
import pathlib
import re
import subprocess
import sys

PURE = ("base/", "object/", "net/", "lua/")
QUIET = (*PURE, "store/", "actors/", "runtime/")
COLUMNS = 100
COLUMNS_PYTHON = 110  # prose in docstrings, requests in tests
FUNCTION_LINES = 70
FILE_LINES = 500
SOURCE = (".cpp", ".hpp", ".py", ".sh", ".lua", ".cmake")
SCRIPTS = ("dev", ".ci/run", "CMakeLists.txt")

# (where, what, what to do instead)
BANNED = [
    (PURE, re.compile(r"::now\(\)"), "take the time as a parameter"),
    (PURE, re.compile(r"std::random_device|\bs?rand\("), "take a prng&"),
    (PURE, re.compile(r"std::j?thread\b|std::(shared_)?mutex|std::condition_variable"),
     "only actors/ is concurrent"),
    ((*PURE, "actors/", "runtime/"), re.compile(r"sleep_for|sleep_until|\bu?sleep\("),
     "wait for an event or a timer"),
    (QUIET, re.compile(r"std::(cout|cerr|clog)\b"), "report through a result, a metric or the log"),
    (("tests/",), re.compile(r"sleep_for|sleep_until|\busleep\("), "wait for a condition"),
    (("",), re.compile(r"\b(FIXME|TODO|XXX)\b"), "do it, or write an issue"),
    (("",), re.compile(r"\"resolved\": \"http"), "lockfiles name no registry"),
]


def files(root):
    """Text files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout
    for name in sorted(set(filter(None, listed.split("\0")))):
        path = pathlib.Path(root) / name
        if path.is_file() and name != "tools/tidy.py" and not name.startswith("tests/fuzz/corpus/"):
            try:
                yield name, path.read_text()
            except UnicodeDecodeError:
                continue


def errors(name, text):
    lines = text.split("\n")
    if text and not text.endswith("\n"):
        yield f"{name}: no newline at the end"
    for number, line in enumerate(lines, 1):
        for places, word, instead in BANNED:
            if name.startswith(places) and word.search(line):
                yield f"{name}:{number}: {word.search(line)[0]}: {instead}"
        if not name.endswith(SOURCE) and name not in SCRIPTS:
            continue
        columns = COLUMNS_PYTHON if name.endswith(".py") else COLUMNS
        # A type of LuaCATS cannot be broken.
        if len(line) > columns and not (name.endswith(".lua") and line.startswith("---@")):
            yield f"{name}:{number}: {len(line)} columns, at most {columns}"
        if line != line.rstrip() or "\t" in line:
            yield f"{name}:{number}: trailing space or a tab"
    if name.endswith(".hpp") and name.startswith(QUIET):
        if lines[0] != "#pragma once" or not lines[1].startswith("//"):
            yield f"{name}: open with #pragma once and a comment: why, invariants, who calls it"


def functions(lines):
    """(first line, length) of what begins and ends at column 0 with a body in braces."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.endswith("{") and line[:1] not in ("", " ", "}", "/", "#"):
            start = None if line.startswith(("namespace", "class", "struct", "enum")) else number
        elif line == "}" and start:
            yield start, number - start + 1
            start = None


def warnings(name, text):
    if not name.endswith((".cpp", ".hpp")):
        return
    lines = text.split("\n")
    if len(lines) > FILE_LINES:
        yield f"{name}: {len(lines)} lines; past {FILE_LINES}, look for a second subject"
    for start, length in functions(lines):
        if length > FUNCTION_LINES:
            yield f"{name}:{start}: a function of {length} lines; past {FUNCTION_LINES}, look twice"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else str(pathlib.Path(__file__).parent.parent)
    found, seen = [], 0
    for name, text in files(root):
        seen += 1
        found += errors(name, text)
        for warning in warnings(name, text):
            print(f"warning: {warning}")
    print("\n".join(found) or f"{seen} files are tidy")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
