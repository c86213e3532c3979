#!/usr/bin/env python3
"""A million cold active objects that share one code: what one costs at rest, and to wake.

Loads them through one connection (pipelined ASO.PUT), ends the node in order, starts it again and
measures: disk and resident memory an object over an empty node's, and the time of the first GET of an
object that nothing in the process knows yet (then again, hot). One client, one request at a time.
"""
import argparse
import pathlib
import random
import statistics
import time

import measure
from measure import origin, print_origin, quantile, write_json

from node_process import NodeProcess  # noqa: E402  (measure makes these reachable)
from resp_client import encode

SEED = 20101004
SOURCE = ("local aso = { reads = 0 } "
          "function aso:onGet() self.reads = self.reads + 1 return self.value end return aso")


def key_of(i):
    return f"object:{i:09}"


def disk_bytes(folder):
    return sum(path.stat().st_blocks * 512 for path in pathlib.Path(folder).rglob("*")
               if path.is_file())


def load(node, count):
    start = time.monotonic()
    with node.client() as client:
        measure.insert(client, (encode("ASO.PUT", key_of(i), SOURCE, "VALUE", f"value {i}")
                                for i in range(count)))
        if client.call("DBSIZE") != count:
            raise RuntimeError("objects are missing")
    return time.monotonic() - start


def read(client, numbers):
    """Microseconds of each GET."""
    times = []
    for i in numbers:
        start = time.perf_counter_ns()
        value = client.call("GET", key_of(i))
        times.append((time.perf_counter_ns() - start) / 1000)
        if value != b"value %d" % i:
            raise RuntimeError(f"{key_of(i)} is {value!r}")
    return times


def drop_page_cache():
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3\n")


def idle_memory(node):
    measure.wait_until_quiet(node.pid)
    return node.resident_bytes()


def run(count, reads, drop):
    results = {"objects": count, "reads": reads}
    with NodeProcess() as node:
        node.stop()
        empty_disk = disk_bytes(node.data)
        node.start()
        empty_memory = idle_memory(node)
        seconds = load(node, count)
        measure.wait_until_quiet(node.pid)
        results |= {"load_per_second": count / seconds, "loaded_memory": node.resident_bytes()}
        start = time.monotonic()
        node.stop()
        results["stop_seconds"] = time.monotonic() - start
        results["disk_per_object"] = (disk_bytes(node.data) - empty_disk) / count
        if drop:
            drop_page_cache()
        start = time.monotonic()
        node.start()
        results["start_seconds"] = time.monotonic() - start
        results["empty_memory"] = empty_memory
        results["memory_per_object"] = (idle_memory(node) - empty_memory) / count
        numbers = random.Random(SEED).sample(range(count), reads)
        with node.client() as client:
            client.call("PING")
            for name in ("cold", "hot"):
                chosen = numbers if name == "cold" else numbers[-1_000:]
                times = read(client, chosen)
                results[f"{name}_median_us"] = statistics.median(times)
                results[f"{name}_p99_us"] = quantile(times, 0.99)
        results["memory_after_reads"] = node.resident_bytes()
    return results


def print_results(r):
    mb = 1 << 20
    print(f"{r['objects']:,} objects, one code; {r['reads']:,} cold reads at random\n"
          f"  loading            {r['load_per_second']:>12,.0f} objects/s\n"
          f"  disk               {r['disk_per_object']:>12,.1f} bytes an object\n"
          f"  resident at rest   {r['memory_per_object']:>12,.1f} bytes an object "
          f"over {r['empty_memory'] / mb:,.0f} MB of an empty node\n"
          f"  resident           {r['loaded_memory'] / mb:>12,.0f} MB after loading, "
          f"{r['memory_after_reads'] / mb:,.0f} MB after the reads\n"
          f"  cold GET           {r['cold_median_us']:>12,.0f} us median, "
          f"{r['cold_p99_us']:,.0f} us p99\n"
          f"  hot GET            {r['hot_median_us']:>12,.0f} us median, "
          f"{r['hot_p99_us']:,.0f} us p99\n"
          f"  start, stop        {r['start_seconds']:>12,.2f} s, {r['stop_seconds']:,.2f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--reads", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true", help="50,000 objects, 2,000 reads")
    parser.add_argument("--drop-page-cache", action="store_true",
                        help="read from the disk and not from the system's cache; takes root")
    parser.add_argument("--json", metavar="FILE", help="write all figures there too")
    told = parser.parse_args()
    if told.quick:
        told.objects, told.reads = 50_000, 2_000
    facts = origin(SEED)
    print_origin(facts)
    results = run(told.objects, told.reads, told.drop_page_cache)
    print_results(results)
    write_json(told.json, facts, results)


if __name__ == "__main__":
    main()
