"""Each limit of the policy, reached on a real node: what is answered, and which figure counts it.

The limits are changed with CONFIG SET while the node runs, one at a time.
"""
import re
import unittest
import urllib.request

from node_process import NodeProcess, wait_until
from resp_client import ReplyError, as_map, encode

BREACHES = 'comet_turn_breaches_total{limit="%s"}'
REFUSALS = 'comet_refusals_total{limit="%s"}'

# name: limits, the body of a method, a pattern of the error that its call is answered with, figure
TURNS = {
    "fuel-per-turn": (
        {"fuel-per-turn": 1000}, "while true do end",
        r"fuel: 1000 instructions used up in strike at line 1", BREACHES % "fuel"),
    "memory-per-object": (
        {"memory-per-object": "16kB"}, "local s = 'x' while true do s = s .. s end",
        r"memory: 16384 bytes used up in strike at line 1", BREACHES % "memory"),
    "state-bytes-max": (
        {"state-bytes-max": "1kB"}, "self.text = ('x'):rep(2000)",
        r"is larger than 1024 bytes encoded", BREACHES % "state"),
    "state-depth-max": (
        {"state-depth-max": 2}, "self.a = { b = { c = { d = 1 } } }",
        r"deeper than 2 tables", BREACHES % "state"),
    "messages-per-turn": (
        {"messages-per-turn": 2, "handlers-reach": "any"},
        "for i = 1, 3 do dht.put('other', 'x') end",
        r"messages: 2 sent in this turn, no more allowed", BREACHES % "messages"),
    "turn-time-max": (
        {"turn-time-max": "50ms", "fuel-per-turn": 1_000_000_000_000}, "while true do end",
        r"wall_time: the turn took longer than 50 ms, waits included", BREACHES % "wall_time"),
    "timers-max": (
        {"timers-max": 2}, "for i = 1, 3 do dht.setTimer('t' .. i, { after = 100 }) end",
        r"dht.setTimer: an object has at most 2 timers", "comet_turn_failures_total"),
    "replicas-max": (
        {"replicas-max": 2}, "dht.replicas{count = 1000}",
        r"dht.replicas: 1000 replicas are over this node's limit of 2 \(replicas-max\)",
        REFUSALS % "replicas"),
    "replicas-interval-min": (
        {"replicas-interval-min": "2m"}, "dht.replicas{interval = 60}",
        r"an interval of 60 seconds is under this node's limit of 120 \(replicas-interval-min\)",
        REFUSALS % "replicas"),
    "timer-period-min": (
        {"timer-period-min": "2s"}, "dht.setTimer('t', { every = 1 })",
        r"dht.setTimer: the shortest period is 2 seconds", "comet_turn_failures_total"),
    "key-bytes-max, of a handler": (
        {"key-bytes-max": "20B"}, "dht.put(('k'):rep(21), 'x')",
        r"dht.put: a key has 1 to 20 bytes", "comet_turn_failures_total"),
    "value-bytes-max, of a handler": (
        {"value-bytes-max": "1kB"}, "dht.put('other', ('x'):rep(1025))",
        r"dht.put: the value is over 1024 bytes", "comet_turn_failures_total"),
    "handlers-reach": (
        {}, "dht.put('other', 'x')",
        r"dht.put: may not reach 'other'", "comet_turn_failures_total"),
}
# name: limits, commands of which the last is refused, a pattern of its error, figure
COMMANDS = {
    "key-bytes-max": (
        {"key-bytes-max": "20B"}, [("SET", "k" * 21, "v")],
        r"key of 21 bytes exceeds the limit of 20 bytes", "comet_command_errors_total"),
    "value-bytes-max": (
        {"value-bytes-max": "1kB"}, [("SET", "k", "v" * 1025)],
        r"value of 1025 bytes exceeds the limit of 1024 bytes", "comet_command_errors_total"),
    "value-bytes-max, of a value that grows": (
        {"value-bytes-max": "1kB"}, [("SET", "k", "v" * 600), ("APPEND", "k", "v" * 600)],
        r"string exceeds maximum allowed size", REFUSALS % "value"),
    "source-bytes-max": (
        {"source-bytes-max": "1kB"}, [("ASO.PUT", "k", "return {} --" + "x" * 1024)],
        r"source of 1036 bytes exceeds the limit of 1024 bytes", "comet_command_errors_total"),
}


class LimitsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = NodeProcess(workers=1)
        cls.node.__enter__()
        cls.addClassCleanup(cls.node.__exit__, None, None, None)

    def setUp(self):
        self.client = self.node.client()
        self.addCleanup(self.client.close)
        self.client.call("FLUSHALL")

    def set_limits(self, limits):
        """Until the test ends."""
        for name, value in limits.items():
            before = as_map(self.client.call("CONFIG", "GET", name))[name]
            self.addCleanup(self.change_limit, name, before)
            self.change_limit(name, value)

    def change_limit(self, name, value):
        with self.node.client() as client:
            self.assertEqual(client.call("CONFIG", "SET", name, value), "OK")

    def figure(self, name):
        """Of /metrics; of all executors when there are several lines."""
        with urllib.request.urlopen(f"http://{self.node.http}/metrics", timeout=60) as page:
            text = page.read().decode()
        found = re.findall(rf"^{re.escape(name)}(?:\{{executor=\"\d+\"\}})? (\S+)$", text, re.M)
        self.assertTrue(found, name)
        return sum(float(value) for value in found)

    def put(self, body, key="object"):
        source = f"return {{ value = 'v', strike = function(self) {body} end }}"
        self.assertEqual(self.client.call("ASO.PUT", key, source), "OK")

    def refused(self, pattern, *words):
        reply = self.client.ask(*words)
        self.assertIsInstance(reply, ReplyError)
        self.assertRegex(str(reply), pattern)

    def check(self, limits, prepare, refuse, figure):
        try:
            prepare()
            self.set_limits(limits)
            before = self.figure(figure)
            refuse()
            self.assertEqual(self.figure(figure), before + 1)
        finally:
            self.doCleanups()
            self.setUp()

    def test_a_turn_over_a_limit_ends_with_an_error_that_names_it(self):
        for name, (limits, body, pattern, figure) in TURNS.items():
            with self.subTest(name):
                self.check(limits, lambda body=body: self.put(body),
                           lambda pattern=pattern: self.refused(pattern, "ASO.CALL", "object",
                                                                "strike"), figure)

    def test_a_command_over_a_limit_is_refused_with_an_error_that_names_it(self):
        for name, (limits, commands, pattern, figure) in COMMANDS.items():
            def refuse(commands=commands, pattern=pattern):
                for words in commands[:-1]:
                    self.client.call(*words)
                self.refused(pattern, *commands[-1])
            with self.subTest(name):
                self.check(limits, lambda: None, refuse, figure)

    def test_messages_per_minute_are_counted_an_object(self):
        self.put("for i = 1, 3 do local n, why = dht.put('other', 'x') if why then return why end end")
        self.set_limits({"messages-per-minute": 2, "handlers-reach": "any"})
        before = self.figure(REFUSALS % "messages_per_minute")
        self.assertEqual(self.client.call("ASO.CALL", "object", "strike"),
                         b"messages: the 2 of this minute are used up")
        self.assertEqual(self.figure(REFUSALS % "messages_per_minute"), before + 1)

    def test_a_mailbox_that_is_full(self):
        self.put("return 1")
        self.set_limits({"mailbox-max": 1})
        before = self.figure(REFUSALS % "mailbox")
        self.client.send_raw(encode("ASO.CALL", "object", "strike") * 2)
        self.assertEqual(self.client.read(), 1)
        self.assertRegex(str(self.client.read()),
                         "^BUSY the object at 'object' has a full mailbox; try again later")
        self.assertEqual(self.figure(REFUSALS % "mailbox"), before + 1)

    def test_an_owner_without_fuel_is_told_to_come_again_and_its_code_stays(self):
        self.put("for i = 1, 1000 do end return 1")
        self.set_limits({"owner-fuel-per-second": 1, "turn-time-max": "50ms",
                         "breaches-until-quarantine": 1})
        held = self.figure("comet_executor_owners_held_total")
        refused = self.figure(REFUSALS % "owner_fuel")
        self.assertEqual(self.client.call("ASO.CALL", "object", "strike"), 1)
        self.refused(r"^BUSY the owner's share of fuel \(owner-fuel-per-second\) is used up; try "
                     r"again later", "ASO.CALL", "object", "strike")
        self.assertEqual(self.figure(REFUSALS % "owner_fuel"), refused + 1)
        self.assertGreater(self.figure("comet_executor_owners_held_total"), held)
        self.assertIsNone(as_map(self.client.call("ASO.INFO", "object"))["quarantine"])

    def test_a_quarantine_names_the_last_breach(self):
        self.put("while true do end")
        self.set_limits({"breaches-until-quarantine": 1})
        before = self.figure("comet_quarantines_total")
        self.refused("fuel", "ASO.CALL", "object", "strike")
        self.assertEqual(self.figure("comet_quarantines_total"), before + 1)
        why = as_map(self.client.call("ASO.INFO", "object"))["quarantine"]
        self.assertRegex(why, b"^1 breaches of a budget in a row, the last: fuel: 100000 ")

    def test_slices_are_preempted_and_counted(self):
        self.put("for i = 1, 5000 do end return 1")
        self.set_limits({"fuel-per-slice": 100})
        before = self.figure("comet_executor_preemptions_total")
        self.assertEqual(self.client.call("ASO.CALL", "object", "strike"), 1)
        self.assertGreater(self.figure("comet_executor_preemptions_total"), before + 40)
        self.assertGreater(self.client.figure("preempted_slices"), 40)

    def test_the_hot_set_is_bounded_by_objects_and_by_bytes(self):
        for limits in ({"hot-objects-max": 1}, {"hot-bytes-max": "1MB"}):
            with self.subTest(limits):
                self.set_limits({**limits, "memory-per-object": "4MB", "fuel-per-turn": 10_000_000})
                before = self.figure("comet_executor_passivations_total")
                for i in range(4):
                    key = f"object:{i}"
                    self.put("self.text = ('x'):rep(600000) .. '' self.text = nil return 1", key)
                    self.assertEqual(self.client.call("ASO.CALL", key, "strike"), 1)
                self.assertGreater(self.figure("comet_executor_passivations_total"), before)
                self.doCleanups()
                self.setUp()

    def test_records_leave_the_cache_and_are_counted(self):
        self.set_limits({"cache-bytes-max": "1MB"})
        before = self.figure("comet_cache_evictions_total")
        for i in range(400):
            self.client.call("SET", f"k{i}", "x" * 10_000)
        wait_until(lambda: self.figure("comet_cache_bytes") < 2_000_000, "the cache is bounded")
        self.assertGreater(self.figure("comet_cache_evictions_total"), before)
        self.assertGreater(self.client.figure("evicted_keys"), 0)

    def test_log_lines_are_kept_as_far_as_the_limits_go(self):
        self.put("for i = 1, 5 do comet.log(i .. ('x'):rep(50)) end")
        self.set_limits({"log-lines-max": 2, "log-line-bytes-max": "16B"})
        self.client.call("ASO.CALL", "object", "strike")
        lines = as_map(self.client.call("ASO.INFO", "object"))["log"]
        self.assertEqual([line[:1] for line in lines], [b"4", b"5"])
        self.assertTrue(all(len(line) <= 16 for line in lines))


if __name__ == "__main__":
    unittest.main()
