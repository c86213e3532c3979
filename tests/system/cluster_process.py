"""`comet cluster up N` for a test: in a directory of its own, ended in order or by a signal.

Several nodes have started when all ranges of keys are led and copied, so that what a test does first
is not answered late or refused while nodes under a sanitizer choose their leaders.
"""
import contextlib
import os
import pathlib
import selectors
import shutil
import signal
import subprocess
import tempfile

from node_process import (NodeFailure, READY_SECONDS, REPORTS, STOP_SECONDS, binary,
                          clean_environment, wait_until_whole)
from resp_client import RespClient


class ClusterProcess:
    """`nodes` holds a dict of each line of the table once it is up: node, id, resp, http, link, pid."""

    def __init__(self, count, *flags):
        self.count, self.flags = count, flags
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comet-cluster-test-"))
        self.data = self.folder / "cluster"
        self.process, self.nodes, self.starts = None, [], 0

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__(None)
            raise

    def __exit__(self, *_):
        if self.process:
            self.process.kill()  # its nodes get SIGTERM when it is gone
            self.process.wait()
            self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def errors(self):
        return (self.folder / f"stderr-{self.starts}").read_text(errors="replace")

    def log(self, node):
        return (self.data / f"node-{node}.log").read_text(errors="replace")

    def client(self, node, **options):
        return RespClient(self.nodes[node - 1]["resp"], **options)

    def start(self, count=None):
        self.starts += 1
        with open(self.folder / f"stderr-{self.starts}", "wb") as errors:
            self.process = subprocess.Popen(
                [binary(), "cluster", "up", str(count or self.count), "--dir", str(self.data), *self.flags],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=clean_environment(),
                bufsize=0)  # what is not read yet shows in the selector
        self.nodes = self._read_table()
        if len(self.nodes) > 1:
            wait_until_whole(lambda: self.client(1))
        return self

    def stop(self, expected=0, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.wait(expected)

    def wait(self, expected=0):
        code = self.process.wait(STOP_SECONDS)
        self.process.stdout.close()
        self.process = None
        if code != expected:
            raise NodeFailure(f"the cluster ended with {code}, expected {expected}:\n{self.errors}")
        for node in range(1, len(self.nodes) + 1):
            if any(report in self.log(node) for report in REPORTS):
                raise NodeFailure(f"a sanitizer reported:\n{self.log(node)[-8000:]}")

    def kill_node(self, node):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(self.nodes[node - 1]["pid"]), signal.SIGKILL)

    def _read_table(self):
        lines = []
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not lines or not lines[-1].startswith("comet cluster ready "):
                if not selector.select(2 * READY_SECONDS):
                    raise NodeFailure(f"the cluster is not up within {2 * READY_SECONDS} s:\n{self.errors}")
                lines.append(self.process.stdout.readline().decode())
                if not lines[-1]:
                    raise NodeFailure(f"the cluster is not up:\n{self.errors}")
        names = lines[0].split()
        return [dict(zip(names, line.split())) for line in lines[1:-1]]
