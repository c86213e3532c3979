"""Code of a stranger: each attack of tests/attacks ends as it says, and one that fails changes nothing.

For every attack the same is checked: it ends as its header says, an error names a line, ASO.INFO
keeps the traceback, the object's last committed state stands, the object still works, and another
client's reads of a plain value and of another active object complete while the attack runs. After
the whole catalogue the node's memory is about what it was.
"""
import re
import unittest

from attack_catalogue import CALM, OBJECT, catalogue, end_of
from node_process import NodeProcess, is_sanitized, wait_until
from resp_client import ReplyError, as_map

MEMORY_GROWTH_MAX = 64 << 20
ATTACKS = catalogue()

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


class CatalogueTest(AttackTest):
    def strike(self, attack, source):
        """Sends it and serves others meanwhile; the last reply."""
        self.attacker.send("ASO.PUT", "object", source)
        self.serves_others(3)
        reply = self.attacker.read()
        if isinstance(reply, ReplyError) or (attack.makes_source and b"strike = " not in source):
            return reply
        self.attacker.send("ASO.CALL", "object", "strike")
        self.serves_others(5)
        return self.attacker.read()

    def check(self, attack):
        self.attacker.call("FLUSHALL")
        self.bystander.call("SET", "plain", "served")
        self.bystander.call("ASO.PUT", "other", COUNTING)
        reply = self.strike(attack, attack.source(self.attacker))
        self.assertIn(end_of(reply), {"error" if end == "state" else end for end in attack.ends}, reply)
        if attack.makes_source or not isinstance(reply, ReplyError):
            return
        if "state" not in attack.ends and NAMES_A_LINE.search(str(reply)):
            self.check_trace("object")
        self.assertEqual(self.attacker.call("ASO.CALL", "object", "look"), b"unharmed")
        state = as_map(self.attacker.call("ASO.STATE", "object"))
        self.assertEqual(state, {"value": b"unharmed", "turns": 0})

    def test_each_attack_ends_as_it_says_and_others_are_served_and_memory_comes_back(self):
        before = self.node.resident_bytes()
        for attack in ATTACKS.values():
            with self.subTest(attack.name):
                self.check(attack)
        self.attacker.call("FLUSHALL")
        if not is_sanitized():  # those keep freed memory in quarantine
            wait_until(lambda: self.node.resident_bytes() - before <= MEMORY_GROWTH_MAX,
                       "memory is back")


class HandlerAttacksTest(AttackTest):
    """The same few attacks in each handler, and what each leaves behind."""

    CHOSEN = ("loop_while", "memory_gigabyte", "pattern_hundred_lazy", "memory_deep_recursion",
              "error_string")

    def put(self, handler, attack, before=""):
        self.attacker.call("ASO.PUT", "object", ATTACKS[attack].object(handler, before))

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
                source = ATTACKS[attack].object("onPut()")
                self.assertRegex(self.attack("ASO.PUT", "object", source), NAMES_A_LINE)
                self.assertEqual(self.attacker.call("EXISTS", "object"), 0)

    def test_in_the_script_itself_nothing_is_stored(self):
        for attack in self.CHOSEN:
            with self.subTest(attack=attack):
                source = ATTACKS[attack].body
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


class LibrariesTest(AttackTest):
    def test_one_object_cannot_change_the_libraries_of_another(self):
        self.attacker.ask("ASO.PUT", "evil",
                          "string.rep = nil; math.pi = 3; pcall(function() _G.tostring = 1 end) "
                          "getmetatable('').__index = nil return {}")
        self.attacker.call("ASO.PUT", "good", "return { value = ('x'):rep(3) .. tostring(7) }")
        self.assertEqual(self.attacker.call("GET", "good"), b"xxx7")


if __name__ == "__main__":
    unittest.main()
