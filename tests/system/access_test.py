"""Users, their rights, whose an object is, and signed code, through real processes and clients."""
import hashlib
import os
import pathlib
import subprocess
import tempfile
import unittest

import redis

from node_process import NodeProcess, run_comet
from resp_client import ReplyError, as_map

OBJECT = "local aso = { value = 'v', secret = 1 } function aso:m() error('quotes 1') end return aso"
REACHING = """
local aso = {}
function aso:onGet() return dht.get("elsewhere") or "nothing" end
return aso
"""


def user(name, *rules, password="pw"):
    return " ".join(["user", name, "on", "#" + hashlib.sha256(password.encode()).hexdigest(), *rules])


PEOPLE = (user("chief", "~*", "&*", "+@all"),
          user("anna", "~*", "&*", "+@all", "-@admin"),
          user("bert", "~*", "%R~x", "&*", "+@all", "-@admin"),
          user("reader", "%R~shared:*", "+@read"))


class UsersTest(unittest.TestCase):
    people = PEOPLE
    settings = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-users-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / "users.acl"
        self.write_users(*self.people)
        self.node = NodeProcess(users_file=self.file, **self.settings)
        self.node.__enter__()
        self.addCleanup(self.node.__exit__, None, None, None)

    def write_users(self, *lines):
        self.file.write_text("\n".join(lines) + "\n")
        self.file.chmod(0o600)

    def enter(self, name, password="pw"):
        client = self.node.client()
        self.addCleanup(client.close)
        self.assertEqual(client.call("AUTH", name, password), "OK")
        return client

    def comet(self, *words, user=None, password="pw", **more):
        environment = {"COMET_PASSWORD": password} if user else {}
        who = ["--user", user] if user else []
        return run_comet("--node", self.node.resp, *who, *words, environment=environment, **more)


class AuthenticationTest(UsersTest):
    def test_nothing_is_served_before_a_client_says_who_it_is(self):
        with self.node.client() as client:
            self.assertRegex(str(client.ask("GET", "x")), "^NOAUTH ")
            self.assertRegex(str(client.ask("AUTH", "chief", "wrong")), "^WRONGPASS ")
            self.assertRegex(str(client.ask("AUTH", "nobody", "pw")), "^WRONGPASS ")
            self.assertEqual(client.call("AUTH", "chief", "pw"), "OK")
            self.assertIsNone(client.call("GET", "x"))

    def test_clients_of_redis_come_in_with_name_and_password(self):
        host, port = self.node.resp.rsplit(":", 1)
        client = redis.Redis(host=host, port=int(port), username="anna", password="pw")
        self.assertTrue(client.set("k", "v"))
        self.assertEqual(client.get("k"), b"v")
        self.assertEqual(client.execute_command("ACL WHOAMI"), "anna")
        client.close()
        wrong = redis.Redis(host=host, port=int(port), username="anna", password="no")
        with self.assertRaisesRegex(redis.RedisError, "WRONGPASS"):
            wrong.get("k")
        wrong.close()
        answer = subprocess.run(
            ["redis-cli", "-h", host, "-p", port, "--user", "anna", "--pass", "pw",
             "--no-auth-warning", "GET", "k"], capture_output=True, text=True, check=True)
        self.assertEqual(answer.stdout, "v\n")

    def test_rules_bind_commands_and_keys(self):
        self.enter("chief").call("SET", "shared:1", "v")
        reader = self.enter("reader")
        self.assertEqual(reader.call("GET", "shared:1"), b"v")
        for words in (("GET", "other"), ("SET", "shared:1", "w"), ("CONFIG", "GET", "*"),
                      ("ACL", "LIST"), ("SUBSCRIBE", "c"), ("FLUSHALL",)):
            self.assertRegex(str(reader.ask(*words)), "^NOPERM ", words)

    def test_the_command_line_says_who_asks(self):
        self.assertEqual(self.comet("put", "k", "--value", "v", user="anna").stdout, "OK\n")
        self.assertEqual(self.comet("get", "k", user="anna").stdout, "v\n")
        refused = self.comet("get", "k", user="anna", password="wrong")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("does not let anna in", refused.stderr)
        self.assertIn("NOAUTH", self.comet("get", "k").stderr)
        secret = self.folder / "password"
        secret.write_text("pw\n")
        secret.chmod(0o644)
        words = ("--user", "anna", "--password-file", str(secret), "get", "k")
        self.assertIn("others may read", self.comet(*words).stderr)
        secret.chmod(0o600)
        self.assertEqual(self.comet(*words).stdout, "v\n")

    def test_the_file_is_read_again_while_clients_are_connected(self):
        chief, anna, bert = self.enter("chief"), self.enter("anna"), self.enter("bert")
        self.write_users(PEOPLE[0], user("anna", "%R~*", "+@read"))
        self.assertEqual(chief.call("ACL", "LOAD"), "OK")
        self.assertRegex(str(anna.ask("SET", "k", "v")), "^NOPERM ")
        self.assertTrue(bert.closed_by_peer())
        self.write_users("user chief on what")
        self.assertRegex(str(chief.ask("ACL", "LOAD")), "users.acl:1: user chief: rule 'what'")
        self.assertEqual(chief.call("ACL", "WHOAMI"), b"chief")

    def test_comet_user_makes_a_line_that_lets_its_user_in(self):
        made = run_comet("user", "carl", "~c:*", "+@all", "-@dangerous", "--file", str(self.file))
        self.assertEqual(made.returncode, 0, made.stderr)
        password = made.stderr.rsplit(" ", 1)[1].strip()
        self.assertEqual(self.enter("chief").call("ACL", "LOAD"), "OK")
        carl = self.enter("carl", password)
        self.assertEqual(carl.call("SET", "c:1", "v"), "OK")
        self.assertRegex(str(carl.ask("SET", "d:1", "v")), "^NOPERM ")
        self.assertRegex(str(carl.ask("FLUSHALL")), "^NOPERM ")


