"""/metrics of real nodes: what docs/metrics.md lists, in the text format as Prometheus defines it,
bounded whatever is stored, and no hold on the node for who reads slowly; and COMET TOP, which tells of
objects what metrics must not."""
import hashlib
import json
import pathlib
import re
import socket
import unittest
import urllib.request

from cluster_process import ClusterProcess
from node_process import NodeProcess, wait_until
from resp_client import as_map

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COUNTER = ("local aso = { n = 0 } function aso:onGet() self.n = self.n + 1 return self.n end "
           "function aso:burn() while true do end end "
           "function aso:wake() dht.setTimer('t', {after = 0.01}) return 1 end "
           "function aso:onTimer() self.n = 0 end return aso")
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? ([0-9.e+-]+|\+Inf|NaN)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}


class Family:
    def __init__(self, name, kind):
        self.name, self.kind, self.samples = name, kind, {}

    def value(self, suffix="", **labels):
        return self.samples[(self.name + suffix, tuple(sorted(labels.items())))]

    def values_of(self, label):
        return [dict(labels)[label] for _, labels in self.samples]


def labels_of(text):
    found, at = [], 0
    while at < len(text):
        one = LABEL.match(text, at)
        if not one:
            raise ValueError(f"no label at {text[at:]!r}")
        found.append((one[1], one[2]))
        at = one.end()
    if len(dict(found)) != len(found):
        raise ValueError(f"a label twice in {text!r}")
    return tuple(sorted(found))


def parse(text):
    """Text format 0.0.4, strictly: each family once, HELP, TYPE and then its samples, none twice."""
    if not text.endswith("\n") or "\r" in text:
        raise ValueError("lines end in line feeds")
    families, helped, current = {}, None, None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            helped = line.split(" ", 3)[2]
            if helped in families or len(line.split(" ", 3)) != 4:
                raise ValueError(f"a second or an empty help: {line!r}")
            continue
        if line.startswith("# TYPE "):
            name, kind = line.split(" ")[2:]
            if name != helped or kind not in ("counter", "gauge", "histogram"):
                raise ValueError(f"a type without its help: {line!r}")
            current = families[name] = Family(name, kind)
            continue
        sample = SAMPLE.fullmatch(line)
        if not sample or current is None:
            raise ValueError(f"no sample: {line!r}")
        allowed = [current.name + suffix for suffix in SUFFIXES.get(current.kind, ("",))]
        at = (sample[1], labels_of(sample[2] or ""))
        if sample[1] not in allowed or at in current.samples:
            raise ValueError(f"out of its place, or twice: {line!r}")
        current.samples[at] = float(sample[3])
    for family in families.values():
        check(family)
    return families


def check(family):
    if family.kind != "gauge" and any(value < 0 for value in family.samples.values()):
        raise ValueError(f"{family.name} is negative")
    if family.kind != "histogram":
        return
    series = {}
    for (name, labels), value in family.samples.items():
        if name.endswith("_bucket"):
            rest = tuple(one for one in labels if one[0] != "le")
            series.setdefault(rest, []).append((float(dict(labels)["le"]), value))
    for rest, buckets in series.items():
        if buckets != sorted(buckets) or buckets[-1][0] != float("inf"):
            raise ValueError(f"buckets of {family.name} are out of order")
        if [count for _, count in buckets] != sorted(count for _, count in buckets):
            raise ValueError(f"buckets of {family.name} do not add up")
        if buckets[-1][1] != family.value("_count", **dict(rest)):
            raise ValueError(f"the count of {family.name} is not that of its buckets")


def scrape_text(http):
    with urllib.request.urlopen(f"http://{http}/metrics", timeout=60) as page:
        assert page.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return page.read().decode("ascii")


def scrape(http):
    return parse(scrape_text(http))


