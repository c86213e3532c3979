"""The dashboard of real nodes in a real browser: node/dashboard.mjs holds the checks, and leaves pictures
of each page, light and dark, wide and narrow, in the folder `screenshots` beside the binary."""
import pathlib
import shutil
import subprocess
import unittest

from cluster_process import ClusterProcess
from node_process import NodeProcess, binary

NODE = pathlib.Path(__file__).resolve().parent / "node"


class DashboardTest(unittest.TestCase):
    def test_in_chromium(self):
        if not shutil.which("chromium"):
            self.fail("chromium is not installed; `./dev test` installs it (third_party/packages.txt)")
        if not (NODE / "node_modules" / "playwright-core").is_dir():
            subprocess.run(["npm", "ci", "--prefer-offline", "--no-audit", "--no-fund"],
                           cwd=NODE, check=True, timeout=280)
        pictures = pathlib.Path(binary()).resolve().parent / "screenshots"
        node = self.enterContext(NodeProcess())
        network = self.enterContext(ClusterProcess(3))
        done = subprocess.run(["node", NODE / "dashboard.mjs", *node.resp.rsplit(":", 1), node.http,
                               network.nodes[0]["resp"], network.nodes[0]["http"], pictures],
                              capture_output=True, text=True, timeout=600, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all checks passed", done.stdout)
        self.assertGreaterEqual(len(list(pictures.glob("*.png"))), 8)


if __name__ == "__main__":
    unittest.main()
