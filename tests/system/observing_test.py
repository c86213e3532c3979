"""One object looked at while it works: `comet inspect`, `comet log` and `comet trace`."""
import contextlib
import http.server
import json
import pathlib
import queue
import subprocess
import tempfile
import threading
import unittest

from cluster_process import ClusterProcess
from node_process import NodeProcess, binary, clean_environment, run_comet, wait_until
from resp_client import ReplyError, as_map

SPEAKER = """local aso = { value = "v", said = 0 }
function aso:onGet() return self.value end
function aso:say(...)
  for _, word in ipairs({ ... }) do comet.log(word) end
  self.said = self.said + select("#", ...)
end
function aso:chatter(count) for i = 1, tonumber(count) do comet.log("word " .. i) end end
function aso:fail() error("no") end
function aso:onTimer() end
return aso
"""
WAIT_SECONDS = 60


class Running:
    """`comet WORDS` until it ends or `stop`: its lines as they come."""

    def __init__(self, *words):
        self.process = subprocess.Popen(
            [binary(), *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=clean_environment())
        self.lines, self.remarks = queue.Queue(), queue.Queue()
        self.readers = [threading.Thread(target=self._read, args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.lines),
                                     (self.process.stderr, self.remarks))]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def _read(pipe, lines):
        for line in pipe:
            lines.put(line.decode())

    def line(self):
        return self.lines.get(timeout=WAIT_SECONDS)

    def remark(self):
        return self.remarks.get(timeout=WAIT_SECONDS)

    def wait(self):
        return self.process.wait(WAIT_SECONDS)

    def stop(self):
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()


@contextlib.contextmanager
def running(*words):
    one = Running(*words)
    try:
        yield one
    finally:
        one.stop()


class Collector:
    """Takes spans over HTTP as a collector of OpenTelemetry does: the posts as they came."""

    def __init__(self, status=200):
        posts = self.posts = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posts.append((self.path, self.headers["Content-Type"], json.loads(body)))
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                """Standard error is for the tests."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def spans(self):
        return [span for _, _, body in self.posts for resource in body["resourceSpans"]
                for scope in resource["scopeSpans"] for span in scope["spans"]]


def attributes(holder):
    """Of a span or a resource: name to value; 64-bit numbers are texts in OTLP's JSON."""
    found = {}
    for one in holder["attributes"]:
        (kind, value), = one["value"].items()
        found[one["key"]] = int(value) if kind == "intValue" else value
    return found


def is_traced(client, key):
    answer = client.ask("COMET", "TRACES", key)
    return answer is not None and not isinstance(answer, ReplyError)


