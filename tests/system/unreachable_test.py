"""A node that advertises an address that others cannot dial is told so by them, and goes on."""
import json
import pathlib
import socket
import tempfile
import unittest
import urllib.error
import urllib.request

from network_process import make_secret
from node_process import NodeProcess, wait_until

TOLD_SECONDS = 120


class UnreachableTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-unreachable-test-")
        self.addCleanup(folder.cleanup)
        self.secret = make_secret(pathlib.Path(folder.name) / "secret")
        self.first = self.enterContext(NodeProcess(secret_file=self.secret))

    def start(self, **settings):
        return self.enterContext(
            NodeProcess(secret_file=self.secret, join=self.first.ready["link"], **settings))

    @staticmethod
    def ready(node):
        try:
            with urllib.request.urlopen(f"http://{node.http}/ready", timeout=60) as page:
                return json.load(page)
        except urllib.error.HTTPError as not_yet:  # 503 while it joins
            return json.load(not_yet)

    def test_a_wrong_advertised_address_is_named_in_the_log_and_in_ready(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            wrong = "127.0.0.1:%d" % closed.getsockname()[1]
        node = self.start(advertise=wrong)
        wait_until(lambda: "cannot reach this node at " + wrong in node.log, "it is told", TOLD_SECONDS)
        wait_until(lambda: "unreachable" in self.ready(node), "/ready says so")
        said = self.ready(node)
        self.assertTrue(said["ready"])
        self.assertIn(wrong, said["unreachable"])
        self.assertIn("`advertise`", said["unreachable"])
        self.assertNotIn("unreachable", self.ready(self.first))
        with node.client() as client:  # what it opens itself works
            self.assertEqual(client.call("SET", "key", "value"), "OK")
        with self.first.client() as client:
            self.assertEqual(client.call("GET", "key"), b"value")

    def test_the_address_of_another_node_is_not_ones_own(self):
        other = self.start()
        node = self.start(advertise=other.ready["link"])
        wait_until(lambda: "unreachable" in self.ready(node), "it is told", TOLD_SECONDS)
        self.assertIn(other.ready["link"], self.ready(node)["unreachable"])


if __name__ == "__main__":
    unittest.main()
