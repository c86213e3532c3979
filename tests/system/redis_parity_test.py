"""A node and Debian's redis-server get the same commands; each reply is compared byte by byte.

The commands are drawn from a seed: strings, keys, expiry at absolute times, options in all orders,
arguments that are wrong in every way. DIFFERENCES names what is meant to differ; what cannot be
compared (clocks, the order of keys) is compared by what it means.
"""
import random
import unittest

from node_process import NodeProcess
from redis_server import RedisServer
from resp_client import ReplyError, decode, encode

SEED = 20101004
COMMANDS = 6_000
PIPELINE = 50
FAR = 4_102_444_800  # 2100-01-01, seconds
SECONDS_APART = 60   # two clocks read at different moments


class Draw:
    """Words of commands by chance."""

    KEYS = [b"a", b"b", b"c", b"d", b"e", b"key:1", b"key:2", b"{tag}x", b"", b"with space",
            b"\x00\xff\r\n", b"k" * 512]
    INTEGERS = [b"0", b"1", b"-1", b"7", b"42", b"-300", b"9223372036854775807",
                b"-9223372036854775808", b"1000000"]
    BAD_INTEGERS = [b"", b"x", b"1.5", b" 1", b"1 ", b"+1", b"01", b"9223372036854775808", b"1e3",
                    b"0x10", b"-", b"--1"]
    FLOATS = [b"0", b"1.5", b"-2.25", b"3.0e2", b"5e-1", b"0.1", b"1e10", b".5", b"3."]
    BAD_FLOATS = [b"", b"x", b"nan", b"inf", b"-inf", b"1.5 ", b" 1.5", b"1e400"]
    TEXTS = [b"", b"hello", b"Hello, World", bytes(range(256)), b"x" * 44, b"x" * 45, b"y" * 3000,
             b"\r\n", b"*1\r\n$4\r\nPING\r\n", b"10.5", b"  7", b"3.0"]
    PATTERNS = [b"*", b"a", b"?", b"key:*", b"[a-c]", b"[^a]", b"\\*", b"k*", b"*:[12]", b"", b"[", b"[a"]
    INDEXES = [b"0", b"1", b"2", b"5", b"-1", b"-2", b"-5", b"100", b"-100", b"4000"]

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def one(self, *choices):
        return self.chance.choice(choices)

    def rarely(self):
        return self.chance.random() < 0.08

    def key(self):
        return self.chance.choice(self.KEYS)

    def keys(self):
        return [self.key() for _ in range(self.chance.randint(1, 4))]

    def integer(self):
        return self.chance.choice(self.BAD_INTEGERS if self.rarely() else self.INTEGERS)

    def real(self):
        return self.chance.choice(self.BAD_FLOATS if self.rarely() else self.FLOATS)

    def value(self):
        return self.chance.choice(self.chance.choice(
            (self.TEXTS, self.INTEGERS, self.FLOATS, self.BAD_INTEGERS)))

    def index(self):
        return self.integer() if self.rarely() else self.chance.choice(self.INDEXES)

    def offset(self):
        return self.one(b"0", b"1", b"5", b"100", b"4000", b"-1", b"x")

    def far_seconds(self):
        if self.rarely():
            return self.one(b"0", b"-5", b"x", b"", b"9223372036854775807", b"-9223372036854775808")
        return b"%d" % (FAR + self.chance.randint(0, 5))

    def far_milliseconds(self):
        if self.rarely():
            return self.one(b"0", b"-5", b"x", b"", b"9223372036854775807")
        return b"%d" % (FAR * 1000 + self.chance.randint(0, 5000))

    def past(self):
        return self.one(b"0", b"-1", b"-1000")

    def expiry(self):
        """Options of SET and GETEX, sometimes in conflict or incomplete."""
        words = self.one([], [], [b"EXAT", self.far_seconds()], [b"pxat", self.far_milliseconds()],
                         [b"KEEPTTL"], [b"PERSIST"], [b"EX", self.one(b"0", b"-1", b"x")])
        if self.rarely():
            words = words + self.one([b"EX"], [b"nonsense"], [b"PXAT", self.far_milliseconds()])
        return words

    def conditions(self):
        return self.one([], [], [], [b"NX"], [b"xx"], [b"GT"], [b"LT"], [b"nonsense"],
                        [b"NX", b"XX"], [b"XX", b"GT"], [b"XX", b"LT"], [b"GT", b"LT"])

    def set_options(self):
        words = self.expiry() + self.one([], [], [b"NX"], [b"XX"], [b"GET"], [b"NX", b"GET"],
                                         [b"xx", b"get"])
        self.chance.shuffle(words) if self.rarely() else None
        return words

    def pairs(self):
        words = [word for _ in range(self.chance.randint(1, 4)) for word in (self.key(), self.value())]
        return words[:-1] if self.rarely() else words


