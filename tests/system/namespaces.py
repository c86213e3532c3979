"""Hosts for a test: network namespaces of the machine, joined by a bridge in one more.

Each host has a loopback of its own and one address, 10.77.0.1 and so on. Whoever is `inside` a host
opens sockets and starts processes there: NodeProcess, clients and commands work in it unchanged.
Only root may make namespaces; `reason_to_skip` says what is missing.

Hosts are cut off from each other at the bridge, or one of them from another in one direction.

These kernels need have no netem, so a slow or broken way is a Forwarder: it listens at one host,
sends each piece on after a delay, and may hold back everything.
"""
import collections
import contextlib
import ctypes
import os
import pathlib
import selectors
import shutil
import socket
import subprocess
import threading
import time

NETWORK_NAMESPACE = 0x40000000  # CLONE_NEWNET
PREFIX = "comet-test-"
libc = ctypes.CDLL(None, use_errno=True)


def reason_to_skip():
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    if not shutil.which("ip"):
        return "`ip` is missing: install iproute2"
    name = f"{PREFIX}{os.getpid()}-probe"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        return f"no network namespace can be made: {made.stderr.strip()}"
    ip("netns", "delete", name)
    return None


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


def enter(path):
    with open(path, encoding="ascii") as namespace:
        if libc.setns(namespace.fileno(), NETWORK_NAMESPACE) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {path}")


@contextlib.contextmanager
def inside_of(name):
    """This thread, and processes that it starts, are in the namespace."""
    with open("/proc/thread-self/ns/net", encoding="ascii") as before:
        enter(f"/run/netns/{name}")
        try:
            yield
        finally:
            if libc.setns(before.fileno(), NETWORK_NAMESPACE) != 0:
                raise OSError(ctypes.get_errno(), "cannot go back to the first namespace")


class Host:
    def __init__(self, network, number):
        self.network, self.number = network, number
        self.name = f"{network.name}-{number}"
        self.address = f"10.77.0.{number}"

    def inside(self):
        return inside_of(self.name)

    def lose_what_goes_to(self, other):
        """Until `send_again_to`: it leaves for an address of the link layer that nobody has. What
        the other sends is still heard here."""
        ip("-n", self.name, "neighbour", "replace", other.address, "lladdr", "02:00:00:00:00:fe",
           "nud", "permanent", "dev", "uplink")

    def send_again_to(self, other):
        ip("-n", self.name, "neighbour", "delete", other.address, "dev", "uplink")

    def listening_ports(self):
        """Ports of TCP that anything in this host listens on, with their addresses as the kernel
        writes them: a set of (hexadecimal address, port)."""
        ports = set()
        with self.inside():
            for table in ("tcp", "tcp6"):
                rows = pathlib.Path(f"/proc/thread-self/net/{table}").read_text(encoding="ascii")
                for row in rows.splitlines()[1:]:
                    _, local, _, state = row.split()[:4]
                    if state == "0A":
                        address, port = local.split(":")
                        ports.add((address, int(port, 16)))
        return ports

    def udp_ports(self):
        with self.inside():
            tables = [pathlib.Path(f"/proc/thread-self/net/{name}").read_text(encoding="ascii")
                      for name in ("udp", "udp6")]
        return {int(row.split()[1].split(":")[1], 16)
                for table in tables for row in table.splitlines()[1:]}


class Network:
    """`count` hosts, and more with `add`; all is gone when the test is done with it."""

    def __init__(self, count):
        self.name = f"{PREFIX}{os.getpid()}-{time.monotonic_ns() % 10_000}"
        self.hub = f"{self.name}-hub"
        self.count, self.hosts = count, []

    def __enter__(self):
        remove_abandoned()
        try:
            ip("netns", "add", self.hub)
            ip("-n", self.hub, "link", "add", "bridge", "type", "bridge")
            ip("-n", self.hub, "link", "set", "bridge", "up")
            for _ in range(self.count):
                self.add()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in [host.name for host in self.hosts] + [self.hub]:
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)

    def cut_off(self, hosts):
        """These reach each other and nobody else, until `heal`. Both sides merely hear nothing."""
        ip("-n", self.hub, "link", "add", "island", "type", "bridge")
        ip("-n", self.hub, "link", "set", "island", "up")
        for host in hosts:
            ip("-n", self.hub, "link", "set", f"port{host.number}", "master", "island")

    def heal(self):
        for host in self.hosts:
            ip("-n", self.hub, "link", "set", f"port{host.number}", "master", "bridge")
        ip("-n", self.hub, "link", "delete", "island")

    def add(self):
        host = Host(self, len(self.hosts) + 1)
        ip("netns", "add", host.name)
        self.hosts.append(host)
        port = f"port{host.number}"
        ip("-n", self.hub, "link", "add", port, "type", "veth", "peer", "name", "uplink", "netns",
           host.name)
        ip("-n", self.hub, "link", "set", port, "master", "bridge", "up")
        ip("-n", host.name, "address", "add", f"{host.address}/24", "dev", "uplink")
        ip("-n", host.name, "link", "set", "uplink", "up")
        ip("-n", host.name, "link", "set", "lo", "up")
        return host


def remove_abandoned():
    """Namespaces of tests that were killed."""
    folder = pathlib.Path("/run/netns")
    for path in folder.glob(f"{PREFIX}*") if folder.is_dir() else ():
        process = path.name.removeprefix(PREFIX).split("-")[0]
        if not pathlib.Path(f"/proc/{process}").exists():
            subprocess.run(["ip", "netns", "delete", path.name], capture_output=True, check=False)


class Forwarder:
    """A port at `host` behind which is `target` (HOST:PORT), `delay_seconds` away each way."""

    def __init__(self, host, target, delay_seconds=0.0):
        self.host, self.delay_seconds = host, delay_seconds
        address, port = target.rsplit(":", 1)
        self.target = (address, int(port))
        self.accepted = 0
        self._held = threading.Event()
        self._stopped = False
        with host.inside():
            self._listener = socket.create_server((host.address, 0))
        self.address = "%s:%d" % self._listener.getsockname()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped = True
        self._thread.join()

    def hold_back(self, on):
        """What comes is kept, not sent on: neither side hears of the other."""
        if on:
            self._held.set()
        else:
            self._held.clear()

    def _run(self):
        with self.host.inside(), self._listener, selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            other = {}  # socket: the one that it goes on to
            late = collections.deque()  # (due, socket, bytes; none at the end), in order
            try:
                while not self._stopped:
                    for key, _ in selector.select(0.002):
                        if key.fileobj is self._listener:
                            self._connect(selector, other)
                        else:
                            self._take(key.fileobj, selector, other, late)
                    self._send_due(other, late)
            finally:
                for one in other:
                    one.close()

    def _connect(self, selector, other):
        near, _ = self._listener.accept()
        try:
            far = socket.create_connection(self.target, 5)
        except OSError:
            near.close()
            return
        self.accepted += 1
        other[near], other[far] = far, near
        for one in (near, far):
            selector.register(one, selectors.EVENT_READ)

    def _take(self, one, selector, other, late):
        try:
            data = one.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            selector.unregister(one)
        late.append((time.monotonic() + self.delay_seconds, other[one], data))

    def _send_due(self, other, late):
        while late and not self._held.is_set() and late[0][0] <= time.monotonic():
            _, to, data = late.popleft()
            with contextlib.suppress(OSError):
                if data:
                    to.sendall(data)
                else:
                    to.shutdown(socket.SHUT_WR)
