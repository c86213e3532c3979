"""Handlers that nest as deep as they can, on a node that was started with a small stack.

`ulimit -s` decides how large the stacks of new threads are, unless the node does. Lua stops what
nests through C code at 200 levels, which takes more than 256 kB of stack.
"""
import resource
import unittest

from node_process import NodeProcess
from resp_client import ReplyError

STACK = 256 * 1024
SETTINGS = {"breaches_until_quarantine": 1_000_000, "fuel_per_turn": 5_000_000,
            "memory_per_object": "16MB"}
# Each is the body of a handler that has to end as an error.
BODIES = {
    "callbacks of gsub":
        'local function f() return (("x"):gsub("x", f)) end return f()',
    "callbacks of gsub, each behind a deep pattern":
        'local s, p = ("a"):rep(150), ("a?"):rep(150) .. ("a"):rep(150) '
        'local function f() s:find(p) return (("x"):gsub("x", f)) end return f()',
    "a pattern within captures":
        'return (("a"):rep(60000)):find(("(a"):rep(32) .. ".-b")',
    "a pattern that has to go back at every letter":
        'return (("a"):rep(200000)):match(("(a?)"):rep(30) .. ".-b$")',
    "comparisons of sort":
        "local function f() local t = { 3, 1, 2 } table.sort(t, function(a, b) f() return a < b end) "
        "end return f()",
    "pcall within pcall":
        "local function f() local ok, why = pcall(f) if not ok then error(why, 0) end end return f()",
    "tostring of what asks tostring":
        "local t = setmetatable({}, { __tostring = function(t) return tostring(t) end }) "
        "return tostring(t)",
    "an index that indexes":
        "local t = setmetatable({}, { __index = function(t, k) return t[k] end }) return t.x",
    "coroutines within coroutines":
        "local function f() return coroutine.wrap(f)() end return f()",
    "handlers of errors that fail":
        "local function f() return xpcall(error, f) end return error(select(2, f()))",
    "joining what joins":
        "local t = setmetatable({}, { __concat = function(a, b) return a .. b end }) return t .. t",
}
SOURCES = {
    "tables within tables": "return " + "{" * 8_000,
    "parentheses within parentheses": "return " + "(" * 8_000 + "1" + ")" * 8_000,
    "functions within functions": "return " + "function() return " * 800,
    "joins within joins": "return " + "''.." * 4_000 + "''",
    "powers within powers": "return " + "2^" * 8_000 + "2",
    "signs before signs": "return " + "- " * 8_000 + "1",
    "blocks within blocks": "do " * 5_000,
}


class DeepRecursionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        before = resource.getrlimit(resource.RLIMIT_STACK)
        resource.setrlimit(resource.RLIMIT_STACK, (STACK, before[1]))
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_STACK, before)
        cls.node = NodeProcess(**SETTINGS)
        cls.node.__enter__()
        cls.addClassCleanup(cls.node.__exit__, None, None, None)

    def test_each_ends_as_an_error_and_the_node_goes_on(self):
        with self.node.client() as client:
            for name, body in BODIES.items():
                with self.subTest(name):
                    client.call("ASO.PUT", "object",
                                f"return {{ value = 'unharmed', strike = function() {body} end }}")
                    for _ in range(3):
                        reply = client.ask("ASO.CALL", "object", "strike")
                        self.assertIsInstance(reply, ReplyError)
                        self.assertEqual(client.call("GET", "object"), b"unharmed")

    def test_a_source_that_nests_is_refused(self):
        with self.node.client() as client:
            for name, source in SOURCES.items():
                with self.subTest(name):
                    self.assertIsInstance(client.ask("ASO.PUT", "nested", source), ReplyError)
                    self.assertEqual(client.call("EXISTS", "nested"), 0)

    def tearDown(self):
        self.assertTrue(self.node.is_running())


if __name__ == "__main__":
    unittest.main()
