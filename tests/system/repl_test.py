"""`comet repl`: lines from a pipe, a person at a terminal, and the sessions of docs/repl.md as printed."""
import contextlib
import fcntl
import os
import pathlib
import pty
import re
import select
import shlex
import signal
import subprocess
import tempfile
import termios
import unittest

import tour_test
from node_process import binary, clean_environment, run_comet, wait_until

DOC = pathlib.Path(__file__).resolve().parent.parent.parent / "docs/repl.md"
PROMPT = "comet> "
SECONDS = 120
COUNTER = """local aso = { count = 0 }
function aso:onPut() dht.setTimer("tick", { every = 1 }) return self end
function aso:onTimer() self.count = self.count + 1 end
function aso:add(n)
  self.count = self.count + math.tointeger(n)
  return self.count
end
function aso:loop()
  while true do end
end
return aso
"""


class Terminal:
    """The shell on a terminal of its own. `read_to` gives what it writes up to a text."""

    def __init__(self, words, folder, **environment):
        ours, theirs = pty.openpty()
        self.descriptor = ours
        self.process = subprocess.Popen(
            words, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**clean_environment(), "HOME": str(folder), "TERM": "dumb", "NO_COLOR": "1",
                 "LC_ALL": "C.UTF-8", **environment},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(theirs)
        self.seen = ""

    def write(self, keys):
        """Once the editor reads keys: what comes before is echoed by the terminal, too."""
        wait_until(lambda: not termios.tcgetattr(self.descriptor)[3] & termios.ICANON,
                   "the editor reads keys")
        os.write(self.descriptor, keys.encode())

    def interrupt(self):
        os.write(self.descriptor, b"\x03")

    def read_to(self, wanted):
        """Up to the first time that it stands there, which is taken away."""
        while wanted not in self.seen:
            self.seen += self._more()
        before, _, self.seen = self.seen.partition(wanted)
        return before

    def run(self, line):
        """A whole line: what it shows, up to the next prompt or the end."""
        self.write(line + "\n")
        self.read_to(line + "\n")
        return self.read_to(PROMPT)

    def read_to_end(self):
        with contextlib.suppress(EOFError):
            while True:
                self.seen += self._more()
        return self.seen

    def _more(self):
        if not select.select([self.descriptor], [], [], SECONDS)[0]:
            raise AssertionError(f"nothing more came after {self.seen!r}")
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:  # the other side of a terminal is gone
            data = b""
        if not data:
            raise EOFError(self.seen)
        return data.decode().replace("\r\n", "\n")

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        status = self.process.wait(SECONDS)
        os.close(self.descriptor)
        return status

    def status(self):
        self.read_to_end()
        return self.process.wait(SECONDS)


class ReplTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-repl-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "counter.lua").write_text(COUNTER)

    def pipe(self, lines, *words):
        return run_comet("repl", *words, input=lines, cwd=self.folder, seconds=SECONDS)

    def terminal(self, *words, **environment):
        made = Terminal([binary(), "repl", *words], self.folder, **environment)
        self.addCleanup(made.end)
        made.read_to(PROMPT)
        return made


class PipeTest(ReplTest):
    def test_lines_are_run_and_only_what_they_show_is_printed(self):
        done = self.pipe("call add 5\n-- a comment\n\ncall add '6'\n= net.seed\n", "counter.lua",
                         "--seed", "7")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "OK\n5\n11\n7\n", ""))

    def test_a_line_that_fails_is_named_the_others_run_and_the_status_says_so(self):
        done = self.pipe("call add x\nfrob\ncall add 1\n", "counter.lua")
        self.assertEqual((done.returncode, done.stdout), (1, "OK\n1\n"))
        self.assertRegex(done.stderr, r"^error: line 1: counter\.lua:5: .*\n"
                                      r"error: line 2: there is no command 'frob'.*\n$")

    def test_a_file_that_does_not_compile_is_told_with_its_line(self):
        (self.folder / "counter.lua").write_text("local aso = {}\nfunction aso:onGet(\nreturn aso\n")
        done = self.pipe("", "counter.lua")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^error: counter\.lua:3: .*expected")

    def test_a_command_line_that_makes_no_sense(self):
        done = self.pipe("", "none.lua")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("cannot read none.lua: No such file or directory", done.stderr)
        for words in (("--nodes", "0"), ("--nodes", "65"), ("--seed", "x"), ("a.lua", "b.lua")):
            self.assertEqual(self.pipe("", *words).returncode, 2, words)

    def test_quit_ends_before_the_lines_do(self):
        done = self.pipe("set 1\nquit\nfrob\n")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "OK\n", ""))

    def test_the_same_seed_and_lines_do_the_same_again(self):
        lines = "advance 1h\njournal\nnodes\n= net:random(1000000)\n"
        runs = [self.pipe(lines, "counter.lua", "--nodes", "3", "--seed", "5").stdout
                for _ in range(2)]
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], self.pipe(lines, "counter.lua", "--nodes", "3").stdout)


