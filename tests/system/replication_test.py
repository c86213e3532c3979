"""What was acknowledged stays, and every key has one history, whatever happens to a node.

Real nodes on hosts of their own, real clients, one fault each. Hosts are network namespaces, which
only root may make; without them the test exits with 77. See replica_course.py for more runs.
"""
import shutil
import signal
import sys
import threading
import time
import unittest

import host_faults
from host_faults import HostFaults, SmallDisk
from namespaces import reason_to_skip
from network_process import MemberNetwork, wait_until_together
from node_process import wait_until
from operation_history import Operation
from replica_course import FAILOVER_SECONDS, STEP, Course, seeds
from replica_load import LIMITED, REFUSALS, understood
from resp_client import ReplyError

SKIPPED = 77  # what ctest takes as skipped
CUT_SECONDS = 5.0  # as long as a fault lasts that ends by itself
REFUSED_SECONDS = 5.0  # after so long a client of a lost majority has its answer
SMALL_STORE = {"store_buffer_bytes": "1MB", "store_cache_bytes": "1MB", "cache_bytes_max": "1MB"}


class FaultyNetwork(MemberNetwork):
    """Nodes whose clocks and disks a test changes."""
    drifts_ppm = (0,)

    def start(self, host, secret=None, **settings):
        faults = HostFaults(self.secret.parent / f"faults-{host.number}")
        faults.drift(self.drifts_ppm[host.number % len(self.drifts_ppm)])
        member = super().start(host, secret, environment=faults.environment(), **settings)
        member.faults = faults
        return member


class DriftingNetwork(FaultyNetwork):
    """Their monotonic clocks run apart, nearly as far as leases allow."""
    drifts_ppm = (-9_000, 0, 9_000)


class SmallDisksNetwork(MemberNetwork):
    """Each node's data lies on a file system of its own."""

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.disks = {}

    def start(self, host, secret=None, **settings):
        disk = SmallDisk(self.secret.parent / f"disk-{host.number}", 64)
        disk.__enter__()
        self.disks[host.number] = disk
        return super().start(host, secret, data=disk.folder / "data", **settings)

    def __exit__(self, kind, *_):
        try:
            super().__exit__(kind)
        finally:
            for disk in self.disks.values():
                disk.__exit__()


class ReplicationCase(unittest.TestCase):
    def check(self, fault, **options):
        name = self.id().rpartition(".test_")[2][:40]
        for seed in seeds():
            with self.subTest(seed=seed):
                if faults := Course(name, seed, **options).run(fault):
                    self.fail("\n".join(faults))


def last(seconds):
    """A fault is as long as it is."""
    time.sleep(seconds)


