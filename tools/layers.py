#!/usr/bin/env python3
"""Fails on an #include or a CMake link that breaks the tables of docs/ARCHITECTURE.md.

Three rules: a room includes only rooms of its row; a library is included only in its places; a
hidden library is not reachable from elsewhere through this project's own headers. Each room's
CMakeLists.txt must link exactly the rooms of its row.
"""
import fnmatch
import pathlib
import re
import sys

FREE = ("tests/", "bench/", "tools/")  # may include anything; nothing includes them
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
CODE = re.compile(r"`([^`]+)`")


def table(text, name):
    """The rows, as lists of cells, of the Markdown table between two markers of this name."""
    body = text.split(f"<!-- {name}: begin -->")[1].split(f"<!-- {name}: end -->")[0]
    rows = [[cell.strip() for cell in line.strip("| ").split("|")]
            for line in body.strip().splitlines()]
    return rows[2:]  # without the header and its rule


class House:
    """The tables, and the sources with their includes."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        text = (self.root / "docs/ARCHITECTURE.md").read_text()
        self.rooms = {CODE.findall(row[1])[0]: CODE.findall(row[3])
                      for row in table(text, "layers")}
        self.libraries = [(CODE.findall(row[0]), row[1], CODE.findall(row[2]), row[3] == "yes")
                          for row in table(text, "libraries")]
        self.includes = {}
        for place in [*self.rooms, *FREE]:
            for path in sorted((self.root / place).rglob("*")):
                if path.suffix in (".hpp", ".cpp") and "node_modules" not in path.parts:
                    self.includes[str(path.relative_to(self.root))] = INCLUDE.findall(
                        path.read_text())

    def room_of(self, path):
        """The room a file lies in, or None; the longest prefix wins."""
        return max((r for r in self.rooms if path.startswith(r)), key=len, default=None)

    def library_of(self, header):
        """The first row that matches a header; standard C++ headers match none."""
        for row in self.libraries:
            for pattern in row[0]:
                if (header.startswith(pattern) if pattern.endswith("/")
                        else fnmatch.fnmatch(header, pattern)):
                    return row
        return None

    def room_breaches(self):
        for path, includes in self.includes.items():
            room = self.room_of(path)
            for quote, header in includes:
                if room is None or quote != '"':
                    continue
                if header not in self.includes:
                    yield f'{path}: "{header}" is no file of this project; use <> for others'
                elif header.startswith(FREE):
                    yield f"{path}: includes {header}; nothing includes tests or benchmarks"
                elif self.room_of(header) not in [room, *self.rooms[room]]:
                    yield (f"{path}: includes {header}; {room} may include "
                           f"{', '.join(self.rooms[room]) or 'no room'}")

    def library_breaches(self):
        for path, includes in self.includes.items():
            for quote, header in includes:
                if quote != "<" or path.startswith(FREE):
                    continue
                library = self.library_of(header)
                if library is None and ("/" in header or "." in header):
                    yield f"{path}: <{header}> belongs to no library of docs/ARCHITECTURE.md"
                elif library and not path.startswith(tuple(library[2])):
                    yield f"{path}: {library[1]} is met only in {', '.join(library[2])}"

    def reaches(self, path, library, seen):
        """Whether `path` includes the library, directly or through files of this project."""
        if path in seen:
            return False
        seen.add(path)
        return any(self.library_of(header) is library if quote == "<"
                   else self.reaches(header, library, seen)
                   for quote, header in self.includes.get(path, []))

    def hidden_breaches(self):
        for library in (row for row in self.libraries if row[3]):
            outside = [p for p in self.includes if not p.startswith((*FREE, *library[2]))]
            for path in outside:
                for _, header in self.includes[path]:
                    if (header.startswith(tuple(library[2]))
                            and self.reaches(header, library, set())):
                        yield f"{path}: reaches {library[1]} through {header}, which is internal"

    def link_breaches(self):
        for room, allowed in self.rooms.items():
            lists = self.root / room / "CMakeLists.txt"
            text = lists.read_text() if lists.exists() else ""
            call = re.search(r"comet_room\((\w+)([^)]*)\)", text)
            if not call:
                continue
            rooms = re.search(r"ROOMS((?:\s+[a-z]\w*)+)", call[2])
            linked = set(rooms[1].split()) if rooms else set()
            wanted = {name.rstrip("/").rsplit("/", 1)[-1] for name in allowed}
            if linked != wanted:
                yield (f"{lists.relative_to(self.root)}: links {sorted(linked)}, "
                       f"its row says {sorted(wanted)}")

    def breaches(self):
        return [*self.room_breaches(), *self.library_breaches(), *self.hidden_breaches(),
                *self.link_breaches()]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent
    house = House(root)
    breaches = house.breaches()
    print("\n".join(breaches) or f"{len(house.includes)} files keep the layers")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