# Name of a command -> its arguments. Several rows of a name make it more frequent.
COMMANDS_OF = [
    ("SET", lambda d: [d.key(), d.value(), *d.set_options()]),
    ("SET", lambda d: [d.key(), d.value()]),
    ("SET", lambda d: [d.key(), d.integer()]),
    ("GET", lambda d: [d.key()]),
    ("GETSET", lambda d: [d.key(), d.value()]),
    ("GETDEL", lambda d: [d.key()]),
    ("GETEX", lambda d: [d.key(), *d.expiry()]),
    ("SETNX", lambda d: [d.key(), d.value()]),
    ("SETEX", lambda d: [d.key(), d.one(b"0", b"-1", b"x", b""), d.value()]),
    ("PSETEX", lambda d: [d.key(), d.one(b"0", b"-1", b"x", b""), d.value()]),
    ("APPEND", lambda d: [d.key(), d.value()]),
    ("STRLEN", lambda d: [d.key()]),
    ("GETRANGE", lambda d: [d.key(), d.index(), d.index()]),
    ("SUBSTR", lambda d: [d.key(), d.index(), d.index()]),
    ("SETRANGE", lambda d: [d.key(), d.offset(), d.value()]),
    ("INCR", lambda d: [d.key()]),
    ("DECR", lambda d: [d.key()]),
    ("INCRBY", lambda d: [d.key(), d.integer()]),
    ("DECRBY", lambda d: [d.key(), d.integer()]),
    ("INCRBYFLOAT", lambda d: [d.key(), d.real()]),
    ("MGET", lambda d: d.keys()),
    ("MSET", lambda d: d.pairs()),
    ("MSETNX", lambda d: d.pairs()),
    ("DEL", lambda d: d.keys()),
    ("UNLINK", lambda d: d.keys()),
    ("EXISTS", lambda d: d.keys()),
    ("TOUCH", lambda d: d.keys()),
    ("TYPE", lambda d: [d.key()]),
    ("RENAME", lambda d: [d.key(), d.key()]),
    ("RENAMENX", lambda d: [d.key(), d.key()]),
    ("COPY", lambda d: [d.key(), d.key(), *d.one([], [b"REPLACE"], [b"DB", b"0"], [b"nonsense"],
                                                 [b"DB", b"x"], [b"DB"])]),
    ("EXPIREAT", lambda d: [d.key(), d.far_seconds(), *d.conditions()]),
    ("PEXPIREAT", lambda d: [d.key(), d.far_milliseconds(), *d.conditions()]),
    ("EXPIRE", lambda d: [d.key(), d.past(), *d.conditions()]),
    ("EXPIRE", lambda d: [d.key(), d.one(b"x", b"9223372036854775807", b"-9223372036854775808")]),
    ("PEXPIRE", lambda d: [d.key(), d.past()]),
    ("PEXPIRE", lambda d: [d.key(), d.one(b"x", b"9223372036854775807", b"")]),
    ("EXPIRETIME", lambda d: [d.key()]),
    ("PEXPIRETIME", lambda d: [d.key()]),
    ("PERSIST", lambda d: [d.key()]),
    ("TTL", lambda d: [d.key()]),
    ("PTTL", lambda d: [d.key()]),
    ("KEYS", lambda d: [d.one(*d.PATTERNS)]),
    ("DBSIZE", lambda d: []),
    ("OBJECT", lambda d: [d.one(b"ENCODING", b"REFCOUNT", b"encoding"), d.key()]),
    ("OBJECT", lambda d: [d.one(b"nonsense", b"ENCODING")]),
    ("SCAN", lambda d: [d.one(b"x", b"1.5", b"7a")]),
    ("SCAN", lambda d: [b"0", *d.one([b"COUNT", b"0"], [b"COUNT", b"x"], [b"MATCH"], [b"nonsense"])]),
    ("ECHO", lambda d: [d.value()]),
    ("PING", lambda d: d.one([], [d.value()], [b"a", b"b"])),
    ("SELECT", lambda d: [d.one(b"0", b"x", b"-1", b"99999")]),
    ("nonsense", lambda d: d.one([], [d.key()], [b"x" * 200, b"y"])),
    ("NON\r\nSENSE", lambda d: [d.value()]),
    ("CLIENT", lambda d: d.one([b"GETNAME"], [b"SETNAME", b"me"], [b"SETNAME", b"a b"], [b"nonsense"],
                               [b"SETNAME", b""])),
    ("CONFIG", lambda d: d.one([b"nonsense"], [b"GET"], [b"SET", b"x"])),
    ("WAIT", lambda d: [d.one(b"0", b"x"), d.one(b"x", b"-1", b"0")]),
    ("AUTH", lambda d: d.one([b"secret"], [b"a", b"b", b"c"], [])),
    ("FLUSHALL", lambda d: d.one([], [b"SYNC"], [b"nonsense"], [b"SYNC", b"x"])),
]
WEIGHTS = [0.05 if name in ("FLUSHALL", "NON\r\nSENSE", "AUTH", "CONFIG", "SELECT") else 1
           for name, _ in COMMANDS_OF]


