"""Code of a stranger: each attack ends as an error that says where, and changes nothing.

For every attack the same is checked: the reply is an error that names a line, ASO.INFO keeps the
traceback, the object's last committed state stands, the object still works, and another client's
reads of a plain value and of another active object complete while the attack runs.
"""
import re
import unittest

from node_process import NodeProcess
from resp_client import ReplyError, as_map

# Line 1 is empty, so the attack's own code begins at line 4.
OBJECT = """
local aso = {{ value = "unharmed", turns = 0 }}
{before}
function aso:{handler}
  self.turns = self.turns + 1
  self.value = "harmed"
  {attack}
end
function aso:look() return self.value, self.turns end
return aso
"""
# Each is the body of a handler.
ATTACKS = {
    "an endless loop": "while true do end",
    "an endless loop inside pcall": "while true do pcall(function() while true do end end) end",
    "an endless loop inside xpcall's handler":
        "xpcall(error, function() while true do end end)",
    "an endless loop in a coroutine":
        "while true do coroutine.wrap(function() while true do end end)() end",
    "an endless loop in a metamethod":
        "return setmetatable({}, { __index = function() while true do end end }).x",
    "an endless loop in a closing variable":
        "local x <close> = setmetatable({}, { __close = function() while true do end end })",
    "a string of a gigabyte": 'return string.rep("x", 1e9)',
    "strings that double": 'local s = "x" while true do s = s .. s end',
    "a table without end": "local t = {} for i = 1, math.huge do t[i] = i end",
    "many strings kept": 'local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end',
    "a huge format": "return string.format('%99d', 1):rep(1e7)",
    "a concatenation of a gigabyte":
        'local t = {} for i = 1, 1000 do t[i] = ("x"):rep(50) end '
        'while true do t[1] = table.concat(t) end',
    "a pattern bomb":
        'return string.find(("a"):rep(4000), (".-"):rep(100) .. "b")',
    "a pattern bomb in gsub":
        'return string.gsub(("a"):rep(4000), ("a*"):rep(100) .. "b", "")',
    "a pattern that recurses": 'return string.find(("("):rep(30000), ("(.?)"):rep(30) .. "%b()$")',
    "a comparison that makes sort run on":
        "local t = {} for i = 1, 1000 do t[i] = i end "
        "table.sort(t, function() while true do end end)",
    "a recursion 100,000 deep":
        "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(100000)",
    "an endless recursion through pcall":
        "local function f() return pcall(f) and f() end while true do f() end",
    "an endless recursion through a metamethod":
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end "
        "return t.x",
    "an endless recursion through gsub":
        'local function f() return (("x"):gsub("x", f)) end while true do f() end',
    "coroutines within coroutines":
        "local function f() return coroutine.wrap(f)() end while true do pcall(f) end",
    "an error": 'error("on purpose")',
    "an error that is a table": 'error({ code = 7 })',
    "an error in tostring of the error":
        'error(setmetatable({}, { __tostring = function() error("again") end }))',
    "an index of nothing": "return self.absent.field",
    "an arithmetic on text": "return self.value + 1",
    "a state with a cycle": "self.me = self",
    "a state too deep": "local t = self for _ = 1, 40 do t.t = {} t = t.t end",
    "a state too large": 'self.big = {} for i = 1, 40 do self.big[i] = ("x"):rep(2000) end',
}
# Faults of the state have no line: they are found when the handler has returned.
WITHOUT_LINE = {"a state with a cycle", "a state too deep", "a state too large"}
CALM = {"breaches_until_quarantine": 1_000_000}
COUNTING = """
local aso = { value = 0 }
function aso:onGet() self.value = self.value + 1 return self.value end
return aso
"""
NAMES_A_LINE = re.compile(r"(\bline \d+\b|\w:\d+:)")


