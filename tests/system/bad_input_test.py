"""What a client or an operator can get wrong: each mistake is answered, and nobody else notices."""
import pathlib
import random
import socket
import tempfile
import unittest

from node_process import NodeProcess, run_comet, wait_until
from resp_client import ReplyError, encode

MB = 1 << 20
SEED = 20101004


class BadInputTest(unittest.TestCase):
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.node = NodeProcess(**cls.settings)
        cls.node.__enter__()
        cls.addClassCleanup(cls.node.__exit__, None, None, None)

    def setUp(self):
        self.client = self.node.client()
        self.addCleanup(self.client.close)
        self.client.call("FLUSHALL")

    def refused(self, *words):
        reply = self.client.ask(*words)
        self.assertIsInstance(reply, ReplyError, words)
        self.check_served()
        return str(reply)

    def check_served(self):
        with self.node.client() as other:
            self.assertEqual(other.call("PING"), "PONG")


class CommandsTest(BadInputTest):
    def test_an_unknown_command_is_named(self):
        self.assertEqual(self.refused("NONSENSE", "a", "b"),
                         "ERR unknown command 'NONSENSE', with args beginning with: 'a' 'b' ")
        self.assertRegex(self.refused("CLIENT", "NONSENSE"), "^ERR unknown subcommand 'NONSENSE'")

    def test_a_name_with_line_breaks_cannot_forge_replies(self):
        message = self.refused(b"BAD\r\n+OK\r\n", b"\r\n:1\r\n")
        self.assertNotIn("\n", message)
        self.assertEqual(self.client.call("ECHO", "in step"), b"in step")

    def test_a_wrong_number_of_arguments(self):
        for words in (("GET",), ("SET", "k"), ("ASO.PUT", "k"), ("GET", "a", "b"),
                      ("MSET", "a", "1", "b"), ("ASO.CALL", "k")):
            self.assertRegex(self.refused(*words), "^ERR wrong number of arguments")

    def test_a_wrong_type(self):
        self.client.call("SET", "text", "abc")
        self.assertEqual(self.refused("INCR", "text"),
                         "ERR value is not an integer or out of range")
        for command in ("ASO.CODE", "ASO.STATE", "ASO.INFO", "ASO.RESUME"):
            self.assertRegex(self.refused(command, "text"), "^WRONGTYPE .*passive")
        self.assertRegex(self.refused("ASO.CALL", "text", "method"), "^WRONGTYPE ")
        self.assertRegex(self.refused("ASO.CALL", "absent", "method"), "no such key")

    def test_a_method_that_is_none(self):
        self.client.call("ASO.PUT", "object", "return { value = 1, onGet = function(self) return "
                                              "self.value end, _own = function() end }")
        for method in ("absent", "value", "onGet", "_own", ""):
            self.assertIn("method", self.refused("ASO.CALL", "object", method))
        self.assertEqual(self.client.call("GET", "object"), b"1")

    def test_options_that_do_not_fit(self):
        for words in (("SET", "k", "v", "EX"), ("SET", "k", "v", "NX", "XX"),
                      ("SET", "k", "v", "EX", "1", "PX", "1"), ("SCAN", "0", "COUNT", "0"),
                      ("ASO.PUT", "k", "return {}", "TTL"), ("ASO.GET", "k", "NONSENSE")):
            self.assertRegex(self.refused(*words), "^ERR syntax error")
        for words in (("SET", "k", "v", "EX", "0"), ("EXPIRE", "k", "9223372036854775807"),
                      ("SETEX", "k", "-1", "v"), ("ASO.PUT", "k", "return {}", "TTL", "0")):
            self.client.call("SET", "k", "v")
            self.assertRegex(self.refused(*words), "^ERR invalid expire time in")


