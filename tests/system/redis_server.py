"""Debian's redis-server as a process: the reference that replies and figures are compared with."""
import pathlib
import shutil
import socket
import subprocess
import tempfile

from node_process import wait_until
from resp_client import RespClient


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisServer:
    """In memory unless `options` say otherwise: RedisServer("--appendonly", "yes")."""

    def __init__(self, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comet-redis-"))
        self.options = options
        self.process = None
        self.resp = None

    def __enter__(self):
        port = free_port()
        self.resp = f"127.0.0.1:{port}"
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir",
                 str(self.folder), "--save", "", *(self.options or ("--appendonly", "no"))],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until(self._answers, "redis-server answers PING")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self):
        return self.process.pid

    def client(self, **options):
        return RespClient(self.resp, **options)

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError("redis-server ended: " + (self.folder / "log").read_text())
        try:
            with self.client() as client:
                return client.call("PING") == "PONG"
        except ConnectionRefusedError:
            return False
