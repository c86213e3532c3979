"""Recorded turns of a real node: kept through a crash, listed, and run again by `comet replay`."""
import pathlib
import unittest

from node_process import NodeProcess, run_comet

COUNTER = """local aso = { value = "v", n = 0, readers = {} }
function aso:onGet(caller)
  self.n = self.n + math.random(6)
  table.insert(self.readers, { ip = caller.ip, at = dht.getSystemTime() })
  comet.log("read", self.n)
  return self.n
end
function aso:ask(key) return (dht.get(key)) end
function aso:fail() error("no") end
return aso
"""


class ReplayTest(unittest.TestCase):
    def setUp(self):
        self.node = NodeProcess(handlers_reach="any")
        self.node.__enter__()
        self.addCleanup(self.node.__exit__, None, None, None)
        self.source = pathlib.Path(self.node.folder) / "counter.lua"
        self.source.write_text(COUNTER)

    def comet(self, *words, expected=0):
        done = run_comet("--node", self.node.resp, *words)
        self.assertEqual(done.returncode, expected, (words, done.stdout, done.stderr))
        return done.stdout if expected < 2 else done.stderr

    def put(self, *options):
        self.comet("put", "door", str(self.source), *options)

    def test_recorded_turns_survive_a_crash_and_do_the_same_again(self):
        self.put("--record", "8")
        for _ in range(3):
            self.comet("get", "door")
        self.comet("put", "greeting", "--value", "hello")
        self.assertEqual(self.comet("call", "door", "ask", "greeting"), "hello\n")
        self.node.kill()
        self.node.start()
        rows = self.comet("turns", "door").splitlines()
        self.assertEqual(len(rows), 6)  # the headings and five turns
        self.assertIn("onGet", rows[2])
        for number in range(1, 6):
            text = self.comet("replay", "door", "--turn", str(number))
            self.assertIn("the same as recorded\n", text)
        read = self.comet("replay", "door", "--turn", "3")
        self.assertIn('+ readers[2].ip = "127.0.0.1"\n', read)
        self.assertIn("\nlog\n  read", read)

    def test_edited_code_runs_on_the_recorded_turn_and_what_differs_is_shown(self):
        self.put("--record", "8")
        self.comet("get", "door")
        edited = pathlib.Path(self.node.folder) / "edited.lua"
        edited.write_text(COUNTER.replace("math.random(6)", "100"))
        text = self.comet("replay", "door", "--turn", "2", "--code", str(edited), expected=1)
        self.assertIn("with other code than recorded\n", text)
        self.assertIn("not the same as recorded:\n", text)
        self.assertIn("  + n = 100\n", text)
        edited.write_text(COUNTER.replace("return self.n\n", 'return (dht.get("other"))\n'))
        text = self.comet("replay", "door", "--turn", "2", "--code", str(edited), expected=1)
        self.assertIn("dht.get 'other' is not in the record, and was refused\n", text)
        self.assertEqual(self.comet("state", "door").count("100"), 0)  # nothing was changed

    def test_a_failed_turn_is_recorded_and_fails_again(self):
        self.put("--record", "8")
        self.comet("call", "door", "fail", expected=1)
        self.assertIn("error script", self.comet("turns", "door"))
        text = self.comet("replay", "door", "--turn", "2")
        self.assertIn("error script: ", text)
        self.assertIn("the same as recorded\n", text)

    def test_a_living_object_is_recorded_from_now_on_until_it_is_not(self):
        self.put()
        self.comet("get", "door")
        self.assertEqual(self.comet("turns", "door"), "")
        self.assertIn("the turns of 'door' are not recorded",
                      self.comet("replay", "door", "--turn", "1", expected=2))
        self.comet("record", "door", "2")
        for _ in range(3):
            self.comet("get", "door")
        self.assertEqual(len(self.comet("turns", "door").splitlines()), 3)
        self.assertIn("turn 1 of 'door' is not kept",
                      self.comet("replay", "door", "--turn", "1", expected=2))
        self.comet("record", "door", "0")
        self.assertEqual(self.comet("turns", "door"), "")

    def test_misuse_is_told_apart_from_a_difference(self):
        self.assertIn("there is no object at 'nobody'",
                      self.comet("replay", "nobody", "--turn", "1", expected=2))
        self.comet("replay", "door", expected=2)
        self.comet("record", "door", "65", expected=2)
        self.put("--record", "8")
        self.assertIn("no-such-file", self.comet("replay", "door", "--turn", "1", "--code",
                                                 "no-such-file.lua", expected=2))


if __name__ == "__main__":
    unittest.main()