class LimitsTest(BadInputTest):
    def test_a_key_over_its_limit(self):
        self.assertEqual(self.client.call("SET", "k" * 512, "v"), "OK")
        for words in (("SET", "k" * 513, "v"), ("GET", "k" * 513), ("DEL", "k" * 513),
                      ("ASO.PUT", "k" * 513, "return {}"), ("MSET", "a", "1", "k" * 513, "2"),
                      ("RENAME", "a", "k" * 513)):
            self.assertRegex(self.refused(*words), "key.* 513 bytes.* 512 bytes")
        self.assertEqual(self.client.call("DBSIZE"), 1)

    def test_a_value_over_its_limit(self):
        self.assertEqual(self.client.call("SET", "k", b"v" * MB), "OK")
        self.assertRegex(self.refused("SET", "k", b"v" * (MB + 1)), "limit")
        self.assertRegex(self.refused("APPEND", "k", "v"), "limit|exceeds")
        self.assertRegex(self.refused("SETRANGE", "k", MB, "v"), "limit|exceeds")
        self.assertEqual(self.client.call("STRLEN", "k"), MB)

    def test_a_source_over_its_limit(self):
        def source(size):
            return "return {}".ljust(size)
        self.assertEqual(self.client.call("ASO.PUT", "k", source(16_384)), "OK")
        self.assertRegex(self.refused("ASO.PUT", "k", source(16_385)),
                         "source.* 16385 bytes.* 16384 bytes")

    def test_a_limit_changed_at_run_time_holds(self):
        self.assertEqual(self.client.call("CONFIG", "SET", "value-bytes-max", "2kB"), "OK")
        self.addCleanup(self.client.call, "CONFIG", "SET", "value-bytes-max", "1MB")
        self.assertRegex(self.refused("SET", "k", b"v" * 2049), "limit")
        self.assertEqual(self.client.call("SET", "k", b"v" * 2048), "OK")


class SourcesTest(BadInputTest):
    def test_a_source_that_does_not_compile_names_the_line(self):
        message = self.refused("ASO.PUT", "k", "local aso = {}\nfunction aso:onGet(\nreturn aso")
        self.assertRegex(message, r":3:|line 3")
        self.assertIn("near 'return'", message)
        self.assertEqual(self.client.call("EXISTS", "k"), 0)

    def test_a_script_that_fails_names_the_line(self):
        message = self.refused("ASO.PUT", "k", "local aso = {}\n\nlocal x = nil + 1\nreturn aso")
        self.assertRegex(message, r":3:|line 3")
        self.assertIn("arithmetic on a nil value", message)

    def test_a_script_that_gives_no_table(self):
        self.assertIn("table", self.refused("ASO.PUT", "k", "local aso = {}"))
        self.assertIn("table", self.refused("ASO.PUT", "k", "return 7"))

    def test_a_refused_source_leaves_what_was_there(self):
        self.client.call("ASO.PUT", "k", "return { value = 'old' }")
        self.refused("ASO.PUT", "k", "return {")
        self.assertEqual(self.client.call("GET", "k"), b"old")


