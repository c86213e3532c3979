"""The clients people have work unchanged: redis-cli, python3-redis, and ioredis and redis of Node."""
import pathlib
import subprocess
import unittest

import redis

from node_process import NodeProcess

NODE_CLIENTS = pathlib.Path(__file__).parent / "node"
COUNTER = """
local aso = { value = "first", reads = 0 }
function aso:onGet() self.reads = self.reads + 1; return self.value .. " " .. self.reads end
function aso:onUpdate(new) return new end
function aso:add(a, b) return tonumber(a) + tonumber(b) end
function aso:fail() error("on purpose") end
return aso
"""


class ClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = NodeProcess()
        cls.node.__enter__()
        cls.addClassCleanup(cls.node.__exit__, None, None, None)
        cls.host, port = cls.node.resp.rsplit(":", 1)
        cls.port = int(port)

    def setUp(self):
        with self.node.client() as client:
            client.call("FLUSHALL")


class RedisCliTest(ClientsTest):
    def cli(self, *arguments, stdin=None, code=0):
        done = subprocess.run(["redis-cli", "-h", self.host, "-p", str(self.port), *arguments],
                              input=stdin, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done)
        return done.stdout.rstrip("\n")

    def test_strings_and_expiry(self):
        self.assertEqual(self.cli("SET", "greeting", "hello"), "OK")
        self.assertEqual(self.cli("GET", "greeting"), "hello")
        self.assertEqual(self.cli("INCR", "n"), "1")
        self.assertEqual(self.cli("INCRBY", "n", "41"), "42")
        self.assertEqual(self.cli("EXPIRE", "n", "1000"), "1")
        self.assertIn(self.cli("TTL", "n"), {"999", "1000"})
        self.assertEqual(self.cli("DEL", "n", "absent"), "1")
        self.assertEqual(self.cli("--no-raw", "GET", "n"), "(nil)")

    def test_resp3(self):
        self.cli("SET", "greeting", "hello")
        self.assertEqual(self.cli("-3", "GET", "greeting"), "hello")
        self.assertEqual(self.cli("-3", "--no-raw", "GET", "absent"), "(nil)")
        self.assertIn('"durability" => "interval"',
                      self.cli("-3", "--no-raw", "CONFIG", "GET", "durability"))

    def test_an_unknown_command_prints_its_error(self):
        self.assertIn("ERR unknown command 'NONSENSE'", self.cli("-e", "NONSENSE", code=1) +
                      self.cli("NONSENSE"))

    def test_scan_walks_over_all_keys(self):
        self.cli("--pipe", stdin="".join(f"SET key:{i} {i}\r\n" for i in range(500)))
        keys = self.cli("--scan", "--pattern", "key:*").split()
        self.assertEqual(sorted(keys), sorted(f"key:{i}" for i in range(500)))

    def test_mass_insertion_counts_its_replies(self):
        commands = "INCR mass\r\n" * 1000
        self.assertIn("errors: 0, replies: 1000", self.cli("--pipe", stdin=commands))
        self.assertEqual(self.cli("GET", "mass"), "1000")

    def test_a_value_from_standard_input(self):
        self.cli("-x", "SET", "long", stdin="a line\nand another\n")
        self.assertEqual(self.cli("GET", "long"), "a line\nand another")

    def test_an_active_object(self):
        self.assertEqual(self.cli("-x", "ASO.PUT", "object", stdin=COUNTER), "OK")
        self.assertEqual(self.cli("GET", "object"), "first 1")
        self.assertEqual(self.cli("ASO.GET", "object"), "first 2")
        self.assertEqual(self.cli("SET", "object", "second"), "OK")
        self.assertEqual(self.cli("GET", "object"), "second 3")
        self.assertEqual(self.cli("ASO.CALL", "object", "add", "2", "40"), "42")
        self.assertIn("on purpose", self.cli("ASO.CALL", "object", "fail"))
        self.assertEqual(self.cli("ASO.CODE", "object").strip(), COUNTER.strip())

    def test_what_its_help_and_statistics_ask_for(self):
        self.assertIn("aso.put", self.cli("COMMAND", "LIST").split())
        self.assertIn("redis_version:7.", self.cli("INFO", "server"))
        self.assertIn("db0:keys=1", self.cli("SET", "k", "v") + self.cli("INFO", "keyspace"))


