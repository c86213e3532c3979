#!/usr/bin/env python3
"""What it costs to ask a neighbour: GET at the holder of a key, and through another node.

Two nodes of one network on this machine. redis-benchmark asks one of them for keys that the second
node holds: at the holder, then through the neighbour, in turn, at depth 1 with one connection and at
depth 16 with eight. Server CPU is of both nodes together. What the bare link costs is link_bench's.
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

from measure import cpu_seconds, origin, print_origin, write_json

from node_process import NodeProcess, run_comet, wait_until  # noqa: E402  (measure makes it reachable)
from resp_client import ReplyError  # noqa: E402

SHAPES = {"depth 1, 1 connection": (1, 1, 20_000), "depth 16, 8 connections": (16, 8, 400_000)}


def keys_held_by(node, asker, count):
    """Names that `node` holds, found by asking `asker` for the way."""
    held = []
    i = 0
    while len(held) < count:
        key = f"key:{i}"
        i += 1
        way = asker.call("COMET", "WHERE", key)
        if dict_of(way[-1])["id"] == node:
            held.append(key)
    return held


def dict_of(reply):
    if isinstance(reply, dict):
        return {text(k): text(v) for k, v in reply.items()}
    return {text(k): text(v) for k, v in zip(reply[::2], reply[1::2])}


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def measure(port, key, shape):
    depth, connections, count = SHAPES[shape]
    done = subprocess.run(["redis-benchmark", "-p", port, "-c", str(connections), "-P", str(depth),
                           "-n", str(count), "--csv", "GET", key],
                          capture_output=True, text=True, check=True)
    values = done.stdout.strip().splitlines()[-1].split(",")
    figures = [float(v.strip('"')) for v in values[1:]]
    return {"per_second": figures[0], "p50_us": figures[3] * 1_000, "p99_us": figures[5] * 1_000,
            "count": count}


def run(rounds):
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        secret = pathlib.Path(folder) / "secret"
        run_comet("secret", str(secret))
        with NodeProcess(link="127.0.0.1:0", secret_file=secret) as holder, \
                NodeProcess(link="127.0.0.1:0", secret_file=secret, join=holder.ready["link"]) as other, \
                holder.client() as near, other.client() as far:
            wait_until(lambda: not isinstance(far.ask("GET", "x"), ReplyError), "the second node has joined")
            own = dict_of(near.call("COMET", "NODES")[0])["id"]
            key = keys_held_by(own, far, 1)[0]
            near.call("SET", key, "v" * 16)
            for _ in range(rounds):
                for shape in SHAPES:
                    for name, node in (("at the holder", holder), ("through a neighbour", other)):
                        before = cpu_seconds(holder.pid) + cpu_seconds(other.pid)
                        one = measure(node.resp.rpartition(":")[2], key, shape)
                        spent = cpu_seconds(holder.pid) + cpu_seconds(other.pid) - before
                        one["cpu_us"] = spent * 1e6 / one["count"]
                        results.setdefault((shape, name), []).append(one)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", help="write all results there")
    options = parser.parse_args()
    where = origin(0)
    print_origin(where)
    began = time.monotonic()
    results = run(options.rounds)
    print(f"{'':26}{'':22}{'requests/s':>12}{'p50 us':>9}{'p99 us':>9}{'CPU us':>9}")
    rows = []
    for (shape, name), all_of in results.items():
        middle = {k: statistics.median(one[k] for one in all_of) for k in all_of[0]}
        rows.append({"shape": shape, "way": name, **middle})
        print(f"{shape:26}{name:22}{middle['per_second']:12,.0f}{middle['p50_us']:9.0f}"
              f"{middle['p99_us']:9.0f}{middle['cpu_us']:9.1f}")
    print(f"medians of {options.rounds} rounds, {time.monotonic() - began:.0f} s")
    if options.json:
        write_json(options.json, where, rows)


if __name__ == "__main__":
    main()
