"""A RESP client of the standard library only, for tests that look at exact bytes.

It speaks RESP2 and RESP3 and never guesses: a reply is read byte by byte as the protocol says, and
`read_raw` gives those bytes. `call` raises a ReplyError where the server answered with an error;
`ask` returns it. Replies become int, bytes, str (status), float, bool, None, list, dict, set.
"""
import socket


class ReplyError(Exception):
    """An error reply; its text is the line without the dash."""


def encode(*words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def decode(raw):
    """The reply that these bytes are."""
    reader = object.__new__(RespClient)
    reader.buffer, reader.position = bytearray(raw), 0
    return reader.read()


class RespClient:
    def __init__(self, address, timeout_seconds=60, protocol=2):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout_seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.position = 0
        if protocol != 2:
            self.call("HELLO", protocol)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, *words):
        self.socket.sendall(encode(*words))

    def send_raw(self, data):
        self.socket.sendall(data)

    def ask(self, *words):
        self.send(*words)
        return self.read()

    def call(self, *words):
        reply = self.ask(*words)
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    def figure(self, name):
        """A number of INFO."""
        for line in self.call("INFO").decode().splitlines():
            if line.startswith(name + ":"):
                return int(line.partition(":")[2])
        raise AssertionError(f"INFO has no {name}")

    def pipeline(self, commands):
        """Sends all, then reads all; errors are returned as replies."""
        self.send_raw(b"".join(encode(*words) for words in commands))
        return [self.read() for _ in commands]

    def read(self):
        reply = self._read_one()
        self._drop_read()
        return reply

    def read_raw(self):
        """The bytes of the next reply."""
        self._read_one()
        return self._drop_read()

    def closed_by_peer(self):
        """Reads and drops what comes until the peer ends the connection; False at the timeout."""
        try:
            while self.socket.recv(1 << 16):
                pass
            return True
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def _drop_read(self):
        taken = bytes(self.buffer[:self.position])
        del self.buffer[:self.position]
        self.position = 0
        return taken

    def _fill(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.buffer += data

    def _line(self):
        while (end := self.buffer.find(b"\r\n", self.position)) < 0:
            self._fill()
        line = bytes(self.buffer[self.position:end])
        self.position = end + 2
        return line

    def _exactly(self, count):
        while len(self.buffer) - self.position < count + 2:
            self._fill()
        data = bytes(self.buffer[self.position:self.position + count])
        if self.buffer[self.position + count:self.position + count + 2] != b"\r\n":
            raise ValueError("a bulk reply does not end where it should")
        self.position += count + 2
        return data

    def _read_one(self):
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            return ReplyError(rest.decode(errors="replace"))
        if kind in b":(":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._exactly(int(rest))
        if kind == b"=":
            return self._exactly(int(rest))[4:]
        if kind == b"_":
            return None
        if kind == b"#":
            return rest == b"t"
        if kind == b",":
            return float(rest)
        if kind in b"*>":
            return None if rest == b"-1" else [self._read_one() for _ in range(int(rest))]
        if kind == b"~":
            return {self._read_one() for _ in range(int(rest))}
        if kind == b"%":
            return {self._key(): self._read_one() for _ in range(int(rest))}
        raise ValueError(f"not a RESP reply: {line!r}")

    def _key(self):
        key = self._read_one()
        return key.decode() if isinstance(key, bytes) else key


def as_map(reply):
    """A map as RESP2 gives it (a flat list) or as RESP3 does, with keys as text."""
    if isinstance(reply, dict):
        return reply
    return {key.decode() if isinstance(key, bytes) else key: value
            for key, value in zip(reply[::2], reply[1::2], strict=True)}
