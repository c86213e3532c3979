"""One run of real nodes under load while something goes wrong, and the judgement of it.

A Course starts the nodes, lets clients work (replica_load.py), gives itself to the fault, waits
until all nodes are together again and the goal of acknowledged writes is reached, and judges what
was recorded. A run that failed leaves its history and the nodes' logs in a folder it names.

COMET_SEED is the first seed (1), COMET_RUNS how many follow; set, each run is the longer one.
"""
import os
import pathlib
import random
import shutil
import tempfile
import time
import unittest

import history_judge
import operation_history
from network_process import MemberNetwork, wait_until_together
from node_process import is_sanitized, wait_until, wait_until_whole
from replica_load import LoadPlan, ReplicaLoad

SKIPPED = 77  # what ctest takes as skipped
PORTS = {"resp": "127.0.0.1:7379", "http": "127.0.0.1:7480"}  # of each host's own loopback
LONG = "COMET_RUNS" in os.environ
GOAL = 10_000 if LONG else 3_000
STEP = GOAL // 5  # acknowledged writes before a fault, and after each part of it
FAILOVER_SECONDS = 3.0
SERVED_SECONDS = 15.0  # after that all keys have to be served again, once all nodes are there
FAILED_RUNS = pathlib.Path(os.environ.get("COMET_FAILED_RUNS", tempfile.gettempdir()))
PATIENCE_SECONDS = 120 if is_sanitized() else 60


def seeds():
    first = int(os.environ.get("COMET_SEED", "1"))
    return range(first, first + int(os.environ.get("COMET_RUNS", "1")))


class Course:
    def __init__(self, name, seed, nodes=3, network=MemberNetwork, settings=None, **plan):
        self.name, self.seed = name, seed
        self.chance = random.Random(f"{name} {seed}")
        self.folder = tempfile.TemporaryDirectory(prefix="comet-replicas-")
        self.nodes = network(nodes, pathlib.Path(self.folder.name),
                             **{**PORTS, "leave_deadline": "5s", **(settings or {})})
        self.plan = LoadPlan(seed, **plan)
        self.figures = {}
        self.killed = set()
        self.load = None

    @property
    def members(self):
        return self.nodes.members

    @property
    def network(self):
        return self.nodes.network

    def run(self, fault):
        """The faults found, a sentence each; `fault(course)` may raise its own."""
        started = time.monotonic()
        with self.folder, self.nodes:
            try:
                wait_until_whole(self.members[0].client)  # before that one death may be one too many
                with ReplicaLoad(self.members, self.plan) as self.load:
                    self.load.wait_acknowledged(STEP, PATIENCE_SECONDS)
                    fault(self)
                    self.bring_together()
                    self.wait_until_all_is_served()
                    self.load.wait_acknowledged(max(STEP, GOAL - self.load.acknowledged),
                                                PATIENCE_SECONDS)
                    self.check_alive()
                    operations = self.load.stop()
                faults = [*self.load.unexpected[:5],
                          *history_judge.judge(operations, self.plan.reads_max)]
            except BaseException as failure:
                ended = [number for number, member in enumerate(self.members)
                         if member not in self.killed and not member.is_running()]
                if ended:
                    self.figures["ended by themselves: nodes"] = ended
                raise AssertionError(f"{failure}\n{self.summary(started)}\nkept in {self.keep()}") \
                    from failure
            print(self.summary(started), flush=True)
            more = [f"and {len(faults) - 5} more"] if len(faults) > 5 else []
            return [*faults[:5], *more, f"kept in {self.keep()}"] if faults else []

    def bring_together(self):
        for member in self.members:
            if member in self.killed:
                self.start(member)
        self.check_alive()
        wait_until_together(self.members)

    def check_alive(self):
        for number, member in enumerate(self.members):
            if not member.is_running():
                raise AssertionError(f"node {number} ended by itself: {member.log[-600:]}")

    def wait_until_all_is_served(self):
        """Every node is there: every key has to be, and soon."""
        since, position = time.monotonic_ns(), len(self.load.operations)
        missing = {*self.load.registers, *self.load.counters}

        def all_are():
            nonlocal position
            new = self.load.operations[max(0, position - 100):]
            position = len(self.load.operations)
            missing.difference_update(o.key for o in new if o.outcome == "done" and o.invoked > since)
            return not missing or self.load.is_broken()
        try:
            wait_until(all_are, "every key is served", SERVED_SECONDS)
        except AssertionError as failure:
            self.figures["still not served"] = sorted(missing)
            raise AssertionError(f"all nodes are together, and still {failure}") from failure
        self.figures["all served after"] = f"{(time.monotonic_ns() - since) / 1e9:.1f} s"

    def kill(self, member):
        member.kill()
        self.killed.add(member)

    def start(self, member):
        self.killed.discard(member)
        others = ",".join(m.host.address + ":7400" for m in self.members if m is not member)
        member.start(join=others)

    def leader(self, key="register:0"):
        """The member that carries out commands on the key; register:0 is the busiest."""
        ids = {member.id: member for member in self.members}
        asked = next(member for member in self.members if member.is_running())
        return wait_until(lambda: ids.get(asked.holder_of(key)), f"somebody leads {key}")

    def others(self, member):
        return [one for one in self.members if one is not member]

    def led_by(self, member):
        """Keys that are written again and again."""
        return [key for key in (*self.load.registers, *self.load.counters)
                if self.leader(key) is member]

    def go_on(self):
        self.load.wait_acknowledged(STEP, PATIENCE_SECONDS)

    def wait_for_write(self, keys, since, seconds):
        """Until a write to one of the keys that began after `since` was acknowledged."""
        keys, position = set(keys), len(self.load.operations)

        def is_written():
            return any(o.key in keys and o.is_acknowledged_write and o.invoked > since
                       for o in self.load.operations[max(0, position - 100):])
        wait_until(is_written, f"one of {len(keys)} keys is written", seconds)

    def measure_failover(self, keys, since):
        """The longest time without a write to these keys since then."""
        gap, _ = self.load.longest_gap(keys, since, time.monotonic_ns())
        self.figures["failover"] = f"{gap:.2f} s"
        return gap

    def summary(self, started):
        load = self.load
        if load is None:
            return f"{self.name}, seed {self.seed}: never began"
        outcomes = {name: sum(o.outcome == name for o in load.operations)
                    for name in ("done", "refused", "unknown")}
        told = ", ".join(f"{count} {name}" for name, count in outcomes.items())
        figures = "".join(f", {name} {figure}" for name, figure in self.figures.items())
        errors = "".join(f"\n    {count} x {text}" for text, count in load.errors.most_common(6))
        return (f"{self.name}, seed {self.seed}: {load.acknowledged} acknowledged writes in "
                f"{time.monotonic() - started:.1f} s; {told}; longest answer "
                f"{load.longest_seconds:.2f} s{figures}{errors}")

    def keep(self):
        folder = FAILED_RUNS / f"comet-failed-{self.name}-{self.seed}-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if self.load:
            operation_history.save(self.load.operations, folder / "history")
        for number, member in enumerate(self.members):
            (folder / f"node-{number}-{member.ready.get('id', 'unknown')}.log").write_text(member.log)
        return folder


class ReplicationCase(unittest.TestCase):
    def check(self, fault, **options):
        name = self.id().rpartition(".test_")[2][:40]
        for seed in seeds():
            with self.subTest(seed=seed):
                if faults := Course(name, seed, **options).run(fault):
                    self.fail("\n".join(faults))
