"""How a node starts and ends: SIGTERM under load, a second node on the same data, foreign data."""
import pathlib
import signal
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

from node_process import NodeProcess, run_comet
from resp_client import ReplyError, RespClient

COUNTING = """
local aso = { value = 0 }
function aso:onGet() self.value = self.value + 1 return self.value end
function aso:look() return self.value end
return aso
"""


class WritingClient(threading.Thread):
    """Writes until the node ends the connection; counts what was acknowledged."""

    def __init__(self, address, name, depth):
        super().__init__(daemon=True)
        self.client = RespClient(address)
        self.name_, self.depth = name, depth
        self.sets = self.reads = 0
        self.unexpected = []
        self.under_way = threading.Event()

    def run(self):
        sent = 0
        try:
            while True:
                for _ in range(self.depth):
                    self.client.send("SET", f"{self.name_}:{sent}", sent)
                    self.client.send("ASO.GET", f"object:{self.name_}")
                    sent += 1
                for _ in range(self.depth):
                    self.count(self.client.read(), "OK", "sets")
                    self.count(self.client.read(), self.reads + 1, "reads")
                self.under_way.set()
        except OSError:
            pass  # the end of the node
        finally:
            self.client.close()

    def count(self, reply, expected, what):
        if reply == expected and not self.unexpected:
            setattr(self, what, getattr(self, what) + 1)
        elif not str(reply).startswith("UNAVAILABLE"):
            self.unexpected.append((what, reply, expected))
        else:
            raise ConnectionAbortedError


class ShutdownTest(unittest.TestCase):
    def check_stop_under_load(self, durability):
        with NodeProcess(durability=durability) as node:
            with node.client() as client:
                for i in range(4):
                    client.call("ASO.PUT", f"object:{i}", COUNTING)
            writers = [WritingClient(node.resp, str(i), depth) for i, depth in
                       enumerate((1, 1, 10, 50))]
            for writer in writers:
                writer.start()
            for writer in writers:
                self.assertTrue(writer.under_way.wait(60))
            node.stop()
            for writer in writers:
                writer.join(60)
                self.assertFalse(writer.is_alive())
                self.assertEqual(writer.unexpected, [])
            node.start()
            with node.client() as client:
                for writer in writers:
                    keys = [f"{writer.name_}:{i}" for i in range(writer.sets)]
                    self.assertEqual(client.call("MGET", *keys),
                                     [b"%d" % i for i in range(writer.sets)])
                    self.assertGreaterEqual(
                        client.call("ASO.CALL", f"object:{writer.name_}", "look"), writer.reads)

    def test_sigterm_under_load_loses_no_acknowledged_write_with_durability_always(self):
        self.check_stop_under_load("always")

    def test_sigterm_under_load_loses_no_acknowledged_write_with_durability_interval(self):
        self.check_stop_under_load("interval")

    def test_sigterm_under_load_loses_no_acknowledged_write_with_durability_none(self):
        self.check_stop_under_load("none")

    def test_a_node_without_clients_stops(self):
        with NodeProcess() as node:
            node.stop()

    def test_sigint_is_an_orderly_stop_too(self):
        with NodeProcess() as node:
            with node.client() as client:
                client.call("SET", "k", "v")
            node.process.send_signal(signal.SIGINT)
            self.assertEqual(node.wait(), 0)
            node.start()
            with node.client() as client:
                self.assertEqual(client.call("GET", "k"), b"v")

    def test_a_stop_waits_for_a_turn_under_way_and_answers_it(self):
        source = ("return { work = function() for i = 1, 3e6 do local _ = i * i end "
                  "return 'done' end }")
        with NodeProcess(fuel_per_turn=1_000_000_000, turn_time_max="60s") as node:
            with node.client() as client:
                client.call("ASO.PUT", "worker", source)
                client.send("ASO.CALL", "worker", "work")
                with node.client() as other:  # accepted after the request above arrived
                    other.call("PING")
                node.process.send_signal(signal.SIGTERM)
                reply = client.read()
                if isinstance(reply, ReplyError):
                    self.assertRegex(str(reply), "^UNAVAILABLE ")
                else:
                    self.assertEqual(reply, b"done")
            self.assertEqual(node.wait(), 0)

    def test_a_turn_that_does_not_end_is_cut_off_at_the_deadline(self):
        source = "return { work = function() while true do end end }"
        with NodeProcess(fuel_per_turn=1_000_000_000_000, turn_time_max="1h",
                         shutdown_deadline="500ms") as node:
            client = node.client()
            client.call("SET", "k", "v")
            client.call("ASO.PUT", "worker", source)
            client.send("ASO.CALL", "worker", "work")
            with node.client() as other:
                other.call("PING")
            node.process.send_signal(signal.SIGTERM)
            self.assertIn(node.wait(), (0, 1))
            client.close()
            node.start()
            with node.client() as again:
                self.assertEqual(again.call("GET", "k"), b"v")

    def test_a_stopping_node_is_not_ready(self):
        with NodeProcess() as node:
            for page in ("health", "ready"):
                with urllib.request.urlopen(f"http://{node.http}/{page}", timeout=60) as answer:
                    self.assertEqual(answer.status, 200)
            address = node.http
            node.stop()
            with self.assertRaises(urllib.error.URLError):
                urllib.request.urlopen(f"http://{address}/health", timeout=60)


class DirectoriesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def refused(self, data):
        done = run_comet("node", "--data", str(data), "--resp", "127.0.0.1:0", "--http",
                         "127.0.0.1:0", "--link", "127.0.0.1:0")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")
        self.assertIn(str(data), done.stderr)
        return done.stderr

    def test_a_second_node_on_the_same_directory_is_refused(self):
        with NodeProcess() as node:
            with node.client() as client:
                client.call("SET", "k", "v")
                message = self.refused(node.data)
                self.assertRegex(message, "(?i)another|in use|already")
                self.assertEqual(client.call("GET", "k"), b"v")
                self.assertEqual(client.call("SET", "k", "w"), "OK")

    def test_a_directory_of_something_else_is_refused_and_left_as_it_is(self):
        (self.folder / "letters.txt").write_text("dear reader")
        self.refused(self.folder)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["letters.txt"])

    def test_a_file_in_place_of_the_directory_is_refused(self):
        (self.folder / "data").write_text("")
        self.refused(self.folder / "data")

    def test_a_directory_of_a_later_format_is_refused(self):
        with NodeProcess(self.folder / "data") as node:
            node.stop()
        mark = self.folder / "data" / "FORMAT"
        mark.write_text(mark.read_text().replace("format 1", "format 999"))
        self.assertIn("999", self.refused(self.folder / "data"))

    def test_the_identity_stays(self):
        with NodeProcess(self.folder / "data") as node:
            first = node.ready["id"]
            self.assertRegex(first, "^[0-9a-f]{12,64}$")
            node.stop()
            node.start()
            self.assertEqual(node.ready["id"], first)

    def test_a_node_that_was_killed_leaves_no_lock(self):
        with NodeProcess(self.folder / "data") as node:
            for _ in range(3):
                node.kill()
                node.start()


if __name__ == "__main__":
    unittest.main()
