#!/usr/bin/env python3
"""Fails when a .cpp of a room has no mirror test, or a mirror test has no file it mirrors.

The mirror of object/turn.cpp is tests/unit/object/turn_test.cpp, that of actors/reactor.cpp is
tests/actors/reactor_test.cpp. A test that grew too long is split by behaviour:
turn_waits_test.cpp mirrors turn.cpp too.
"""
import pathlib
import sys

ROOMS = {
    "base": "tests/unit/base",
    "object": "tests/unit/object",
    "store": "tests/unit/store",
    "net/overlay": "tests/unit/net/overlay",
    "lua": "tests/unit/lua",
    "net/wire": "tests/unit/net/wire",
    "lab": "tests/unit/lab",
    "actors": "tests/actors",
    "runtime": "tests/unit/runtime",
}


def stems(directory, pattern):
    return sorted(path.stem for path in directory.rglob(pattern))


def breaches(root):
    for room, mirror in ROOMS.items():
        units = stems(root / room, "*.cpp")
        known = {*units, *stems(root / room, "*.hpp")}
        tests = [stem.removesuffix("_test") for stem in stems(root / mirror, "*_test.cpp")]
        for unit in units:
            if not any(test == unit or test.startswith(unit + "_") for test in tests):
                yield f"{room}/{unit}.cpp: no {mirror}/{unit}_test.cpp"
        for test in tests:
            if not any(test == stem or test.startswith(stem + "_") for stem in known):
                yield f"{mirror}/{test}_test.cpp: mirrors no file of {room}/"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    found = list(breaches(root))
    print("\n".join(found) or "every unit has its mirror test")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
