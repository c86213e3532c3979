"""A node's clocks that are wrong and its disk that is slow: host_faults.c, preloaded into the node.

Nothing else on the machine notices. A disk that is full is a small file system in memory.
"""
import functools
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

SOURCE = pathlib.Path(__file__).with_suffix(".c")
CLOCK_OFFSET, SYNC_DELAY, WRITE_DELAY, DRIFT, CLOCK_READS = range(0, 40, 8)


@functools.cache
def library():
    """Built once in a folder of this process."""
    folder = tempfile.TemporaryDirectory(prefix="comet-host-faults-")
    path = pathlib.Path(folder.name) / "host_faults.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(path),
                    str(SOURCE), "-ldl"], check=True)
    return folder, path


def reason_to_skip():
    return None if shutil.which("cc") else "`cc` is missing: the faults are a C library"


class HostFaults:
    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(40))

    def environment(self):
        options = os.environ.get("ASAN_OPTIONS", "")
        return {"LD_PRELOAD": str(library()[1]), "HOST_FAULTS": str(self.path),
                "ASAN_OPTIONS": f"{options}:verify_asan_link_order=0".strip(":")}

    def move_clock(self, seconds):
        """The wall clock is so far ahead of the machine's, or behind it."""
        self._set(CLOCK_OFFSET, seconds * 1e9)

    def drift(self, parts_per_million):
        """The monotonic clock runs so fast; a process takes that when it starts."""
        self._set(DRIFT, parts_per_million)

    def slow_disk(self, sync_seconds, write_seconds):
        self._set(SYNC_DELAY, sync_seconds * 1e9)
        self._set(WRITE_DELAY, write_seconds * 1e9)

    def clock_reads(self):
        with self.path.open("rb") as file:
            file.seek(CLOCK_READS)
            return struct.unpack("<q", file.read(8))[0]

    def _set(self, at, number):
        with self.path.open("r+b") as file:
            file.seek(at)
            file.write(struct.pack("<q", int(number)))


class SmallDisk:
    """Of `megabytes`, in memory, mounted at the folder; `fill` leaves no byte."""

    def __init__(self, folder, megabytes):
        self.folder, self.megabytes = folder, megabytes
        self.ballast = folder / "ballast"

    def __enter__(self):
        self.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m", "comet-test",
                        self.folder], check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "--lazy", self.folder], check=True)

    def fill(self):
        """Until there is no space at all; the node may still be at it."""
        with self.ballast.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    continue

    def is_full(self):
        return shutil.disk_usage(self.folder).free < 1 << 20

    def empty(self):
        self.ballast.unlink()
