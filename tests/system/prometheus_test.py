#!/usr/bin/env python3
"""A real Prometheus scrapes three nodes; its tool takes the metrics, the rules and the dashboard."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import urllib.request

from cluster_process import ClusterProcess
from metrics_test import documented
from node_process import wait_until
from prometheus_process import RULE_FILES, RULES, PrometheusProcess, promtool

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "packaging/grafana/comet.json"
COUNTER = "return {reads = 0, onGet = function(self) self.reads = self.reads + 1 return self.reads end}"
# Words of PromQL with an underscore that are no metrics.
WORDS = {"group_left", "histogram_quantile", "predict_linear"}
SUFFIXES = ("_bucket", "_sum", "_count")


def recorded():
    return set(re.findall(r"^ +- record: (\S+)$", (RULES / "comet_records.yml").read_text(), re.MULTILINE))


def unknown_metrics(expression):
    """Names in it that no node has and no rule records."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]', " ", re.sub(r"\{[^}]*\}", " ", expression))
    names = {name for name in re.findall(r"[A-Za-z_:][\w:]*", bare) if "_" in name or ":" in name}
    known, families = recorded() | WORDS, documented()
    for name, kind in families.items():
        known |= {name + suffix for suffix in SUFFIXES} if kind == "histogram" else {name}
    return names - known


class RulesTest(unittest.TestCase):
    def test_the_rules_and_the_example_are_taken(self):
        for arguments in (("check", "rules", *(RULES / name for name in RULE_FILES)),
                          ("check", "config", RULES / "prometheus.yml")):
            code, said = promtool(*arguments)
            self.assertEqual(code, 0, said)
            self.assertIn("SUCCESS", said)

    def test_each_alert_fires_under_its_condition_and_no_other_does(self):
        code, said = promtool("test", "rules", "comet_alerts_test.yml", cwd=RULES)
        self.assertEqual(code, 0, said)

    def test_each_alert_has_a_test_that_sees_it_fire(self):
        rules = (RULES / "comet_alerts.yml").read_text()
        alerts = re.findall(r"^ +- alert: (\w+)$", rules, re.MULTILINE)
        fired = set(re.findall(r'alertname="(\w+)"', (RULES / "comet_alerts_test.yml").read_text()))
        self.assertGreater(len(alerts), 30)
        self.assertEqual(set(alerts), fired)

    def test_a_metric_that_no_node_has_is_found(self):
        self.assertEqual(unknown_metrics('sum by (job) (rate(comet_nothing_total{job="comet_x"}[5m]))'),
                         {"comet_nothing_total"})
        self.assertEqual(unknown_metrics("instance:comet_nothing:rate1m > 1"),
                         {"instance:comet_nothing:rate1m"})
        self.assertEqual(unknown_metrics("comet_timer_delay_seconds > 1"), {"comet_timer_delay_seconds"})
        self.assertEqual(unknown_metrics("rate(comet_timer_delay_seconds_bucket[5m])"), set())


class DashboardTest(unittest.TestCase):
    def setUp(self):
        self.dashboard = json.loads(DASHBOARD.read_text())

    def targets(self):
        return [(panel["title"], target) for panel in self.dashboard["panels"]
                for target in panel.get("targets", [])]

    def expressions(self):
        """With values in the place of Grafana's variables."""
        texts = [target["expr"] for _, target in self.targets()]
        texts += [one["expr"] for one in self.dashboard["annotations"]["list"] if "expr" in one]
        return [text.replace("$__rate_interval", "1m").replace("$job", "comet").replace("$instance", ".*")
                for text in texts]

    def test_it_has_what_grafana_needs_of_a_dashboard(self):
        self.assertEqual(self.dashboard["title"], "Comet")
        self.assertGreaterEqual(self.dashboard["schemaVersion"], 38)
        variables = {one["name"]: one for one in self.dashboard["templating"]["list"]}
        self.assertEqual(variables["datasource"]["type"], "datasource")
        self.assertEqual(variables["datasource"]["query"], "prometheus")
        for name in ("job", "instance"):
            self.assertEqual(variables[name]["type"], "query")
        rows = [panel["title"] for panel in self.dashboard["panels"] if panel["type"] == "row"]
        self.assertEqual(rows, ["Network", "Requests and latency", "Active objects, by code", "Store",
                                "Replication", "Overlay and actors"])
        numbers = [panel["id"] for panel in self.dashboard["panels"]]
        self.assertEqual(len(numbers), len(set(numbers)))

    def test_its_panels_have_a_place_of_their_own_and_say_what_they_show(self):
        taken = set()
        for panel in self.dashboard["panels"]:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                     for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(cells & taken, panel["title"])
            taken |= cells
            if panel["type"] != "row":
                self.assertTrue(panel["description"].endswith("."), panel["title"])
                self.assertEqual(panel["datasource"], {"type": "prometheus", "uid": "${datasource}"})

    def test_its_expressions_parse_and_name_metrics_that_there_are(self):
        expressions = self.expressions()
        self.assertGreater(len(expressions), 40)
        for expression in expressions:
            self.assertNotIn("$", expression)
            self.assertEqual(unknown_metrics(expression), set(), expression)
        rules = [{"record": f"panel:{number}", "expr": expression}
                 for number, expression in enumerate(expressions)]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
            file.flush()
            code, said = promtool("check", "rules", file.name)
        self.assertEqual(code, 0, said)
        self.assertIn(f"{len(expressions)} rules found", said)


