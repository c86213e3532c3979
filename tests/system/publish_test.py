"""Publish and subscribe on three hosts: a message published on any node is heard on all of them, in
order, once at most, whoever is killed, cut off, or too slow.

The hosts are network namespaces, which only root may make; without them the test exits with 77.
"""
import itertools
import os
import pathlib
import re
import signal
import sys
import tempfile
import threading
import unittest
import urllib.request

from namespaces import reason_to_skip
from network_process import MemberNetwork, wait_until_together
from node_process import wait_until
from resp_client import ReplyError

SPEAKER = """
local aso = {}
function aso:say(channel, first, last)
  for i = first, last do comet.publish(channel, string.format("%d", i)) end
  return last
end
return aso
"""
SKIPPED = 77  # what ctest takes as skipped
LOST_SECONDS = 120  # a silent link is lost after 30 s


class Listener(threading.Thread):
    """A client that subscribes and keeps what it hears, until it is ended or parted with."""

    def __init__(self, member, *words):
        super().__init__()
        self.member, self.heard = member, []
        self.client = member.client(timeout_seconds=600)
        self.client.send(*words)
        for _ in words[1:]:
            self.client.read()
        self.start()

    def run(self):
        try:
            while True:
                self.heard.append(self.client.read())
        except (OSError, ValueError):
            pass  # the connection is over

    def numbers(self):
        return [int(message[-1]) for message in list(self.heard)]

    def end(self):
        self.client.socket.shutdown(2)
        self.join()
        self.client.close()


def metric(member, name):
    with member.inside(), urllib.request.urlopen(f"http://{member.http}/metrics", timeout=60) as page:
        found = re.search(rf"^{name} (\S+)$", page.read().decode(), re.MULTILINE)
    return float(found[1])


class PublishCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comet-publish-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.counter = itertools.count(1)

    def network(self, **settings):
        return self.enterContext(MemberNetwork(3, self.folder, **settings))

    def listen(self, member, *words):
        listener = Listener(member, *words)
        self.addCleanup(listener.end)
        return listener

    def publish(self, member, channel="news", count=1):
        """The next numbers; the last of them is returned."""
        numbers = list(itertools.islice(self.counter, count))
        with member.client() as client:
            for number in numbers:
                client.call("PUBLISH", channel, number)
        return numbers[-1]

    def wait_until_heard(self, speaker, listeners, channel="news", seconds=60):
        """The speaker's node has heard of these subscriptions."""
        def all_hear():
            number = self.publish(speaker, channel)
            return all(number in one.numbers() for one in listeners) or None
        wait_until(all_hear, f"{speaker.id} knows who listens to {channel}", seconds)

    def assert_in_order(self, listener):
        """Of one speaker: nothing twice, and nothing out of order."""
        numbers = listener.numbers()
        self.assertEqual(numbers, sorted(set(numbers)))


