"""HTTP of a real node against bad input: what is no HTTP, what is too much of it, clients that are too
slow, other sites, and texts that a page could take for its own."""
import contextlib
import http.client
import json
import socket
import threading
import unittest
import urllib.parse

from node_process import NodeProcess, run_comet
from resp_client import RespClient

PATIENCE = 20
THREADS = 32
NASTY = "<img src=x onerror=alert(1)>\x00\x1b[31m\u202e&\"'"


class HttpStage(unittest.TestCase):
    """A node, and a client of HTTP that can do wrong."""

    def start(self, node):
        self.node = self.enterContext(node)
        host, port = self.node.http.rsplit(":", 1)
        self.address = (host, int(port))

    def raw(self, content, end=True):
        """All that the node answers to these bytes until it closes the connection."""
        with socket.create_connection(self.address, timeout=PATIENCE) as client:
            answer = b""
            with contextlib.suppress(ConnectionError):
                client.sendall(content)
                if end:
                    client.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while more := client.recv(65_536):
                    answer += more
            return answer

    def ask(self, method, path, body=None, **headers):
        """Status, headers and text; underscores in names of headers stand for hyphens."""
        client = http.client.HTTPConnection(*self.address, timeout=PATIENCE)
        try:
            client.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = client.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            client.close()

    def post(self, path, content, **headers):
        body = content if isinstance(content, (str, bytes)) else json.dumps(content)
        status, _, text = self.ask("POST", path, body, **{"Content_Type": "application/json", **headers})
        return status, json.loads(text)

    def command(self, *argv, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.post("/api/command", {"argv": argv}, **headers)

    def log_in(self, user="default", password=""):
        status, told = self.post("/api/login", {"user": user, "password": password})
        self.assertEqual(status, 200, told)
        return told["token"]

    def assert_serves(self):
        self.assertEqual(self.ask("GET", "/health")[0], 200)


class HttpTest(HttpStage):
    def setUp(self):
        self.start(NodeProcess())

    # ---- what is no HTTP ----

    def test_garbage_is_no_request_and_harms_nothing(self):
        for content in (b"\x00" * 4096, b"\xff\xfe\x00\r\n\r\n", b"\r\n\r\n", b"GET\r\n\r\n",
                        b"*1\r\n$4\r\nPING\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00",
                        b"POST /api/command HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                        b"POST /api/command HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nx",
                        b"POST /api/command HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            with self.subTest(content=content[:40]):
                answer = self.raw(content)
                self.assertNotIn(b" 200 OK", answer.split(b"\r\n")[0])
        self.assert_serves()

    def test_a_head_that_is_too_large_is_refused(self):
        for head in (b"X: " + b"x" * 200_000, b"\r\n".join(b"X-%d: x" % i for i in range(20_000))):
            answer = self.raw(b"GET /health HTTP/1.1\r\n" + head + b"\r\n\r\n", end=False)
            self.assertTrue(answer.startswith(b"HTTP/1.1 431 "), answer[:60])
        answer = self.raw(b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 414 "), answer[:60])
        self.assert_serves()

    def test_no_path_leads_out_of_the_pages(self):
        for path in ("/../../../../etc/passwd", "/dashboard/../../../etc/passwd",
                     "/dashboard/%2e%2e/%2e%2e/etc/passwd", "/dashboard/..%2f..%2fetc%2fpasswd",
                     "/dashboard/", "/dashboard", "//etc/passwd", "/dashboard/main.js%00.html",
                     "/dashboard\\..\\main.js", "/dashboard/mainXjs", "/api", "/api/../metrics"):
            with self.subTest(path=path):
                answer = self.raw(f"GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
                self.assertTrue(answer.startswith(b"HTTP/1.1 404 "), answer[:60])
                self.assertNotIn(b"root:", answer)

    def test_only_get_and_post_are_served_where_they_belong(self):
        for method, path in (("POST", "/metrics"), ("PUT", "/"), ("DELETE", "/api/command"),
                             ("GET", "/api/command"), ("PATCH", "/health"), ("OPTIONS", "/api/login")):
            with self.subTest(method=method, path=path):
                self.assertEqual(self.ask(method, path)[0], 404)

    # ---- too much, too slow ----

    def test_a_body_that_is_too_large_is_refused(self):
        large = json.dumps({"argv": ["ECHO", "x" * 1_100_000]})
        self.assertEqual(self.ask("POST", "/api/command", large, Content_Type="application/json")[0], 413)
        fits = json.dumps({"argv": ["ECHO", "x" * 900_000]})
        self.assertEqual(self.ask("POST", "/api/command", fits, Content_Type="application/json")[0], 200)

    def test_chunks_without_an_end_are_cut(self):
        head = (b"POST /api/command HTTP/1.1\r\nContent-Type: application/json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        answer = self.raw(head + chunk * 64, end=False)
        self.assertNotIn(b" 200 ", answer.split(b"\r\n")[0])
        self.assert_serves()

    def test_clients_that_send_slowly_keep_out_nobody(self):
        with contextlib.ExitStack() as slow:
            for _ in range(4 * THREADS):
                client = slow.enter_context(socket.create_connection(self.address, timeout=PATIENCE))
                client.sendall(b"POST /api/command HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{")
            for _ in range(20):
                self.assert_serves()

    def test_clients_that_read_slowly_keep_out_nobody(self):
        with contextlib.ExitStack() as slow:
            for _ in range(2 * THREADS):
                client = socket.socket()
                slow.enter_context(client)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
                client.settimeout(PATIENCE)
                client.connect(self.address)
                with contextlib.suppress(ConnectionError):
                    client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n" * 200)
            for _ in range(20):
                self.assert_serves()

    def test_clients_that_stay_silent_keep_out_nobody(self):
        with contextlib.ExitStack() as silent:
            for _ in range(4 * THREADS):
                silent.enter_context(socket.create_connection(self.address, timeout=PATIENCE))
            for _ in range(20):
                self.assert_serves()

    # ---- the API ----

    def test_wrong_json_is_refused_with_a_sentence(self):
        for body in ("", "{", "[]", "GET k", '{"argv": []}', '{"argv": [[]]}', '{"argv": [null]}',
                     "[" * 100_000, '{"argv": ' + "[" * 50_000 + "]" * 50_000 + "}",
                     b'{"argv": ["\xff"]}', '{"argv": ["GET", "k"]} x'):
            with self.subTest(body=body[:40]):
                status, told = self.post("/api/command", body)
                self.assertEqual((status, told["error"]["code"]), (400, "syntax"))
                self.assertTrue(told["error"]["message"])

    def test_pages_of_other_sites_can_do_nothing(self):
        me = f"{self.address[0]}:{self.address[1]}"
        body = json.dumps({"argv": ["PING"]})
        json_type = {"Content_Type": "application/json"}
        for status, headers in (
                (200, json_type),
                (200, {**json_type, "Origin": f"http://{me}", "Sec_Fetch_Site": "same-origin"}),
                (415, {}), (415, {"Content_Type": "text/plain"}),
                (415, {"Content_Type": "application/x-www-form-urlencoded"}),
                (403, {**json_type, "Origin": "http://evil.example"}),
                (403, {**json_type, "Origin": "null"}),
                (403, {**json_type, "Sec_Fetch_Site": "cross-site"}),
                (403, {**json_type, "Host": "evil.example"}),
                (403, {**json_type, "Host": "evil.example", "Origin": "http://evil.example",
                       "Sec_Fetch_Site": "same-origin"})):
            with self.subTest(headers=headers):
                self.assertEqual(self.ask("POST", "/api/command", body, **headers)[0], status)
        headers = self.ask("POST", "/api/command", body, **json_type)[1]
        self.assertFalse([name for name in headers if name.lower().startswith("access-control")])
        self.assertNotIn("Set-Cookie", headers)

    def test_without_a_login_commands_look_only(self):
        self.assertEqual(self.command("COMET", "TOP"), (200, {"reply": []}))
        for argv in (("SET", "k", "v"), ("GET", "k"), ("ASO.PUT", "k", "return {}"), ("FLUSHALL",),
                     ("CONFIG", "SET", "maxclients", "1"), ("CLIENT", "KILL", "TYPE", "normal")):
            with self.subTest(argv=argv):
                status, told = self.command(*argv)
                self.assertEqual((status, told["error"]["code"]), (401, "no_auth"))
        token = self.log_in()
        self.assertEqual(self.command("SET", "k", "v", token=token), (200, {"reply": "OK"}))
        self.assertEqual(self.command("GET", "k", token=token), (200, {"reply": "v"}))
        self.post("/api/logout", {}, Authorization=f"Bearer {token}")
        self.assertEqual(self.command("GET", "k", token=token)[0], 401)

    def test_markup_and_control_characters_come_as_data(self):
        token = self.log_in()
        source = "return { value = '' , onGet = function(self) comet.log(self.value) return self.value end }"
        self.assertEqual(self.command("ASO.PUT", NASTY, source, "VALUE", NASTY, token=token)[0], 200)
        self.assertEqual(self.command("GET", NASTY, token=token)[1]["reply"], NASTY)
        self.assertEqual(self.command("COMET", "TOP")[1]["reply"][0]["key"], NASTY)
        body = json.dumps({"argv": ["COMET", "TOP"]})
        _, headers, text = self.ask("POST", "/api/command", body, Content_Type="application/json")
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertNotIn("\x1b", text)
        _, headers, text = self.ask("GET", "/" + urllib.parse.quote(NASTY))
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertNotIn("<img", text)
        with RespClient(self.node.resp) as client:
            client.ask("SET", "bytes", b"a\xff\x00")
        self.assertEqual(self.command("GET", "bytes", token=token)[1]["reply"], "a\\xff\x00")

    def test_many_at_once_are_all_answered(self):
        token = self.log_in()
        failures = []

        def work(number):
            for i in range(20):
                key = f"{number}:{i}"
                if self.command("SET", key, str(i), token=token)[0] != 200:
                    failures.append(key)
                if self.command("INFO", "server")[0] != 200:
                    failures.append(f"viewer {key}")

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        self.assertEqual(failures, [])
        self.assertEqual(self.command("DBSIZE")[1]["reply"], 160)

    def test_the_page_is_for_browsers_and_the_index_for_programs(self):
        status, headers, text = self.ask("GET", "/", Accept="text/html")
        self.assertEqual(status, 200)
        self.assertTrue(text.startswith("<!doctype html>"))
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        again = self.ask("GET", "/", Accept="text/html", If_None_Match=headers["ETag"])
        self.assertEqual((again[0], again[2]), (304, ""))
        self.assertEqual(json.loads(self.ask("GET", "/")[2])["status"], "ok")


class WithoutDashboardTest(HttpStage):
    def test_there_is_no_page_and_no_api(self):
        self.start(NodeProcess(dashboard="no"))
        _, headers, _ = self.ask("GET", "/", Accept="text/html")
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(self.ask("GET", "/dashboard/main.js")[0], 404)
        self.assertEqual(self.command("PING")[0], 404)


class UsersTest(HttpStage):
    """A node with a users file: who looks sees accounts, and what is a user's needs that user."""

    def setUp(self):
        node = NodeProcess()
        self.users = node.folder / "users.acl"
        self.ann_password = self.make_user("ann", "~*", "&*", "+@all")
        self.bob_password = self.make_user("bob", "~b:*", "+@all", "-@dangerous")
        node.settings["users_file"] = str(self.users)
        self.start(node)
        self.ann = self.log_in("ann", self.ann_password)
        self.bob = self.log_in("bob", self.bob_password)

    def make_user(self, *words):
        made = run_comet("user", *words, "--file", str(self.users))
        self.assertEqual(made.returncode, 0, made.stderr)
        return made.stderr.rsplit(" ", 1)[1].strip()

    def test_rights_are_those_of_the_user(self):
        source = "return { secret = 'swordfish' }"
        self.assertEqual(self.command("ASO.PUT", "b:1", source, token=self.ann)[0], 200)
        self.assertEqual(self.command("ASO.INFO", "b:1")[1]["reply"]["owner"], "ann")
        for argv in (("ASO.STATE", "b:1"), ("ASO.CODE", "b:1"), ("GET", "b:1")):
            self.assertEqual(self.command(*argv)[0], 401, argv)
        self.assertNotIn("swordfish", json.dumps(self.command("COMET", "INSPECT", "b:1")[1]))
        self.assertEqual(self.command("ASO.STATE", "b:1", token=self.bob)[0], 403)
        self.assertEqual(self.command("ASO.STATE", "b:1", token=self.ann)[1]["reply"]["secret"], "swordfish")
        self.assertEqual(self.command("SET", "a:1", "x", token=self.bob)[0], 403)

    def test_a_new_password_ends_what_was_logged_in_with_the_old_one(self):
        lines = self.users.read_text().splitlines(keepends=True)
        self.users.write_text("".join(line for line in lines if not line.startswith("user bob ")))
        self.make_user("bob", "~b:*", "+@all")
        self.assertEqual(self.command("ACL", "LOAD", token=self.ann), (200, {"reply": "OK"}))
        self.assertEqual(self.command("PING", token=self.ann)[0], 200)
        self.command("PING", token=self.bob)
        self.assertEqual(self.command("PING", token=self.bob)[0], 401)

    def test_passwords_cannot_be_tried_at_speed(self):
        tried = [self.post("/api/login", {"user": "ann", "password": "x"})[0] for _ in range(7)]
        self.assertEqual(tried, [401] * 5 + [429] * 2)
        self.assertEqual(self.command("PING", token=self.ann)[0], 200)


if __name__ == "__main__":
    unittest.main()
