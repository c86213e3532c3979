#!/usr/bin/env python3
"""What counting costs: two release binaries of Comet, before and after a change, at active GETs.

They run one after the other, in turn for some rounds, as in compare.py: redis-benchmark with 50
connections reads 1,000 objects whose handler counts its reads. A figure is the median of the rounds;
a ratio is the median of the rounds' ratios, after over before, with its range. Aim: at most 3 % less
throughput and 3 % more CPU an operation.

  ./dev bench observation --before PATH-OF-AN-OLDER-BINARY
"""
import argparse
import os
import pathlib
import random
import statistics
import sys

import measure
from compare import QUICK_REQUESTS, REQUESTS, SEED, Comet, run_once
from measure import origin, print_origin, write_json

AIM = 1.03


def run_round(binary, requests):
    """{depth: sample}"""
    os.environ["COMET_BINARY"] = str(binary)
    with Comet() as server:
        with server.client() as client:
            server.prepare_active(client)
        return {depth: run_once(server, "active", depth, count)
                for depth, count in requests.items()}


def middle(values):
    return statistics.median(values), min(values), max(values)


def summary(rounds, requests):
    results = []
    for depth in requests:
        pairs = [(each["before"][depth], each["after"][depth]) for each in rounds]
        row = {"depth": depth}
        for side, name in enumerate(("before", "after")):
            for figure in ("rps", "cpu_us", "p99_ms"):
                row[f"{name}_{figure}"] = statistics.median(pair[side][figure] for pair in pairs)
        row["slower"], row["slower_low"], row["slower_high"] = middle(
            [before["rps"] / after["rps"] for before, after in pairs])
        row["cpu"], row["cpu_low"], row["cpu_high"] = middle(
            [after["cpu_us"] / before["cpu_us"] for before, after in pairs])
        results.append(row)
    return results


def print_results(results):
    print(f"\n{'active GET':12}{'before k/s':>12}{'after k/s':>12}   time an operation (range)"
          f"     CPU an operation (range)")
    for row in results:
        print(f"depth {row['depth']:<6}{row['before_rps'] / 1000:>12,.1f}{row['after_rps'] / 1000:>12,.1f}"
              f"   x {row['slower']:.3f} ({row['slower_low']:.3f} to {row['slower_high']:.3f})"
              f"    x {row['cpu']:.3f} ({row['cpu_low']:.3f} to {row['cpu_high']:.3f})")
    worst = max(max(row["slower"], row["cpu"]) for row in results)
    print(f"worst ratio: {worst:.3f} (aim: at most {AIM})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", required=True, type=pathlib.Path, metavar="BINARY",
                        help="release binary of the commit to compare with")
    parser.add_argument("--after", type=pathlib.Path, metavar="BINARY",
                        default=pathlib.Path(os.environ["COMET_BINARY"]),
                        help="the other one (default: that of this build)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="three short rounds")
    parser.add_argument("--json", metavar="FILE", help="write all figures there too")
    told = parser.parse_args()
    binaries = {"before": told.before.resolve(), "after": told.after.resolve()}
    for name, binary in binaries.items():
        if not binary.is_file():
            parser.error(f"--{name}: there is no file {binary}")
    requests = QUICK_REQUESTS if told.quick else REQUESTS

    facts = origin(SEED)
    facts["before"] = measure.output_of(str(binaries["before"]), "--version").partition("\n")[0]
    print_origin(facts)
    order = random.Random(SEED)
    rounds = []
    for number in range(3 if told.quick else told.rounds):
        print(f"round {number + 1}", file=sys.stderr, flush=True)
        rounds.append({name: run_round(binaries[name], requests)
                       for name in order.sample(list(binaries), 2)})
    results = summary(rounds, requests)
    print_results(results)
    write_json(told.json, facts, results)


if __name__ == "__main__":
    main()