def documented():
    rows = re.findall(r"^\| `(\w+)` \| (counter|gauge|histogram) \|",
                      (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    return dict(rows)


def top(client, *words):
    return [as_map(row) for row in client.call("COMET", "TOP", *words)]


class ParserTest(unittest.TestCase):
    def test_it_takes_no_text_that_breaks_the_format(self):
        head = "# HELP a_total A.\n# TYPE a_total counter\n"
        self.assertEqual(parse(head + 'a_total{x="\\"\\n\\\\"} 1\n')["a_total"].kind, "counter")
        for broken in ("a_total 1\n", head + "b_total 1\n", head + "a_total 1\na_total 2\n",
                       head + "a_total -1\n",
                       head + 'a_total{x="a"b"} 1\n', head + 'a_total{x="\\t"} 1\n', head + "a_total 1",
                       head + 'a_total{x="1",x="2"} 1\n', head + head, "# TYPE a_total counter\n",
                       head.replace("counter", "histogram") +
                       'a_total_bucket{le="+Inf"} 1\na_total_count 2\n'):
            with self.subTest(broken), self.assertRaises(ValueError):
                parse(broken)


class ThreeNodesTest(unittest.TestCase):
    def test_each_of_three_nodes_has_every_family_of_the_document(self):
        with ClusterProcess(3) as cluster:
            for node in (1, 2, 3):
                with cluster.client(node) as client:
                    client.call("ASO.PUT", f"object:{node}", COUNTER)
                    for other in (1, 2, 3):
                        client.ask("GET", f"object:{other}")
            for node in cluster.nodes:
                # What the router counts is told to the reactor once a second.
                wait_until(lambda at=node["http"]: scrape(at)["comet_links"].value() > 0, "links")
                families = scrape(node["http"])
                self.assertEqual({name: family.kind for name, family in families.items()}, documented())
                self.assertGreater(families["comet_settle_duration_seconds"].value("_count"), 0)
                self.assertGreaterEqual(
                    families["comet_command_duration_seconds"].value("_count", command="get"), 3)

            def nobody_is_behind():
                return all(scrape(node["http"])["comet_objects_under_replicated"].value() == 0
                           for node in cluster.nodes)
            wait_until(nobody_is_behind, "all objects have all their copies")

            # None is behind of those that are led, so each range has to have its leader too.
            def each_range_is_led():
                return sum(scrape(node["http"])["comet_ranges"].value(state="led")
                           for node in cluster.nodes) == 1024
            wait_until(each_range_is_led, "each range has one leader")
            with urllib.request.urlopen(f"http://{cluster.nodes[0]['http']}/ready") as page:
                self.assertEqual(json.load(page)["concerns"], [])
            lost = scrape(cluster.nodes[2]["http"])["comet_ranges"].value(state="led")
            self.assertGreater(lost, 0)
            before = self.taken_over(cluster.nodes[:2])
            cluster.kill_node(3)
            wait_until(lambda: self.taken_over(cluster.nodes[:2]) - before >= lost,
                       "the others have taken over what the lost node led", 120)
            cluster.process.kill()
            cluster.process.wait()
            cluster.process.stdout.close()
            cluster.process = None


    @staticmethod
    def taken_over(nodes):
        return sum(scrape(node["http"])["comet_ranges_taken_over_total"].value() for node in nodes)


class OneNodeTest(unittest.TestCase):
    def setUp(self):
        self.node = NodeProcess()
        self.node.__enter__()
        self.addCleanup(self.node.__exit__, None, None, None)
        self.client = self.node.client()
        self.addCleanup(self.client.close)

    def families(self):
        return scrape(self.node.http)

    def test_turns_kills_and_timers_are_counted_by_code(self):
        self.client.call("ASO.PUT", "busy", COUNTER)
        for _ in range(5):
            self.client.call("GET", "busy")
        self.assertIn("fuel", str(self.client.ask("ASO.CALL", "busy", "burn")))
        self.client.call("ASO.CALL", "busy", "wake")
        wait_until(lambda: self.families()["comet_timer_delay_seconds"].value("_count") == 1, "the timer ran")
        families = self.families()
        code = hashlib.sha256(COUNTER.encode()).hexdigest()[:12]
        self.assertEqual(families["comet_code_turns_total"].value(code=code), 9)
        self.assertEqual(families["comet_code_turn_failures_total"].value(code=code), 1)
        self.assertEqual(families["comet_code_kills_total"].value(code=code, cause="fuel"), 1)
        self.assertEqual(families["comet_code_timers_total"].value(code=code), 1)
        self.assertGreater(families["comet_code_fuel_total"].value(code=code), 100_000)
        self.assertGreater(families["comet_code_memory_peak_bytes"].value(code=code), 0)
        self.assertEqual(families["comet_turn_duration_seconds"].value("_count", code=code), 9)
        self.assertGreater(families["comet_turn_duration_seconds"].value("_sum", code=code), 0)
        self.assertEqual(families["comet_mailbox_wait_seconds"].value("_count", code=code), 9)
        self.assertEqual(families["comet_command_duration_seconds"].value("_count", command="aso.call"), 2)
        self.assertEqual(families["comet_command_error_replies_total"].value(command="aso.call"), 1)
        self.assertEqual([row["key"] for row in top(self.client, "BY", "turns")], [b"busy"])

    def test_keys_of_any_bytes_stay_out_of_metrics_and_come_whole_from_top(self):
        keys = [b'<script>alert("x")</script>\n', b"\x1b[31mscarlet\x00\xff", b'quote" back\\slash']
        for key in keys:
            self.client.call("ASO.PUT", key, COUNTER)
            self.client.call("GET", key)
        self.client.ask(b'NO\x01"SUCH\n\\COMMAND')
        text = scrape_text(self.node.http)
        families = parse(text)
        for word in ("<script", "scarlet", "slash", "SUCH"):
            self.assertNotIn(word, text)
        self.assertGreaterEqual(families["comet_command_error_replies_total"].value(command="unknown"), 1)
        self.assertEqual({row["key"] for row in top(self.client)}, set(keys))

    def test_the_text_stays_bounded_with_many_codes_and_objects(self):
        # Each code has its comment, so it has its hash; each has five objects.
        for code in range(80):
            for number in range(5):
                self.client.send("ASO.PUT", f"o:{code}:{number}", f"{COUNTER} -- {code}")
            for number in range(5):
                self.client.send("GET", f"o:{code}:{number}")
            for _ in range(10):
                self.client.read()
        for _ in range(200):
            self.client.call("GET", "o:79:4")
        text = scrape_text(self.node.http)
        self.assertLess(len(text), 1_000_000)
        turns = parse(text)["comet_code_turns_total"]
        self.assertEqual(len(turns.samples), 51)
        self.assertEqual(turns.value(code="other"), 30 * 10 + 200)
        for measure in ("fuel", "memory", "turns", "messages", "mailbox", "bytes"):
            self.assertLessEqual(len(top(self.client, "BY", measure, "COUNT", 100)), 100)
        first = top(self.client, "BY", "turns", "COUNT", 1)[0]
        self.assertEqual(first["key"], b"o:79:4")
        self.assertLessEqual(first["value"] - first["error"], 202)
        # What it has not told is at most an eighth of the smallest that is listed.
        least = top(self.client, "BY", "turns", "COUNT", 100)[-1]["value"]
        self.assertGreaterEqual(first["value"] + least / 8, 202)

    def test_who_reads_the_metrics_slowly_holds_up_nobody_but_other_readers(self):
        host, port = self.node.http.rsplit(":", 1)
        for _ in range(8):
            slow = socket.socket()
            self.addCleanup(slow.close)
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect((host, int(port)))
            slow.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
        self.client.call("ASO.PUT", "busy", COUNTER)
        for number in range(1, 500):
            self.assertEqual(self.client.call("GET", "busy"), str(number).encode())
        self.assertEqual(self.families()["comet_joined"].value(), 1)


if __name__ == "__main__":
    unittest.main()
