"""A stranger against a whole node: whatever he does at its link port, he gains nothing and costs little.

The node is a real one with a secret, and a second one is its network. A stranger knows the address and
nothing else; one who has got hold of the secret still is no other node than himself. After each attempt the
node is ready, lists its own network alone, has its keys, and has its descriptors back. What it may have
grown by is GROWTH_MAX, which docs/links.md explains.
"""
import contextlib
import hashlib
import hmac
import os
import pathlib
import selectors
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import unittest.mock
import urllib.request

from network_process import make_secret
from node_process import NodeProcess, clean_environment, is_sanitized, wait_until
from resp_client import as_map

MB = 1 << 20
# 64 connections without a hello at 16 kB heard and as much kept by TLS are 4 MB; as much again for what the
# allocator keeps. A sanitizer needs more for each, and keeps 8 MB of what was freed (QUARANTINE).
GROWTH_MAX = (64 if is_sanitized() else 8) * MB
HELLO_SECONDS = 5  # the node's hello_time_max
LATE_SECONDS = 60  # a deadline for it, on a busy machine
CROWD = "127.0.0.2"  # where a crowd comes from: the node takes only so many a second of one address
QUARANTINE = "quarantine_size_mb=8"
ALERT, HANDSHAKE = 21, 22  # types of TLS records


class StrangerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="comet-stranger-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        options = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), QUARANTINE)))
        cls.enterClassContext(unittest.mock.patch.dict(os.environ, ASAN_OPTIONS=options))
        cls.secret = make_secret(cls.folder / "secret")
        cls.node = NodeProcess(secret_file=cls.secret)
        cls.node.__enter__()
        cls.addClassCleanup(cls.node.__exit__, None, None, None)
        cls.other = NodeProcess(secret_file=cls.secret, join=cls.node.ready["link"])
        cls.other.__enter__()
        cls.addClassCleanup(cls.other.__exit__, None, None, None)
        wait_until(lambda: len(cls.listed()) == 2, "both nodes are together")
        with cls.node.client() as client:
            for i in range(20):
                client.call("SET", f"key:{i}", f"value {i}")
        # What the first strangers make a node allocate once (logs, tables of errors) is no growth.
        for _ in range(8):
            cls.talk(b"\x16\x03\x01\x00\x05hello")

    @classmethod
    def listed(cls):
        with cls.node.client() as client:
            nodes = client.ask("COMET", "NODES")
        return {as_map(node)["id"]: as_map(node)["state"] for node in nodes} \
            if isinstance(nodes, list) else {}

    @classmethod
    def connect(cls, source="127.0.0.1"):
        host, port = cls.node.ready["link"].rsplit(":", 1)
        return socket.create_connection((host, int(port)), LATE_SECONDS, (source, 0))

    @classmethod
    def talk(cls, said):
        """What the node answers until it closes."""
        with cls.connect() as one:
            with contextlib.suppress(OSError):
                one.sendall(said)
            return read_to_end(one)

    def setUp(self):
        self.nodes = self.listed()
        self.descriptors = self.count_descriptors()
        self.resident = self.node.resident_bytes()

    def tearDown(self):
        with urllib.request.urlopen(f"http://{self.node.http}/ready", timeout=60) as page:
            self.assertEqual(page.status, 200)
        self.assertEqual(self.listed(), self.nodes)
        with self.other.client() as client:
            self.assertEqual([client.call("GET", f"key:{i}") for i in range(20)],
                             [b"value %d" % i for i in range(20)])
        wait_until(lambda: self.count_descriptors() <= self.descriptors, "descriptors are given back")
        self.assertLess(self.node.resident_bytes() - self.resident, GROWTH_MAX)

    def count_descriptors(self):
        return sum(1 for _ in pathlib.Path(f"/proc/{self.node.pid}/fd").iterdir())

    def check_gained_nothing(self, answer):
        """An answer of the node that closed: alerts, or nothing."""
        self.assertLess(len(answer), 100, answer)
        self.assertLessEqual({kind for kind, _ in records(answer)}, {ALERT}, answer)

    def test_garbage_ends_the_connection(self):
        for garbage in (b"\0" * 4096, b"\xff" * 4096, b"GET / HTTP/1.1\r\nHost: comet\r\n\r\n",
                        b"*1\r\n$4\r\nPING\r\n", b"\x15\x03\x03\x00\x02\x02\x28", bytes(range(256)) * 512):
            self.check_gained_nothing(self.talk(garbage))

    def test_who_says_nothing_is_closed_at_the_deadline(self):
        began = time.monotonic()
        self.assertEqual(self.talk(b""), b"")
        self.assertGreater(time.monotonic() - began, HELLO_SECONDS - 1)

    def test_who_says_little_for_ever_is_closed_at_the_deadline(self):
        hello = client_hello()
        with self.connect() as one, selectors.DefaultSelector() as selector:
            selector.register(one, selectors.EVENT_READ)
            sent = 0
            while not selector.select(0.25):  # a byte each quarter of a second, and never the whole
                self.assertLess(sent, len(hello) - 1, "it was never closed")
                with contextlib.suppress(OSError):
                    one.send(hello[sent:sent + 1])
                sent += 1
            self.check_gained_nothing(read_to_end(one))

    def test_gigabytes_promised_before_the_handshake_are_not_waited_for(self):
        frame = struct.pack(">IBBQ", 0xFFFFFFF0, 1, 1, 0)
        self.check_gained_nothing(self.talk(frame + b"x" * 65_536))
        longest = b"\x16\x03\x01\xff\xff\x01\x00\xff\xfb" + b"x" * 65_526
        self.check_gained_nothing(self.talk(longest))
        # A message of 16 MB in records that are each in order.
        record = b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + b"x" * 16_380
        self.check_gained_nothing(self.talk(record * 32))

    def test_who_does_not_know_the_secret_gets_an_alert(self):
        certain = subprocess.run(
            ["openssl", "s_client", "-connect", self.node.ready["link"], "-tls1_3", "-groups", "X25519"],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=LATE_SECONDS, check=False,
            env=clean_environment())
        self.assertIn(b"no peer certificate available", certain.stdout)
        self.assertIn(b"alert", certain.stderr)
        guessed = self.session("00" * 32, b"", expected_exit=1)
        self.assertNotIn(b"Reused", guessed)

    def test_a_node_of_another_network_is_refused_and_told_why(self):
        secret = make_secret(self.folder / "another")
        with NodeProcess(secret_file=secret, join=self.node.ready["link"]) as stranger:
            wait_until(lambda: "different network secrets" in stranger.log, "the stranger is told")
            wait_until(lambda: "different network secrets" in self.node.log, "so is the operator")
            self.assertEqual(len(self.listed()), 2)

    def test_with_the_secret_alone_nobody_says_anything_but_a_hello(self):
        key = self.shared_key()
        for said in (struct.pack(">IBBQ", 0xFFFFFFF0, 1, 1, 0),  # a hello of 4 GB
                     struct.pack(">IBBQ", 4_000_000, 1, 8, 1) + b"x" * 65_536,  # a command
                     struct.pack(">IBBQ", 11, 1, 2, 1) + b"\x90",  # a ping
                     b"\0" * 65_536):
            answer = self.session(key, said)
            self.assertIn(b"Reused, TLSv1.3", answer)  # the session itself was made

    def test_a_name_without_its_key_is_worth_nothing(self):
        # The other node says its hello, with its key and its proof; a member that hears it says it again.
        key = self.shared_key()
        heard = self.session(key, b"", to=self.other.ready["link"], seconds=2)
        hello = heard[heard.index(b"\x01\x01\0\0\0\0\0\0\0\0\x99") - 4:]
        hello = hello[:4 + struct.unpack(">I", hello[:4])[0]]
        self.assertIn(b"is not the node that it says it is", self.session(key, hello))

    def test_a_recorded_connection_opens_nothing(self):
        with Recorder(self.node.ready["link"]) as recorder:
            with NodeProcess(secret_file=self.secret, join=recorder.address) as third:
                wait_until(lambda: len(self.listed()) == 3, "the third node is there")
                self.assertEqual(len(third.ready["id"]), 12)
            wait_until(lambda: len(self.listed()) == 2, "it has left")
        self.assertTrue(recorder.recorded)
        for stream in recorder.recorded:
            self.assertGreater(len(stream), 500)
            answer = self.talk(stream)
            # What a first flight gets from anybody's node: an answer that only its author can use.
            kinds = [kind for kind, _ in records(answer)]
            self.assertEqual(kinds[0], HANDSHAKE)
            self.assertLess(len(answer), 400)
            self.assertEqual(len(self.listed()), 2)

    def test_hundreds_of_connections_over_and_over_cost_no_more_than_the_first(self):
        for _ in range(20):
            with contextlib.ExitStack() as stack:
                crowd = [stack.enter_context(self.connect(CROWD)) for _ in range(300)]
                for one in crowd:
                    with contextlib.suppress(OSError):
                        one.sendall(client_hello()[:-1])
                # Those that are too many are closed at once; the others go when the stranger does.
                refused = sum(is_closed(one) for one in crowd)
                self.assertGreaterEqual(refused, 300 - 16)
        self.assertLess(self.node.resident_bytes() - self.resident, GROWTH_MAX)

    def test_a_node_comes_in_while_a_stranger_of_another_address_crowds_at_the_port(self):
        stop = threading.Event()

        def crowd():
            while not stop.is_set():
                with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
                    for _ in range(100):
                        stack.enter_context(self.connect(CROWD)).sendall(b"\x16\x03\x01")
        thread = threading.Thread(target=crowd)
        thread.start()
        try:
            with NodeProcess(secret_file=self.secret, join=self.node.ready["link"]):
                wait_until(lambda: len(self.listed()) == 3, "the third node is there", 120)
        finally:
            stop.set()
            thread.join()
        wait_until(lambda: len(self.listed()) == 2, "it has left")

    def shared_key(self):
        """What sessions of this network begin with, as actors/tls_identity makes it of the secret."""
        secret = bytes.fromhex(self.secret.read_text().strip())
        return hmac.digest(secret, b"comet: the key that links begin with", hashlib.sha256).hex()

    def session(self, key, said, to=None, seconds=LATE_SECONDS, expected_exit=None):
        """What `openssl s_client` tells of a session with this key, and what the node says in it."""
        with subprocess.Popen(
                ["openssl", "s_client", "-connect", to or self.node.ready["link"], "-tls1_3", "-groups",
                 "X25519", "-ciphersuites", "TLS_AES_128_GCM_SHA256", "-psk", key, "-psk_identity",
                 "comet-link-1", "-nocommands", "-ign_eof"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env=clean_environment()) as client:
            with contextlib.suppress(BrokenPipeError):
                client.stdin.write(said)
                client.stdin.flush()
            try:
                answer, _ = client.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                client.kill()
                answer, _ = client.communicate()
            if expected_exit is not None:
                self.assertEqual(client.returncode, expected_exit)
            return answer


class Recorder:
    """A port behind which the node is; keeps what each client of it said."""

    def __init__(self, target):
        host, port = target.rsplit(":", 1)
        self.target = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "%s:%d" % self.listener.getsockname()
        self.recorded, self.sockets = [], []
        self.threads = [threading.Thread(target=self._accept)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        for one in (*self.sockets, self.listener):
            one.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
                self.sockets += (near, far)
                stream = bytearray()
                self.recorded.append(stream)
                for start in ((near, far, stream), (far, near, None)):
                    thread = threading.Thread(target=self._pass_on, args=start)
                    self.threads.append(thread)
                    thread.start()

    @staticmethod
    def _pass_on(one, other, stream):
        with contextlib.suppress(OSError):
            while data := one.recv(1 << 16):
                if stream is not None:
                    stream += data
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


def read_to_end(one):
    """Until the other side closes, whichever way."""
    heard = bytearray()
    with contextlib.suppress(ConnectionError):
        while data := one.recv(1 << 16):
            heard += data
    return bytes(heard)


def is_closed(one):
    one.settimeout(0)
    try:
        return one.recv(1 << 16) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def records(stream):
    """(type, content) of the TLS records in a stream."""
    while len(stream) >= 5:
        size = struct.unpack(">H", stream[3:5])[0]
        yield stream[0], stream[5:5 + size]
        stream = stream[5 + size:]


def client_hello():
    """The first flight of a client of TLS 1.3 that knows no key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    outgoing = ssl.MemoryBIO()
    session = context.wrap_bio(ssl.MemoryBIO(), outgoing)
    with contextlib.suppress(ssl.SSLWantReadError):
        session.do_handshake()
    return outgoing.read()


if __name__ == "__main__":
    if not shutil.which("openssl"):
        raise SystemExit("`openssl` is missing: it is the stranger that speaks TLS")
    unittest.main()
