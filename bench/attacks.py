#!/usr/bin/env python3
"""The catalogue of attacks (tests/attacks) against a node: what others notice, and what it costs.

One connection PINGs at a fixed rate; a PING's latency counts from when it was due, so one that had
to wait for the one before it is not forgiven (no coordinated omission). First on the idle node, then
while clients ask for one attack after the other; then each attack alone, for the processor time of
its turn: that of the thread that took most, so without sockets and storage. A turn is given back
every 10,000 instructions where it can be; what a slice may hold is in the unit test's report
(comet_lua_tests "[report]"). Aims: PING's 99th percentile under 5 ms, memory within 64 MB of before.
"""
import argparse
import itertools
import multiprocessing
import pathlib
import random
import selectors
import signal
import socket
import time

from measure import origin, print_origin, quantile, wait_until_quiet, write_json

from attack_catalogue import CALM, catalogue  # noqa: E402  (measure makes these reachable)
from node_process import NodeProcess
from resp_client import ReplyError, encode

SEED = 20101004
ATTACKERS = 20
PING_EVERY_SECONDS = 0.001
CALLS_ALONE = 5
SLOWEST_SHOWN = 15
MEMORY_AIM, PING_AIM_US = 64 << 20, 5_000


def paced_pings(client, count):
    """Latencies in us, each from when the PING was due."""
    times = []
    start = time.perf_counter() + 0.01
    for i in range(count):
        due = start + i * PING_EVERY_SECONDS
        while (early := due - time.perf_counter()) > 0:
            time.sleep(early)
        client.call("PING")
        times.append((time.perf_counter() - due) * 1e6)
    return times


def attack_without_end(address, requests):
    """Asks for one attack after the other on each of some connections, until it is killed."""
    random.Random(SEED).shuffle(requests)
    following = itertools.cycle(requests)
    ready = selectors.DefaultSelector()
    for _ in range(ATTACKERS):
        one = socket.create_connection(address)
        one.sendall(next(following))
        ready.register(one, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            if not key.fileobj.recv(1 << 20).endswith(b"\r\n"):
                continue  # the rest of a long reply comes
            key.fileobj.sendall(next(following))


def thread_cpu_ns(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task")
    return {task.name: int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()}


def cpu_of_turn_ms(client, pid, request):
    """The least of some calls, of the thread that took most."""
    least = float("inf")
    for _ in range(CALLS_ALONE):
        before = thread_cpu_ns(pid)
        client.ask(*request)
        after = thread_cpu_ns(pid)
        least = min(least, max(after[task] - before.get(task, 0) for task in after) / 1e6)
    return least


def requests_of(client):
    """Stores the objects; the requests that are the attacks, by name."""
    requests = {}
    for name, attack in catalogue().items():
        source = attack.source(client)
        stored = client.ask("ASO.PUT", f"attack:{name}", source)
        if attack.makes_source:
            requests[name] = ("ASO.PUT", f"attack:{name}", source)
        elif isinstance(stored, ReplyError):
            raise RuntimeError(f"{name}: {stored}")
        else:
            requests[name] = ("ASO.CALL", f"attack:{name}", "strike")
    return requests


def run(pings):
    results = {}
    with NodeProcess(**CALM) as node, node.client() as client:
        requests = requests_of(client)
        wait_until_quiet(node.pid)
        paced_pings(client, 500)  # warm
        results["idle"] = paced_pings(client, pings)
        memory = node.resident_bytes()
        turns = client.figure("turns"), time.monotonic()
        address = ("127.0.0.1", int(node.resp.rpartition(":")[2]))
        attackers = multiprocessing.Process(
            target=attack_without_end, daemon=True,
            args=(address, [encode(*request) for request in requests.values()]))
        attackers.start()
        try:
            time.sleep(0.5)
            results["attacked"] = paced_pings(client, pings)
        finally:
            attackers.kill()
            attackers.join()
        if attackers.exitcode != -signal.SIGKILL:
            raise RuntimeError("the attackers gave up")
        results["turns"] = client.figure("turns") - turns[0]
        results["turns_per_second"] = results["turns"] / (time.monotonic() - turns[1])
        wait_until_quiet(node.pid)
        results["memory_before"], results["memory_after"] = memory, node.resident_bytes()
        results["cpu_ms"] = {name: cpu_of_turn_ms(client, node.pid, request)
                             for name, request in requests.items()}
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=20, help="of PINGs in each phase")
    parser.add_argument("--json", metavar="FILE", help="write all figures there too")
    told = parser.parse_args()
    facts = origin(SEED)
    print_origin(facts)
    results = run(int(told.seconds / PING_EVERY_SECONDS))
    print(f"{'PING, 1,000 a second':<24}{'p50':>9}{'p99':>9}{'p99.9':>9}{'max':>9}   us")
    for name in ("idle", "attacked"):
        times = results[name]
        row = [quantile(times, part) for part in (0.5, 0.99, 0.999)] + [max(times)]
        print(f"{name:<24}" + "".join(f"{value:>9,.0f}" for value in row))
    growth = results["memory_after"] - results["memory_before"]
    met = quantile(results["attacked"], 0.99) < PING_AIM_US and growth < MEMORY_AIM
    print(f"\n{results['turns']:,} turns of attacks, {results['turns_per_second']:,.0f} a second; memory "
          f"{results['memory_before'] >> 20} MB before, {results['memory_after'] >> 20} MB after: "
          f"the aims are {'met' if met else 'MISSED'}\n\nslowest alone (processor time of a turn):")
    for name, ms in sorted(results["cpu_ms"].items(), key=lambda item: -item[1])[:SLOWEST_SHOWN]:
        print(f"{ms:>8.2f} ms  {name}")
    write_json(told.json, facts, results)


if __name__ == "__main__":
    main()
