"""Several nodes on this machine: `comet cluster up`, and what a key looks like from each of them."""
import json
import pathlib
import signal
import socket
import tempfile
import unittest
import urllib.error
import urllib.request

from cluster_process import ClusterProcess
from node_process import NodeProcess, run_comet, wait_until
from resp_client import ReplyError


def is_gone(pid):
    return not pathlib.Path(f"/proc/{pid}").exists()


class UpTest(unittest.TestCase):
    """What holds for a single node too."""

    def test_a_cluster_starts_serves_and_stops_in_order(self):
        with ClusterProcess(1) as cluster:
            with cluster.client(1) as client:
                self.assertEqual(client.call("SET", "k", "v"), "OK")
            self.assertEqual((cluster.data / "secret").stat().st_mode & 0o777, 0o600)
            secret = (cluster.data / "secret").read_text()
            cluster.stop()
            self.assertIn("stopped; everything was finished and saved", cluster.log(1))
            cluster.start()
            with cluster.client(1) as client:
                self.assertEqual(client.call("GET", "k"), b"v")
            self.assertEqual((cluster.data / "secret").read_text(), secret)
            cluster.stop(how=signal.SIGINT)

    def test_a_node_that_dies_is_reported_with_the_end_of_its_log(self):
        with ClusterProcess(1) as cluster:
            cluster.kill_node(1)
            cluster.wait(expected=1)
            self.assertIn("error: node 1", cluster.errors)
            self.assertIn("was ended by signal 9", cluster.errors)
            self.assertIn("msg=started", cluster.errors)
            self.assertIn("no node is left", cluster.errors)

    def test_nodes_end_when_the_cluster_is_killed(self):
        with ClusterProcess(1) as cluster:
            pid = cluster.nodes[0]["pid"]
            cluster.process.kill()
            wait_until(lambda: is_gone(pid), "the node has ended")
            self.assertIn("stopped; everything was finished and saved", cluster.log(1))

    def test_a_node_without_others_shows_itself_and_holds_every_key(self):
        with NodeProcess() as node:
            def comet(*words):
                done = run_comet("--node", node.resp, *words)
                self.assertEqual((done.returncode, done.stderr), (0, ""), words)
                return done.stdout
            shown = json.loads(comet("nodes", "--json"))
            self.assertEqual([one["state"] for one in shown], ["here"])
            self.assertEqual(shown[0]["id"][:12], node.ready["id"])
            self.assertEqual(len(comet("nodes").splitlines()), 2)
            self.assertIn("there is no 'k'; its place is " + node.ready["id"], comet("where", "k"))
            with node.client() as client:
                client.call("SET", "k", "v")
            self.assertIn("'k' is held by " + node.ready["id"], comet("where", "k"))
            self.assertEqual(len(json.loads(comet("where", "k", "--json"))), 1)

    def test_settings_go_to_every_node(self):
        with ClusterProcess(1, "--set", "durability=always") as cluster, cluster.client(1) as client:
            self.assertEqual(client.call("CONFIG", "GET", "durability"), [b"durability", b"always"])


class RefusalTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-cluster-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def refused(self, status, *words, folder=None):
        done = run_comet("cluster", "up", "--dir", str(folder or self.folder / "c"), *words)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        return done.stderr

    def test_a_number_of_nodes_out_of_range(self):
        for number in ("0", "65", "-1"):
            self.assertIn(f"1 to 64 nodes, not {number}", self.refused(2, "--", number))
        self.assertIn("N", self.refused(2, "many"))
        self.assertIn("N", self.refused(2))

    def test_ports_that_there_are_not(self):
        self.assertIn("65535", self.refused(2, "2", "--port", "65400"))

    def test_a_port_in_use(self):
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            base = port - 100  # the second page of ports is HTTP
            message = self.refused(1, "1", "--port", str(base))
            self.assertIn(f"port {port} (http of node 1)", message)
            self.assertIn("in use", message)
            self.assertIn("--port PORT", message)

    def test_a_directory_that_cannot_be_made(self):
        self.assertIn("--dir DIR", self.refused(1, "1", folder="/proc/comet"))
        file = self.folder / "file"
        file.write_text("")
        self.assertIn(str(file), self.refused(1, "1", folder=file))

    def test_a_setting_that_a_node_refuses_is_shown_with_its_reason(self):
        message = self.refused(1, "1", "--set", "durability=sometimes")
        self.assertIn("node 1", message)
        self.assertIn("durability = 'sometimes' cannot be used", message)
        self.assertIn("the cluster chooses it", self.refused(2, "1", "--set", "resp=127.0.0.1:1"))

    def test_a_secret_that_others_can_read(self):
        folder = self.folder / "c"
        folder.mkdir()
        (folder / "secret").write_text("ab" * 32)
        (folder / "secret").chmod(0o644)
        self.assertIn("chmod 600", self.refused(1, "1"))

    def test_a_link_port_in_use(self):
        (self.folder / "secret").write_text("ab" * 32)
        (self.folder / "secret").chmod(0o600)
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            link = "127.0.0.1:%d" % other.getsockname()[1]
            done = run_comet("node", "--data", str(self.folder / "data"), "--resp", "127.0.0.1:0", "--http",
                             "127.0.0.1:0", "--link", link, "--secret-file", str(self.folder / "secret"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        for part in (f"link = {link} cannot be used", "in use", "--link HOST:PORT"):
            self.assertIn(part, done.stderr)


class ThreeNodesTest(unittest.TestCase):
    """Nodes that are one: it does not matter which of them is asked."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = ClusterProcess(3)
        cls.cluster.__enter__()
        cls.addClassCleanup(cls.cluster.__exit__, None, None, None)

    def comet(self, node, *words):
        done = run_comet("--node", self.cluster.nodes[node - 1]["resp"], *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout

    def test_what_one_node_took_all_others_give(self):
        with self.cluster.client(1) as one:
            for i in range(50):
                self.assertEqual(one.call("SET", f"shared:{i}", f"v{i}"), "OK")
        for node in (1, 2, 3):
            with self.cluster.client(node) as client:
                for i in range(50):
                    self.assertEqual(client.call("GET", f"shared:{i}"), b"v%d" % i)

    def test_an_object_is_one_wherever_it_is_called(self):
        source = ("local aso = { value = 0 } function aso:add(n) self.value = self.value + n return "
                  "self.value end return aso")
        for i in range(6):
            with self.cluster.client(i % 3 + 1) as client:
                self.assertEqual(client.call("ASO.PUT", f"object:{i}", source), "OK")
            for node in (1, 2, 3):
                with self.cluster.client(node) as client:
                    self.assertEqual(client.call("ASO.CALL", f"object:{i}", "add", "1"), node)

    def test_every_node_shows_all_nodes(self):
        ids = sorted(node["id"] for node in self.cluster.nodes)

        def all_answer(node):
            shown = json.loads(self.comet(node, "nodes", "--json"))
            return (sorted(one["id"][:12] for one in shown) == ids
                    and sorted(one["state"] for one in shown) == ["alive", "alive", "here"])
        for node in (1, 2, 3):
            wait_until(lambda node=node: all_answer(node), f"node {node} sees all alive")
            table = self.comet(node, "nodes").splitlines()
            self.assertEqual(table[0].split()[:3], ["node", "address", "state"])
            self.assertEqual(sorted(line.split()[0] for line in table[1:]), ids)

    def test_all_nodes_agree_on_where_a_key_is(self):
        with self.cluster.client(2) as client:
            self.assertEqual(client.call("SET", "place", "v"), "OK")
        routes = [json.loads(self.comet(node, "where", "place", "--json")) for node in (1, 2, 3)]
        for node, route in zip(self.cluster.nodes, routes):
            self.assertEqual(route[0]["id"][:12], node["id"])
            self.assertEqual(route[-1]["role"], "holder")
            self.assertTrue(route[-1]["present"])
        self.assertEqual(len({route[-1]["id"] for route in routes}), 1)
        self.assertIn("'place' is held by " + routes[0][-1]["id"][:12], self.comet(1, "where", "place"))
        self.assertIn("there is no 'nowhere'; its place is ", self.comet(1, "where", "nowhere"))

    def test_nodes_are_ready_and_count_their_links(self):
        for node in self.cluster.nodes:
            with urllib.request.urlopen(f"http://{node['http']}/ready") as answer:
                self.assertTrue(json.load(answer)["ready"])
            with urllib.request.urlopen(f"http://{node['http']}/metrics") as answer:
                self.assertIn("\ncomet_joined 1\n", answer.read().decode())

    def test_an_unknown_node_is_kept_out(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-cluster-test-")
        self.addCleanup(folder.cleanup)
        secret = pathlib.Path(folder.name) / "secret"
        self.assertEqual(run_comet("secret", str(secret)).returncode, 0)
        with NodeProcess(secret_file=secret, join=self.cluster.nodes[0]["link"]) as stranger:
            def says_why():
                try:
                    with urllib.request.urlopen(f"http://{stranger.http}/ready"):
                        return False
                except urllib.error.HTTPError as refusal:
                    with refusal:
                        return self.cluster.nodes[0]["link"] in json.load(refusal).get("joining", "")
            wait_until(says_why, "the stranger names the node that does not let it in")
            with stranger.client() as client:
                self.assertIsInstance(client.ask("GET", "shared:1"), ReplyError)


class RestartTest(unittest.TestCase):
    def test_a_cluster_goes_on_with_its_data(self):
        with ClusterProcess(3) as cluster:
            with cluster.client(3) as client:
                for i in range(30):
                    self.assertEqual(client.call("SET", f"k{i}", f"v{i}"), "OK")
            ids = [node["id"] for node in cluster.nodes]
            cluster.stop()
            cluster.start()
            self.assertEqual([node["id"] for node in cluster.nodes], ids)
            with cluster.client(2) as client:
                for i in range(30):
                    self.assertEqual(client.call("GET", f"k{i}"), b"v%d" % i)
            cluster.stop()


if __name__ == "__main__":
    unittest.main()
