"""Requests that one client sends without waiting take effect, key by key, in the order it sent them.

Code runs elsewhere and scans are read from the store, so later requests could overtake them.
"""
import unittest

from node_process import NodeProcess

SLOW = """
local aso = { value = 0 }
local function work() local n = 0 for i = 1, 20000 do n = n + i end end
function aso:onGet() work() self.value = self.value + 1 return self.value end
function aso:onUpdate(new) work() return new end
function aso:onDelete() work() return true end
return aso
"""
ROUNDS = 30


class PipelineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = NodeProcess()
        cls.node.__enter__()
        cls.addClassCleanup(cls.node.__exit__, None, None, None)

    def check(self, *steps, before=()):
        """Each step: the words and the reply."""
        with self.node.client() as client:
            for _ in range(ROUNDS):
                client.call("FLUSHALL")
                for words in before:
                    client.call(*words)
                replies = client.pipeline([words for words, _ in steps])
                for (words, expected), reply in zip(steps, replies):
                    if words[0] == "KEYS":
                        reply = sorted(reply)
                    self.assertEqual(reply, expected, words)

    def test_commands_about_all_keys(self):
        self.check((("SET", "a", 1), "OK"), (("SET", "b", 2), "OK"), (("DBSIZE",), 2),
                   (("KEYS", "*"), [b"a", b"b"]), (("FLUSHALL",), "OK"), (("DBSIZE",), 0),
                   (("KEYS", "*"), []), (("SET", "c", 3), "OK"), (("RANDOMKEY",), b"c"),
                   (("DEL", "c"), 1), (("RANDOMKEY",), None), (("SET", "d", 4), "OK"),
                   (("GET", "d"), b"4"))

    def test_a_scan_between_writes(self):
        self.check((("SET", "a", 1), "OK"), (("SCAN", 0), [b"0", [b"a"]]), (("DEL", "a"), 1),
                   (("SCAN", 0), [b"0", []]), (("SET", "a", 1), "OK"))

    def test_reads_and_writes_of_an_active_object(self):
        self.check((("GET", "object"), b"1"), (("SET", "object", 10), "OK"),
                   (("GET", "object"), b"11"), (("INCRBY", "object", 5), 17),
                   (("GET", "object"), b"18"), (("DEL", "object"), 1), (("GET", "object"), None),
                   (("SET", "object", "passive"), "OK"), (("GET", "object"), b"passive"),
                   before=[("ASO.PUT", "object", SLOW)])

    def test_an_object_that_is_put_read_and_deleted(self):
        self.check((("ASO.PUT", "object", SLOW), "OK"), (("GET", "object"), b"1"),
                   (("EXISTS", "object"), 1), (("TYPE", "object"), "string"),
                   (("EXPIRE", "object", 1000), 1), (("PERSIST", "object"), 1),
                   (("DEL", "object"), 1), (("EXISTS", "object"), 0),
                   (("ASO.PUT", "object", SLOW), "OK"), (("GET", "object"), b"1"))

    def test_a_rename_of_a_busy_object(self):
        self.check((("GET", "object"), b"1"), (("RENAME", "object", "other"), "OK"),
                   (("GET", "other"), b"2"), (("EXISTS", "object", "other"), 1),
                   (("SET", "object", "new"), "OK"), (("GET", "object"), b"new"),
                   before=[("ASO.PUT", "object", SLOW)])

    def test_a_rename_onto_a_busy_object(self):
        self.check((("GET", "object"), b"1"), (("RENAME", "plain", "object"), "OK"),
                   (("GET", "plain"), None), (("GET", "object"), b"x"),
                   before=[("ASO.PUT", "object", SLOW), ("SET", "plain", "x")])

    def test_a_copy_of_a_busy_object(self):
        self.check((("GET", "object"), b"1"), (("COPY", "object", "other"), 1),
                   (("GET", "other"), b"2"), (("GET", "object"), b"2"),
                   before=[("ASO.PUT", "object", SLOW)])

    def test_several_keys_with_a_busy_one_among_them(self):
        self.check((("GET", "object"), b"1"), (("MGET", "a", "object", "b"), [b"1", b"2", b"x"]),
                   (("MSET", "a", "2", "object", "20", "b", "y"), "OK"), (("GET", "a"), b"2"),
                   (("GET", "b"), b"y"), (("GET", "object"), b"21"),
                   (("DEL", "a", "object", "b"), 3), (("GET", "a"), None),
                   (("MSETNX", "a", "3", "object", "4"), 1), (("GET", "a"), b"3"),
                   before=[("ASO.PUT", "object", SLOW), ("MSET", "a", "1", "b", "x")])


if __name__ == "__main__":
    unittest.main()
