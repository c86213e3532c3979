"""What was acknowledged stays, and every key has one history, when a node is silent, cut off, slow,
full, or wrong about the time.

As replication_test.py: real nodes on hosts of their own, real clients, one fault each.
"""
import signal
import sys
import time
import unittest

import host_faults
from host_faults import HostFaults, SmallDisk
from namespaces import reason_to_skip
from network_process import MemberNetwork
from node_process import is_sanitized
from replica_course import SKIPPED, ReplicationCase

CUT_SECONDS = 5.0  # as long as a fault lasts that ends by itself
ANSWER_SECONDS = 1.0 if is_sanitized() else 0.5  # clients that wait for the silent notice little else
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


def last(seconds):
    """A fault is as long as it is."""
    time.sleep(seconds)


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
        self.check(fault, answer_seconds=ANSWER_SECONDS, **options)


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


if __name__ == "__main__":
    if reason := reason_to_skip():
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    unittest.main()
