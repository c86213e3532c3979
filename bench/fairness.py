#!/usr/bin/env python3
"""What others notice of objects that burn: latencies of a client's GETs meanwhile.

Phases, on one node: idle; then 100 objects whose every read uses up its whole budget of fuel, each
asked without end. One client measures, one request at a time, on cores that fall asleep between its
requests when the node is idle: then the median is that of waking up. The burning clients are
redis-benchmark's, so they take little from the node.
Aim: GET's 99th percentile within 3 times that of the idle node. Attacks are bench/attacks.py's.
"""
import argparse
import random
import signal
import statistics
import subprocess
import time

from measure import origin, print_origin, quantile, write_json

from node_process import NodeProcess  # noqa: E402  (measure makes it reachable)

SEED = 20101004
BURNERS = 100
KEYS = 1_000
BURN = "local aso = {} function aso:onGet() while comet.fuel() > 100 do end return 1 end return aso"


def latencies(client, commands):
    times = []
    for command in commands:
        start = time.perf_counter_ns()
        client.call(*command)
        times.append((time.perf_counter_ns() - start) / 1_000)
    return times


def gets(count):
    chance = random.Random(SEED)
    return [("GET", f"key:{chance.randrange(KEYS)}") for _ in range(count)]


def burners(port):
    """A process that asks for objects chosen at random, on a connection for each."""
    return subprocess.Popen(["redis-benchmark", "-p", str(port), "-c", str(BURNERS), "-n",
                             "1000000000", "-r", str(BURNERS), "-q", "GET", "burn:__rand_int__"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(count):
    results = {}
    with NodeProcess(breaches_until_quarantine=1_000_000) as node, node.client() as client:
        for i in range(KEYS):
            client.call("SET", f"key:{i}", "value")
        for i in range(BURNERS):
            client.call("ASO.PUT", f"burn:{i:012}", BURN)
        latencies(client, gets(2_000))  # warm
        results["idle"] = latencies(client, gets(count))

        before = client.figure("turns"), time.monotonic()
        burning = burners(node.resp.rpartition(":")[2])
        try:
            time.sleep(0.5)
            results["burning"] = latencies(client, gets(count))
        finally:
            burning.kill()
        if burning.wait() != -signal.SIGKILL:
            raise RuntimeError("the burning clients gave up")
        results["burnt_per_second"] = ((client.figure("turns") - before[0])
                                       / (time.monotonic() - before[1]))
    return results


def summary(times):
    return {"median_us": statistics.median(times), "p99_us": quantile(times, 0.99),
            "p999_us": quantile(times, 0.999), "max_us": max(times)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--quick", action="store_true", help="5,000 requests a phase")
    parser.add_argument("--json", metavar="FILE", help="write all figures there too")
    told = parser.parse_args()
    if told.quick:
        told.requests = 5_000
    facts = origin(SEED)
    print_origin(facts)
    results = run(told.requests)
    figures = {name: summary(results[name]) for name in ("idle", "burning")}
    print(f"{'':<28}{'median':>10}{'p99':>10}{'p99.9':>10}{'max':>10}   us")
    titles = {"idle": "GET, idle node", "burning": f"GET, {BURNERS} objects burn"}
    for name, row in figures.items():
        print(f"{titles[name]:<28}" + "".join(f"{value:>10,.0f}" for value in row.values()))
    ratio = figures["burning"]["p99_us"] / figures["idle"]["p99_us"]
    print(f"\n{results['burnt_per_second']:,.0f} turns a second burnt their budget; "
          f"p99 of GET is {ratio:.2f} times that of the idle node")
    write_json(told.json, facts, figures | {"ratio_p99": ratio} |
               {"burnt_per_second": results["burnt_per_second"]})


if __name__ == "__main__":
    main()