class ThreeNodesTest(PublishCase):
    def test_messages_of_clients_and_handlers_reach_the_subscribers_of_all_nodes(self):
        members = self.network().members
        everywhere = [self.listen(member, "SUBSCRIBE", "news") for member in members]
        pattern = self.listen(members[2], "PSUBSCRIBE", "n*s", "nothing*")
        for speaker in members:
            self.wait_until_heard(speaker, [*everywhere, pattern])
            first = next(self.counter)
            last = self.publish(speaker, count=500)
            for one in (*everywhere, pattern):
                wait_until(lambda one=one: last in one.numbers(), "the last message comes")
                self.assertEqual([n for n in one.numbers() if n > first],
                                 list(range(first + 1, last + 1)))
        self.assertEqual(pattern.heard[-1][:3], [b"pmessage", b"n*s", b"news"])

        # A handler runs at the leader of its key, wherever it is called.
        keys = [f"speaker:{i}" for i in range(6)]
        with members[0].client() as client, members[1].client() as other:
            for key in keys:
                self.assertEqual(client.call("ASO.PUT", key, SPEAKER), "OK")
                begin = next(self.counter)
                self.counter = itertools.count(begin + 10)
                self.assertEqual(other.call("ASO.CALL", key, "say", "news", begin, begin + 9),
                                 str(begin + 9).encode())
                for one in everywhere:
                    wait_until(lambda one=one, last=begin + 9: last in one.numbers(),
                               "the handler's last message comes")
                    self.assertEqual(one.numbers()[-10:], list(range(begin, begin + 10)))
        self.assertGreater(len({members[0].holder_of(key) for key in keys}), 1)

    def test_only_nodes_that_listen_are_sent_to_and_numbers_are_of_this_node(self):
        members = self.network().members
        here = self.listen(members[0], "SUBSCRIBE", "news")
        there = self.listen(members[1], "SUBSCRIBE", "news")
        self.wait_until_heard(members[0], [here, there])
        with members[0].client() as client:
            self.assertEqual(client.call("PUBLISH", "news", next(self.counter)), 1)
            self.assertEqual(client.call("PUBLISH", "nobody", next(self.counter)), 0)
            self.assertEqual(client.call("PUBSUB", "NUMSUB", "news"), [b"news", 1])
        with members[2].client() as client:
            last = next(self.counter)
            wait_until(lambda: client.call("PUBLISH", "news", last) == 0 and
                       last in there.numbers(), "it has heard of the others' subscribers")
            self.assertEqual(client.call("PUBSUB", "CHANNELS"), [])
        there.client.send("UNSUBSCRIBE")

        def is_spared():
            before = metric(members[0], "comet_publications_sent_total")
            last = self.publish(members[0], count=10)
            wait_until(lambda: last in here.numbers(), "it is heard here")
            # Figures of links are a second old at most.
            moved = metric(members[0], "comet_link_frames_sent_total")
            wait_until(lambda: metric(members[0], "comet_link_frames_sent_total") > moved,
                       "the figures are new")
            return metric(members[0], "comet_publications_sent_total") == before
        wait_until(is_spared, "nobody is sent what nobody hears")
        self.assertEqual(metric(members[2], "comet_publications_arrived_total"), 0)

    def test_a_node_that_was_killed_hears_again_when_it_is_back(self):
        members = self.network().members
        stays = self.listen(members[1], "SUBSCRIBE", "news")
        before = self.listen(members[2], "SUBSCRIBE", "news", "old")
        self.wait_until_heard(members[0], [stays, before])
        members[2].kill()
        last = self.publish(members[0], count=100)
        wait_until(lambda: last in stays.numbers(), "the living hear it")
        members[2].start()
        wait_until_together(members)
        after = self.listen(members[2], "SUBSCRIBE", "news")
        self.wait_until_heard(members[0], [stays, after])
        for one in (stays, before, after):
            self.assert_in_order(one)
        self.assertNotIn(last, after.numbers())
        self.assertLessEqual(set(range(last - 99, last + 1)), set(stays.numbers()))
        # And the other way round: the node that is back knows who listens.
        self.wait_until_heard(members[2], [stays, after])

    def test_messages_for_a_node_that_is_cut_off_are_lost_and_no_others(self):
        network = self.network()
        members = network.members
        near = self.listen(members[1], "SUBSCRIBE", "news")
        far = self.listen(members[2], "SUBSCRIBE", "news")
        self.wait_until_heard(members[0], [near, far])
        # Figures of links are a second old at most: one link must mean that one was lost.
        wait_until(lambda: metric(members[0], "comet_links") == 2, "the figures show both links")
        network.network.cut_off([members[2].host])
        wait_until(lambda: metric(members[0], "comet_links") == 1, "the link is lost", LOST_SECONDS)
        last = self.publish(members[0], count=100)
        wait_until(lambda: last in near.numbers(), "the others hear it")
        network.network.heal()
        self.wait_until_heard(members[0], [near, far], seconds=LOST_SECONDS)
        for one in (near, far):
            self.assert_in_order(one)
        lost = set(range(last - 99, last + 1))
        self.assertLessEqual(lost, set(near.numbers()))
        self.assertFalse(lost & set(far.numbers()))

    def test_a_node_that_does_not_take_its_messages_costs_others_no_more_than_a_bound(self):
        members = self.network().members
        near = self.listen(members[1], "SUBSCRIBE", "bulk", "news")
        far = self.listen(members[2], "SUBSCRIBE", "bulk", "news")
        self.wait_until_heard(members[0], [near, far])
        heard = len(near.heard)
        os.kill(members[2].pid, signal.SIGSTOP)
        try:
            with members[0].client() as client:
                for number in range(200):
                    client.call("PUBLISH", "bulk", b"%06d" % number + b"x" * 200_000)
                    wait_until(lambda: len(near.heard) >= heard + number + 1,
                               "a node that reads gets all of them")
            wait_until(lambda: metric(members[0], "comet_publications_dropped_total") > 0,
                       "what goes to the other is dropped")
        finally:
            os.kill(members[2].pid, signal.SIGCONT)
        self.assertEqual(members[0].log.count("misses messages of channels"), 1)

        def is_back():
            number = self.publish(members[0])
            return far.heard and far.heard[-1][-1] == b"%d" % number
        wait_until(is_back, "it hears again", LOST_SECONDS)
        got = [int(m[-1][:6]) for m in far.heard if m[1] == b"bulk"]
        self.assertEqual(got, sorted(set(got)))
        self.assertLess(len(got), 200)


class LimitsTest(PublishCase):
    def test_a_subscriber_that_does_not_read_is_disconnected_and_the_log_says_so(self):
        members = self.network(client_output_bytes_max="1MB").members
        slow = members[1].client()
        self.addCleanup(slow.close)
        slow.call("SUBSCRIBE", "news")
        fast = self.listen(members[1], "SUBSCRIBE", "news")

        def is_parted():
            with members[0].client() as client:
                client.call("PUBLISH", "news", b"x" * 500_000)
            return "client-output-bytes-max" in members[1].log
        wait_until(is_parted, "the slow client is parted with")
        self.assertTrue(slow.closed_by_peer())
        with members[1].client() as client:
            wait_until(lambda: client.call("PUBSUB", "NUMSUB", "news") == [b"news", 1],
                       "one subscriber is left")
        self.assertTrue(fast.is_alive())

    def test_each_node_holds_its_own_clients_to_their_channels(self):
        users = self.folder / "users.acl"
        users.write_text("user default on nopass ~* &* +@all\n"
                         "user reader on nopass ~* &news +@all\n", encoding="ascii")
        users.chmod(0o600)
        members = self.network(users_file=users).members
        open_to_all = self.listen(members[1], "SUBSCRIBE", "news", "secret")
        self.wait_until_heard(members[0], [open_to_all])
        with members[0].client() as speaker, members[1].client() as reader:
            for client in (speaker, reader):
                client.call("AUTH", "reader", "any")
            for refused in (speaker.ask("PUBLISH", "secret", 0), reader.ask("SUBSCRIBE", "secret"),
                            reader.ask("PSUBSCRIBE", "*")):
                self.assertIsInstance(refused, ReplyError)
                self.assertTrue(str(refused).startswith("NOPERM"), refused)
            last = next(self.counter)
            self.assertEqual(speaker.call("PUBLISH", "news", last), 0)
        wait_until(lambda: last in open_to_all.numbers(), "what is allowed is heard")
        self.assertNotIn(0, open_to_all.numbers())


if __name__ == "__main__":
    if reason := reason_to_skip():
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    unittest.main()
