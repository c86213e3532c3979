"""A node's process gives up what it does not need, says so, and works as before."""
import os
import pathlib
import resource
import tempfile
import unittest

from node_process import NodeProcess, run_comet

SMALL_STORE = {"store_buffer_bytes": "1MB", "store_cache_bytes": "1MB", "cache_bytes_max": "1MB"}
VALUE = bytes(range(256)) * 400


def status_of(path):
    """NoNewPrivs and Seccomp of a process or a thread."""
    lines = dict(line.split(":", 1) for line in pathlib.Path(path, "status").read_text().splitlines())
    return int(lines["NoNewPrivs"]), int(lines["Seccomp"])


class ConfinementTest(unittest.TestCase):
    def test_every_thread_is_confined_and_the_log_tells_it(self):
        with NodeProcess() as node:
            with node.client() as client:
                client.call("SET", "k", "v")
            threads = list(pathlib.Path(f"/proc/{node.pid}/task").iterdir())
            self.assertGreater(len(threads), 5)
            for thread in threads:
                self.assertEqual(status_of(thread), (1, 2))
            self.assertRegex(node.log, r"msg=confined no_new_privs=yes seccomp=yes landlock=\S")

    def test_a_node_that_is_told_not_to_is_not_confined(self):
        with NodeProcess(confine="no") as node:
            self.assertEqual(status_of(f"/proc/{node.pid}"), status_of("/proc/self"))
            self.assertIn('msg="not confined: confine = no"', node.log)
            self.assertNotIn("msg=confined", node.log)

    def test_the_store_does_all_its_work_in_confinement_over_crash_and_restart(self):
        with NodeProcess(**SMALL_STORE) as node:
            for _ in range(2):
                with node.client() as client:
                    for i in range(200):
                        self.assertEqual(client.call("SET", f"k{i}", VALUE), "OK")
                node.kill()
                node.start()
                with node.client() as client:
                    for i in range(200):
                        self.assertEqual(client.call("GET", f"k{i}"), VALUE)
                    self.assertEqual(client.call("FLUSHALL"), "OK")
                node.stop()
                node.start()
                with node.client() as client:
                    self.assertEqual(client.call("DBSIZE"), 0)

    def test_a_data_directory_behind_a_link_and_one_named_from_here_can_be_written(self):
        with tempfile.TemporaryDirectory() as folder:
            real = pathlib.Path(folder, "real")
            real.mkdir()
            link = pathlib.Path(folder, "link")
            link.symlink_to(real)
            for data in (link, os.path.relpath(pathlib.Path(folder, "new", "deeper"))):
                with NodeProcess(data) as node, node.client() as client:
                    self.assertEqual(client.call("SET", "k", "v"), "OK")
                self.assertTrue(pathlib.Path(data, "FORMAT").exists())

    def test_a_node_without_descriptors_for_its_store_says_so_and_does_not_start(self):
        with tempfile.TemporaryDirectory() as folder:
            refused = run_comet(
                "node", "--data", f"{folder}/data", "--resp", "127.0.0.1:0", "--http", "127.0.0.1:0",
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200)))
        self.assertEqual(refused.returncode, 1)
        self.assertEqual(refused.stdout, "")
        self.assertIn("error: the process may have 200 file descriptors, and a node needs 256 before "
                      "the first client comes; raise the hard limit (ulimit -Hn, LimitNOFILE=)",
                      refused.stderr)


if __name__ == "__main__":
    unittest.main()