class TerminalTest(ReplTest):
    def test_a_line_is_edited(self):
        shell = self.terminal("counter.lua")
        shell.write("cull add 5\x01\x1b[C\x04a\x05\x7f7\n")  # home, right, delete, type, end, backspace
        self.assertIn("\n7\n", shell.read_to("\n" + PROMPT) + "\n")

    def test_commands_and_methods_are_completed(self):
        shell = self.terminal("counter.lua")
        shell.write("sta\t")
        self.assertRegex(shell.read_to(PROMPT + "sta"), r"start +state")
        shell.write("te\n")
        self.assertIn("count  0\n", shell.read_to("\n" + PROMPT) + "\n")
        shell.write("ca\ta\t3\n")
        self.assertTrue(shell.read_to("\n" + PROMPT).endswith("\n3"))
        (self.folder / "objects").mkdir()
        (self.folder / "objects/door.lua").write_text("return { value = 'a door' }\n")
        shell.write("load o\td\t\n")
        self.assertIn("\nOK", shell.read_to("\n" + PROMPT))
        self.assertIn("a door\n", shell.run("get"))

    def test_what_was_typed_is_called_back_also_by_the_next_session(self):
        shell = self.terminal("counter.lua")
        self.assertEqual(shell.run("call add 1"), "1\n")
        shell.write("\x1b[A\n")
        self.assertTrue(shell.read_to("\n" + PROMPT).endswith("\n2"))
        shell.write("\x04")
        self.assertEqual(shell.status(), 0)
        kept = self.folder / ".local/state/comet/repl_history"
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        again = self.terminal("counter.lua")
        again.write("\x10\n")
        self.assertTrue(again.read_to("\n" + PROMPT).endswith("\n1"))

    def test_ctrl_d_ends_only_on_an_empty_line(self):
        shell = self.terminal("counter.lua")
        shell.write("get\x01\x04\x04\x04")  # from its first character on, three are deleted
        shell.write("now\n")
        self.assertRegex(shell.read_to("\n" + PROMPT), r"\n2026-01-01T")
        shell.write("\x04")
        self.assertEqual(shell.status(), 0)

    def test_ctrl_c_drops_a_line_and_ends_what_runs(self):
        shell = self.terminal("counter.lua")
        shell.write("delete")
        shell.read_to("delete")
        shell.interrupt()
        self.assertIn("^C", shell.read_to(PROMPT))
        for line, why in (("= (function() while true do pcall(net.settle, net) end end)()", "stopped"),
                          ("advance 390d", "stopped after ")):
            shell.write(line + "\n")
            shell.read_to(line + "\n")
            shell.interrupt()
            self.assertIn("error: " + why, shell.read_to("\n" + PROMPT))
        self.assertIn("count", shell.run("state"))

    def test_a_handler_that_loops_ends_by_its_fuel(self):
        shell = self.terminal("counter.lua")
        self.assertIn("error: counter.lua:9: ERR fuel: 100000 instructions", shell.run("call loop"))

    def test_an_edited_file_is_put_again(self):
        shell = self.terminal("counter.lua")
        (self.folder / "counter.lua").write_text("return { value = 'edited', onGet = }\n")
        self.assertIn("error: counter.lua:1: ", shell.run("reload"))
        (self.folder / "counter.lua").write_text("return { value = 'edited' }\n")
        self.assertEqual(shell.run("reload"), "OK\n")
        self.assertEqual(shell.run("get"), "edited\n")

    def test_colours_are_where_they_are_wanted(self):
        self.assertNotIn("\x1b", self.terminal("counter.lua").run("state"))
        shell = self.terminal("counter.lua", TERM="xterm", NO_COLOR="")
        shell.write("state\n")
        self.assertIn("\x1b[1mcount\x1b[0m", shell.read_to("\n" + PROMPT))

    def test_without_a_file_it_says_how_to_begin(self):
        made = Terminal([binary(), "repl"], self.folder)
        self.addCleanup(made.end)
        self.assertIn("`help` lists what there is; load FILE begins\n", made.read_to(PROMPT))
        self.assertEqual(made.run("load counter.lua"), "OK\n")


class DocumentationTest(ReplTest):
    def test_the_sessions_of_the_guide_do_what_is_printed(self):
        text = DOC.read_text()
        name, source = re.search(r"^```lua\n-- (\S+)\n(.*?)^```", text, re.M | re.S).groups()
        (self.folder / name).write_text(source)
        blocks = tour_test.console_blocks(text)
        self.assertGreater(len(blocks), 2)
        for block in blocks:
            typed, expected = tour_test.steps_of(block)[0]
            if PROMPT in block:
                self.converse(typed, expected)
            else:
                self.check_output(typed, expected)

    def check_output(self, typed, expected):
        path = f"{pathlib.Path(binary()).parent}:{os.environ['PATH']}"
        done = subprocess.run(typed, shell=True, cwd=self.folder, text=True, capture_output=True,
                              env={**clean_environment(), "PATH": path}, timeout=SECONDS, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, tour_test.pattern_of(expected))

    def converse(self, typed, printed):
        """The lines that begin with the prompt are typed, those below them are expected."""
        steps = [("", [])]
        for line in printed:
            if line.startswith(PROMPT):
                steps.append((line.removeprefix(PROMPT), []))
            else:
                steps[-1][1].append(line)
        words = shlex.split(typed)
        self.assertEqual(words[0], "comet")
        shell = Terminal([binary(), *words[1:]], self.folder)
        self.addCleanup(shell.end)
        self.assertRegex(shell.read_to(PROMPT), tour_test.pattern_of(steps.pop(0)[1]))
        for line, expected in steps:
            with self.subTest(line):
                if line == "quit":
                    shell.write("quit\n")
                    self.assertEqual(shell.status(), 0)
                else:
                    self.assertRegex(shell.run(line), tour_test.pattern_of(expected))

    def test_each_command_and_option_stands_in_the_guide_and_in_the_help(self):
        text = DOC.read_text()
        helped = self.pipe("help\n").stdout
        for name in re.findall(r"(?m)^([a-z=]+) ", helped.split("\n", 1)[1]):
            self.assertRegex(text, rf"`{name}\b|`{name} ", name)
        explained = run_comet("help", "repl").stdout
        for option in ("--nodes", "--seed", "--key", "--value", "--arg", "--ttl", "--limit", "--compat"):
            self.assertIn(option, text)
            self.assertIn(option, explained)


if __name__ == "__main__":
    unittest.main()
