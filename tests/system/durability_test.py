"""What was acknowledged is there after a crash: the node dies by SIGKILL and starts again."""
import pathlib
import random
import threading
import unittest

from node_process import NodeProcess, wait_until
from resp_client import RespClient, as_map

SEED = 20101004
CRASHES = 20

ACCESS_LOG = """
local aso = { value = "the deed", log = {} }
function aso:onGet(caller, callbackKey, payload)
  self.log[#self.log + 1] = payload
  return self.value
end
function aso:entries() return self.log end
return aso
"""
ALARM = """
local aso = { value = "waiting", rung = 0 }
function aso:onPut() dht.setTimer("ring", { after = 1 }) return self end
function aso:onTimer(name) self.rung = self.rung + 1; self.value = name .. " " .. self.rung end
return aso
"""
PULSE = """
local aso = { value = 0 }
function aso:onPut() dht.setTimer("beat", { every = 0.2 }) return self end
function aso:onTimer() self.value = self.value + 1 end
return aso
"""
LIBRARY = pathlib.Path(__file__).parent.parent.parent / "apps" / "library"


class ReadingClient(threading.Thread):
    """Reads an object with a numbered payload until the node is gone; counts both ways."""

    def __init__(self, address, key, name, depth, on_acknowledged):
        super().__init__(daemon=True)
        self.client = RespClient(address)
        self.key, self.prefix, self.depth = key, name, depth
        self.on_acknowledged = on_acknowledged
        self.sent, self.acknowledged, self.refused = [], [], []

    def run(self):
        try:
            while True:
                while len(self.sent) - len(self.acknowledged) < self.depth:
                    self.sent.append(f"{self.prefix}{len(self.sent)}")
                    self.client.send("ASO.GET", self.key, "PAYLOAD", self.sent[-1])
                reply = self.client.read()
                if reply != b"the deed":
                    self.refused.append(reply)
                    return
                self.acknowledged.append(self.sent[len(self.acknowledged)])
                self.on_acknowledged()
        except OSError:
            pass  # the crash
        finally:
            self.client.close()


class AccessLogTest(unittest.TestCase):
    def check_log(self, durability):
        chance = random.Random(f"{SEED} {durability}")
        with NodeProcess(durability=durability) as node:
            for crash in range(CRASHES):
                key = f"log:{crash}"
                with node.client() as client:
                    client.call("ASO.PUT", key, ACCESS_LOG)
                readers = self.read_until_crash(node, key, chance.randint(1, 200))
                node.start()
                with node.client() as client:
                    log = [entry.decode() for entry in client.call("ASO.CALL", key, "entries")]
                self.compare(log, readers, f"seed {SEED}, {durability}, crash {crash}")

    def read_until_crash(self, node, key, reads):
        enough = threading.Semaphore(0)
        readers = [ReadingClient(node.resp, key, name, depth, enough.release)
                   for name, depth in (("a", 1), ("b", 1), ("c", 8))]
        for reader in readers:
            reader.start()
        for _ in range(reads):
            self.assertTrue(enough.acquire(timeout=60), [reader.refused for reader in readers])
        node.kill()
        for reader in readers:
            reader.join(60)
            self.assertFalse(reader.is_alive())
            self.assertEqual(reader.refused, [])
        return readers

    def compare(self, log, readers, where):
        self.assertEqual(len(log), len(set(log)), f"a read is logged twice; {where}")
        for reader in readers:
            logged = [entry for entry in log if entry[0] == reader.prefix]
            missing = set(reader.acknowledged) - set(logged)
            self.assertEqual(missing, set(), f"acknowledged and not in the log; {where}")
            self.assertEqual(logged, reader.sent[:len(logged)],
                             f"not in the order they were sent; {where}")

    def test_the_log_of_the_library_counts_each_acknowledged_read(self):
        """apps/library/access_log: count and newest entries, over one object and many crashes."""
        source = (LIBRARY / "access_log" / "access_log.lua").read_text()
        chance = random.Random(SEED)
        sent = acknowledged = 0
        with NodeProcess() as node:
            with node.client() as client:
                client.call("ASO.PUT", "log", source, "VALUE", "the deed", "ARG", "50")
            for crash in range(5):
                readers = self.read_until_crash(node, "log", chance.randint(1, 200))
                sent += sum(len(reader.sent) for reader in readers)
                acknowledged += sum(len(reader.acknowledged) for reader in readers)
                node.start()
                with node.client() as client:
                    total = client.call("ASO.CALL", "log", "total")
                    entries = client.call("ASO.CALL", "log", "log")
                self.assertGreaterEqual(total, acknowledged, f"crash {crash}")
                self.assertLessEqual(total, sent, f"crash {crash}")
                self.assertEqual(len(entries), min(total, 50))
                self.assertEqual({as_map(entry)["ip"] for entry in entries}, {b"127.0.0.1"})

    def test_each_acknowledged_read_is_logged_with_durability_always(self):
        self.check_log("always")

    def test_each_acknowledged_read_is_logged_with_durability_interval(self):
        self.check_log("interval")