def drawn_commands(seed, count):
    draw = Draw(seed)
    for name, arguments in draw.chance.choices(COMMANDS_OF, WEIGHTS, k=count):
        words = [name.encode(), *arguments(draw)]
        if draw.rarely():  # a word too few or too many, another case
            words = draw.one(words[:-1], words + [b"extra"], [words[0].swapcase(), *words[1:]],
                             [words[0].title(), *words[1:]])
        if words:
            yield words


def about_the_same_time(ours, theirs, unit):
    return min(ours, theirs) > 0 and abs(ours - theirs) <= SECONDS_APART * unit


# What cannot be equal to the byte, and what it means to be equal then.
MEANINGS = {
    b"TTL": lambda ours, theirs: about_the_same_time(ours, theirs, 1),
    b"PTTL": lambda ours, theirs: about_the_same_time(ours, theirs, 1000),
    b"KEYS": lambda ours, theirs: sorted(ours) == sorted(theirs),
    b"SCAN": lambda ours, theirs: len(ours) == len(theirs),  # test_a_scan_gives_the_same_keys
}
# What is meant to differ: why, and when it holds.
DIFFERENCES = {
    "OBJECT ENCODING tells of the value, not of how it came to be":
        lambda words, ours, theirs: words[1:2] and words[1].lower() == b"encoding"
        and {ours, theirs} <= {b"int", b"embstr", b"raw"},
    "OBJECT REFCOUNT knows no shared integers":
        lambda words, ours, theirs: words[1:2] and words[1].lower() == b"refcount"
        and (ours, theirs) == (1, 2147483647),
    "GETEX looks at its expiry before it looks for the key":
        lambda words, ours, theirs: words[0].lower() == b"getex" and theirs is None
        and any(why in str(ours) for why in ("invalid expire time", "not an integer")),
    "CONFIG SET has parameters of its own":
        lambda words, ours, theirs: words[0].lower() == b"config" and "CONFIG SET" in str(ours)
        and "CONFIG SET" in str(theirs),
}