class PythonRedisTest(ClientsTest):
    def setUp(self):
        super().setUp()
        self.redis = redis.Redis(self.host, self.port, decode_responses=True)
        self.addCleanup(self.redis.close)

    def test_strings_and_expiry(self):
        self.assertTrue(self.redis.set("greeting", "hello", ex=1000))
        self.assertEqual(self.redis.get("greeting"), "hello")
        self.assertIn(self.redis.ttl("greeting"), (999, 1000))
        self.assertTrue(self.redis.expire("greeting", 2000))
        self.assertTrue(self.redis.persist("greeting"))
        self.assertEqual(self.redis.incr("n", 5), 5)
        self.assertEqual(self.redis.incrbyfloat("n", 0.5), 5.5)
        self.assertIsNone(self.redis.set("greeting", "again", nx=True))
        self.assertEqual(self.redis.mget("greeting", "absent"), ["hello", None])
        self.assertEqual(self.redis.delete("greeting", "n"), 2)

    def test_bytes_pass_unchanged(self):
        raw = redis.Redis(self.host, self.port)
        self.addCleanup(raw.close)
        every_byte = bytes(range(256)) * 64
        raw.set(every_byte[:256], every_byte)
        self.assertEqual(raw.get(every_byte[:256]), every_byte)

    def test_a_pipeline(self):
        with self.redis.pipeline(transaction=False) as pipe:
            for i in range(1000):
                pipe.set(f"key:{i}", i)
                pipe.get(f"key:{i}")
            replies = pipe.execute()
        self.assertEqual(replies[1::2], [str(i) for i in range(1000)])

    def test_scan_gives_each_key(self):
        self.redis.mset({f"key:{i}": i for i in range(300)})
        self.redis.set("other", "x")
        self.assertEqual(set(self.redis.scan_iter("key:*", count=17)),
                         {f"key:{i}" for i in range(300)})
        self.assertEqual(self.redis.dbsize(), 301)

    def test_publish_and_subscribe(self):
        listener = self.redis.pubsub()
        self.addCleanup(listener.close)
        listener.subscribe("news")
        self.assertEqual(listener.get_message(timeout=60)["type"], "subscribe")
        self.assertEqual(self.redis.publish("news", "it works"), 1)
        self.assertEqual(listener.get_message(timeout=60)["data"], "it works")

    def test_an_active_object(self):
        self.assertEqual(self.redis.execute_command("ASO.PUT", "object", COUNTER), "OK")
        self.assertEqual(self.redis.get("object"), "first 1")
        self.assertEqual(self.redis.execute_command("ASO.GET", "object"), "first 2")
        self.assertEqual(self.redis.execute_command("ASO.CALL", "object", "add", 2, 40), 42)
        with self.assertRaisesRegex(redis.ResponseError, "on purpose"):
            self.redis.execute_command("ASO.CALL", "object", "fail")

    def test_info_is_read(self):
        self.assertEqual(self.redis.info("server")["redis_mode"], "standalone")
        self.assertIn("get", self.redis.command())


class NodeClientsTest(ClientsTest):
    """node/<client>.mjs holds the checks; it fails with a message and an exit code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not (NODE_CLIENTS / "node_modules" / "ioredis").is_dir():
            subprocess.run(["npm", "ci", "--prefer-offline", "--no-audit", "--no-fund"],
                           cwd=NODE_CLIENTS, check=True, timeout=280)

    def run_client(self, name):
        done = subprocess.run(["node", NODE_CLIENTS / f"{name}.mjs", self.host, str(self.port)],
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all checks passed", done.stdout)

    def test_ioredis(self):
        self.run_client("ioredis")

    def test_redis_of_node(self):
        self.run_client("node_redis")


if __name__ == "__main__":
    unittest.main()
