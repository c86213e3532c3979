#!/usr/bin/env python3
"""Compiles every source with clang for its warnings, and runs clang-tidy over the rooms.

usage: clang.py BUILD_DIRECTORY [-j JOBS]     (a directory configured with the preset clang)

clang-tidy compiles as it checks, so a room's file is read once for both; tests and benchmarks are
only compiled. What passed is remembered by a hash of the file, of all it includes, of the flags
and of the tool, so the next run looks at what changed.
"""
import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ("base/", "object/", "store/", "net/", "lua/", "lab/", "actors/", "runtime/", "apps/")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
NOISE = re.compile(r"^(\d+ warnings? (generated|treated)|Suppressed |Use -header).*$", re.M)
NOT_FOR_CHECKING = {"-c", "-o", "-MD", "-MT", "-MF"}


def closure(path, seen):
    """The file and every file of this project that it includes."""
    if path not in seen and (ROOT / path).is_file():
        seen.add(path)
        for header in INCLUDE.findall((ROOT / path).read_text()):
            closure(header, seen)
    return seen


def flags_of(entry):
    """The compiler's flags without launcher, input, output and dependency files."""
    words = shlex.split(entry["command"])
    words = words[next(i for i, w in enumerate(words) if w.endswith("clang++")) + 1:]
    flags, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in NOT_FOR_CHECKING:
            skip = word in ("-o", "-MT", "-MF")
        elif word != entry["file"]:
            flags.append(word)
    return flags


def command_of(path, flags):
    if path.startswith(ROOMS):
        return ["clang-tidy", "--quiet", "--warnings-as-errors=*", path, "--", *flags]
    return ["clang++", "-fsyntax-only", *flags, path]


def key_of(path, command):
    digest = hashlib.sha256(json.dumps(command).encode())
    digest.update((ROOT / ".clang-tidy").read_bytes())
    for name in sorted(closure(path, set())):
        digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()


def check(entry, passed):
    """None when the file is clean, else what the tool said."""
    path = str(pathlib.Path(entry["file"]).relative_to(ROOT))
    command = command_of(path, flags_of(entry))
    mark = passed / key_of(path, command)
    if mark.exists():
        return None
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode == 0:
        mark.touch()
        return None
    return f"{path}\n{NOISE.sub('', run.stdout + run.stderr).strip()}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("-j", type=int, default=2)
    arguments = parser.parse_args()
    entries = json.loads((arguments.build / "compile_commands.json").read_text())
    own = [e for e in entries if pathlib.Path(e["file"]).is_relative_to(ROOT)
           and not pathlib.Path(e["file"]).is_relative_to(arguments.build)]
    passed = arguments.build / "clang-passed"
    passed.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(arguments.j) as pool:
        complaints = [c for c in pool.map(lambda e: check(e, passed), own) if c]
    print("\n\n".join(complaints) or f"{len(own)} files are clean")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
