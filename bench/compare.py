#!/usr/bin/env python3
"""Comet against Debian's redis-server: GET, SET, and code that runs at a read.

Both append every change to a log and fsync it each second (comet: durability interval; redis:
appendonly yes, appendfsync everysec). They run one after the other, in turn for some rounds, on the
same file system, driven by redis-benchmark with 50 connections. A figure is the median of the rounds
with half their range; the CPU an operation costs the server is taken from /proc/PID/stat.

Suites: get, set (100,000 keys, 3 bytes), active (1,000 keys: a handler that counts its reads in
persistent state, against FCALL of a function that does INCR). Depth is the length of the pipeline.
"""
import argparse
import csv
import random
import statistics
import subprocess

import measure
from measure import cpu_seconds, origin, print_origin, spread, wait_until_quiet, write_json

from node_process import NodeProcess  # noqa: E402  (measure makes these reachable)
from redis_server import RedisServer
from resp_client import encode

SEED = 20101004
CONNECTIONS = 50
KEYS = 100_000
OBJECTS = 1_000
COUNTING = ("local aso = { reads = 0 } "
            "function aso:onGet() self.reads = self.reads + 1 return self.reads end return aso")
FUNCTION = ("#!lua name=bench\n"
            "redis.register_function('read', function(keys) return redis.call('INCR', keys[1]) end)")

# Requests of one run by depth: some seconds each on two cores.
REQUESTS = {1: 300_000, 16: 3_000_000}
QUICK_REQUESTS = {1: 50_000, 16: 400_000}


class Comet(NodeProcess):
    name = "comet"

    def __init__(self):
        super().__init__(durability="interval")

    def prepare_active(self, client):
        measure.insert(client, (encode("ASO.PUT", f"aso:{i:012}", COUNTING)
                                for i in range(OBJECTS)), batch=100)

    active_command = ["GET", "aso:__rand_int__"]


class Redis(RedisServer):
    name = "redis"

    def __init__(self):
        super().__init__("--appendonly", "yes", "--appendfsync", "everysec")

    def prepare_active(self, client):
        client.call("FUNCTION", "LOAD", FUNCTION)

    active_command = ["FCALL", "read", "1", "aso:__rand_int__"]


def commands_of(server, suite):
    if suite == "active":
        return ["-r", str(OBJECTS), *server.active_command]
    return ["-r", str(KEYS), "-t", suite]


def run_once(server, suite, depth, requests):
    wait_until_quiet(server.pid)
    host, port = server.resp.rsplit(":", 1)
    before = cpu_seconds(server.pid)
    done = subprocess.run(
        ["redis-benchmark", "-h", host, "-p", port, "-c", str(CONNECTIONS), "-n", str(requests),
         "-P", str(depth), "--csv", *commands_of(server, suite)],
        capture_output=True, text=True, check=True)
    row = next(csv.DictReader(done.stdout.splitlines()[-2:]))
    return {"rps": float(row["rps"]), "p50_ms": float(row["p50_latency_ms"]),
            "p99_ms": float(row["p99_latency_ms"]),
            "cpu_us": (cpu_seconds(server.pid) - before) / requests * 1e6}


def run_round(kind, suites, requests, samples):
    with kind() as server:
        with server.client() as client:
            measure.insert(client, (encode("SET", f"key:{i:012}", "xxx") for i in range(KEYS)))
            if "active" in suites:
                server.prepare_active(client)
        for suite in suites:
            for depth, count in requests.items():
                sample = run_once(server, suite, depth, count)
                samples.setdefault((suite, depth), {}).setdefault(kind.name, []).append(sample)
                print(f"  {kind.name:6} {suite:6} depth {depth:2}: {sample['rps']:>10,.0f}/s "
                      f"{sample['cpu_us']:5.2f} us CPU", flush=True)
        check_active(server, suites)


def check_active(server, suites):
    """Each read was counted: what was measured is what was meant."""
    if "active" not in suites:
        return
    with server.client() as client:
        counted = int(client.call(*[word.replace("__rand_int__", f"{0:012}")
                                    for word in server.active_command]))
        if counted < 2:
            raise RuntimeError(f"{server.name} counted {counted} reads")


def summary(samples):
    results = []
    for (suite, depth), by_server in samples.items():
        row = {"suite": suite, "depth": depth}
        for name, runs in by_server.items():
            for figure in runs[0]:
                row[f"{name}_{figure}"] = statistics.median(run[figure] for run in runs)
            row[f"{name}_spread"] = spread([run["rps"] for run in runs])
        if len(by_server) == 2:
            pairs = [ours["rps"] / theirs["rps"]
                     for ours, theirs in zip(by_server["comet"], by_server["redis"])]
            row |= {"ratio": row["comet_rps"] / row["redis_rps"], "ratio_low": min(pairs),
                    "ratio_high": max(pairs), "cpu_ratio": row["comet_cpu_us"] / row["redis_cpu_us"]}
        results.append(row)
    return results


def print_results(results, servers):
    print(f"\n{'':16}" + "".join(f"{name + ' k/s':>16}{'CPU us':>8}{'p99 ms':>8}" for name in servers)
          + ("   comet/redis (rounds)   CPU" if len(servers) == 2 else ""))
    for row in results:
        line = f"{row['suite']:7} depth {row['depth']:2}"
        for name in servers:
            line += (f"{row[name + '_rps'] / 1000:>10,.0f} +-{row[name + '_spread']:3.0%}"
                     f"{row[name + '_cpu_us']:>8.2f}{row[name + '_p99_ms']:>8.2f}")
        if "ratio" in row:
            line += (f"   {row['ratio']:>6.2f} ({row['ratio_low']:.2f}..{row['ratio_high']:.2f})"
                     f"   {row['cpu_ratio']:>6.2f}")
        print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suites", nargs="*", help="get, set, active (default: all)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="two short rounds")
    parser.add_argument("--only", choices=["comet", "redis"], help="one server alone")
    parser.add_argument("--json", metavar="FILE", help="write all figures there too")
    told = parser.parse_args()
    suites = told.suites or ["get", "set", "active"]
    if unknown := set(suites) - {"get", "set", "active"}:
        parser.error(f"no suite {', '.join(unknown)}; there are: get, set, active")
    rounds = 2 if told.quick else told.rounds
    requests = QUICK_REQUESTS if told.quick else REQUESTS

    facts = origin(SEED)
    facts["redis"] = measure.output_of("redis-server", "--version")
    print_origin(facts)
    kinds = [kind for kind in (Comet, Redis) if told.only in (None, kind.name)]
    order = random.Random(SEED)
    samples = {}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}")
        for kind in order.sample(kinds, len(kinds)):
            run_round(kind, suites, requests, samples)
    results = summary(samples)
    print_results(results, [kind.name for kind in kinds])
    write_json(told.json, facts, results)


if __name__ == "__main__":
    main()
