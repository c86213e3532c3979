"""`comet new` makes files that work, and `comet check` tells what a file is worth before it is put."""
import pathlib
import re
import tempfile
import unittest

from node_process import run_comet

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class FolderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, text, name="door.lua"):
        (self.folder / name).write_text(text)
        return name

    def run_here(self, *words):
        return run_comet(*words, cwd=self.folder)

    def check(self, text, *words):
        return self.run_here("check", self.file(text), *words)


class NewTest(FolderTest):
    def test_a_new_object_passes_its_check_without_a_warning(self):
        done = self.run_here("new", "door")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("made door: door.lua, door_test.lua, "))
        self.assertEqual(sorted(path.name for path in (self.folder / "door").iterdir()),
                         [".comet", ".luarc.json", "README.md", "door.lua", "door_test.lua"])
        checked = self.run_here("check", "door/door.lua", "--value", "hello", "--call", "count")
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        tested = run_comet("test", cwd=self.folder / "door")
        self.assertEqual((tested.returncode, tested.stderr), (0, ""))
        for name in ("onPut", "onGet", "onTimer:hour", "count"):
            self.assertRegex(checked.stdout, rf"(?m)^{name} +\d+ +\d+ .* ok$")

    def test_the_annotations_are_those_that_help_prints(self):
        self.run_here("new", "door")
        printed = run_comet("help", "lua", "--annotations")
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        self.assertEqual((self.folder / "door/.comet/comet.lua").read_text(), printed.stdout)
        self.assertIn("function dht.getKey() end\n", printed.stdout)
        self.assertEqual((self.folder / "door/.comet/comet_test.lua").read_text(),
                         (ROOT / "apps/annotations/comet_test.lua").read_text())

    def test_it_is_made_in_the_folder_that_is_named(self):
        (self.folder / "objects").mkdir()
        done = self.run_here("new", "door", "--in", "objects")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "objects/door/door.lua").is_file())

    def test_what_exists_is_not_touched(self):
        (self.folder / "door").mkdir()
        done = self.run_here("new", "door")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("door exists; give another name, or another folder with --in", done.stderr)
        self.assertEqual(list((self.folder / "door").iterdir()), [])

    def test_a_bad_name_and_a_folder_that_is_not_there_are_refused_with_the_reason(self):
        for name in ("Door", "../door", "a b", ""):
            done = self.run_here("new", name)
            self.assertEqual((done.returncode, done.stdout), (2, ""), name)
            self.assertIn("a name is 1 to 32 of a-z, 0-9 and _, and begins with a letter",
                          done.stderr)
        done = self.run_here("new", "door", "--in", "nowhere")
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot make the folder nowhere/door: No such file or directory",
                      done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])


class CheckTest(FolderTest):
    def test_handlers_methods_and_what_they_use(self):
        done = self.check("local aso = {}\n"
                          "function aso:left()\n  return dht.getSystemTime()\nend\n"
                          "function aso:onGet()\n  comet.log(dht.getKey())\n  return 1\nend\n"
                          "return aso\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"(?m)^handler +onGet +5 +comet.log dht.getKey$")
        self.assertRegex(done.stdout, r"(?m)^method +left +2 +dht.getSystemTime$")
        self.assertRegex(done.stdout, r"(?m)^onGet +\d+ +\d+ ")

    def test_a_file_that_does_not_compile_is_an_error_with_its_line(self):
        done = self.check("local aso = {}\nfunction aso:onGet(\nreturn aso\n")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^error: door\.lua:3: .*expected")

    def test_a_file_that_makes_no_object_and_one_that_is_too_long(self):
        self.assertEqual(self.check("return 5\n").returncode, 1)
        done = self.check("--" + "x" * 20_000)
        self.assertEqual(done.returncode, 1)
        self.assertIn("door.lua: the source has 20002 bytes, allowed are 16384", done.stderr)

    def test_warnings_have_file_and_line_and_change_no_status(self):
        done = self.check("local aso = { onPut = 5 }\nfunction aso:ongett()\n  print(1)\nend\n"
                          "function aso:onGet()\n  count = 1\nend\nreturn aso\n")
        self.assertEqual(done.returncode, 0)
        self.assertEqual([line.partition(": warning: ")[0] for line in done.stderr.splitlines()],
                         ["door.lua:1", "door.lua:2", "door.lua:3", "door.lua:6"])
        self.assertIn("is 'onGet' meant?", done.stderr)

    def test_a_limit_that_is_passed_is_an_error_with_its_line(self):
        done = self.check("local aso = {}\nfunction aso:onGet()\n  while true do end\nend\n"
                          "return aso\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("error: door.lua:3: fuel: 100000 instructions used up in onGet", done.stderr)

    def test_an_error_that_a_handler_raises_is_shown_and_is_no_failure(self):
        done = self.check("return { onGet = function()\n  error('closed')\nend }\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"(?m)^onGet .*closed")

    def test_a_put_that_fails_says_what_it_may_need(self):
        done = self.check("local when = ...\nlocal aso = {}\nfunction aso:onPut()\n"
                          "  if not when then error('ARG 1 is a time', 0) end\n  return self\nend\n"
                          "return aso\n")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^error: door\.lua.*ARG 1 is a time.*--arg")
        self.assertEqual(self.check((self.folder / "door.lua").read_text(), "--arg", "9")
                         .returncode, 0)

    def test_calls_are_of_methods_that_exist(self):
        source = "local a = {}\nfunction a:add(n)\n  return n + 1\nend\nreturn a\n"
        done = self.check(source, "--call", "add 4")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"(?m)^add .* ok$")
        done = self.check(source, "--call", "subtract 4")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--call: door.lua has no method 'subtract'", done.stderr)

    def test_a_script_of_the_prototype_is_checked_as_such(self):
        source = ("function onStore()\n  return self\nend\n"
                  "function onGet(caller)\n  return dht.sysTime()\nend\n"
                  "function onTimer()\n  self.rung = true\nend\n")
        done = self.check(source, "--compat")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"(?m)^handler +onPut +1 ")
        self.assertRegex(done.stdout, r"(?m)^handler +onGet +4 +dht.sysTime$")
        self.assertRegex(done.stdout, r"(?m)^onGet +\d+ .* ok$")
        self.assertRegex(done.stdout, r"(?m)^onTimer\S* +\d+ .* ok$")
        self.assertEqual(self.check(source).returncode, 1)
        done = self.check(source.replace("return self", "return ="), "--compat")
        self.assertRegex(done.stderr, r"^error: door\.lua:2: ")

    def test_the_row_of_the_table(self):
        done = self.check("return { onGet = function() return 1 end }\n", "--table")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^\| door \| \d+ \| (\d+ us|-) \| 0\.0 K \| 0\.\d K \|\n$")

    def test_a_file_that_is_not_there(self):
        done = self.run_here("check", "nowhere.lua")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("cannot read nowhere.lua: No such file or directory", done.stderr)

    def test_help_explains_both(self):
        for name, words in (("new", "NAME_test.lua"), ("check", "Fuel and memory are exact")):
            done = run_comet("help", name)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(words, re.sub(r"\s+", " ", done.stdout))

    def test_each_object_of_the_library_compiles_and_has_no_warnings(self):
        for path in sorted((ROOT / "apps/library").glob("*/*.lua")):
            if path.stem.endswith("_test"):
                continue
            with self.subTest(path.name):
                done = run_comet("check", str(path))
                self.assertNotIn("warning:", done.stderr)
                self.assertNotRegex(done.stderr, rf"{path.name}:\d+: .*(expected|near)")


if __name__ == "__main__":
    unittest.main()
