"""The README's tour runs as printed and gives what it prints.

A fenced block marked `console` is a session: a line that begins with `$ ` is typed (with the lines of
its here-document), the lines that follow are expected. `...` stands for any rest of a line, a line of
only `...` for any lines. All blocks run in one shell, in one directory, in a network namespace of
their own, so that the default ports are free. A node runs there; `comet` and `redis-cli` are on PATH.
"""
import os
import pathlib
import pty
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

from node_process import NodeProcess, binary, clean_environment

README = pathlib.Path(__file__).parent.parent.parent / "README.md"
INSIDE = "COMET_TEST_INSIDE_NAMESPACE"
HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")


def console_blocks(text):
    return re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def steps_of(block):
    """(command, expected lines) in order."""
    steps, lines = [], block.splitlines()
    while lines:
        line = lines.pop(0)
        if not line.startswith("$ "):
            steps[-1][1].append(line)
            continue
        command = [line[2:]]
        if mark := HEREDOC.search(line):
            while command[-1].strip() != mark[1]:
                command.append(lines.pop(0))
        while command[-1].endswith("\\"):
            command.append(lines.pop(0))
        steps.append(("\n".join(command), []))
    return steps


def pattern_of(expected):
    parts = [r"(?:.*\n)*?" if line.strip() == "..." else
             ".*".join(re.escape(part) for part in line.split("...")) + r"\n"
             for line in expected]
    return re.compile(r"\A" + "".join(parts) + r"\Z")


class Shell:
    """One bash that keeps directory and variables between commands; it prints to a terminal."""

    MARK = "--- end of a step ---"

    def __init__(self, directory, environment):
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], stdin=subprocess.PIPE, stdout=theirs,
            stderr=theirs, text=True, cwd=directory, env={**environment, "TERM": "dumb"})
        os.close(theirs)
        self.output = os.fdopen(ours, newline="")

    def run(self, command):
        self.process.stdin.write(f"eval {shlex.quote(command)} </dev/null\necho\n"
                                 f"echo '{self.MARK}'\n")
        self.process.stdin.flush()
        output = ""
        while not output.endswith(f"{self.MARK}\n"):
            output += self.output.readline().replace("\r\n", "\n")
        # `echo` ended an open last line, or added an empty one.
        output = output.removesuffix(f"{self.MARK}\n").removesuffix("\n")
        return output if not output or output.endswith("\n") else output + "\n"

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.output.close()


class TourTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = f"{pathlib.Path(binary()).parent}:{os.environ['PATH']}"
        self.node = NodeProcess(resp="127.0.0.1:7379", http="127.0.0.1:7480", link="127.0.0.1:7400")
        self.node.__enter__()
        self.addCleanup(self.node.__exit__, None, None, None)
        self.shell = Shell(folder.name, {**clean_environment(), "PATH": path, "LC_ALL": "C.UTF-8"})
        self.addCleanup(self.shell.close)

    def test_each_command_of_the_readme_prints_what_stands_below_it(self):
        blocks = console_blocks(README.read_text())
        self.assertTrue(blocks, "README.md has no block marked `console`")
        for block in blocks:
            for command, expected in steps_of(block):
                with self.subTest(command):
                    output = self.shell.run(command)
                    self.assertRegex(output, pattern_of(expected))


class ReaderTest(unittest.TestCase):
    """The reader of blocks is seen to tell right from wrong."""

    def test_a_block_is_commands_and_what_they_print(self):
        block = "$ echo a\na\n$ cat > f <<'END'\n$ not a command\nEND\n$ cat f\n$ not a command\n"
        self.assertEqual(steps_of(block)[0], ("echo a", ["a"]))
        self.assertEqual(steps_of(block)[1], ("cat > f <<'END'\n$ not a command\nEND", []))

    def test_dots_stand_for_anything_and_nothing_else_does(self):
        self.assertRegex("took 3 ms\n", pattern_of(["took ... ms"]))
        self.assertRegex("a\nb\nc\n", pattern_of(["a", "...", "c"]))
        self.assertNotRegex("took 3 ms\nmore\n", pattern_of(["took ... ms"]))
        self.assertNotRegex("b\n", pattern_of(["a"]))
        self.assertNotRegex("a\n", pattern_of([]))

    def test_the_shell_gives_the_output_of_one_command(self):
        shell = Shell(".", dict(os.environ))
        self.addCleanup(shell.close)
        self.assertEqual(shell.run("x=7; echo a; printf b"), "a\nb\n")
        self.assertEqual(shell.run("true"), "")
        self.assertEqual(shell.run("echo $x >&2"), "7\n")


def enter_namespace():
    """Runs this file again with a network of its own; the loopback is up, all ports are free."""
    up_and_run = 'ip link set lo up && exec "$0" "$@"'
    own_user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    os.execvpe("unshare", ["unshare", "--net", *own_user, "--", "sh", "-c", up_and_run,
                           sys.executable, "-B", *sys.argv], {**os.environ, INSIDE: "1"})


if __name__ == "__main__":
    if INSIDE not in os.environ:
        enter_namespace()
    unittest.main()
