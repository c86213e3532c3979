"""A node and Debian's redis-server read the same users file; each user gets the same answers.

Every user sends every command of a matrix to both; replies are compared byte by byte, so what a rule
allows, and the words of each refusal, are those of Redis.
"""
import hashlib
import pathlib
import tempfile
import unittest

from node_process import NodeProcess
from redis_server import RedisServer

RULES = (
    "~* &* +@all",
    "~* &* -@all",
    "~* +@all -@dangerous",
    "~* +@read",
    "~* +@write -set +get",
    "~* +@fast",
    "~* -@slow +@string",
    "~a* %R~r* %W~w* %RW~b* +@all",
    "%R~* +@all",
    "%W~* +@all",
    "~* &ch:* +@pubsub +ping",
    "~* &ch:* resetchannels &x +@all",
    "+@all",
    "~* +client|id +client|getname +config|get +get",
    "~* +@all -client -acl|whoami",
    "allkeys allchannels allcommands -@admin +config|get",
    "~* nocommands +@keyspace",
    "~\\* ~[xy]? +@all",
)
KEYS = ("a", "b", "r", "w", "x", "xy", "*")
ONE_KEY = (
    ("GET",), ("SET", "v"), ("SET", "v", "GET"), ("SETNX", "v"), ("GETSET", "v"), ("GETDEL",),
    ("GETEX",), ("APPEND", "v"), ("STRLEN",), ("GETRANGE", "0", "1"), ("SETRANGE", "0", "v"),
    ("DEL",), ("UNLINK",), ("EXISTS",), ("TYPE",), ("TTL",), ("EXPIRE", "100"), ("PERSIST",),
    ("TOUCH",), ("MGET",), ("MSET", "v"), ("OBJECT ENCODING",))
OTHERS = (
    ("PING",), ("ECHO", "x"), ("TIME", "too", "many"), ("ACL", "WHOAMI"), ("ACL", "CAT", "nosuch"),
    ("ACL", "GENPASS", "0"), ("ACL", "NOSUCH"), ("CLIENT", "GETNAME"), ("CLIENT", "NOSUCH"),
    ("CONFIG", "GET", "nosuch"), ("CONFIG", "NOSUCH"), ("DBSIZE",), ("RANDOMKEY", "x"),
    ("KEYS", "nosuch"), ("FLUSHDB", "what"), ("PUBLISH", "ch:1", "m"), ("PUBLISH", "x", "m"),
    ("PUBLISH", "ch", "m"), ("MGET", "a", "r", "w"), ("MGET", "a", "b"), ("COPY", "r", "a"),
    ("COPY", "a", "r"), ("RENAME", "a", "b"), ("RENAME", "r", "b"), ("RENAME", "b", "r"),
    ("DEL", "a", "w", "r"), ("NOSUCH", "a"), ("GET",), ("SELECT", "0"), ("WAIT", "0", "x"))
SUBSCRIPTIONS = (("SUBSCRIBE", "ch:1"), ("SUBSCRIBE", "x"), ("PSUBSCRIBE", "ch:*"),
                 ("PSUBSCRIBE", "ch:1*"), ("PSUBSCRIBE", "*"), ("SUBSCRIBE", "x", "y"))
DRY_RUNS = (("GET", "a"), ("GET", "w"), ("SET", "r", "v"), ("MGET", "a", "w"), ("CONFIG", "GET", "x"),
            ("NOSUCH",), ("PING",))


def matrix():
    for key in KEYS:
        for name, *rest in ONE_KEY:
            yield (*name.split(), key, *rest)
    yield from OTHERS


class AccessParityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="comet-parity-")
        cls.addClassCleanup(folder.cleanup)
        file = pathlib.Path(folder.name) / "users.acl"
        password = "#" + hashlib.sha256(b"pw").hexdigest()
        lines = ["user default on nopass ~* &* +@all", f"user off off {password} ~* +@all"]
        lines += [f"user u{i} on {password} {rules}" for i, rules in enumerate(RULES)]
        file.write_text("\n".join(lines) + "\n")
        file.chmod(0o600)
        cls.node = cls.enterClassContext(NodeProcess(users_file=file))
        cls.redis = cls.enterClassContext(RedisServer("--aclfile", str(file)))

    def both(self):
        clients = self.node.client(), self.redis.client()
        for client in clients:
            self.addCleanup(client.close)
        return clients

    def compare(self, ours, theirs, *words):
        for client in (ours, theirs):
            client.send(*words)
        self.assertEqual(ours.read_raw(), theirs.read_raw(), words)

    def test_every_user_gets_the_same_answer_to_every_command(self):
        fill = self.both()
        for i, rules in enumerate(RULES):
            with self.subTest(rules):
                for key in KEYS:
                    self.compare(*fill, "SET", key, "1")
                clients = self.both()
                self.compare(*clients, "AUTH", f"u{i}", "pw")
                for words in matrix():
                    self.compare(*clients, *words)

    def test_every_user_subscribes_to_the_same_channels(self):
        for i, rules in enumerate(RULES):
            for words in SUBSCRIPTIONS:
                with self.subTest(f"{rules}: {words}"):
                    clients = self.both()
                    self.compare(*clients, "AUTH", f"u{i}", "pw")
                    self.compare(*clients, *words)

    def test_a_dry_run_tells_the_same(self):
        clients = self.both()
        for user in ("nobody", *(f"u{i}" for i in range(len(RULES)))):
            for words in DRY_RUNS:
                self.compare(*clients, "ACL", "DRYRUN", user, *words)

    def test_passwords_and_users_are_refused_in_the_same_words(self):
        clients = self.both()
        for words in (("AUTH", "u0", "wrong"), ("AUTH", "off", "pw"), ("AUTH", "nobody", "pw"),
                      ("AUTH", "pw"), ("AUTH", "a", "b", "c"), ("HELLO", "3", "AUTH", "u0", "no"),
                      ("ACL", "GETUSER", "nobody"), ("ACL", "USERS"), ("ACL",),
                      ("ACL", "GENPASS", "5000"), ("ACL", "DRYRUN", "u0")):
            self.compare(*clients, *words)


if __name__ == "__main__":
    unittest.main()
