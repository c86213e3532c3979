"""`comet doctor`: real faults of real nodes, and nothing where nothing is wrong."""
import json
import os
import signal
import unittest

from cluster_process import ClusterProcess
from node_process import NodeProcess, run_comet, wait_until

BROKEN = "local aso = {} function aso:onGet() error('no') end return aso"


# What the machine of a test may be found for, whatever the test does.
OF_THE_MACHINE = {"slow-commits", "late-timers", "disk-filling", "disk-full"}


def doctor(address, *flags):
    """Status, nodes and findings, as they are without those of the machine."""
    done = run_comet("--node", address, "doctor", "--json", *flags, seconds=120)
    if done.stderr:
        raise AssertionError(f"comet doctor: {done}")
    told = json.loads(done.stdout)
    found = {one["what"]: one for one in told["findings"]}
    weighs = int(any(one["severity"] != "notice" for one in found.values()))
    if done.returncode != weighs:
        raise AssertionError(f"comet doctor: {done}")
    found = {what: one for what, one in found.items() if what not in OF_THE_MACHINE}
    return int(any(one["severity"] != "notice" for one in found.values())), told["nodes"], found


def wait_until_healthy(address, nodes):
    seen = []

    def healthy():
        seen[:] = doctor(address)
        return seen == [0, nodes, {}]
    try:
        wait_until(healthy, "nothing is wrong")
    except AssertionError as failed:
        raise AssertionError(f"{failed}; comet doctor tells {seen}") from None


class DoctorTest(unittest.TestCase):
    def test_three_nodes_are_healthy_until_one_dies_and_again_when_it_is_back(self):
        with ClusterProcess(3) as cluster:
            where = cluster.nodes[0]["resp"]
            wait_until_healthy(where, 3)
            with cluster.client(1) as client:
                for i in range(20):
                    client.call("SET", f"k{i}", "v")
            done = run_comet("--node", where, "doctor")
            if done.returncode == 0:  # copies may still be on their way
                self.assertEqual(done.stdout, "3 nodes looked at: nothing is wrong\n")
            stopped = int(cluster.nodes[2]["pid"])
            os.kill(stopped, signal.SIGSTOP)
            try:
                status, _, found = wait_until(
                    lambda: (told := doctor(where)) and told[0] == 1 and told, "a finding")
            finally:
                os.kill(stopped, signal.SIGCONT)
            named = {"no-answer", "not-asked", "under-replicated", "two-nodes", "leaderless"}
            self.assertEqual(status, 1)
            self.assertTrue(named & set(found), found)
            self.assertTrue(all(one["why"] and one["todo"] for one in found.values()))
            wait_until_healthy(where, 3)
            cluster.stop()

    def test_a_node_by_itself_is_a_notice_and_no_fault(self):
        with NodeProcess() as node:
            status, nodes, found = doctor(node.resp)
            self.assertEqual((status, nodes, set(found)), (0, 1, {"one-node"}))
            self.assertEqual(found["one-node"]["severity"], "notice")

    def test_turns_that_fail_are_found(self):
        with NodeProcess(durability="none") as node, node.client() as client:
            client.call("ASO.PUT", "k", BROKEN)
            for _ in range(30):
                client.ask("GET", "k")
            status, _, found = doctor(node.resp)
            self.assertEqual(status, 1)
            self.assertEqual(found["failing-turns"]["severity"], "warning")
            self.assertIn("30 of 3", found["failing-turns"]["why"])
            self.assertIn("durability-none", found)
            text = run_comet("--node", node.resp, "doctor").stdout
            self.assertIn("warning: failing-turns (node ", text)
            self.assertIn("to do: ", text)
            self.assertNotIn("\x1b", text)

    def test_a_node_that_looks_for_its_network_says_so(self):
        with NodeProcess() as gone:
            nowhere = gone.resp
        with ClusterProcess(1) as cluster:
            secret = cluster.data / "secret"
            with NodeProcess(join=nowhere, secret_file=secret) as node:
                status, _, found = doctor(node.resp)
                self.assertEqual(status, 1)
                self.assertEqual(found["joining"]["severity"], "critical")
            cluster.stop()

    def test_a_node_that_cannot_be_asked_is_status_2(self):
        with NodeProcess() as node:
            where = node.resp
        done = run_comet("--node", where, "doctor")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("cannot connect", done.stderr)


if __name__ == "__main__":
    unittest.main()
