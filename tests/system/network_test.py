"""Five nodes on five hosts are one: what any of them took, all of them give, whoever comes and goes.

The hosts are network namespaces, which only root may make; without them the test exits with 77.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import redis

from namespaces import Forwarder, reason_to_skip
from network_process import MemberNetwork, MemberProcess, make_secret, wait_until_together
from node_process import wait_until, wait_until_whole
from resp_client import ReplyError

NODE_CLIENTS = pathlib.Path(__file__).parent / "node"
COUNTER = """
local aso = { reads = 0 }
function aso:onGet() self.reads = self.reads + 1; return tostring(self.reads) end
function aso:add() self.reads = self.reads + 1; return self.reads end
function aso:peek() return self.reads end
return aso
"""
ALARM = """
local aso = { fired = 0 }
function aso:arm(seconds) dht.setTimer("alarm", { after = tonumber(seconds) }) return "armed" end
function aso:onTimer(name) self.fired = self.fired + 1 end
function aso:seen() return self.fired end
return aso
"""
SKIPPED = 77  # what ctest takes as skipped


class NetworkCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-network-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def network(self, count, **settings):
        return self.enterContext(MemberNetwork(count, self.folder, **settings))


class FiveNodesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="comet-network-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.network = MemberNetwork(5, pathlib.Path(folder.name))
        cls.network.__enter__()
        cls.addClassCleanup(cls.network.__exit__, None)
        cls.members = cls.network.members

    def clients(self):
        for member in self.members:
            with member.client() as client:
                yield client

    def test_what_one_node_took_every_client_reads_on_every_other(self):
        with self.members[0].client() as client:
            for i in range(20):
                self.assertEqual(client.call("SET", f"shared:{i}", f"value {i}"), "OK")
        for member in self.members:
            host, port = member.resp.rsplit(":", 1)
            with member.inside(), redis.Redis(host, int(port), decode_responses=True) as client:
                self.assertEqual([client.get(f"shared:{i}") for i in range(20)],
                                 [f"value {i}" for i in range(20)])
            by_cli = member.run("redis-cli", "-h", host, "-p", port,
                                input="".join(f"GET shared:{i}\n" for i in range(20)))
            self.assertEqual(by_cli.stdout.splitlines(), [f"value {i}" for i in range(20)])
            done = member.comet("get", "shared:7")
            self.assertEqual((done.returncode, done.stdout.rstrip("\n")), (0, "value 7"), done)

    def test_clients_of_node_do_on_one_of_five_what_they_do_on_one(self):
        if not (NODE_CLIENTS / "node_modules" / "ioredis").is_dir():
            subprocess.run(["npm", "ci", "--prefer-offline", "--no-audit", "--no-fund"],
                           cwd=NODE_CLIENTS, check=True, timeout=280)
        for member, name in zip(self.members[1:], ("ioredis", "node_redis")):
            host, port = member.resp.rsplit(":", 1)
            with member.client() as client:
                self.assertEqual(client.call("FLUSHALL"), "OK")
                self.assertEqual(client.call("DBSIZE"), 0)
            done = member.run("node", str(NODE_CLIENTS / f"{name}.mjs"), host, port)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("all checks passed", done.stdout)

    def test_an_object_that_counts_its_reads_misses_none(self):
        with self.members[3].client() as client:
            for i in range(10):
                self.assertEqual(client.call("ASO.PUT", f"counter:{i}", COUNTER), "OK")
        answers = {i: [] for i in range(10)}
        lock = threading.Lock()

        def read_all(member):
            with member.client() as client:
                for _ in range(10):
                    for i, seen in answers.items():
                        answer = int(client.call("GET", f"counter:{i}"))
                        with lock:
                            seen.append(answer)
        run_together(read_all, self.members)
        for seen in answers.values():
            self.assertEqual(sorted(seen), list(range(1, 51)))

    def test_commands_of_many_keys_reach_all_nodes_that_hold_them(self):
        keys = [f"many:{i}" for i in range(100)]
        holders = {self.members[0].holder_of(key) for key in keys}
        self.assertGreater(len(holders), 1)
        with self.members[1].client() as one, self.members[2].client() as two:
            self.assertEqual(one.call("MSET", *[part for key in keys for part in (key, key)]), "OK")
            self.assertEqual(two.call("MGET", *keys, "absent"), [key.encode() for key in keys] + [None])
            self.assertEqual(two.call("DEL", *keys[:40], "absent"), 40)
            self.assertEqual(one.call("EXISTS", *keys), 60)

    def test_all_nodes_agree_on_the_holder_of_a_key(self):
        wait_until_whole(self.members[0].client)
        for i in range(20):
            holders = {member.holder_of(f"place:{i}") for member in self.members}
            self.assertEqual(len(holders), 1, holders)
            self.assertLessEqual(holders, {member.id for member in self.members})

    def test_nothing_listens_but_the_ports_that_a_node_printed(self):
        for member in self.members:
            printed = {int(member.ready[name].rsplit(":", 1)[1]) for name in ("resp", "http", "link")}
            listening = member.host.listening_ports()
            self.assertEqual({port for _, port in listening}, printed)
            self.assertEqual(member.host.udp_ports(), set())
            reachable = {port for address, port in listening if address != "0100007F"}
            self.assertEqual(reachable, {int(member.link.rsplit(":", 1)[1])})


class ComingAndGoingTest(NetworkCase):
    def test_nothing_acknowledged_is_lost_while_a_node_joins_and_another_leaves(self):
        network = self.network(5)
        counters = [f"count:{i}" for i in range(20)]
        with network.members[0].client() as client:
            for key in counters:
                self.assertEqual(client.call("ASO.PUT", key, COUNTER), "OK")
        leaver = network.members[4]
        stays = network.members[:4]
        writers = [Writer(member, counters) for member in stays]
        for writer in writers:
            writer.start()
        try:
            wait_for_writes(writers)
            newcomer = network.start(network.network.add())
            wait_until_together(network.members)
            wait_for_writes(writers)
            network.leave(leaver)
            wait_until_together(network.members)
            wait_for_writes(writers)
        finally:
            for writer in writers:
                writer.end()
        self.assertEqual([w.failure for w in writers], [None] * len(writers))
        for reader in (stays[0], newcomer):
            with reader.client() as client:
                for writer in writers:
                    for key, acknowledged in writer.written.items():
                        self.assertEqual(client.call("GET", key), acknowledged.encode(), key)
                for key in counters:
                    total = client.call("ASO.CALL", key, "peek")
                    acknowledged = sum(w.acknowledged[key] for w in writers)
                    attempted = acknowledged + sum(w.uncertain[key] for w in writers)
                    self.assertGreaterEqual(total, acknowledged, key)
                    self.assertLessEqual(total, attempted, key)

    def test_a_timer_fires_once_after_its_object_moved(self):
        network = self.network(2)
        first = network.members[0]
        keys = [f"alarm:{i}" for i in range(30)]
        with first.client() as client:
            for key in keys:
                self.assertEqual(client.call("ASO.PUT", key, ALARM), "OK")
                self.assertEqual(client.call("ASO.CALL", key, "arm", "30"), b"armed")
        before = {key: first.holder_of(key) for key in keys}
        network.start(network.network.add())
        wait_until_together(network.members)
        wait_until(lambda: any(first.holder_of(key) != before[key] for key in keys),
                   "an object has moved", 60)
        with first.client() as client:
            wait_until(lambda: all(client.call("ASO.CALL", key, "seen") >= 1 for key in keys),
                       "every timer has fired", 120)
            self.assertEqual({client.call("ASO.CALL", key, "seen") for key in keys}, {1})


class DistanceTest(NetworkCase):
    def test_a_node_far_away_is_a_node(self):
        network = self.network(2)
        near, far, way = network.members[0], network.network.add(), network.network.add()
        with Forwarder(way, near.link, 0.03) as forwarder:
            try:
                network.start(far, join=forwarder.address)
                wait_until_together(network.members)
                with near.client() as client, network.members[2].client() as distant:
                    for i in range(50):
                        self.assertEqual(client.call("SET", f"k{i}", i), "OK")
                    for i in range(50):
                        self.assertEqual(distant.call("GET", f"k{i}"), b"%d" % i)
                self.assertGreater(forwarder.accepted, 0)
            finally:
                if len(network.members) > 2:
                    network.leave(network.members[2])


class MistakesTest(NetworkCase):
    def test_a_node_that_nobody_answers_says_so_and_joins_when_somebody_does(self):
        network = self.network(1)
        later, early = network.network.add(), network.network.add()
        waiting = network.start(early, join=f"{later.address}:7400")
        wait_until(lambda: f"{later.address}:7400" in waiting.log, "it says whom it tried")
        with waiting.client() as client:
            self.assertIsInstance(client.ask("GET", "k"), ReplyError)
        appeared = network.start(later)
        wait_until_together(network.members)
        with waiting.client() as one, appeared.client() as other:
            self.assertEqual(one.call("SET", "k", "v"), "OK")
            self.assertEqual(other.call("GET", "k"), b"v")

    def test_nodes_with_different_secrets_stay_apart_and_both_say_why(self):
        network = self.network(2)
        other = make_secret(self.folder / "other")
        host = network.network.add()
        stranger = MemberProcess(host, other, join=network.members[0].link)
        with stranger:
            for node in (stranger, network.members[0]):
                wait_until(lambda node=node: "secret" in node.log, f"{node.id} says why")
            with stranger.client() as client:
                self.assertIsInstance(client.ask("GET", "k"), ReplyError)
            self.assertNotIn(stranger.id, network.members[0].states())
        with network.members[1].client() as client:
            self.assertEqual(client.call("SET", "k", "v"), "OK")

    def test_a_copy_of_a_data_directory_is_found_out(self):
        network = self.network(3)
        original = network.members[2]
        original.stop()
        copy = self.folder / "copy"
        shutil.copytree(original.data, copy)
        original.start()
        wait_until_together(network.members)
        with MemberProcess(network.network.add(), network.secret, data=copy,
                           join=network.members[0].link) as twin:
            self.assertEqual(twin.id, original.id)
            wait_until(lambda: any("copy of" in node.log for node in (*network.members, twin)),
                       "somebody tells of the copy", 120)
            twin.kill()
        wait_until_together(network.members)

    def test_a_node_at_an_address_that_nobody_reaches_does_not_harm_the_others(self):
        network = self.network(3)
        with MemberProcess(network.network.add(), network.secret, join=network.members[0].link,
                           advertise="10.77.99.99:7400"):
            def all_are_answered():
                for member in network.members:
                    with member.client() as client:
                        answers = [client.ask("SET", f"k{i}", "v") for i in range(50)]
                        if answers != ["OK"] * 50:
                            return False
                return True
            wait_until(all_are_answered, "the others serve all keys", 120)


class Writer(threading.Thread):
    """Writes values and counts on one node until it is ended, and remembers what was answered."""

    def __init__(self, member, counters):
        super().__init__()
        self.member, self.counters = member, counters
        self.rounds, self.failure = 0, None
        self.written = {}
        self.acknowledged = dict.fromkeys(counters, 0)
        self.uncertain = dict.fromkeys(counters, 0)
        self.ending = threading.Event()

    def end(self):
        self.ending.set()
        self.join()

    def run(self):
        try:
            with self.member.client() as client:
                while not self.ending.is_set():
                    self.round(client)
        except Exception as failure:  # told by the test, which looks at it
            self.failure = failure

    def round(self, client):
        key = f"{self.member.id}:{self.rounds}"
        answer = client.ask("SET", key, self.rounds)
        if answer == "OK":
            self.written[key] = str(self.rounds)
        counter = self.counters[self.rounds % len(self.counters)]
        answer = client.ask("ASO.CALL", counter, "add")
        if not isinstance(answer, ReplyError):
            self.acknowledged[counter] += 1
        elif str(answer).startswith("UNCERTAIN"):
            self.uncertain[counter] += 1
        elif not str(answer).startswith(("UNAVAILABLE", "BUSY", "LOADING", "TRYAGAIN")):
            raise answer
        self.rounds += 1


def wait_for_writes(writers):
    """Until 20 more of each are acknowledged, or one has failed."""
    before = [len(writer.written) for writer in writers]
    wait_until(lambda: any(w.failure for w in writers) or
               all(len(w.written) >= count + 20 for w, count in zip(writers, before)),
               "every node takes writes", 120)


def run_together(work, members):
    failures = []

    def guarded(member):
        try:
            work(member)
        except Exception as failure:  # told below
            failures.append(failure)
    threads = [threading.Thread(target=guarded, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


if __name__ == "__main__":
    if reason := reason_to_skip():
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    unittest.main()
