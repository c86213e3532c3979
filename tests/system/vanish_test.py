"""`comet vanish`: a text that opens while enough of its shares live, and then never again."""
import pathlib
import re
import tempfile
import unittest

from cluster_process import ClusterProcess
from node_process import NodeProcess, run_comet, wait_until

TEXT = b"the word is swordfish\n\x00\xff"


class VanishCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-vanish-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.plain = self.folder / "plain"
        self.plain.write_bytes(TEXT)

    def vanish(self, resp, *words, given=b""):
        return run_comet("--node", resp, "vanish", *map(str, words), text=False, input=given)

    def seal(self, resp, *words):
        done = self.vanish(resp, "seal", self.plain, *words)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        capsule = self.folder / "capsule"
        capsule.write_bytes(done.stdout)
        return capsule

    def assert_opens(self, resp, capsule):
        done = self.vanish(resp, "open", capsule)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, TEXT, b""))

    def refusal(self, resp, capsule, status=1):
        done = self.vanish(resp, "open", capsule)
        self.assertEqual((done.returncode, done.stdout), (status, b""), done.stderr)
        return done.stderr.decode()


class OneNodeTest(VanishCase):
    @classmethod
    def setUpClass(cls):
        cls.node = cls.enterClassContext(NodeProcess())
        cls.resp = cls.node.resp
        cls.client = cls.enterClassContext(cls.node.client())

    def shares(self):
        return sorted(self.client.call("KEYS", "vanish:*"))

    def tearDown(self):
        for key in self.shares():
            self.client.call("DEL", key)

    def test_a_text_opens_while_its_shares_live_and_never_after_them(self):
        capsule = self.seal(self.resp, "--lifetime", "1s", "--shares", 3, "--needed", 2)

        def ended():
            done = self.vanish(self.resp, "open", capsule)
            self.assertEqual(done.stdout, b"" if done.returncode else TEXT)
            return done if done.returncode else None

        done = wait_until(ended, "the capsule cannot be opened")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"it needs 2 of 3 shares, and", done.stderr)
        wait_until(lambda: not self.shares(), "the shares are erased")
        self.assertRegex(self.refusal(self.resp, capsule),
                         r"and 0 are left; 3 ended or never were here; its time ended at \d{4}-")

    def test_a_text_goes_through_standard_input_and_output(self):
        sealed = self.vanish(self.resp, "seal", "--lifetime", "1h", given=TEXT)
        self.assertEqual(sealed.returncode, 0, sealed.stderr)
        self.assertEqual(len(self.shares()), 10)
        opened = self.vanish(self.resp, "open", given=b"Dear Anna,\n" + sealed.stdout + b"Yours\n")
        self.assertEqual((opened.returncode, opened.stdout), (0, TEXT), opened.stderr)

    def test_as_many_shares_as_are_needed_open_it_and_one_less_does_not(self):
        capsule = self.seal(self.resp, "--lifetime", "1h", "--shares", 5, "--needed", 3)
        keys = self.shares()
        self.assertEqual(len(keys), 5)
        for key in keys[:2]:
            self.client.call("DEL", key)
        self.assert_opens(self.resp, capsule)
        self.client.call("DEL", keys[2])
        self.assertIn("it needs 3 of 5 shares, and 2 are left; 3 ended or never were here; "
                      "its time ends at ", self.refusal(self.resp, capsule))

    def test_a_value_that_is_no_share_is_told_and_not_used(self):
        capsule = self.seal(self.resp, "--lifetime", "1h", "--shares", 2, "--needed", 2)
        key = self.shares()[0]
        self.client.call("DEL", key)
        self.client.call("SET", key, "something else")
        self.assertIn("and 1 is left; 1 hold something else", self.refusal(self.resp, capsule))

    def test_a_share_or_a_capsule_that_was_changed_opens_nothing(self):
        capsule = self.seal(self.resp, "--lifetime", "1h", "--shares", 2, "--needed", 2)
        text = capsule.read_text()
        capsule.write_text(re.sub(r"ends: \d{4}", "ends: 3000", text))
        self.assertIn("it was changed, or they were", self.refusal(self.resp, capsule))
        capsule.write_text(text)
        self.assert_opens(self.resp, capsule)
        key = self.shares()[0]
        value = self.client.call("GET", key).decode()
        self.client.call("DEL", key)
        self.client.call("SET", key, value[:-1] + ("0" if value[-1] != "0" else "1"))
        self.assertIn("it was changed, or they were", self.refusal(self.resp, capsule))

    def test_no_share_holds_the_text_and_the_capsule_does_not_either(self):
        capsule = self.seal(self.resp, "--lifetime", "1h", "--shares", 3, "--needed", 2)
        for text in (capsule.read_bytes(), *(self.client.call("GET", key) for key in self.shares())):
            self.assertNotIn(b"swordfish", text)
            self.assertNotIn(TEXT.hex().encode()[:16], text)

    def test_what_cannot_be_meant_is_refused_and_leaves_no_share(self):
        for words, message in (
                (("--lifetime", "soon"), "--lifetime takes a time"),
                (("--lifetime", "0"), "--lifetime takes a time over 0"),
                (("--lifetime", "1h", "--shares", "2", "--needed", "3"), "--needed 3 is more than"),
                (("--lifetime", "1h", "--shares", "256"), "--shares"),
                ((), "--lifetime is required")):
            done = self.vanish(self.resp, "seal", self.plain, *words)
            self.assertEqual((done.returncode, done.stdout), (2, b""), words)
            self.assertIn(message, done.stderr.decode(), words)
        done = self.vanish(self.resp, "seal", self.folder / "nowhere", "--lifetime", "1h")
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot read", done.stderr.decode())
        self.assertEqual(self.shares(), [])

    def test_a_share_that_is_refused_takes_back_those_before_it(self):
        done = self.vanish(self.resp, "seal", self.plain, "--lifetime", "40000d")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn("share 1 of 10 was not stored: ", done.stderr.decode())
        self.assertIn("the shares before it were taken back, and there is no capsule",
                      done.stderr.decode())
        self.assertEqual(self.shares(), [])

    def test_a_file_that_is_no_capsule_is_named(self):
        self.assertIn("plain: not a whole capsule: there is no line '-----BEGIN COMET CAPSULE-----'",
                      self.refusal(self.resp, self.plain, status=2))

    def test_without_a_node_it_says_so(self):
        done = self.vanish("127.0.0.1:1", "seal", self.plain, "--lifetime", "1h")
        self.assertEqual((done.returncode, done.stdout), (3, b""))
        self.assertIn("cannot connect to 127.0.0.1:1", done.stderr.decode())


class NetworkTest(VanishCase):
    def test_three_nodes_hold_the_shares_and_each_opens(self):
        with ClusterProcess(3) as network:
            nodes = [node["resp"] for node in network.nodes]
            capsule = self.seal(nodes[0], "--lifetime", "1h", "--shares", 6, "--needed", 4)
            for resp in nodes:
                self.assert_opens(resp, capsule)


if __name__ == "__main__":
    unittest.main()