class OwnershipTest(UsersTest):
    def setUp(self):
        super().setUp()
        self.chief, self.anna, self.bert = (self.enter(n) for n in ("chief", "anna", "bert"))
        self.assertEqual(self.anna.call("ASO.PUT", "a", OBJECT), "OK")
        self.assertIsInstance(self.bert.ask("ASO.CALL", "a", "m"), ReplyError)

    def test_a_stranger_may_call_but_not_look_into_replace_move_or_resume(self):
        self.assertEqual(self.bert.call("GET", "a"), b"v")
        for words in (("ASO.STATE", "a"), ("ASO.PUT", "a", OBJECT), ("ASO.RESUME", "a"),
                      ("RENAME", "a", "b"), ("COPY", "a", "b"), ("EXPIRE", "a", "1"),
                      ("SET", "a", "w", "EX", "1")):
            self.assertRegex(str(self.bert.ask(*words)), "^NOPERM ", words)
        info = as_map(self.bert.call("ASO.INFO", "a"))
        self.assertEqual(info["owner"], b"anna")
        self.assertNotIn("last-error", info)
        self.assertNotIn("log", info)

    def test_the_owner_and_an_administrator_may(self):
        for client in (self.anna, self.chief):
            self.assertEqual(as_map(client.call("ASO.STATE", "a"))["secret"], 1)
            self.assertIn(b"quotes 1", as_map(client.call("ASO.INFO", "a"))["last-error"])
            self.assertEqual(client.call("ASO.RESUME", "a"), 0)
        self.assertEqual(self.chief.call("ASO.PUT", "a", "return { value = 'new' }"), "OK")
        self.assertEqual(as_map(self.bert.call("ASO.INFO", "a"))["owner"], b"anna")
        self.node.kill()
        self.node.start()
        self.assertRegex(str(self.enter("bert").ask("ASO.STATE", "a")), "^NOPERM ")
        self.assertEqual(as_map(self.enter("anna").call("ASO.STATE", "a"))["value"], b"new")


class SignedCodeTest(UsersTest):
    def sign(self, name, source, *words):
        path = self.folder / name
        path.write_text(source)
        key = self.folder / "key.pem"
        made = run_comet("sign", str(path), "--key", str(key), *words)
        self.assertEqual(made.returncode, 0, made.stderr)
        return path.read_text(), made.stderr.strip()

    def test_signed_code_addresses_any_key_and_unsigned_code_does_not(self):
        source, rule = self.sign("a.lua", REACHING, "--new-key")
        chief = self.enter("chief")
        chief.call("SET", "elsewhere", "found")
        # Nobody trusts the key yet.
        refused = str(chief.ask("ASO.PUT", "a", source))
        self.assertRegex(refused, "^NOPERM signature: [0-9a-f]{64} is not the key of an administrator")
        self.write_users(user("chief", "~*", "&*", "+@all", rule), *PEOPLE[1:])
        self.assertEqual(chief.call("ACL", "LOAD"), "OK")
        bert = self.enter("bert")
        self.assertEqual(bert.call("ASO.PUT", "a", source), "OK")
        self.assertEqual(bert.call("GET", "a"), b"found")
        self.assertEqual(bert.call("ASO.PUT", "b", REACHING), "OK")
        self.assertRegex(str(bert.ask("GET", "b")), "may not reach 'elsewhere'")
        self.node.kill()
        self.node.start()
        self.assertEqual(self.enter("bert").call("GET", "a"), b"found")
        self.write_users(*PEOPLE)
        self.assertEqual(self.enter("chief").call("ACL", "LOAD"), "OK")
        self.assertRegex(str(self.enter("bert").ask("GET", "a")), "may not reach 'elsewhere'")

    def test_a_signature_that_does_not_verify_is_refused_by_name(self):
        source, _ = self.sign("a.lua", REACHING, "--new-key")
        chief = self.enter("chief")
        for bad in (source.replace("nothing", "something"), source.replace("ed25519", "rsa"),
                    source[:-2] + "x\n"):
            self.assertRegex(str(chief.ask("ASO.PUT", "a", bad)), "^NOPERM signature: ")
        self.assertEqual(chief.call("EXISTS", "a"), 0)

    def test_keys_and_files_that_cannot_be_used_are_named(self):
        path, key = self.folder / "a.lua", self.folder / "key.pem"
        path.write_text(REACHING)
        for setup, words, problem in (
                (None, (), "No such file"),
                ("no key", (), "no unencrypted private key"),
                ("no key", ("--new-key",), "File exists")):
            if setup:
                key.write_text(setup)
                key.chmod(0o600)
            made = run_comet("sign", str(path), "--key", str(key), *words)
            self.assertEqual(made.returncode, 2)
            self.assertIn(problem, made.stderr)
        key.chmod(0o644)
        self.assertIn("others may read", run_comet("sign", str(path), "--key", str(key)).stderr)
        self.assertEqual(path.read_text(), REACHING)


class BadInputTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-users-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def refusal(self, *words):
        ended = run_comet("node", "--data", str(self.folder / "data"), *words)
        self.assertNotEqual(ended.returncode, 0)
        self.assertEqual(ended.stdout, "")
        return ended.stderr

    def test_a_node_without_users_listens_on_this_machine_only(self):
        for flag in ("--resp", "--http"):
            self.assertIn("there is no users file", self.refusal(flag, "0.0.0.0:0"))
        with NodeProcess() as node:
            self.assertIn("everybody who connects is the administrator", node.log)

    def test_a_users_file_with_a_fault_keeps_the_node_from_starting(self):
        file = self.folder / "users.acl"
        self.assertIn("No such file", self.refusal("--users-file", str(file)))
        file.write_text(user("a", "~*") + "\n" + user("b", "+nosuch") + "\n")
        for mode in (0o644, 0o620, 0o604):
            file.chmod(mode)
            self.assertIn("others may read or change it", self.refusal("--users-file", str(file)))
        file.chmod(0o600)
        self.assertIn("users.acl:2: user b: rule '+nosuch'", self.refusal("--users-file", str(file)))

    def test_with_users_a_node_may_listen_everywhere_and_says_that_it_is_in_clear(self):
        file = self.folder / "users.acl"
        file.write_text(user("a", "~*", "+@all") + "\n")
        os.chmod(file, 0o600)
        with NodeProcess(users_file=file, resp="0.0.0.0:0") as node:
            self.assertIn("is not encrypted", node.log)


class LimitsTest(unittest.TestCase):
    def test_an_object_asks_for_less_and_not_for_more(self):
        source = "local aso = {} function aso:onGet() for i = 1, 9000 do end return 1 end return aso"
        with NodeProcess() as node, node.client() as client:
            self.assertEqual(client.call("ASO.PUT", "a", source, "LIMIT", "fuel-per-turn", "5000"), "OK")
            self.assertRegex(str(client.ask("GET", "a")), "fuel: 5000 instructions used up in onGet")
            self.assertRegex(
                str(client.ask("ASO.PUT", "b", source, "LIMIT", "fuel-per-turn", "200000")),
                "LIMIT fuel-per-turn 200000: an object may ask for less than the node's 100000")
            node.kill()
            node.start()
            with node.client() as again:
                self.assertRegex(str(again.ask("GET", "a")), "fuel: 5000 instructions")
                limits = as_map(as_map(again.call("ASO.INFO", "a"))["limits"])
                self.assertEqual(limits, {"fuel-per-turn": 5000})
                self.assertEqual(again.call("CONFIG", "SET", "fuel-per-turn", "2000"), "OK")
                self.assertRegex(str(again.ask("GET", "a")), "fuel: 2000 instructions")

    def test_the_command_line_takes_limits_with_units(self):
        with NodeProcess() as node, tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
            file.write("return { value = 1 }")
            file.flush()
            words = ("--node", node.resp, "put", "a", file.name)
            self.assertEqual(run_comet(*words, "--limit", "memory-per-object=50kB", "--limit",
                                       "turn-time-max=2s").stdout, "OK\n")
            with node.client() as client:
                limits = as_map(as_map(client.call("ASO.INFO", "a"))["limits"])
                self.assertEqual(limits, {"memory-per-object": 51_200, "turn-time-max": 2_000})
            self.assertIn("less than the node's", run_comet(*words, "--limit", "timers-max=99").stderr)
            for bad in ("nosuch=1", "timers-max", "timers-max=x"):
                self.assertEqual(run_comet(*words, "--limit", bad).returncode, 2)


if __name__ == "__main__":
    unittest.main()