class WritesTest(unittest.TestCase):
    def check_writes(self, durability):
        with NodeProcess(durability=durability) as node:
            expected = {}
            for crash in range(5):
                with node.client() as client:
                    for i in range(300):
                        key, value = f"key:{i}", f"{crash}.{i}"
                        self.assertEqual(client.call("SET", key, value), "OK")
                        expected[key] = value.encode()
                    for i in range(0, 300, 7):
                        self.assertEqual(client.call("DEL", f"key:{i}"), 1)
                        expected[f"key:{i}"] = None
                    far = 4_102_444_800_000 + crash
                    client.call("PEXPIREAT", "key:1", far)
                    counted = client.call("INCR", "counter")
                node.kill()
                node.start()
                with node.client() as client:
                    self.assertEqual(client.call("MGET", *expected), list(expected.values()))
                    self.assertEqual(client.call("PEXPIRETIME", "key:1"), far)
                    self.assertEqual(client.call("GET", "counter"), b"%d" % counted)
                    self.assertEqual(client.call("DBSIZE"),
                                     sum(value is not None for value in expected.values()) + 1)

    def test_acknowledged_writes_outlive_a_crash_with_durability_always(self):
        self.check_writes("always")

    def test_acknowledged_writes_outlive_a_crash_with_durability_interval(self):
        self.check_writes("interval")

    def test_an_orderly_stop_keeps_everything_without_durability(self):
        with NodeProcess(durability="none") as node:
            with node.client() as client:
                client.pipeline([("SET", f"key:{i}", i) for i in range(1000)])
                client.call("ASO.PUT", "object", ACCESS_LOG)
                client.call("GET", "object")
            node.stop()
            node.start()
            with node.client() as client:
                self.assertEqual(client.call("DBSIZE"), 1001)
                self.assertEqual(client.call("GET", "key:999"), b"999")
                self.assertEqual(client.call("GET", "object"), b"the deed")

    def test_a_crash_without_durability_leaves_a_directory_that_starts(self):
        with NodeProcess(durability="none") as node:
            with node.client() as client:
                client.pipeline([("SET", f"key:{i}", "v" * 1000) for i in range(2000)])
            node.kill()
            node.start()
            with node.client() as client:
                left = client.call("KEYS", "*")
                self.assertLessEqual(len(left), 2000)
                for key in left:
                    self.assertEqual(client.call("GET", key), b"v" * 1000)

    def test_an_active_object_keeps_its_code_state_and_expiry(self):
        with NodeProcess() as node:
            with node.client() as client:
                client.call("ASO.PUT", "object", ACCESS_LOG, "TTL", 1_000_000)
                client.call("ASO.GET", "object", "PAYLOAD", "before")
                client.call("SET", "object", "changed")
                before = client.call("PEXPIRETIME", "object")
                code = client.call("ASO.HASH", "object")
            node.kill()
            node.start()
            with node.client() as client:
                self.assertEqual(client.call("ASO.GET", "object", "PAYLOAD", "after"), b"changed")
                self.assertEqual(client.call("ASO.CALL", "object", "entries"), [b"before", b"after"])
                self.assertEqual(client.call("PEXPIRETIME", "object"), before)
                self.assertEqual(client.call("ASO.HASH", "object"), code)
                self.assertEqual(client.call("ASO.CODE", "object").decode(), ACCESS_LOG)
                self.assertEqual(as_map(client.call("ASO.STATE", "object"))["value"], b"changed")

    def test_what_was_deleted_stays_deleted(self):
        with NodeProcess() as node:
            with node.client() as client:
                client.call("ASO.PUT", "object", ALARM)
                client.call("SET", "plain", "x")
                self.assertEqual(client.call("DEL", "object", "plain"), 2)
            node.kill()
            node.start()
            with node.client() as client:
                self.assertEqual(client.call("EXISTS", "object", "plain"), 0)
                self.assertEqual(client.call("DBSIZE"), 0)

    def test_an_expiry_that_passed_while_the_node_was_down_holds(self):
        with NodeProcess() as node:
            with node.client() as client:
                client.call("SET", "brief", "x", "PX", 300)
            node.kill()
            node.start()
            with node.client() as client:
                wait_until(lambda: client.call("GET", "brief") is None, "the key expires")
                wait_until(lambda: client.call("DBSIZE") == 0, "the expired key is gone")