class AttackTest(unittest.TestCase):
    settings = CALM

    @classmethod
    def setUpClass(cls):
        cls.node = NodeProcess(**cls.settings)
        cls.node.__enter__()
        cls.addClassCleanup(cls.node.__exit__, None, None, None)

    def setUp(self):
        self.attacker = self.node.client()
        self.addCleanup(self.attacker.close)
        self.bystander = self.node.client()
        self.addCleanup(self.bystander.close)
        self.attacker.call("FLUSHALL")
        self.bystander.call("SET", "plain", "served")
        self.bystander.call("ASO.PUT", "other", COUNTING)

    def serves_others(self, rounds=20):
        """Another client's reads, while the attack may still run."""
        before = self.bystander.call("ASO.GET", "other")
        for i in range(rounds):
            self.assertEqual(self.bystander.call("GET", "plain"), b"served")
            self.assertEqual(self.bystander.call("ASO.GET", "other"), before + i + 1)

    def attack(self, *words):
        self.attacker.send(*words)
        self.serves_others()
        reply = self.attacker.read()
        self.assertIsInstance(reply, ReplyError, f"{words} was not refused")
        return str(reply)

    def check_trace(self, key):
        trace = as_map(self.attacker.call("ASO.INFO", key))["last-traceback"]
        self.assertIsNotNone(trace)
        self.assertRegex(trace.decode(), r"\w:\d+: in ")


class MethodAttacksTest(AttackTest):
    def check(self, name):
        self.attacker.call("ASO.PUT", "object", OBJECT.format(
            before="", handler="strike()", attack=ATTACKS[name]))
        for _ in range(3):
            message = self.attack("ASO.CALL", "object", "strike")
            if name not in WITHOUT_LINE:
                self.assertRegex(message, NAMES_A_LINE)
                self.check_trace("object")
            self.assertEqual(self.attacker.call("ASO.CALL", "object", "look"), b"unharmed")
        state = as_map(self.attacker.call("ASO.STATE", "object"))
        self.assertEqual(state, {"value": b"unharmed", "turns": 0})

    def test_each_attack_in_a_method_is_ended_and_changes_nothing(self):
        for name in ATTACKS:
            with self.subTest(name):
                self.check(name)


class HandlerAttacksTest(AttackTest):
    """The same few attacks in each handler, and what each leaves behind."""

    CHOSEN = ("an endless loop", "a string of a gigabyte", "a pattern bomb",
              "a recursion 100,000 deep", "an error")

    def put(self, handler, attack, before=""):
        self.attacker.call("ASO.PUT", "object", OBJECT.format(
            before=before, handler=handler, attack=ATTACKS[attack]))

    def check(self, handler, *words):
        for attack in self.CHOSEN:
            with self.subTest(handler=handler, attack=attack):
                self.attacker.call("FLUSHALL")
                self.setUp()
                self.put(handler, attack)
                self.assertRegex(self.attack(*words), NAMES_A_LINE)
                self.check_trace("object")
                state = as_map(self.attacker.call("ASO.STATE", "object"))
                self.assertEqual(state, {"value": b"unharmed", "turns": 0})

    def test_in_on_get(self):
        self.check("onGet()", "GET", "object")

    def test_in_on_update(self):
        self.check("onUpdate()", "SET", "object", "new")

    def test_in_on_update_of_the_code(self):
        self.check("onUpdate()", "ASO.PUT", "object", COUNTING)

    def test_in_on_delete(self):
        self.check("onDelete()", "DEL", "object")

    def test_in_on_put_nothing_is_stored(self):
        for attack in self.CHOSEN:
            with self.subTest(attack=attack):
                source = OBJECT.format(before="", handler="onPut()", attack=ATTACKS[attack])
                self.assertRegex(self.attack("ASO.PUT", "object", source), NAMES_A_LINE)
                self.assertEqual(self.attacker.call("EXISTS", "object"), 0)

    def test_in_the_script_itself_nothing_is_stored(self):
        for attack in self.CHOSEN:
            with self.subTest(attack=attack):
                source = f"\n\n{ATTACKS[attack]}\n"
                self.assertRegex(self.attack("ASO.PUT", "object", source), NAMES_A_LINE)
                self.assertEqual(self.attacker.call("EXISTS", "object"), 0)

    def test_in_on_timer(self):
        for attack in self.CHOSEN:
            with self.subTest(attack=attack):
                self.setUp()
                self.put("onTimer()", attack,
                         'function aso:onPut() dht.setTimer("now", { after = 0 }) return self end')
                while as_map(self.attacker.call("ASO.INFO", "object"))["last-error"] is None:
                    self.serves_others(1)
                self.check_trace("object")
                self.assertEqual(self.attacker.call("GET", "object"), b"unharmed")


