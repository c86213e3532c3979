#!/usr/bin/env python3
"""What the patch of Lua costs: ten ordinary handlers under Lua 5.4.9 with and without it.

Two programs of the same source and compiler flags, each linked with one of the builds, run in turn
on one core; in the patched one fuel is counted down from a large grant. A program tells the CPU a
call of each handler's fastest batch (what disturbs a batch only adds); a figure is the median over
the rounds, a ratio the median of the rounds' ratios, with the middle half of these.
Aim: at most 6 % over all (geometric mean).
"""
import argparse
import os
import random
import statistics
import subprocess
import sys

from measure import ROOT, origin, print_origin, quantile, write_json

SEED = 20101004
PROGRAMS = {"released": "fuel_cost_lua549_released", "patched": "fuel_cost_lua549"}
HANDLERS = ROOT / "bench" / "fuel_cost" / "handlers.lua"
AIM = 1.06


def run(build):
    """{handler: (ns a call, its result)}"""
    core = max(os.sched_getaffinity(0))
    done = subprocess.run([ROOT / "build" / "release" / "bench" / PROGRAMS[build], HANDLERS],
                          stdout=subprocess.PIPE, text=True, check=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {name: (float(ns), result) for ns, result, name in rows}


def check_results(one, other):
    for name in one:
        if one[name][1] != other[name][1]:
            raise RuntimeError(f"{name}: {one[name][1]!r} in one build, {other[name][1]!r} in the other")


def summary(rounds):
    results = []
    for name in rounds[0]["released"]:
        ratios = [each["patched"][name][0] / each["released"][name][0] for each in rounds]
        results.append({
            "handler": name,
            **{f"{build}_ns": statistics.median(each[build][name][0] for each in rounds)
               for build in PROGRAMS},
            "ratio": statistics.median(ratios), "ratio_low": quantile(ratios, 0.25),
            "ratio_high": quantile(ratios, 0.75)})
    return results


def print_results(results):
    print(f"\n{'ns a call':28}{'released':>10}{'patched':>10}   patched/released (middle half)")
    for row in results:
        print(f"{row['handler']:28}{row['released_ns']:10.1f}{row['patched_ns']:10.1f}"
              f"   {row['ratio']:.3f} ({row['ratio_low']:.3f} to {row['ratio_high']:.3f})")
    mean = statistics.geometric_mean(row["ratio"] for row in results)
    print(f"{'geometric mean':48}   {mean:.3f} (aim: at most {AIM})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--json", metavar="FILE", help="write all figures there too")
    told = parser.parse_args()
    facts = origin(SEED)
    print_origin(facts)
    order = random.Random(SEED)
    rounds = []
    for number in range(told.rounds):
        rounds.append({build: run(build) for build in order.sample(list(PROGRAMS), 2)})
        check_results(rounds[-1]["released"], rounds[-1]["patched"])
        print(f"\rround {number + 1} of {told.rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    results = summary(rounds)
    print_results(results)
    write_json(told.json, facts, results)


if __name__ == "__main__":
    main()
