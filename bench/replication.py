#!/usr/bin/env python3
"""What copies cost and how fast they heal: three nodes of this machine against one.

A write and a read at the node that leads the key, beside the same on a node that is alone; frames
and bytes between the nodes for each write; how long writes of a key wait when its leader is killed;
and how long it takes until three nodes have everything of a node with 10,000 objects. All nodes
share this machine's processors, so what three nodes spend one of them cannot.
"""
import argparse
import pathlib
import re
import statistics
import subprocess
import tempfile
import time
import urllib.request

from measure import cpu_seconds, origin, print_origin, quantile, write_json

from node_process import NodeProcess, run_comet, wait_until  # noqa: E402  (measure makes it reachable)
from resp_client import ReplyError  # noqa: E402

SHAPES = {"depth 1, 1 connection": (1, 1, 10_000), "depth 16, 8 connections": (16, 8, 200_000)}
OBJECTS = 10_000


def dict_of(reply):
    pairs = reply.items() if isinstance(reply, dict) else zip(reply[::2], reply[1::2])
    return {text(k): text(v) for k, v in pairs}


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def end(node):
    """As a crash: nothing is handed over."""
    node.__exit__(KeyboardInterrupt, None, None)


class Network:
    """Nodes of one network, begun by the first."""

    def __init__(self, folder, count, **settings):
        self.secret = pathlib.Path(folder) / "secret"
        self.settings = settings
        if not self.secret.exists():
            run_comet("secret", str(self.secret))
        self.nodes = []
        for _ in range(count):
            self.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for node in self.nodes:
            end(node)

    def join(self):
        join = {"join": self.nodes[0].ready["link"]} if self.nodes else {}
        node = NodeProcess(link="127.0.0.1:0", secret_file=self.secret, http="127.0.0.1:0", **join,
                           **self.settings)
        node.__enter__()
        self.nodes.append(node)
        with node.client() as client:
            wait_until(lambda: not isinstance(client.ask("GET", "x"), ReplyError), "the node has joined")

    def facts(self):
        """What each node says of itself, asked of the last."""
        with self.nodes[-1].client() as client:
            return [dict_of(node) for node in client.call("COMET", "NODES")]

    def is_whole(self):
        facts = self.facts()
        if len(facts) < len(self.nodes) or any("ranges-led" not in node for node in facts):
            return False
        return (sum(node["ranges-led"] for node in facts) == 1024 and
                all(node["ranges-changing"] == 0 and node["ranges-behind"] == 0 for node in facts))

    def settle(self, seconds=120):
        wait_until(self.is_whole, "all copies are complete", seconds)

    def own_id(self, index):
        with self.nodes[index].client() as client:
            return dict_of(client.call("COMET", "NODES")[0])["id"]

    def key_led_by(self, index):
        own = self.own_id(index)
        with self.nodes[index].client() as client:
            for i in range(100_000):
                if dict_of(client.call("COMET", "WHERE", f"key:{i}")[-1])["id"] == own:
                    return f"key:{i}"
        raise RuntimeError("the node leads no key")


def benchmark(port, command, shape):
    depth, connections, count = SHAPES[shape]
    done = subprocess.run(["redis-benchmark", "-p", port, "-c", str(connections), "-P", str(depth),
                           "-n", str(count), "--csv", *command],
                          capture_output=True, text=True, check=True)
    values = done.stdout.strip().splitlines()[-1].split(",")
    figures = [float(v.strip('"')) for v in values[1:]]
    return {"per_second": figures[0], "p50_us": figures[3] * 1_000, "p99_us": figures[5] * 1_000,
            "count": count}


