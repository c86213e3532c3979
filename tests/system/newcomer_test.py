"""A newcomer's path in the README works from its first command to its last, and by nothing else.

The blocks marked `console` of the section below are typed as printed in an empty folder, with a node
as `comet node` starts it. tour_test.py runs them too, among all others; here nothing comes before.
"""
import os
import pathlib
import re
import tempfile
import unittest

import tour_test
from node_process import NodeProcess, binary, clean_environment

SECTION = "An object of your own"
STEPS = ("comet new ", "comet test", "comet put ", "redis-cli ")


def section_of(text, title):
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise AssertionError(f"README.md has no section '{title}'")
    return found[1]


class NewcomerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        node = NodeProcess(resp="127.0.0.1:7379", http="127.0.0.1:7480", link="127.0.0.1:7400")
        node.__enter__()
        self.addCleanup(node.__exit__, None, None, None)
        path = f"{pathlib.Path(binary()).parent}:{os.environ['PATH']}"
        self.shell = tour_test.Shell(folder.name,
                                     {**clean_environment(), "PATH": path, "LC_ALL": "C.UTF-8"})
        self.addCleanup(self.shell.close)

    def test_each_command_works_and_prints_what_stands_below_it(self):
        blocks = tour_test.console_blocks(section_of(tour_test.README.read_text(), SECTION))
        steps = [step for block in blocks for step in tour_test.steps_of(block)]
        for command, expected in steps:
            self.assertRegex(self.shell.run(command), tour_test.pattern_of(expected), command)
        typed = "\n".join(command for command, _ in steps)
        for step in STEPS:
            self.assertIn(step, typed, "the path has lost a step")
        self.assertTrue((self.folder / "door/.comet/comet.lua").is_file())


class SectionTest(unittest.TestCase):
    """The reader of sections is seen to end where the next one begins."""

    def test_a_section_ends_at_the_next_title(self):
        text = "# A\n## B\none\n### C\ntwo\n## D\nthree\n"
        self.assertEqual(section_of(text, "B"), "one\n### C\ntwo\n")
        self.assertEqual(section_of(text, "D"), "three\n")
        with self.assertRaises(AssertionError):
            section_of(text, "E")


if __name__ == "__main__":
    if tour_test.INSIDE not in os.environ:
        tour_test.enter_namespace()
    unittest.main()
