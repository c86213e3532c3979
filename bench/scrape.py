#!/usr/bin/env python3
"""What Prometheus costs a node: bytes and processor time of a scrape, with many objects and codes.

One node with a million active objects, evenly of more codes than have figures of their own; each code
runs, and the usual commands are used. Then /metrics is read again and again over one connection while
the node is idle. CPU is that of all threads of the process during one scrape, as the scheduler counts
it (/proc/PID/task/*/schedstat). Aim: at most 1 MB and 50 ms.
"""
import argparse
import http.client
import pathlib
import statistics
import time

import measure
from measure import origin, print_origin, quantile, write_json

from node_process import NodeProcess  # noqa: E402  (measure makes these reachable)
from resp_client import encode

SEED = 20101004
CODES = 64
SOURCE = ("local aso = {{ reads = 0 }} "
          "function aso:onGet() self.reads = self.reads + 1 return self.reads end return aso -- {}")
BYTES_MAX = 1_000_000
CPU_MS_MAX = 50


def load(node, count):
    sources = [SOURCE.format(code) for code in range(CODES)]
    with node.client() as client:
        measure.insert(client, (encode("ASO.PUT", f"object:{i:09}", sources[i % CODES])
                                for i in range(count)))
        for i in range(0, count, max(1, count // 10_000)):
            client.call("GET", f"object:{i:09}")
        for words in (("SET", "plain", "1"), ("INCR", "plain"), ("EXPIRE", "plain", "60"), ("DEL", "plain"),
                      ("ASO.INFO", "object:000000000"), ("COMET", "TOP"), ("INFO",), ("PING",)):
            client.call(*words)
        if client.call("DBSIZE") != count:
            raise RuntimeError("objects are missing")


def cpu_ns(pid):
    """Of all threads."""
    return sum(int(task.read_text().split()[0])
               for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))


def scrape(page):
    page.request("GET", "/metrics")
    answer = page.getresponse()
    text = answer.read()
    if answer.status != 200 or not text.endswith(b"\n"):
        raise RuntimeError(f"/metrics answers {answer.status}")
    return text


def run(count, scrapes):
    with NodeProcess() as node:
        load(node, count)
        measure.wait_until_quiet(node.pid)
        page = http.client.HTTPConnection(node.http, timeout=60)
        scrape(page)
        cpu, wall = [], []
        for _ in range(scrapes):
            before, began = cpu_ns(node.pid), time.perf_counter()
            text = scrape(page)
            wall.append((time.perf_counter() - began) * 1e3)
            cpu.append((cpu_ns(node.pid) - before) / 1e6)
        page.close()
        return {"objects": count, "codes": CODES, "scrapes": scrapes, "bytes": len(text),
                "samples": sum(not line.startswith(b"#") for line in text.splitlines()),
                "cpu_ms": statistics.median(cpu), "cpu_ms_low": min(cpu), "cpu_ms_high": max(cpu),
                "wall_ms": statistics.median(wall), "wall_ms_p95": quantile(wall, 0.95)}


def print_results(r):
    print(f"{r['objects']:,} active objects of {r['codes']} codes; median of {r['scrapes']} scrapes\n"
          f"  text               {r['bytes']:>12,} bytes, {r['samples']:,} samples "
          f"(aim: {BYTES_MAX:,} bytes)\n"
          f"  processor time     {r['cpu_ms']:>12,.2f} ms a scrape ({r['cpu_ms_low']:.2f} to "
          f"{r['cpu_ms_high']:.2f}; aim: {CPU_MS_MAX} ms)\n"
          f"  time               {r['wall_ms']:>12,.2f} ms a scrape, "
          f"{r['wall_ms_p95']:.2f} ms 95th percentile")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--scrapes", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="50,000 objects")
    parser.add_argument("--json", metavar="FILE", help="write all figures there too")
    told = parser.parse_args()
    if told.quick:
        told.objects = 50_000
    facts = origin(SEED)
    print_origin(facts)
    results = run(told.objects, told.scrapes)
    print_results(results)
    write_json(told.json, facts, results)


if __name__ == "__main__":
    main()