class LongAttackTest(AttackTest):
    """With fuel for seconds, the attack is preempted again and again and ends by the clock."""

    settings = {**CALM, "fuel_per_turn": 1_000_000_000_000, "turn_time_max": "2s"}

    def test_an_endless_loop_is_preempted_and_ended_by_its_wall_time(self):
        source = OBJECT.format(before="", handler="strike()", attack="while true do end")
        for i in range(4):
            self.attacker.call("ASO.PUT", f"object:{i}", source)
        for i in range(4):
            self.attacker.send("ASO.CALL", f"object:{i}", "strike")
        self.serves_others(200)
        for i in range(4):
            self.assertIsInstance(self.attacker.read(), ReplyError)
        for i in range(4):
            self.assertEqual(self.attacker.call("ASO.CALL", f"object:{i}", "look"), b"unharmed")


class QuarantineTest(AttackTest):
    settings = {"breaches_until_quarantine": 3}

    def test_code_that_breaks_its_limits_again_and_again_is_suspended_until_resumed(self):
        self.attacker.call("ASO.PUT", "object", OBJECT.format(
            before="", handler="strike()", attack="while true do end"))
        for _ in range(3):
            self.assertFalse(self.attack("ASO.CALL", "object", "strike").startswith("QUARANTINED"))
        for words in (("ASO.CALL", "object", "strike"), ("ASO.CALL", "object", "look")):
            self.assertRegex(self.attack(*words), "^QUARANTINED ")
        self.assertIsNotNone(as_map(self.attacker.call("ASO.INFO", "object"))["quarantine"])
        self.assertEqual(as_map(self.attacker.call("ASO.STATE", "object"))["value"], b"unharmed")
        self.node.kill()
        self.node.start()
        with self.node.client() as client:
            self.assertRegex(str(client.ask("ASO.CALL", "object", "look")), "^QUARANTINED ")
            self.assertEqual(client.call("ASO.RESUME", "object"), 1)
            self.assertEqual(client.call("ASO.CALL", "object", "look"), b"unharmed")


class SourceAttacksTest(AttackTest):
    """Sources that are an attack on the compiler, or not Lua at all."""

    SOURCES = {
        "bytecode": b"\x1bLua\x54\x00\x19\x93\r\n\x1a\n" + bytes(100),
        "tables within tables": "return " + "{" * 8_000,
        "parentheses within parentheses": "return " + "(" * 8_000 + "1" + ")" * 8_000,
        "functions within functions": "function f() " * 1_200,
        "too many locals": "\n".join(f"local a{i}" for i in range(300)),
        "unclosed text": 'return "',
        "zero bytes": b"return \x00\x00",
        "no table": "return 7",
        "nothing": "",
        "a table of functions that are no handlers": "return { onGet = 7 }",
    }

    def test_each_is_refused_or_harmless(self):
        for name, source in self.SOURCES.items():
            with self.subTest(name):
                self.attacker.send("ASO.PUT", "object", source)
                self.serves_others()
                reply = self.attacker.read()
                if name != "a table of functions that are no handlers":
                    self.assertIsInstance(reply, ReplyError)
                    self.assertEqual(self.attacker.call("EXISTS", "object"), 0)

    def test_what_is_not_on_the_list_of_allowed_functions_is_absent(self):
        names = ("load", "loadstring", "loadfile", "dofile", "require", "io", "os", "debug",
                 "package", "collectgarbage", "string.dump")
        checks = " ".join(f"assert({name} == nil, '{name}')" for name in names)
        self.assertEqual(self.attacker.call("ASO.PUT", "object", checks + " return {}"), "OK")

    def test_an_address_is_not_shown(self):
        source = "return { value = tostring({}) .. tostring(print or error) }"
        self.attacker.call("ASO.PUT", "object", source)
        self.assertNotIn(b"0x", self.attacker.call("GET", "object"))

    def test_one_object_cannot_change_the_libraries_of_another(self):
        self.attacker.ask("ASO.PUT", "evil",
                          "string.rep = nil; math.pi = 3; pcall(function() _G.tostring = 1 end) "
                          "getmetatable('').__index = nil return {}")
        self.attacker.call("ASO.PUT", "good", "return { value = ('x'):rep(3) .. tostring(7) }")
        self.assertEqual(self.attacker.call("GET", "good"), b"xxx7")


if __name__ == "__main__":
    unittest.main()