class DeathTest(ReplicationCase):
    def test_a_node_dies_and_comes_back(self):
        def fault(course):
            victim = course.chance.choice(course.members)
            course.kill(victim)
            course.go_on()
            course.start(victim)
        self.check(fault)

    def test_the_leader_of_a_busy_key_dies_and_its_keys_are_written_again_soon(self):
        def fault(course):
            victim = course.leader()
            keys = course.led_by(victim)
            since = time.monotonic_ns()
            course.kill(victim)
            course.wait_for_write(keys, since, 30)
            course.go_on()
            gap = course.measure_failover(keys, since)
            self.assertLess(gap, FAILOVER_SECONDS, "the keys of a node that died")
            course.start(victim)
        self.check(fault)

    def test_one_of_three_is_gone_and_every_key_is_read_and_written(self):
        def fault(course):
            course.kill(course.chance.choice(course.members))
            keys = set(course.load.registers) | set(course.load.counters)
            since = time.monotonic_ns()
            for action in ("set", "add", "get"):
                wanted = {k for k in keys if action == "get" or
                          k.startswith("register" if action == "set" else "counter")}
                wait_until(lambda action=action, wanted=wanted: wanted <= {
                    o.key for o in list(course.load.operations)
                    if o.invoked > since and o.action == action and o.outcome == "done"},
                    f"every key is done {action} to", 60)
        self.check(fault)

    def test_the_only_one_left_of_three_refuses_at_once(self):
        def fault(course):
            left = course.chance.choice(course.members)
            gone = course.others(left)
            for member in gone:
                course.kill(member)
            course.figures["refused within"] = f"{self.refused_within(course, left):.2f} s"
            for member in gone:
                course.start(member)
        self.check(fault)

    def refused_within(self, course, left):
        """All keys are refused, reads and writes; the longest that took."""
        keys, answers = [f"{key}:alone" for key in course.load.registers], []

        def ask(command, *words):
            for key in keys:
                started = time.monotonic()
                try:
                    with left.client(timeout_seconds=4 * REFUSED_SECONDS) as client:
                        reply = client.ask(command, key, *words)
                except TimeoutError:
                    reply = "no answer"
                answers.append((time.monotonic() - started, command, key, reply))
                if reply == "no answer":
                    return
        self.wait_until_it_knows(left, keys)
        asking = [threading.Thread(target=ask, args=words) for words in (("GET",), ("SET", "x"))]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        for seconds, command, key, reply in answers:
            self.assertLess(seconds, REFUSED_SECONDS, (command, key, reply))
            self.assertIsInstance(reply, ReplyError, (command, key))
            self.assertTrue(str(reply).startswith(REFUSALS), (command, key, reply))
        course.figures["said"] = f"'{answers[-1][-1]}'"
        return max(seconds for seconds, *_ in answers)

    def wait_until_it_knows(self, left, keys):
        """Until it knows that it is alone, what it led may be read, and a write be uncertain."""
        deadline = time.monotonic() + 30
        for key in keys:
            while time.monotonic() < deadline:
                try:
                    with left.client(timeout_seconds=REFUSED_SECONDS) as client:
                        if isinstance(client.ask("GET", key), ReplyError):
                            break
                except TimeoutError:
                    break  # told by who asks next

    def test_a_node_comes_back_with_an_empty_disk(self):
        def fault(course):
            victim = course.chance.choice(course.members)
            course.kill(victim)
            shutil.rmtree(victim.data)
            course.go_on()
            course.start(victim)
            wait_until_together(course.members)
        self.check(fault)

    def test_all_nodes_are_restarted_one_after_the_other(self):
        def fault(course):
            for member in list(course.members):
                member.stop()
                course.start(member)
                wait_until_together(course.members)
                course.load.wait_acknowledged(STEP // 3)
        self.check(fault)

    def test_all_nodes_die_at_once(self):
        def fault(course):
            for member in course.members:
                course.kill(member)
            for member in course.members:
                course.start(member)
        self.check(fault)


class SilentCase(ReplicationCase):
    def check_victim(self, begin, end, **options):
        """The leader of a busy key is silent for a while; the others go on."""
        def fault(course):
            victim = course.leader()
            keys = course.led_by(victim)
            since = time.monotonic_ns()
            begin(course, victim)
            last(CUT_SECONDS)
            course.measure_failover(keys, since)
            end(course, victim)
            course.wait_for_write(keys, time.monotonic_ns(), 30)
        self.check(fault, **options)


class SilenceTest(SilentCase):
    def test_a_leader_stands_still_and_wakes_up(self):
        self.check_victim(lambda _, victim: victim.process.send_signal(signal.SIGSTOP),
                          lambda _, victim: victim.process.send_signal(signal.SIGCONT))

    def test_a_leader_is_cut_off(self):
        self.check_victim(lambda course, victim: course.network.cut_off([victim.host]),
                          lambda course, _: course.network.heal())

    def test_two_of_five_are_cut_off(self):
        def cut(course, victim):
            companion = course.chance.choice(course.others(victim))
            course.network.cut_off([victim.host, companion.host])
        self.check_victim(cut, lambda course, _: course.network.heal(), nodes=5)

    def test_nobody_hears_a_leader_which_hears_everybody(self):
        def each(course, victim, work):
            for other in course.others(victim):
                work(victim.host, other.host)
        self.check_victim(lambda *who: each(*who, lambda a, b: a.lose_what_goes_to(b)),
                          lambda *who: each(*who, lambda a, b: a.send_again_to(b)))

    def test_a_leader_that_everybody_hears_hears_nobody(self):
        def each(course, victim, work):
            for other in course.others(victim):
                work(other.host, victim.host)
        self.check_victim(lambda *who: each(*who, lambda a, b: a.lose_what_goes_to(b)),
                          lambda *who: each(*who, lambda a, b: a.send_again_to(b)))

    def test_two_that_do_not_hear_each_other_both_hear_the_third(self):
        def pair(course, victim):
            other = course.others(victim)[0]
            return ((victim.host, other.host), (other.host, victim.host))

        def cut(course, victim):
            for one, other in pair(course, victim):
                one.lose_what_goes_to(other)

        def heal(course, victim):
            for one, other in pair(course, victim):
                one.send_again_to(other)
        self.check_victim(cut, heal)


@unittest.skipIf(host_faults.reason_to_skip(), host_faults.reason_to_skip())
class BadHostTest(SilentCase):
    def test_the_disk_of_a_leader_is_slow(self):
        def fault(course):
            victim = course.leader()
            keys = course.led_by(victim)
            since = time.monotonic_ns()
            victim.faults.slow_disk(sync_seconds=0.3, write_seconds=0.02)
            last(CUT_SECONDS)
            course.wait_for_write(keys, since, 30)
            course.measure_failover(keys, since)
            victim.faults.slow_disk(0, 0)
        self.check(fault, network=FaultyNetwork, settings={"durability": "always"})

    def test_the_wall_clock_of_a_node_jumps(self):
        def fault(course):
            victim = course.leader()
            for hours in (1, -2, 0):
                before = victim.faults.clock_reads()
                victim.faults.move_clock(hours * 3600)
                course.go_on()
                self.assertGreater(victim.faults.clock_reads(), before, "the node asks this clock")
        self.check(fault, network=FaultyNetwork)

    def test_a_leader_is_cut_off_from_nodes_whose_clocks_run_at_other_speeds(self):
        self.check_victim(lambda course, victim: course.network.cut_off([victim.host]),
                          lambda course, _: course.network.heal(), network=DriftingNetwork)

    def test_the_disk_of_a_leader_is_full_for_a_while(self):
        def fault(course):
            victim = course.leader()
            disk = course.nodes.disks[victim.host.number]
            disk.fill()
            last(CUT_SECONDS)
            self.assertTrue(disk.is_full(), "nothing gave the node space meanwhile")
            disk.empty()
        self.check(fault, network=SmallDisksNetwork, settings=SMALL_STORE, value_bytes=1_000)


class LimitedReadTest(ReplicationCase):
    READERS, READS = 50, 3_000

    def test_fifty_readers_read_a_limited_value_so_often_while_its_leader_dies(self):
        def fault(course):
            with course.members[0].client() as client:
                self.assertEqual(client.call("ASO.PUT", "limited:many", LIMITED % self.READS), "OK")
            victim = course.leader("limited:many")
            with Readers(course, "limited:many", self.READERS) as readers:
                wait_until(lambda: readers.seen >= self.READS // 3, "a third is read")
                course.kill(victim)
                wait_until(lambda: readers.ended, "all is read", 60)
            course.load.operations.extend(readers.operations)
            unknown = sum(o.outcome == "unknown" for o in readers.operations)
            course.figures["reads"] = f"{readers.seen} and {unknown} unknown of {self.READS}"
            self.assertLessEqual(readers.seen, self.READS)
            self.assertGreaterEqual(readers.seen + unknown, self.READS)
        # The load's own limited keys have the same limit, which the judge knows.
        self.check(fault, limited=2, reads_max=self.READS)


class Readers:
    """Threads that read one key until it gives nothing."""

    def __init__(self, course, key, count):
        self.course, self.key = course, key
        self.operations, self.ended = [], False
        self.seen = 0
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _read(self, number):
        node = number
        while not self._ending.is_set() and not self.ended:
            node += 1
            member = self.course.members[node % len(self.course.members)]
            try:
                with member.client(timeout_seconds=3) as client:
                    while not self.ended and self._read_once(client, number, node):
                        pass
            except OSError:
                time.sleep(0.02)  # nobody spins on a node that is down

    def _read_once(self, client, number, node):
        operation = Operation(number + 100, self.key, "take", None, time.monotonic_ns(),
                              node=node % len(self.course.members))
        self.operations.append(operation)
        reply = client.ask("GET", self.key)
        now = time.monotonic_ns()
        if isinstance(reply, ReplyError):
            if str(reply).startswith(REFUSALS):
                operation.refused(now)
            return False
        operation.done(understood(self.key, reply), now)
        if reply is None:
            self.ended = True
        else:
            self.seen += 1
        return True


if __name__ == "__main__":
    if reason := reason_to_skip():
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    unittest.main()