def metric(node, name):
    with urllib.request.urlopen(f"http://{node.ready['http']}/metrics") as answer:
        page = answer.read().decode()
    return sum(float(v) for v in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", page, re.MULTILINE))


def said(nodes):
    return tuple(sum(metric(node, name) for node in nodes)
                 for name in ("comet_link_frames_sent_total", "comet_link_sent_bytes_total"))


def cost(folder, rounds, settings):
    """(shape, command, nodes) -> figures of each round."""
    results = {}
    with NodeProcess(**settings) as alone, Network(folder, 3, **settings) as three:
        three.settle()
        key = three.key_led_by(0)
        sides = {"1": ([alone], alone), "3": (three.nodes, three.nodes[0])}
        for _ in range(rounds):
            for shape in SHAPES:
                for command in (["SET", key, "v" * 64], ["GET", key]):
                    for side, (nodes, asked) in sides.items():
                        spent = sum(cpu_seconds(node.pid) for node in nodes)
                        frames, sent = said(nodes) if side == "3" else (0, 0)
                        one = benchmark(asked.resp.rpartition(":")[2], command, shape)
                        if side == "3":
                            after = said(nodes)
                            one["frames"] = (after[0] - frames) / one["count"]
                            one["bytes"] = (after[1] - sent) / one["count"]
                        spent = sum(cpu_seconds(node.pid) for node in nodes) - spent
                        one["cpu_us"] = spent * 1e6 / one["count"]
                        results.setdefault((shape, command[0], side), []).append(one)
    return results


def failover(folder, trials, settings):
    """Seconds from the death of the leader of a key to the next write of it, for each trial."""
    times = []
    for _ in range(trials):
        with Network(folder, 3, **settings) as three:
            three.settle()
            key = three.key_led_by(0)
            with three.nodes[1].client() as client:
                client.call("SET", key, "before")
                began = time.monotonic()
                three.nodes[0].kill()
                while isinstance(client.ask("SET", key, "after"), ReplyError):
                    pass
                times.append(time.monotonic() - began)
    return times


def fill(node):
    with node.client() as client:
        for first in range(0, OBJECTS, 100):
            client.call("MSET", *[word for i in range(first, first + 100)
                                  for word in (f"object:{i}", "v" * 100)])


def full_replication(folder, settings):
    """Seconds until all is on three nodes: with two that join, and after one of four died."""
    with Network(folder, 1, **settings) as network:
        fill(network.nodes[0])
        began = time.monotonic()
        network.join()
        network.join()
        network.settle()
        joined = time.monotonic() - began
        network.join()
        network.settle()
        began = time.monotonic()
        end(network.nodes.pop(0))
        network.settle()
        return joined, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=10, help="deaths of a leader")
    parser.add_argument("--durability", default="interval", choices=["always", "interval", "none"])
    parser.add_argument("--json", help="write all results there")
    options = parser.parse_args()
    settings = {"durability": options.durability}
    where = origin(0)
    print_origin(where)
    with tempfile.TemporaryDirectory() as folder:
        results = cost(folder, options.rounds, settings)
        deaths = failover(folder, options.trials, settings)
        joined, healed = full_replication(folder, settings)
    print(f"{'':26}{'':5}{'nodes':>6}{'requests/s':>12}{'p50 us':>9}{'p99 us':>9}{'CPU us':>9}"
          f"{'frames':>8}{'bytes':>8}")
    rows = []
    for (shape, command, side), all_of in results.items():
        middle = {k: statistics.median(one[k] for one in all_of) for k in all_of[0]}
        rows.append({"shape": shape, "command": command, "nodes": int(side), **middle})
        between = (f"{middle['frames']:8.2f}{middle['bytes']:8.0f}" if side == "3" else "")
        print(f"{shape:26}{command:5}{side:>6}{middle['per_second']:12,.0f}{middle['p50_us']:9.0f}"
              f"{middle['p99_us']:9.0f}{middle['cpu_us']:9.1f}{between}")
    print(f"a leader dies: writes go on after {statistics.median(deaths):.2f} s (median of "
          f"{len(deaths)}), at most {max(deaths):.2f} s")
    print(f"{OBJECTS} objects are on three nodes {joined:.1f} s after two joined one, and again "
          f"{healed:.1f} s after one of four died")
    if options.json:
        rows.append({"failover_s": deaths, "p90_s": quantile(deaths, 0.9), "joined_s": joined,
                     "healed_s": healed})
        write_json(options.json, where, rows)


if __name__ == "__main__":
    main()