class TimersTest(unittest.TestCase):
    def test_a_timer_fires_once_after_a_crash(self):
        with NodeProcess() as node:
            with node.client() as client:
                client.call("ASO.PUT", "alarm", ALARM)
            node.kill()
            node.start()
            with node.client() as client:
                wait_until(lambda: client.call("GET", "alarm") == b"ring 1", "the timer fires")
            node.kill()
            node.start()
            with node.client() as client:
                self.assertEqual(client.call("GET", "alarm"), b"ring 1")
                self.assertEqual(as_map(client.call("ASO.INFO", "alarm"))["timers"], [])

    def test_a_repeating_timer_goes_on_after_each_crash(self):
        with NodeProcess() as node:
            with node.client() as client:
                client.call("ASO.PUT", "pulse", PULSE)
            for _ in range(3):
                with node.client() as client:
                    def pulse():
                        return int(client.call("GET", "pulse"))
                    first = pulse()
                    wait_until(lambda: pulse() >= first + 2, "the timer goes on")
                    beats = pulse()
                node.kill()
                node.start()
                with node.client() as client:
                    self.assertGreaterEqual(int(client.call("GET", "pulse")), beats)

    def test_a_timer_that_was_cancelled_stays_cancelled(self):
        source = PULSE.replace("return aso", "function aso:halt() dht.cancelTimer('beat'); "
                                             "return self.value end\nreturn aso")
        with NodeProcess() as node:
            with node.client() as client:
                client.call("ASO.PUT", "pulse", source)
                halted = client.call("ASO.CALL", "pulse", "halt")
                client.call("ASO.PUT", "alarm", ALARM)
            node.kill()
            node.start()
            with node.client() as client:
                # The alarm is due later than many beats would have been.
                wait_until(lambda: client.call("GET", "alarm") == b"ring 1", "the alarm fires")
                self.assertEqual(int(client.call("GET", "pulse")), halted)


class TimedReleaseTest(unittest.TestCase):
    """apps/library/timed_release: a value that nobody reads before its time."""

    SOURCE = LIBRARY / "timed_release" / "timed_release.lua"

    def node_milliseconds(self, client):
        seconds, micros = client.call("TIME")
        return int(seconds) * 1000 + int(micros) // 1000

    def test_it_opens_at_its_time_although_the_node_died_before(self):
        with NodeProcess() as node:
            with node.client() as client:
                release = self.node_milliseconds(client) + 2_000
                client.call("ASO.PUT", "will", self.SOURCE.read_text(), "VALUE", "the house",
                            "ARG", release)
            node.kill()
            node.start()
            with node.client() as client:
                closed = 0
                while True:
                    before = self.node_milliseconds(client)
                    value = client.ask("GET", "will")
                    after = self.node_milliseconds(client)
                    if value == b"the house":
                        self.assertGreaterEqual(after, release, "opened too early")
                        break
                    self.assertLess(before, release + 1, f"still closed after its time: {value}")
                    closed += 1


class TornLogTest(unittest.TestCase):
    """A crash may leave the end of RocksDB's log half written."""

    WRITES = 200

    def crashed_log(self, node):
        with node.client() as client:
            for i in range(self.WRITES):
                client.call("SET", f"key:{i}", f"value {i}")
        node.kill()
        logs = [path for path in node.data.rglob("*.log") if path.stem.isdigit()]
        self.assertTrue(logs, list(node.data.rglob("*")))
        return max(logs, key=lambda path: int(path.stem))

    def values(self, node):
        with node.client() as client:
            return client.call("MGET", *(f"key:{i}" for i in range(self.WRITES)))

    def test_garbage_after_the_end_is_ignored(self):
        with NodeProcess(durability="always") as node:
            log = self.crashed_log(node)
            with log.open("ab") as file:
                file.write(random.Random(SEED).randbytes(5_000))
            node.start()
            self.assertEqual(self.values(node), [b"value %d" % i for i in range(self.WRITES)])

    def test_a_cut_end_loses_only_what_was_cut(self):
        with NodeProcess() as node:
            log = self.crashed_log(node)
            with log.open("r+b") as file:
                file.truncate(log.stat().st_size - 3)
            node.start()
            whole = self.values(node)
            self.assertEqual(whole[:-1], [b"value %d" % i for i in range(self.WRITES - 1)])
            with node.client() as client:
                self.assertEqual(client.call("SET", "after", "works"), "OK")
            node.kill()
            node.start()
            with node.client() as client:
                self.assertEqual(client.call("GET", "after"), b"works")


if __name__ == "__main__":
    unittest.main()
