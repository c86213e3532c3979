"""A full disk: writes are refused, reads go on, writes resume with the space; nothing is lost.

The data lies on a small file system in memory of its own, which takes the right to mount.
"""
import contextlib
import pathlib
import subprocess
import tempfile
import unittest

from node_process import NodeProcess, wait_until
from resp_client import ReplyError

MB = 1 << 20
DISK = "32m"
BALLAST = 8 * MB
VALUE = 100_000
# Small tables in memory, so that the store's needs are small against the disk.
SETTINGS = {"store_buffer_bytes": "1MB", "store_cache_bytes": "1MB", "cache_bytes_max": "1MB"}


def value_of(i):
    # Text that does not compress: the store would fit far more of a repeated byte.
    chunk = "".join(f"{(i * 7919 + n * 104729) % 0xFFFFFFFF:08x}" for n in range(VALUE // 8))
    return chunk.encode()


class FullDiskTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.disk = pathlib.Path(folder.name) / "disk"
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "comet-test", self.disk],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", self.disk], check=True)
        self.ballast = self.disk / "ballast"
        with self.ballast.open("wb") as file:
            file.write(bytes(BALLAST))

    def write(self, client, key, i, acknowledged):
        """One SET; what was acknowledged is noted. False when it was refused."""
        reply = client.ask("SET", key, value_of(i))
        if isinstance(reply, ReplyError):
            self.assertRegex(str(reply), "^MISCONF .*(space|disk)")
            return False
        self.assertEqual(reply, "OK")
        acknowledged[key] = i
        return True

    def fill(self, client, acknowledged):
        """Writes until the disk is full. The store may gain some space by its own tidying, so it
        is full when ten writes in a row are refused."""
        refused = 0
        for i in range(20_000):
            refused = 0 if self.write(client, f"key:{i % 1_000}", i, acknowledged) else refused + 1
            if refused == 10:
                return
        self.fail("the disk never got full")

    def check_values(self, client, acknowledged):
        for key, i in acknowledged.items():
            self.assertEqual(client.call("GET", key), value_of(i), key)

    def check_durability(self, durability):
        acknowledged = {}
        with NodeProcess(self.disk / "data", durability=durability, **SETTINGS) as node:
            with node.client() as client:
                client.call("ASO.PUT", "object", "return { value = 0, onGet = function(self) "
                                                 "self.value = self.value + 1 return self.value "
                                                 "end, look = function(self) return self.value end }")
                self.fill(client, acknowledged)
                self.check_reads(client, acknowledged)
                reads = self.active_reads(client)
            with node.client() as client:
                self.ballast.unlink()
                wait_until(lambda: client.ask("SET", "after", "works") == "OK",
                           "writes resume when there is space")
                self.assertEqual(client.call("ASO.GET", "object"), reads + 1)
                self.check_values(client, acknowledged)
            node.kill()
            node.start()
            with node.client() as client:
                self.check_values(client, acknowledged)
                self.assertEqual(client.call("GET", "after"), b"works")
                self.assertEqual(client.call("ASO.CALL", "object", "look"), reads + 1)

    def check_reads(self, client, acknowledged):
        for _ in range(3):
            self.check_values(client, acknowledged)
            self.write(client, "key:0", 30_000, acknowledged)
            self.assertEqual(client.call("DBSIZE"), len(acknowledged) + 1)  # and the object
            self.assertEqual(set(client.call("KEYS", "key:*")),
                             {key.encode() for key in acknowledged})

    def active_reads(self, client):
        """Reads that write: whatever was acknowledged counts. At most one refusal is looked at."""
        reply = client.ask("ASO.GET", "object")
        return 0 if isinstance(reply, ReplyError) else reply

    def test_with_durability_interval(self):
        self.check_durability("interval")

    def test_with_durability_always(self):
        self.check_durability("always")

    def test_a_crash_while_the_disk_is_full_loses_nothing(self):
        acknowledged = {}
        with NodeProcess(self.disk / "data", **SETTINGS) as node:
            with node.client() as client:
                self.fill(client, acknowledged)
            node.kill()
            self.ballast.unlink()
            node.start()
            with node.client() as client:
                self.check_values(client, acknowledged)
                self.assertEqual(client.call("SET", "after", "works"), "OK")

    def test_a_node_that_starts_on_a_full_disk_says_so_or_serves(self):
        acknowledged = {}
        with NodeProcess(self.disk / "data", **SETTINGS) as node:
            with node.client() as client:
                self.fill(client, acknowledged)
            with contextlib.suppress(AssertionError):
                node.stop()  # what cannot be saved is reported by the exit code
            try:
                node.start()
            except AssertionError as refused:
                self.assertRegex(str(refused), "(?i)space|disk")
                self.ballast.unlink()
                node.start()
            with node.client() as client:
                self.check_values(client, acknowledged)


if __name__ == "__main__":
    unittest.main()