class OneNodeTest(unittest.TestCase):
    def setUp(self):
        self.node = NodeProcess()
        self.node.__enter__()
        self.addCleanup(self.node.__exit__, None, None, None)
        source = pathlib.Path(self.node.folder) / "speaker.lua"
        source.write_text(SPEAKER)
        self.comet("put", "door", str(source), "--record", "4", "--limit", "fuel-per-turn=5000")

    def words(self, *words):
        return ("--node", self.node.resp, *words)

    def comet(self, *words, expected=0):
        done = run_comet(*self.words(*words))
        self.assertEqual(done.returncode, expected, (words, done.stdout, done.stderr))
        return done.stdout if expected == 0 else done.stderr

    def inspect(self, key):
        return json.loads(self.comet("inspect", key, "--json"))

    def test_an_object_is_shown_with_all_that_is_known_of_it(self):
        self.comet("call", "door", "say", "hello")
        self.comet("call", "door", "fail", expected=1)
        seen = self.inspect("door")
        self.assertEqual((seen["key"], seen["type"]), ("door", "active"))
        self.assertEqual(seen["handlers"], ["onGet", "onTimer"])
        self.assertEqual(seen["methods"], ["chatter", "fail", "say"])
        self.assertEqual(seen["limits"], {"fuel-per-turn": 5000})
        self.assertEqual((seen["turns"], seen["failures"]), (3, 1))
        self.assertIn('value = "v"', seen["state"])
        self.assertIn("said = 1", seen["state"])
        self.assertEqual((seen["log"], seen["log-lines"]), (["hello"], 1))
        self.assertIn("no", seen["last-error"])
        self.assertEqual([turn["handler"] for turn in seen["turns-recorded"]],
                         ["onPut", "say", "fail"])
        self.assertEqual([(one["leads"], one["behind"]) for one in seen["replicas"]], [(1, 0)])
        self.assertTrue(seen["leader"].startswith(self.node.ready["id"]))
        self.assertEqual(seen["route"][-1]["id"], seen["leader"])
        page = self.comet("inspect", "door")
        for part in ("door: active, ", "handlers    onGet, onTimer", "fuel-per-turn 5000",
                     "last error, ", "log, the last 1 of 1 lines\n  hello\n", "recorded turns",
                     "'door' is held by " + self.node.ready["id"]):
            self.assertIn(part, page)

    def test_a_passive_value_and_no_value_have_pages_too(self):
        self.comet("put", "greeting", "--value", "hello", "--ttl", "1h")
        seen = self.inspect("greeting")
        self.assertEqual((seen["type"], seen["size-bytes"]), ("passive", 5))
        self.assertIn("in 59m", self.comet("inspect", "greeting"))
        self.assertEqual(self.inspect("nobody")["type"], "none")
        self.assertIn("there is no 'nobody'", self.comet("inspect", "nobody"))

    def test_an_object_is_shown_after_a_restart_without_being_run(self):
        self.node.kill()
        self.node.start()
        seen = self.inspect("door")
        self.assertEqual((seen["methods"], seen["version"]), (["chatter", "fail", "say"], 1))

    def test_the_log_is_told_once_as_it_grows_and_a_terminal_obeys_none_of_it(self):
        self.comet("call", "door", "say", "one")
        self.assertEqual(self.comet("log", "door"), "one\n")
        with running(*self.words("log", "door", "--follow")) as follows:
            self.assertEqual(follows.line(), "one\n")
            self.comet("call", "door", "say", "two", "\x1b[2Jthree\n")
            self.assertEqual(follows.line(), "two\n")
            self.assertEqual(follows.line(), "\\x1b[2Jthree\\x0a\n")
            self.comet("call", "door", "say", "four")
            self.assertEqual(follows.line(), "four\n")
        with running(*self.words("log", "door", "--follow", "--json")) as follows:
            texts = [json.loads(follows.line()) for _ in range(4)]
            self.assertEqual([one["line"] for one in texts], [1, 2, 3, 4])
            self.assertEqual(texts[2]["text"], "\x1b[2Jthree\n")

    def test_each_line_is_told_once_or_counted_as_lost(self):
        self.comet("call", "door", "say", "before")
        with running(*self.words("log", "door", "--follow", "--json")) as follows, \
                self.node.client() as client:
            self.assertEqual(json.loads(follows.line())["text"], "before")
            client.pipeline([("ASO.CALL", "door", "chatter", "20")] * 5
                            + [("ASO.CALL", "door", "say", "end")])
            numbers, lost = [1], 0
            while True:
                told = json.loads(follows.line())
                if "lost" in told:
                    lost += told["lost"]
                    continue
                numbers.append(told["line"])
                if told["text"] == "end":
                    break
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual((numbers[-1], len(numbers) + lost), (102, 102))

    def test_a_log_that_cannot_be_told_is_an_error(self):
        self.comet("put", "greeting", "--value", "hello")
        self.assertIn("there is no object", self.comet("log", "nobody", expected=1))
        self.assertIn("is passive", self.comet("log", "greeting", expected=1))

    def test_the_next_requests_are_shown_with_their_steps(self):
        with self.node.client() as client, running(
                *self.words("trace", "door", "--count", "3", "--json")) as trace:
            wait_until(lambda: is_traced(client, "door"), "the object is traced")
            client.call("GET", "door")
            client.call("ASO.CALL", "door", "say", "hello")
            self.assertIsInstance(client.ask("ASO.CALL", "door", "fail"), ReplyError)
            client.call("GET", "door")  # one more than asked for
            self.assertEqual(trace.wait(), 0)
            for reader in trace.readers:
                reader.join()
            seen = json.loads("".join(list(trace.lines.queue)))["requests"]
        self.assertEqual([one["handler"] for one in seen], ["onGet", "say", "fail"])
        self.assertEqual([one["operation"] for one in seen], ["GET", "ASO.CALL", "ASO.CALL"])
        self.assertEqual([one["user"] for one in seen], ["default"] * 3)
        for one in seen:
            steps = sum(one[name] for name in ("store-us", "line-us", "passing-us", "mailbox-us",
                                               "turn-us", "commit-us"))
            self.assertGreater(one["total-us"], 0)
            self.assertLessEqual(steps, one["total-us"])
            self.assertGreater(one["fuel"], 0)
        self.assertEqual([one["outcome"][:5] for one in seen], ["ok", "ok", "error"])
        self.assertGreater(seen[1]["commit-us"], 0)

    def test_a_trace_is_drawn_request_by_request(self):
        with self.node.client() as client, running(
                *self.words("trace", "door", "--count", "1")) as trace:
            wait_until(lambda: is_traced(client, "door"), "the object is traced")
            client.call("ASO.CALL", "door", "say", "hello")
            self.assertIn("1  ASO.CALL say  by default@127.0.0.1", trace.line())
            self.assertEqual(trace.wait(), 0)
            for reader in trace.readers:
                reader.join()
            drawn = list(trace.lines.queue)
        self.assertTrue(any(line.startswith("   turn     |") and "fuel " in line for line in drawn))
        self.assertTrue(any(line.startswith("   disk     |") for line in drawn))

    def test_passive_values_are_traced_and_time_runs_out(self):
        self.comet("put", "greeting", "--value", "hello")
        with self.node.client() as client:
            client.call("COMET", "TRACE", "greeting", "2")
            client.call("GET", "greeting")
            client.call("APPEND", "greeting", "!")
            seen = as_map(client.call("COMET", "TRACES", "greeting"))
            operations = [as_map(one)["operation"] for one in seen["requests"]]
        self.assertEqual(operations, [b"GET", b"APPEND"])
        self.assertIn("0 of 1 requests came within 300ms", self.comet(
            "trace", "door", "--count", "1", "--timeout", "300ms", expected=1))
        self.assertIn("no such key", self.comet("trace", "nobody", expected=1))
        self.comet("trace", "door", "--count", "65", expected=2)
        self.comet("trace", "door", "--timeout", "soon", expected=2)

    def test_traced_requests_reach_a_collector_as_spans(self):
        trace_id, span_id = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
        with Collector() as collector, self.node.client() as client, running(
                *self.words("trace", "door", "--count", "3", "--otlp", collector.url)) as trace:
            wait_until(lambda: is_traced(client, "door"), "the object is traced")
            client.call("ASO.CALL", "door", "say", "hello")
            self.assertIsInstance(client.ask("ASO.CALL", "door", "fail"), ReplyError)
            client.call("COMET", "WITH", "ID", f"00-{trace_id}-{span_id}-01", "GET", "door")
            self.assertEqual(trace.wait(), 0)
            self.assertIn("ASO.CALL say", trace.line())
        self.assertEqual({post[:2] for post in collector.posts},
                         {("/v1/traces", "application/json")})
        for _, _, body in collector.posts:
            resource = attributes(body["resourceSpans"][0]["resource"])
            self.assertEqual(resource["service.name"], "comet")
            self.assertTrue(resource["service.instance.id"].startswith(self.node.ready["id"]))
        spans = collector.spans()
        said, failed, named = [one for one in spans if one["kind"] == 2]
        self.assertEqual([one["name"] for one in (said, failed, named)],
                         ["ASO.CALL say", "ASO.CALL fail", "GET onGet"])
        self.assertEqual((attributes(said)["db.system.name"], attributes(said)["comet.key"]),
                         ("comet", "door"))
        self.assertGreater(attributes(said)["comet.fuel"], 0)
        self.assertNotIn("status", said)
        self.assertEqual((failed["status"]["code"], attributes(failed)["error.type"]),
                         (2, "script"))
        self.assertEqual((named["traceId"], named["parentSpanId"]), (trace_id, span_id))
        self.assertEqual(len({one["traceId"] for one in spans}), 3)
        self.assertEqual(len({one["spanId"] for one in spans}), len(spans))
        for one in spans:
            self.assertRegex(one["traceId"], "^[0-9a-f]{32}$")
            self.assertRegex(one["spanId"], "^[0-9a-f]{16}$")
            self.assertLessEqual(int(one["startTimeUnixNano"]), int(one["endTimeUnixNano"]))
        steps = [one for one in spans if one.get("parentSpanId") == said["spanId"]]
        self.assertTrue({"turn", "disk"} <= {one["name"] for one in steps})
        for one in steps:
            self.assertEqual((one["traceId"], one["kind"]), (said["traceId"], 1))
            self.assertGreaterEqual(int(one["startTimeUnixNano"]), int(said["startTimeUnixNano"]))
            self.assertLessEqual(int(one["endTimeUnixNano"]), int(said["endTimeUnixNano"]))

    def check_trouble(self, url, remark):
        """One request is traced, shown all the same, and the status says that spans are missing."""
        with self.node.client() as client, running(
                *self.words("trace", "door", "--count", "1", "--otlp", url)) as trace:
            wait_until(lambda: is_traced(client, "door"), "the object is traced")
            client.call("GET", "door")
            self.assertEqual(trace.wait(), 1)
            self.assertIn("GET onGet", trace.line())
            self.assertIn(remark, trace.remark())

    def test_a_collector_that_takes_no_spans_does_not_end_the_trace(self):
        with Collector(status=503) as collector:
            self.check_trouble(collector.url, "did not take the spans: HTTP status 503")

    def test_a_collector_that_is_away_does_not_end_the_trace(self):
        with Collector() as collector:
            url = collector.url
        self.check_trouble(url, "cannot send spans to " + url)
        self.assertIn("is no address of a collector",
                      self.comet("trace", "door", "--otlp", "localhost:4318", expected=2))


