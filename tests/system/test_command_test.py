"""`comet test`: what it finds, runs, prints and answers, and what can be wrong with a test."""
import contextlib
import os
import pathlib
import pty
import re
import selectors
import signal
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree

from node_process import binary, clean_environment, run_comet

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PASSING = "test('it holds', function(net) net:set('k', 'v') expect.equal(net:get('k'), 'v') end)\n"
FAILING = """local code = [[
local aso = { n = 0 }
function aso:add() self.n = self.n + 1 comet.log("at", self.n) return self.n end
return aso
]]
test("it's counted", function(net)
  net:put("k", code)
  expect.equal(net:call("k", "add"), 2)
end)
"""
SECONDS = 120


class TestCommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-tests-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name

    def comet(self, *words, text=True):
        return run_comet("test", *words, seconds=SECONDS, text=text, cwd=self.folder)

    def failed(self, text, *words):
        """The output of a run of this text as a test file, which has to fail."""
        self.write("a_test.lua", text)
        done = self.comet(*words)
        self.assertEqual((done.returncode, done.stderr), (1, ""), done.stdout)
        return done.stdout

    def misused(self, *words):
        done = self.comet(*words)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        return done.stderr


class RunTest(TestCommandTest):
    def test_all_that_pass(self):
        self.write("a_test.lua", PASSING)
        self.write("b/c_test.lua", PASSING)
        done = self.comet()
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertRegex(done.stdout, r"^ok    a_test\.lua  1 test  \d+\.\d\d s\n"
                                      r"ok    b/c_test\.lua  1 test  \d+\.\d\d s\n"
                                      r"2 tests in 2 files: 2 passed \(")
        self.assertNotIn("\x1b", done.stdout)

    def test_a_failure_shows_all_that_is_needed(self):
        shown = self.failed(FAILING, "--seed", "7")
        self.assertIn("FAIL  it's counted\n"
                      "  a_test.lua:8: the values are not equal\n"
                      "    expected: 2\n"
                      "    actual:   1\n"
                      "  seed 7, after ", shown)
        self.assertIn("comet test a_test.lua --filter 'it'\\''s counted' --seed 7\n", shown)
        self.assertRegex(shown, r"2026-01-01T00:00:\S+Z  1     k    add      127\.0\.0\.1:\d+  +\d+  +ok\n")
        self.assertIn("  logged:\n    k: at\\x091\n", shown)
        self.assertIn("1 test in 1 file: 0 passed, 1 failed (", shown)

    def test_the_command_that_a_failure_shows_repeats_it(self):
        shown = self.failed("test('chance', function(net) error('drawn ' .. net:random(1 << 40), 0) end)\n",
                            "--seed", "random")
        self.assertRegex(shown, r"^seed \d+\n")
        replay = re.search(r"^    comet (test .*)$", shown, re.M)[1]
        again = subprocess.run(f"'{binary()}' {replay}", shell=True, cwd=self.folder, text=True,
                               capture_output=True, check=False, timeout=SECONDS)
        self.assertEqual(again.returncode, 1)
        self.assertEqual(re.search(r"drawn \d+", again.stdout)[0], re.search(r"drawn \d+", shown)[0])

    def test_many_seeds_end_at_the_first_that_fails(self):
        text = "test('odd', function(net) expect.truthy(net.seed < 4, 'too many') end)\n"
        shown = self.failed(text, "--seeds", "10", "--seed", "2")
        self.assertIn("  seed 4, after", shown)
        self.assertIn("3 tests in 1 file: 2 passed, 1 failed", shown)

    def test_a_filter_chooses_and_a_list_runs_nothing(self):
        self.write("a_test.lua", PASSING + "test('no', function() error('ran') end)\n")
        self.assertEqual(self.comet("--filter", "holds").returncode, 0)
        done = self.comet("--list")
        self.assertEqual((done.returncode, done.stdout),
                         (0, "a_test.lua:1: it holds\na_test.lua:2: no\n"))

    def test_junit_carries_every_character(self):
        self.write("a_test.lua", PASSING + "test('a<b>&\"\\27[0m\\0', function() error('\\1<&>', 0) end)\n")
        self.write("b_test.lua", "local = 1\n")
        done = self.comet("--junit", "out.xml")
        self.assertEqual(done.returncode, 1)
        suites = xml.etree.ElementTree.parse(self.folder / "out.xml").getroot()
        self.assertEqual({name: suites.get(name) for name in ("tests", "failures", "errors")},
                         {"tests": "3", "failures": "1", "errors": "1"})
        failed = suites.findall(".//testcase[failure]")
        self.assertEqual([case.get("name") for case in failed], ["a<b>&\"\\x1b[0m\\x00"])
        self.assertEqual(failed[0].find("failure").get("message"), "\\x01<&>")
        self.assertEqual(suites.find(".//testcase[error]").get("line"), "1")

    def test_the_progress_has_escape_codes_only_where_they_are_wanted(self):
        self.write("a_test.lua", PASSING)
        self.assertIn("\x1b", self.shown_on_a_terminal(TERM="xterm"))
        for wish in ({"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}):
            shown = self.shown_on_a_terminal(**wish)
            self.assertNotIn("\x1b", shown)
            self.assertRegex(shown, r"^ok    a_test\.lua  1 test  \d+\.\d\d s\r\n1 test in 1 file")

    def shown_on_a_terminal(self, **wish):
        ours, theirs = pty.openpty()
        environment = {name: value for name, value in clean_environment().items() if name != "NO_COLOR"}
        with subprocess.Popen([binary(), "test"], cwd=self.folder, stdout=theirs, stderr=theirs,
                              stdin=subprocess.DEVNULL, env={**environment, **wish}) as running:
            os.close(theirs)
            shown = b""
            with contextlib.suppress(OSError), os.fdopen(ours, "rb", buffering=0) as terminal:
                while data := terminal.read(65536):
                    shown += data
            self.assertEqual(running.wait(SECONDS), 0)
        return shown.decode()

    def test_a_watched_file_runs_again_when_it_changes(self):
        self.write("a_test.lua", PASSING)
        with subprocess.Popen([binary(), "test", "--watch"], cwd=self.folder, text=True,
                              env=clean_environment(), stdout=subprocess.PIPE) as watching:
            self.addCleanup(watching.kill)
            self.assertIn("1 passed", self.read_until(watching, "waiting for a change"))
            self.write("a_test.lua", PASSING + PASSING.replace("holds", "still holds"))
            self.assertIn("2 passed", self.read_until(watching, "waiting for a change"))
            watching.send_signal(signal.SIGINT)
            watching.wait(SECONDS)

    def read_until(self, process, wanted):
        """What it prints up to a line that begins with `wanted`."""
        deadline = time.monotonic() + SECONDS
        shown = ""
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdout, selectors.EVENT_READ)
            while wanted not in shown:
                self.assertTrue(ready.select(deadline - time.monotonic()), shown)
                data = os.read(process.stdout.fileno(), 65536).decode()
                self.assertTrue(data, f"it ended: {shown}")
                shown += data
        return shown


class BadInputTest(TestCommandTest):
    def test_places_that_cannot_be_run(self):
        self.assertIn("no test files below .: the names of test files end in _test.lua", self.misused())
        self.assertIn("there is no file or folder none", self.misused("none"))
        self.write("a.lua", "return {}\n")
        self.assertIn("a.lua is no test file", self.misused("a.lua"))

    def test_options_that_make_no_sense(self):
        self.write("a_test.lua", PASSING)
        self.assertIn("--seed soon: a whole number from 0 up, or random", self.misused("--seed", "soon"))
        self.assertIn("--seeds", self.misused("--seeds", "0"))
        self.assertIn("no test's name contains 'none'", self.misused("--filter", "none"))
        self.assertIn("--list runs no test", self.misused("--list", "--watch"))
        self.misused("--nonsense")

    def test_a_report_that_cannot_be_written(self):
        self.write("a_test.lua", PASSING)
        done = self.comet("--junit", "none/out.xml")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"--junit: cannot write none/out\.xml\S*: No such file or directory")

    def test_a_file_that_does_not_compile(self):
        shown = self.failed("test('a', function(net)\n  local = 1\nend)\n")
        self.assertIn("a_test.lua:2: <name> expected near '='", shown)
        self.assertIn("1 file could not be run", shown)
        self.assertEqual(self.comet("--list").returncode, 1)

    def test_two_tests_of_one_name(self):
        self.assertIn("a_test.lua:2: two tests are called 'it holds': the other is at line 1",
                      self.failed(PASSING + PASSING))

    def test_a_file_without_tests(self):
        self.assertIn("a_test.lua: it has no test", self.failed("local nothing = 1\n"))

    def test_code_that_does_not_compile_or_is_no_handler(self):
        self.write("broken.lua", "local aso = {}\nfunction aso:onGet(\nreturn aso\n")
        shown = self.failed("test('a', function(net)\n  net:put('k', 'broken.lua')\nend)\n")
        self.assertRegex(shown, r"a_test\.lua:2: ERR .*:3: .*\(the code of broken\.lua\)")
        self.write("broken.lua", "return { onGet = 5 }\n")
        shown = self.failed("test('a', function(net)\n  net:put('k', 'broken.lua')\nend)\n")
        self.assertIn("a_test.lua:2: onGet of 'k' is not a function, so it is no handler", shown)
        self.assertIn("a_test.lua:1: cannot read none.lua: No such file or directory",
                      self.failed("test('a', function(net) net:put('k', 'none.lua') end)\n"))

    def test_calls_that_cannot_be_made(self):
        begin = "test('a', function(net)\n  net:put('k', 'return { value = 1 }')\n  "
        self.assertRegex(self.failed(begin + "net:call('k', 'open')\nend)\n"),
                         r"a_test\.lua:3: ERR .*no method 'open'")
        for argument, name in (("print", "function"), ("{}", "table")):
            self.assertRegex(self.failed(begin + f"net:call('k', 'open', {argument})\nend)\n"),
                             rf"a_test\.lua:3: bad argument .*expected, got {name}")

    def test_tests_that_never_end(self):
        self.assertIn("a_test.lua:2: the test's own Lua took more than 100 million instructions",
                      self.failed("test('a', function(net)\n  while true do pcall(error) end\nend)\n"))
        shown = self.failed("test('a', { limit = '1d' }, function(net)\n"
                            "  while true do net:advance('1h') end\nend)\n")
        self.assertRegex(shown, r"a_test\.lua:2: .*limit")
        self.assertIn("after 1d of virtual time", shown)


class DocumentationTest(TestCommandTest):
    def test_the_examples_of_the_guide_pass(self):
        text = (ROOT / "docs/testing.md").read_text()
        blocks = re.findall(r"^```lua\n-- (\S+\.lua)\n(.*?)^```", text, re.M | re.S)
        self.assertEqual(len(blocks), text.count("```lua\n"), "a block begins with its file's name")
        for name, body in blocks:
            self.write(name, body)
        done = self.comet()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_command_is_explained(self):
        done = run_comet("help", "test")
        self.assertEqual(done.returncode, 0)
        for option in re.findall(r"^\| `(--[a-z]+)", (ROOT / "docs/testing.md").read_text(), re.M):
            self.assertIn(option, done.stdout)


if __name__ == "__main__":
    unittest.main()
