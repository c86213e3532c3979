"""A real node for a test: one process on free ports of the loopback, in a directory of its own.

The binary is the one COMET_BINARY names. `start` returns when the ready line was read from the
node's standard output, so no test sleeps. A node is ended in order (`stop`: SIGTERM, the exit code is
checked) or as a crash (`kill`: SIGKILL by its pid), and may be started again on the same directory.
What it wrote to standard error is kept; a sanitizer's report there fails the test.
"""
import contextlib
import os
import pathlib
import selectors
import shutil
import signal
import subprocess
import tempfile
import time

from resp_client import RespClient, as_map

READY_SECONDS = 60
STOP_SECONDS = 60
REPORTS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer",
           "runtime error:")


class NodeFailure(AssertionError):
    """The process did not do what every node does; holds what it wrote."""


def binary():
    path = os.environ.get("COMET_BINARY")
    if not path:
        raise NodeFailure("COMET_BINARY has to name the binary `comet`")
    return path


def is_sanitized():
    """Was the binary built with a sanitizer, which keeps freed memory and slows all down?"""
    code = pathlib.Path(binary()).read_bytes()
    return b"__asan_init" in code or b"__tsan_init" in code


def run_comet(*arguments, seconds=READY_SECONDS, environment=None, text=True, **more):
    """Runs the binary to its end: for commands, and for nodes that refuse to start."""
    return subprocess.run([binary(), *arguments], capture_output=True, text=text, timeout=seconds,
                          env={**clean_environment(), **(environment or {})}, check=False, **more)


def clean_environment():
    """This environment without what would configure a node."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COMET_")}


def wait_until(holds, what, seconds=60):
    """Asks again until `holds()` is true; what it gave is returned. A deadline, not a delay."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := holds():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.005)


def wait_until_whole(connect, seconds=120):
    """`connect()` gives a client of a network: all of its ranges are led, and their copies complete."""
    def is_whole():
        with connect() as client:
            nodes = [as_map(node) for node in client.call("COMET", "NODES")]
        sums = {name: sum(node.get(f"ranges-{name}", 0) for node in nodes)
                for name in ("led", "changing", "behind")}
        return sums == {"led": 1_024, "changing": 0, "behind": 0}
    wait_until(is_whole, "all ranges have all of their copies", seconds)


class NodeProcess:
    """Settings are keys of the configuration with _ for -: NodeProcess(durability="always")."""

    def __init__(self, data=None, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comet-test-"))
        self.data = pathlib.Path(data) if data else self.folder / "data"
        self.settings = {"resp": "127.0.0.1:0", "http": "127.0.0.1:0", "link": "127.0.0.1:0",
                         **settings}
        self.environment = {}
        self.process = None
        self.ready = {}
        self.starts = 0

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            if self.process and kind is None:
                self.stop()
            elif self.process:
                self.kill()
        finally:
            self._remove()

    @property
    def resp(self):
        return self.ready["resp"]

    @property
    def http(self):
        return self.ready["http"]

    @property
    def pid(self):
        return self.process.pid

    @property
    def log(self):
        """Standard error of all starts."""
        return "".join(path.read_text(errors="replace")
                       for path in sorted(self.folder.glob("stderr-*")))

    def start(self, **changed):
        self.settings.update(changed)
        flags = [part for key, value in self.settings.items()
                 for part in (f"--{key.replace('_', '-')}", str(value))]
        self.starts += 1
        with open(self.folder / f"stderr-{self.starts:03}", "wb") as errors:
            self.process = subprocess.Popen(
                [binary(), "node", "--data", str(self.data), *flags], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=errors,
                env={**clean_environment(), **self.environment})
        self.ready = self._read_ready_line()
        return self

    def client(self, **options):
        return RespClient(self.resp, **options)

    def stop(self, expected=0, seconds=STOP_SECONDS):
        """An orderly stop."""
        self.process.send_signal(signal.SIGTERM)
        code = self.wait(seconds)
        if code != expected:
            raise self._failure(f"SIGTERM ended with {code}, expected {expected}")
        self._check_reports()

    def kill(self):
        """A crash."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.wait()
        self._check_reports()

    def wait(self, seconds=STOP_SECONDS):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise self._failure(f"still running {seconds} s after its end was asked for") from None
        self.process.stdout.close()
        self.process = None
        return code

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise self._failure("no VmRSS")

    def _read_ready_line(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(READY_SECONDS):
                self.process.kill()
                raise self._failure(f"no ready line within {READY_SECONDS} s")
        line = self.process.stdout.readline().decode()
        words = line.split()
        if words[:2] != ["comet", "ready"]:
            self.process.kill()
            self.wait()
            raise self._failure(f"no ready line but {line!r}")
        return dict(word.split("=", 1) for word in words[2:])

    def _check_reports(self):
        log = self.log
        if any(report in log for report in REPORTS):
            raise self._failure("a sanitizer reported")

    def _failure(self, what):
        return NodeFailure(f"{what}; the node wrote:\n{self.log[-8000:]}")

    def _remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