class ThreeNodesTest(unittest.TestCase):
    def setUp(self):
        self.cluster = ClusterProcess(3)
        self.cluster.__enter__()
        self.addCleanup(self.cluster.__exit__, None, None, None)
        folder = tempfile.TemporaryDirectory(prefix="comet-observing-test-")
        self.addCleanup(folder.cleanup)
        source = pathlib.Path(folder.name) / "speaker.lua"
        source.write_text(SPEAKER)
        self.comet(1, "put", "door", str(source))

    def words(self, node, *words):
        return ("--node", self.cluster.nodes[node - 1]["resp"], *words)

    def comet(self, node, *words):
        done = run_comet(*self.words(node, *words))
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout

    def inspect(self, node):
        return json.loads(self.comet(node, "inspect", "door", "--json"))

    def leader(self):
        """Number of the node that leads the object."""
        leader = self.inspect(1)["leader"]
        return next(number for number, node in enumerate(self.cluster.nodes, 1)
                    if leader.startswith(node["id"]))

    def is_whole(self):
        replicas = self.inspect(1)["replicas"]
        return len(replicas) == 3 and not any(one["behind"] for one in replicas)

    def test_each_node_tells_the_same_of_an_object_and_the_way_to_it(self):
        wait_until(self.is_whole, "the object has all of its copies")
        leader = self.leader()
        for node in (1, 2, 3):
            seen = self.inspect(node)
            self.assertTrue(seen["leader"].startswith(self.cluster.nodes[leader - 1]["id"]))
            self.assertEqual(seen["methods"], ["chatter", "fail", "say"])
            self.assertEqual(sum(one["leads"] for one in seen["replicas"]), 1)
            self.assertEqual(len(seen["route"]), 1 if node == leader else 2)
        self.assertEqual(self.comet(1, "inspect", "door").count("  complete\n"), 2)

    def test_a_request_over_another_node_has_hops_and_waits_for_the_majority(self):
        wait_until(self.is_whole, "the object has all of its copies")
        leader = self.leader()
        other = leader % 3 + 1
        with self.cluster.client(other) as client, running(
                *self.words(other, "trace", "door", "--count", "2", "--json")) as trace:
            wait_until(lambda: is_traced(client, "door"), "the object is traced")
            client.call("ASO.CALL", "door", "say", "hello")
            with self.cluster.client(leader) as at_leader:
                at_leader.call("GET", "door")
            self.assertEqual(trace.wait(), 0)
            for reader in trace.readers:
                reader.join()
            seen = json.loads("".join(list(trace.lines.queue)))["requests"]
        self.assertEqual([one["hops"] for one in seen], [1, 0])
        self.assertTrue(seen[0]["through"].startswith(self.cluster.nodes[other - 1]["id"]))
        self.assertGreater(seen[0]["commit-us"], 0)
        self.assertGreaterEqual(seen[0]["commit-us"], seen[0]["disk-us"])

    def test_a_log_goes_on_when_its_leader_dies_and_says_so(self):
        wait_until(self.is_whole, "the object has all of its copies")
        leader = self.leader()
        other = leader % 3 + 1
        with running(*self.words(other, "log", "door", "--follow")) as follows:
            with self.cluster.client(other) as client:
                client.call("ASO.CALL", "door", "say", "before")
                self.assertEqual(follows.line(), "before\n")
                self.cluster.kill_node(leader)
                # Lines are in the memory of the leader, and the first one after a death may hand the
                # object over at once, with a line that nobody has read.
                def is_heard():
                    client.ask("ASO.CALL", "door", "say", "after")
                    with contextlib.suppress(queue.Empty):
                        return follows.lines.get(timeout=1) == "after\n"
                    return False
                wait_until(is_heard, "a line that the object writes again is shown")
                while "starts again" not in follows.remark():
                    pass


if __name__ == "__main__":
    unittest.main()
