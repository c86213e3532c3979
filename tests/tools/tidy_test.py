"""tidy.py is seen failing on what it bans, and only where it bans it."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "tools"))
import tidy  # noqa: E402


class TidyTest(unittest.TestCase):
    def errors(self, name, text):
        return list(tidy.errors(name, text))

    def test_a_clean_header_passes(self):
        self.assertEqual(self.errors("base/a.hpp", "#pragma once\n// Why it exists.\n"), [])

    def test_a_clock_is_banned_in_pure_rooms_only(self):
        line = "auto t = std::chrono::steady_clock::now();\n"
        self.assertIn("take the time as a parameter", self.errors("object/a.cpp", line)[0])
        self.assertEqual(self.errors("actors/a.cpp", line), [])

    def test_a_sleep_is_banned_in_tests(self):
        found = self.errors("tests/unit/a_test.cpp", "std::this_thread::sleep" + "_for(1s);\n")
        self.assertIn("wait for a condition", found[0])

    def test_work_left_open_is_banned_everywhere(self):
        self.assertEqual(len(self.errors("README.md", "TO" + "DO: write\n")), 1)

    def test_form_is_checked(self):
        self.assertIn("101 columns", self.errors("a.cpp", "x" * 101 + "\n")[0])
        self.assertIn("no newline", self.errors("a.cpp", "x")[0])
        self.assertIn("trailing space", self.errors("a.cpp", "x \n")[0])
        self.assertIn("open with", self.errors("base/a.hpp", "#pragma once\nint x;\n")[0])

    def test_only_annotations_of_lua_may_be_long(self):
        line = "---@param a " + "x" * 100 + "\n"
        self.assertEqual(self.errors("a.lua", line), [])
        self.assertIn("112 columns", self.errors("a.cpp", line)[0])
        self.assertIn("103 columns", self.errors("a.lua", "---" + "x" * 100 + "\n")[0])

    def test_a_long_function_is_a_warning(self):
        text = "int f() {\n" + "  x();\n" * 80 + "}\n"
        self.assertIn("a function of 82 lines", list(tidy.warnings("a.cpp", text))[0])


if __name__ == "__main__":
    unittest.main()
