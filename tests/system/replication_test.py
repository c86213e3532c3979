"""What was acknowledged stays, and every key has one history, when nodes die and come back.

Real nodes on hosts of their own, real clients, one fault each. Hosts are network namespaces, which
only root may make; without them the test exits with 77. See replica_course.py for more runs;
isolation_test.py is about nodes that live and do not hear, or not what they should.
"""
import shutil
import sys
import threading
import time
import unittest

from namespaces import reason_to_skip
from network_process import wait_until_together
from node_process import wait_until
from operation_history import Operation
from replica_course import FAILOVER_SECONDS, SKIPPED, STEP, ReplicationCase
from replica_load import LIMITED, REFUSALS, understood
from resp_client import ReplyError

REFUSED_SECONDS = 8.0  # after so long a client of a lost majority has its answer


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
        keys = [f"{key}:alone" for key in course.load.registers[:12]]
        answers = []

        def ask(key, command, *words):
            started = time.monotonic()
            try:
                with left.client(timeout_seconds=4 * REFUSED_SECONDS) as client:
                    reply = client.ask(command, key, *words)
            except TimeoutError:
                reply = "no answer"
            answers.append((time.monotonic() - started, command, key, reply))
        # In the first round it finds out that it is alone: what it leads may be read until then, a
        # write may be uncertain. Nobody waits for ever in either.
        for is_known in (False, True):
            asking = [threading.Thread(target=ask, args=(key, *words))
                      for key in keys for words in (("GET",), ("SET", "x"))]
            for thread in asking:
                thread.start()
            for thread in asking:
                thread.join()
            if not is_known:
                self.assertEqual([a for a in answers if a[-1] == "no answer"], [])
                answers.clear()
        for seconds, command, key, reply in answers:
            self.assertLess(seconds, REFUSED_SECONDS, (command, key, reply))
            self.assertIsInstance(reply, ReplyError, (command, key))
            self.assertTrue(str(reply).startswith(REFUSALS), (command, key, reply))
        course.figures["said"] = f"'{answers[-1][-1]}'"
        return max(seconds for seconds, *_ in answers)

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
