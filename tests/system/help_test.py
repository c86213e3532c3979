"""`comet help` prints what the node works by, and says what there is when asked for something else."""
import unittest

from node_process import run_comet


class HelpTest(unittest.TestCase):
    def explained(self, *words):
        done = run_comet("help", *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout

    def test_a_function_of_handlers(self):
        text = self.explained("lua", "dht.getKey")
        self.assertEqual(text, "dht.getKey() -> string\n  The object's key.\n  Example:\n"
                               '    dht.getKey() --> "example"\n')

    def test_a_library_of_handlers_and_the_list_of_all(self):
        text = self.explained("lua", "comet")
        self.assertIn("comet.sha256(data: string) -> string\n", text)
        self.assertNotIn("dht.", text)
        self.assertIn("\ndht:        call caller cancelTimer ", self.explained("lua"))

    def test_a_name_that_handlers_do_not_have(self):
        done = run_comet("help", "lua", "io.open")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("handlers have no 'io.open'; `comet help lua` lists what there is", done.stderr)

    def test_a_command_and_the_topics(self):
        self.assertIn("ASO.CALL key method", self.explained("aso.call"))
        self.assertIn("GETRANGE", self.explained("commands"))
        self.assertIn("fuel-per-turn", self.explained("configuration"))


if __name__ == "__main__":
    unittest.main()