def equal(words, ours, theirs):
    """Of replies whose bytes differ."""
    meaning = MEANINGS.get(words[0].upper())
    if meaning and type(ours) is type(theirs) and not isinstance(ours, ReplyError):
        return meaning(ours, theirs)
    return any(holds(words, ours, theirs) for holds in DIFFERENCES.values())


class ParityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = NodeProcess()
        cls.node.__enter__()
        cls.addClassCleanup(cls.node.__exit__, None, None, None)
        cls.redis = RedisServer()
        cls.redis.__enter__()
        cls.addClassCleanup(cls.redis.__exit__)

    def clients(self, protocol=2):
        pair = [server.client(protocol=protocol) for server in (self.node, self.redis)]
        for client in pair:
            self.addCleanup(client.close)
            client.call("FLUSHALL")
        return pair

    def mismatch(self, ours, theirs, words):
        """Reads a reply of each; what differs and should not, as text."""
        our_bytes, their_bytes = ours.read_raw(), theirs.read_raw()
        if our_bytes == their_bytes or equal(words, decode(our_bytes), decode(their_bytes)):
            return None
        return f"{words}\n  comet {our_bytes[:200]!r}\n  redis {their_bytes[:200]!r}"

    def check_drawn(self, protocol):
        ours, theirs = self.clients(protocol)
        mismatches = []
        commands = list(drawn_commands(f"{SEED} {protocol}", COMMANDS))
        for start in range(0, len(commands), PIPELINE):
            batch = commands[start:start + PIPELINE]
            frames = b"".join(encode(*words) for words in batch)
            ours.send_raw(frames)
            theirs.send_raw(frames)
            for i, words in enumerate(batch):
                if text := self.mismatch(ours, theirs, words):
                    mismatches.append(f"{start + i}: {text}")
            if len(mismatches) > 20:
                break
        self.assertFalse(mismatches, f"seed {SEED}, RESP{protocol}:\n" + "\n".join(mismatches))
        self.assertEqual(contents(ours), contents(theirs))

    def test_drawn_commands_in_resp2(self):
        self.check_drawn(2)

    def test_drawn_commands_in_resp3(self):
        self.check_drawn(3)

    def test_a_scan_gives_the_same_keys(self):
        pair = self.clients()
        for client in pair:
            client.pipeline([("SET", f"key:{i}", i) for i in range(1_000)])
        for options in ((), ("COUNT", 7), ("MATCH", "key:1*", "COUNT", 100), ("TYPE", "string"),
                        ("TYPE", "list")):
            self.assertEqual(scanned(pair[0], *options), scanned(pair[1], *options), options)

    def test_relative_expiries_leave_the_same_time(self):
        for protocol in (2, 3):
            pair = self.clients(protocol)
            for words in ((b"SET", b"k", b"v", b"EX", b"1000"), (b"TTL", b"k"), (b"PTTL", b"k"),
                          (b"EXPIRE", b"k", b"5000", b"GT"), (b"TTL", b"k"),
                          (b"PEXPIRE", b"k", b"100000", b"LT"), (b"PTTL", b"k"),
                          (b"GETEX", b"k", b"PX", b"900000"), (b"TTL", b"k"),
                          (b"SETEX", b"k", b"77", b"w"), (b"TTL", b"k"), (b"PERSIST", b"k"),
                          (b"TTL", b"k"), (b"PSETEX", b"k", b"1", b"v")):
                for client in pair:
                    client.send(*words)
                self.assertIsNone(self.mismatch(*pair, words))

    def check_conversation(self, *steps):
        """Each step is sent as it is; `replies` of each server are compared."""
        pair = [server.client() for server in (self.node, self.redis)]
        for client in pair:
            self.addCleanup(client.close)
        for data, replies in steps:
            for client in pair:
                client.send_raw(data)
            for _ in range(replies):
                self.assertEqual(pair[0].read_raw(), pair[1].read_raw(), data)

    def test_inline_requests(self):
        self.check_conversation(
            (b"SET inline 'a b'\r\n", 1), (b"GET inline\n", 1), (b"\r\n\r\nPING\r\n", 1),
            (b'SET quoted "a\\x41\\n\\""\r\nGET quoted\r\n', 2), (b"*0\r\n*-1\r\nPING\r\n", 1),
            (b'SET k "open\r\n', 1))

    def test_numbers_at_their_ends(self):
        most, least = 2**63 - 1, -(2**63)
        commands = [("SET", "k", "v"), ("PEXPIREAT", "k", most), ("PEXPIRETIME", "k"), ("EXPIRETIME", "k"),
                    ("EXPIREAT", "k", most), ("EXPIRE", "k", least), ("PEXPIRE", "k", most),
                    ("SET", "k", "v", "PXAT", most), ("EXPIRETIME", "k"), ("GETEX", "k", "EXAT", most),
                    ("PEXPIREAT", "k", least), ("EXISTS", "k"), ("SET", "n", most), ("INCR", "n"),
                    ("DECRBY", "n", least), ("INCRBY", "n", least), ("DECR", "n"), ("DECR", "n"),
                    ("GETRANGE", "n", least, most), ("GETRANGE", "n", most, least),
                    ("SETRANGE", "n", least, "x"),
                    ("SETRANGE", "n", most, "x"), ("SETRANGE", "n", most, ""), ("INCRBYFLOAT", "n", "1e308")]
        self.check_conversation(*[(encode(*words), 1) for words in commands])

    def test_subscriptions(self):
        self.check_conversation(
            (encode("SUBSCRIBE", "a", "b", "a"), 3), (encode("PSUBSCRIBE", "n*"), 1),
            (encode("GET", "k"), 1), (encode("PING"), 1), (encode("PING", "x"), 1),
            (encode("UNSUBSCRIBE", "a"), 1), (encode("PUNSUBSCRIBE"), 1),
            (encode("UNSUBSCRIBE"), 1), (encode("UNSUBSCRIBE"), 1), (encode("GET", "absent"), 1))

    def test_messages_to_subscribers(self):
        for protocol in (2, 3):
            pair = self.clients(protocol)
            listeners = [server.client(protocol=protocol) for server in (self.node, self.redis)]
            for listener in listeners:
                self.addCleanup(listener.close)
                listener.send("SUBSCRIBE", "news")
                listener.send("PSUBSCRIBE", "n?ws")
            self.assertEqual(*[[listener.read_raw() for _ in range(2)] for listener in listeners])
            for words in (("PUBLISH", "news", "one"), ("PUBLISH", "none", "x"),
                          ("PUBSUB", "CHANNELS"), ("PUBSUB", "NUMSUB", "news", "none"),
                          ("PUBSUB", "NUMPAT"), ("PUBSUB", "nonsense")):
                for client in pair:
                    client.send(*words)
                self.assertEqual(*[client.read_raw() for client in pair], words)
            self.assertEqual(*[[listener.read_raw() for _ in range(2)] for listener in listeners])

    def test_replies_switched_off_and_the_end(self):
        self.check_conversation(
            (encode("CLIENT", "REPLY", "SKIP") + encode("PING") + encode("ECHO", "a"), 1),
            (encode("CLIENT", "REPLY", "OFF") + encode("PING") + encode("CLIENT", "REPLY", "ON"), 1),
            (encode("CLIENT", "SETNAME", "me") + encode("RESET") + encode("CLIENT", "GETNAME"), 3),
            (encode("QUIT"), 1))

    def test_protocol_errors(self):
        for data in (b"*1\r\nGET\r\n", b"*99999999999\r\n", b"*1\r\n$-7\r\n", b"*x\r\n",
                     b"*1\r\n$99999999999\r\n"):
            self.check_conversation((data, 1))


def scanned(client, *options):
    found, cursor = set(), b"0"
    while True:
        cursor, keys = client.call("SCAN", cursor, *options)
        found.update(keys)
        if cursor == b"0":
            return found


def contents(client):
    keys = sorted(client.call("KEYS", "*"))
    return [(key, client.call("GET", key), client.call("PEXPIRETIME", key)) for key in keys]


if __name__ == "__main__":
    unittest.main()