class WatchedCluster(unittest.TestCase):
    """Three nodes that have served some requests, and a Prometheus that scrapes them."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = ClusterProcess(3).__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)
        cls.pages = [node["http"] for node in cls.cluster.nodes]
        cls.prometheus = PrometheusProcess(cls.pages).__enter__()
        cls.addClassCleanup(cls.prometheus.__exit__)
        with cls.cluster.client(1) as client:
            client.call("ASO.PUT", "counter", COUNTER)
            for _ in range(20):
                client.call("GET", "counter")
            client.call("SET", "plain", "value")


class ThreeNodesTest(WatchedCluster):
    def test_the_metrics_of_each_node_are_taken_without_a_warning(self):
        for address in self.pages:
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=60) as page:
                text = page.read()
            done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True,
                                  timeout=60, check=False)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_all_targets_are_up_and_their_figures_arrive(self):
        def targets():
            active = self.prometheus.ask("targets")["activeTargets"]
            return {one["scrapeUrl"]: one["health"] for one in active}
        wait_until(lambda: set(targets().values()) == {"up"}, "all targets are up", 120)
        self.assertEqual(set(targets()), {f"http://{address}/metrics" for address in self.pages})
        ask = self.prometheus.value
        wait_until(lambda: ask("sum(comet_code_turns_total)") == 21, "all turns are counted", 120)
        wait_until(lambda: ask('sum(comet_ranges{state="led"}) == max(comet_network_ranges)') == 1024,
                   "each range has a leader", 120)
        self.assertGreaterEqual(ask('sum(comet_command_duration_seconds_count{command="get"})'), 20)
        self.assertEqual(ask("min(comet_store_writable)"), 1)
        self.assertGreater(ask("min(comet_disk_free_bytes)"), 0)
        self.assertGreater(ask("min(comet_machine_memory_bytes)"), ask("max(process_resident_memory_bytes)"))
        self.assertEqual(ask("count(count by (instance) (comet_actor_work_total{actor=\"executors\"}))"), 3)
        self.assertGreater(ask("sum(comet_thread_delay_seconds_count)"), 0)
        kinds = {one[0]["type"] for name, one in self.prometheus.ask("metadata").items()
                 if name.startswith("comet_")}
        self.assertEqual(kinds, {"counter", "gauge", "histogram"})

    def test_all_rules_are_evaluated_and_each_alert_says_what_to_do(self):
        def evaluated():
            rules = self.prometheus.rules()
            return rules if all(rule["health"] != "unknown" for rule in rules) else None
        rules = wait_until(evaluated, "all rules were evaluated", 120)
        for rule in rules:
            self.assertEqual(rule["health"], "ok", rule)
            self.assertEqual(unknown_metrics(rule["query"]), set(), rule["query"])
        alerts = [rule for rule in rules if rule["type"] == "alerting"]
        for alert in alerts:
            self.assertIn(alert["labels"]["severity"], ("critical", "warning"))
            self.assertEqual(set(alert["annotations"]), {"summary", "description"}, alert["name"])
            for text in alert["annotations"].values():
                self.assertTrue(text.endswith("."), text)
        wait_until(lambda: len(self.prometheus.query("instance:comet_commands:rate1m")) == 3,
                   "rates of all nodes are recorded", 120)


class NodeDeathTest(WatchedCluster):
    def test_a_node_that_dies_is_an_alert(self):
        def states():
            return {rule["name"]: rule["state"] for rule in self.prometheus.rules()
                    if rule["type"] == "alerting"}
        wait_until(lambda: self.prometheus.value("job:comet_nodes_up:count") == 3, "all nodes are up", 120)
        self.assertEqual(states()["CometNodeDown"], "inactive")
        self.cluster.kill_node(3)
        wait_until(lambda: states()["CometNodeDown"] in ("pending", "firing"), "the alert sees it", 120)
        wait_until(lambda: self.prometheus.value("job:comet_nodes_up:count") == 2, "two nodes are up", 120)
        self.cluster.process.kill()
        self.cluster.process.wait()
        self.cluster.process.stdout.close()
        self.cluster.process = None


if __name__ == "__main__":
    unittest.main()