class FramesTest(BadInputTest):
    def test_half_a_frame_waits_and_then_runs(self):
        frame = encode("SET", "halved", "whole")
        for byte in frame:
            self.client.send_raw(bytes([byte]))
        self.assertEqual(self.client.read(), "OK")
        self.client.send_raw(frame[:-4])
        self.check_served()
        self.client.send_raw(frame[-4:])
        self.assertEqual(self.client.read(), "OK")

    def test_half_a_frame_and_the_end_of_the_connection(self):
        for cut in range(1, len(encode("SET", "halved", "whole")), 3):
            with self.node.client() as half:
                half.send_raw(encode("SET", "halved", "whole")[:cut])
        self.check_served()
        self.assertEqual(self.client.call("EXISTS", "halved"), 0)

    def test_garbage_is_answered_and_the_connection_ends(self):
        for garbage, expected in (
                (b"*1\r\nGET\r\n", "expected '$', got 'G'"),
                (b"*99999999999\r\n", "invalid multibulk length"),
                (b"*2000000000\r\n", "invalid multibulk length"),
                (b"*x\r\n", "invalid multibulk length"),
                (b"*1\r\n$99999999999\r\n", "invalid bulk length"),
                (b"*1\r\n$-7\r\n", "invalid bulk length"),
                (b"*1" + b"1" * 70_000, "too big mbulk count string"),
                (b"x" * 70_000, "too big inline request"),
                (b'SET k "unbalanced\r\n', "unbalanced quotes in request")):
            with self.subTest(garbage[:20]), self.node.client() as broken:
                broken.send_raw(garbage)
                self.assertEqual(str(broken.read()), f"ERR Protocol error: {expected}")
                self.assertTrue(broken.closed_by_peer())
                self.check_served()

    def test_random_bytes(self):
        chance = random.Random(SEED)
        for _ in range(50):
            with self.node.client() as broken:
                try:
                    broken.send_raw(chance.randbytes(chance.randint(1, 5_000)))
                    broken.send_raw(b"*1\r\n$" + chance.randbytes(50) + b"\r\n")
                    broken.socket.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # the node may have ended the connection already
                self.assertTrue(broken.closed_by_peer(), f"seed {SEED}")
        self.check_served()

    def test_a_claimed_length_takes_no_memory(self):
        before = self.node.resident_bytes()
        claims = [self.node.client() for _ in range(20)]
        for claim in claims:
            claim.send_raw(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nbegin")
        for claim in claims:
            claim.send_raw(b"x" * 1000)
        self.check_served()
        self.assertLess(self.node.resident_bytes() - before, 100 * MB)
        for claim in claims:
            claim.close()

    def test_an_argument_far_over_the_limit_is_dropped_as_it_arrives(self):
        before = self.node.resident_bytes()
        size = 200 * MB
        self.client.send_raw(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % size)
        block = b"x" * MB
        for _ in range(size // MB):
            self.client.send_raw(block)
        self.client.send_raw(b"\r\n")
        self.assertIsInstance(self.client.read(), ReplyError)
        self.assertLess(self.node.resident_bytes() - before, 100 * MB)
        self.assertEqual(self.client.call("ECHO", "in step"), b"in step")


class SlowClientsTest(BadInputTest):
    settings = {"client_output_bytes_max": "4MB", "client_pending_max": "100"}

    def test_a_client_that_never_reads_takes_bounded_memory(self):
        self.client.call("SET", "big", b"v" * MB)
        before = self.node.resident_bytes()
        never_reads = self.node.client(timeout_seconds=1)
        self.addCleanup(never_reads.close)
        asked = 0
        try:
            for asked in range(20_000):
                never_reads.send("GET", "big")
        except OSError:
            pass  # the node reads it no more, or has cut it off
        self.assertGreater(asked, 50)
        for _ in range(20):
            self.assertEqual(len(self.client.call("GET", "big")), MB)
        self.assertLess(self.node.resident_bytes() - before, 200 * MB)

    def test_a_pipeline_longer_than_what_may_wait_is_answered_completely(self):
        self.client.call("ASO.PUT", "object", "return { value = 0, onGet = function(self) "
                                              "self.value = self.value + 1 return self.value end }")
        replies = self.client.pipeline([("ASO.GET", "object")] * 2_000)
        self.assertTrue(replies == list(range(1, 2_001)), replies[-1])


class ConnectionsTest(BadInputTest):
    settings = {"maxclients": "8"}

    def test_one_connection_over_the_limit_is_refused_until_another_ends(self):
        kept = [self.node.client() for _ in range(7)]
        for client in kept:
            self.assertEqual(client.call("PING"), "PONG")
        one_more = self.node.client()
        self.assertEqual(str(one_more.read()), "ERR max number of clients reached")
        self.assertTrue(one_more.closed_by_peer())
        one_more.close()
        for client in kept:
            client.close()

        def served():
            with self.node.client() as again:
                try:
                    return again.ask("PING") == "PONG"
                except ConnectionError:
                    return False
        wait_until(served, "a place is free again")


class ConfigurationTest(unittest.TestCase):
    """A node that is told nonsense does not start; the message has the key, value and choices."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def refused(self, *flags, environment=None):
        done = run_comet("node", "--data", str(self.folder / "data"), "--resp", "127.0.0.1:0",
                         "--http", "127.0.0.1:0", "--link", "127.0.0.1:0", *flags,
                         environment=environment)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, "")
        self.assertFalse((self.folder / "data").exists())
        return done.stderr

    def names_all(self, message, *parts):
        for part in parts:
            self.assertIn(part, message)

    def test_a_value_that_is_none_of_the_choices(self):
        self.names_all(self.refused("--durability", "sometimes"), "durability", "sometimes",
                       "none, interval or always")

    def test_a_number_out_of_its_range(self):
        self.names_all(self.refused("--fuel-per-turn", "5"), "fuel-per-turn", "'5'", "1000")
        self.names_all(self.refused("--key-bytes-max", "1GB"), "key-bytes-max", "1GB", "64kB")

    def test_a_value_of_another_kind(self):
        self.names_all(self.refused("--turn-time-max", "fast"), "turn-time-max", "fast",
                       "a whole number with ms, s, m, h or d")
        self.names_all(self.refused("--set", "link=nowhere"), "link", "nowhere", "HOST:PORT")

    def test_an_unknown_flag(self):
        self.names_all(self.refused("--durabilty", "always"), "--durabilty")

    def test_an_unknown_key_in_a_file_names_the_line_and_the_nearest(self):
        file = self.folder / "comet.conf"
        file.write_text("# a comment\nworkers = 1\ndurabilty = always\n")
        self.names_all(self.refused("--config", str(file)), f"{file}:3", "durabilty", "durability")

    def test_a_key_that_stands_twice_in_a_file(self):
        file = self.folder / "comet.conf"
        file.write_text("workers = 1\nworkers = 2\n")
        self.names_all(self.refused("--config", str(file)), f"{file}:2", "workers")

    def test_a_file_that_is_not_there(self):
        self.names_all(self.refused("--config", "/nonexistent/comet.conf"), "/nonexistent/comet.conf")

    def test_the_environment(self):
        message = self.refused(environment={"COMET_MAXCLIENTS": "none"})
        self.names_all(message, "COMET_MAXCLIENTS", "'none'", "a whole number")
        self.names_all(self.refused(environment={"COMET_MAXCLIENT": "5"}), "COMET_MAXCLIENT")

    def test_config_set_refuses_in_the_same_words(self):
        with NodeProcess() as node, node.client() as client:
            message = str(client.ask("CONFIG", "SET", "fuel-per-turn", "5"))
            self.names_all(message, "fuel-per-turn", "'5'", "1000")
            message = str(client.ask("CONFIG", "SET", "durability", "always"))
            self.names_all(message, "durability")
            self.assertEqual(client.call("CONFIG", "GET", "durability"),
                             [b"durability", b"interval"])

    def secret_file(self, text="ab" * 32, mode=0o600):
        file = self.folder / "secret"
        file.write_text(text)
        file.chmod(mode)
        return str(file)

    def test_a_secret_that_is_not_there(self):
        path = str(self.folder / "secret")
        self.names_all(self.refused("--secret-file", path), path, "No such file", f"`comet secret {path}`")

    def test_a_secret_that_others_can_read(self):
        for mode in (0o640, 0o604, 0o620):
            path = self.secret_file(mode=mode)
            self.names_all(self.refused("--secret-file", path), path, f"mode {mode:04o}", "chmod 600")

    def test_a_secret_that_can_be_guessed(self):
        for text in ("", "ab" * 15, "correct horse battery staple zealously"):
            path = self.secret_file(text)
            self.names_all(self.refused("--secret-file", path), path, "32 hexadecimal digits at least",
                           "comet secret")

    def test_a_network_without_its_secret(self):
        self.names_all(self.refused("--join", "127.0.0.1:7400"), "join", "--secret-file", "comet secret")

    def test_addresses_to_join_that_are_none(self):
        path = self.secret_file()
        for join in ("nowhere", "127.0.0.1:7400,,", "127.0.0.1:0", "127.0.0.1:7400 127.0.0.1:7401"):
            self.names_all(self.refused("--secret-file", path, "--join", join), "join", join,
                           "HOST:PORT, or several with commas between them")

    def test_a_wildcard_that_nobody_could_connect_to(self):
        path = self.secret_file()
        for every in ("0.0.0.0:0", "[::]:0"):
            self.names_all(self.refused("--secret-file", path, "--set", f"link={every}"), "link", every,
                           "--advertise HOST:PORT")
            self.names_all(self.refused("--secret-file", path, "--advertise", every), "advertise", every,
                           "one address")

    def test_a_secret_is_made_once_and_for_its_owner_alone(self):
        path = self.folder / "secret"
        self.assertEqual(run_comet("secret", str(path)).returncode, 0)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        before = path.read_text()
        self.assertRegex(before, "^[0-9a-f]{64}\n$")
        again = run_comet("secret", str(path))
        self.assertEqual((again.returncode, path.read_text()), (2, before))
        self.names_all(again.stderr, str(path), "File exists")
        self.assertRegex(run_comet("secret").stdout, "^[0-9a-f]{64}\n$")

    def test_an_address_in_use(self):
        with NodeProcess() as node:
            message = self.refused_address(node.resp)
            self.names_all(message, node.resp.rsplit(":", 1)[1], "in use")

    def refused_address(self, resp):
        done = run_comet("node", "--data", str(self.folder / "other"), "--resp", resp,
                         "--http", "127.0.0.1:0", "--link", "127.0.0.1:0")
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    def test_an_unknown_command_of_the_binary(self):
        done = run_comet("nonsense")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("nonsense", done.stderr)


if __name__ == "__main__":
    unittest.main()
