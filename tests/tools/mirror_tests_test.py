"""mirror_tests.py is seen failing in both directions."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "tools"))
import mirror_tests  # noqa: E402


class MirrorTest(unittest.TestCase):
    def breaches(self, *names):
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            return list(mirror_tests.breaches(pathlib.Path(folder)))

    def test_a_unit_and_its_mirror_pass(self):
        found = self.breaches("net/wire/frame.cpp", "tests/unit/net/wire/frame_test.cpp")
        self.assertEqual(found, [])

    def test_a_test_split_by_behaviour_mirrors_the_unit(self):
        found = self.breaches("object/turn.cpp", "tests/unit/object/turn_waits_test.cpp")
        self.assertEqual(found, [])

    def test_a_unit_without_a_test_fails(self):
        self.assertEqual(self.breaches("actors/reactor.cpp"),
                         ["actors/reactor.cpp: no tests/actors/reactor_test.cpp"])

    def test_a_test_without_a_unit_fails(self):
        self.assertEqual(self.breaches("tests/unit/base/gone_test.cpp"),
                         ["tests/unit/base/gone_test.cpp: mirrors no file of base/"])


if __name__ == "__main__":
    unittest.main()
