"""layers.py is seen failing on each kind of breach, and passing on a small house in order."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "tools"))
import layers  # noqa: E402

TABLES = """
<!-- layers: begin -->
| level | room | what it holds | may include |
|---|---|---|---|
| 0 | `base/` | words | - |
| 1 | `store/` | bytes | `base/` |
| 1 | `object/` | turns | `base/` |
<!-- layers: end -->
<!-- libraries: begin -->
| headers | library | only in | hidden |
|---|---|---|---|
| `rocksdb/` | RocksDB | `store/` | yes |
| `*.h` | POSIX | `store/` | no |
<!-- libraries: end -->
"""


class LayersTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("docs/ARCHITECTURE.md", TABLES)
        self.write("base/bytes.hpp", "#include <string>\n")
        self.write("store/store.hpp", '#include "base/bytes.hpp"\n')
        self.write("store/rocks.hpp", "#include <rocksdb/db.h>\n#include <unistd.h>\n")

    def write(self, name, text):
        path = pathlib.Path(self.folder.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def breach(self):
        found = layers.House(self.folder.name).breaches()
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_a_house_in_order_passes(self):
        self.assertEqual(layers.House(self.folder.name).breaches(), [])

    def test_an_include_of_a_higher_room_is_a_breach(self):
        self.write("base/bad.cpp", '#include "store/store.hpp"\n')
        self.assertIn("base/ may include no room", self.breach())

    def test_an_include_of_a_sibling_is_a_breach(self):
        self.write("object/bad.cpp", '#include "store/store.hpp"\n')
        self.assertIn("object/ may include base/", self.breach())

    def test_a_library_outside_its_places_is_a_breach(self):
        self.write("object/bad.cpp", "#include <unistd.h>\n")
        self.assertIn("POSIX is met only in store/", self.breach())

    def test_an_unknown_library_is_a_breach(self):
        self.write("object/bad.cpp", "#include <boost/any.hpp>\n")
        self.assertIn("belongs to no library", self.breach())

    def test_a_hidden_library_may_not_be_reached_through_a_header(self):
        tables = TABLES.replace("| turns | `base/` |", "| turns | `base/`, `store/` |")
        self.write("docs/ARCHITECTURE.md", tables)
        self.write("object/bad.cpp", '#include "store/rocks.hpp"\n')
        self.assertIn("reaches RocksDB through store/rocks.hpp", self.breach())

    def test_nothing_includes_tests(self):
        self.write("tests/fake.hpp", "")
        self.write("store/bad.cpp", '#include "tests/fake.hpp"\n')
        self.assertIn("nothing includes tests", self.breach())

    def test_a_link_that_differs_from_the_row_is_a_breach(self):
        self.write("object/CMakeLists.txt", "comet_room(object ROOMS base store)\n")
        self.assertIn("object/CMakeLists.txt: links ['base', 'store']", self.breach())


if __name__ == "__main__":
    unittest.main()
