"""`comet top`: on a terminal of 80 columns and 24 lines, and once for scripts, with real nodes."""
import contextlib
import json
import os
import re
import signal
import threading
import unittest

from cluster_process import ClusterProcess
from node_process import NodeProcess, binary, run_comet
from resp_client import RespClient, ReplyError, as_map
from terminal_screen import TerminalScreen

BURNER = ("local aso = { n = 0 } function aso:onGet() return self.n end "
          "function aso:burn(count) for i = 1, tonumber(count) do self.n = self.n + 1 end "
          "return self.n end return aso")
EVIL = b"evil\x1b[2J\n<b>"


@contextlib.contextmanager
def running_away(address, key):
    """Calls the object again and again, in small turns, until the test is done with it."""
    ended, failures = threading.Event(), []

    def run():
        try:
            with RespClient(address) as client:
                while not ended.is_set():
                    client.call("ASO.CALL", key, "burn", "50")
        except (OSError, ReplyError) as failed:
            failures.append(failed)
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if failures:
        raise AssertionError(f"the runaway ended: {failures}")


def fill(address):
    """`steady` has done by far the most, and rests."""
    with RespClient(address) as client:
        for key in ("steady", "runaway", "other", EVIL):
            client.call("ASO.PUT", key, BURNER)
        for _ in range(20):
            client.call("ASO.CALL", "steady", "burn", "20000")
        client.call("ASO.CALL", "other", "burn", "10")
        client.call("ASO.CALL", EVIL, "burn", "10")


def top_once(address, *flags, **more):
    done = run_comet("--node", address, "top", "--json", "--interval", "1s", *flags, **more)
    if (done.returncode, done.stderr) != (0, ""):
        raise AssertionError(f"comet top: {done}")
    return json.loads(done.stdout)


def objects_on(text):
    """The first words of the rows below the heading of the objects."""
    rows = text.split("\n")
    heading = next((i for i, row in enumerate(rows) if row.startswith("object ")), None)
    return [] if heading is None else [row.split(" ")[0] for row in rows[heading + 1:-2] if row.strip()]


class OnceTest(unittest.TestCase):
    def test_a_runaway_is_first_after_two_looks_although_another_has_a_larger_total(self):
        with NodeProcess() as node:
            fill(node.resp)
            with running_away(node.resp, "runaway"):
                told = top_once(node.resp)
                with node.client() as client:
                    totals = {row["key"]: row["value"] for row in map(as_map, client.call("COMET", "TOP"))}
            first, *others = told["objects"]
            self.assertEqual(first["key"], "runaway")
            self.assertGreater(first["fuel-per-second"], 0)
            steady = next(one for one in others if one["key"] == "steady")
            self.assertEqual(steady["fuel-per-second"], 0)
            self.assertGreater(steady["fuel"], first["fuel"])
            self.assertGreater(totals[b"steady"], totals[b"runaway"])
            actors = {one["kind"]: one for one in told["actors"]}
            self.assertEqual(set(actors), {"reactor", "executors", "writer", "syncer", "reader", "router"})
            self.assertGreater(actors["executors"]["work-per-second"], 0)
            self.assertGreater(actors["executors"]["busy"], 0)
            self.assertGreater(told["nodes"][0]["turns-per-second"], 0)

    def test_objects_are_ordered_counted_and_filtered_as_asked(self):
        with NodeProcess() as node:
            fill(node.resp)
            told = top_once(node.resp, "--count", "2", "--sort", "memory")
            self.assertEqual(len(told["objects"]), 2)
            memory = [one["memory"] for one in told["objects"]]
            self.assertEqual(memory, sorted(memory, reverse=True))
            told = top_once(node.resp, "--filter", "st*")
            self.assertEqual([one["key"] for one in told["objects"]], ["steady"])
            text = run_comet("--node", node.resp, "top", "--once", "--interval", "100ms").stdout
            self.assertIn("evil\\x1b[2J\\x0a<b>", text)
            self.assertNotIn("\x1b", text)

    def test_a_node_that_cannot_be_asked_is_an_error(self):
        with NodeProcess() as node:
            where = node.resp
        done = run_comet("--node", where, "top", "--once")
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("cannot connect", done.stderr)
        for words, why in ((["--sort", "age"], "--sort is one of"), (["--interval", "1ms"], "100ms at least"),
                           ([], "needs a terminal")):
            done = run_comet("--node", where, "top", *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn(why, done.stderr)


class ScreenTest(unittest.TestCase):
    def screen(self, node, *flags, **more):
        return TerminalScreen(binary(), "--node", node.resp, "top", "--interval", "500ms", *flags, **more)

    def test_a_runaway_comes_to_the_top_and_its_page_tells_of_it(self):
        with NodeProcess() as node:
            fill(node.resp)
            with self.screen(node) as screen:
                screen.wait_for(lambda text: objects_on(text)[:1] == ["steady"], "the largest total first")
                with running_away(node.resp, "runaway"):
                    text = screen.wait_for(lambda text: objects_on(text)[:1] == ["runaway"],
                                           "the runaway on top")
                    self.assertIn("steady", objects_on(text))
                    self.assertIn("1 node ", text)
                    self.assertIn("exec", text)
                    self.assertIn("*fuel/s", text)
                    screen.wait_for(lambda text: re.search(r"ops/s .*[▁▂▃▄▅▆▇█]", text), "a sparkline")
                    screen.press("Enter")
                    screen.wait_for_text("object runaway", "fuel", "q back")
                    screen.press("q")
                    screen.wait_for_text("*fuel/s")
                screen.press("q")
                screen.wait_for_text("ended with 0")

    def test_filter_order_help_and_resize(self):
        with NodeProcess() as node:
            fill(node.resp)
            with self.screen(node) as screen:
                screen.wait_for(lambda text: len(objects_on(text)) == 4, "four objects")
                self.assertIn("evil\\x1b[2J\\x0a", screen.text())
                screen.press("/", "o*")
                screen.wait_for_text("/o*_")
                screen.press("Enter")
                screen.wait_for(lambda text: objects_on(text) == ["other"], "one object")
                screen.press("Escape")
                screen.wait_for(lambda text: len(objects_on(text)) == 4, "all objects again")
                screen.press("m")
                screen.wait_for_text("*memory")
                screen.press("Right")
                screen.wait_for_text("*turns/s")
                screen.press("?")
                screen.wait_for_text("order by the column beside")
                screen.press("q")
                screen.resize(60, 15)
                screen.wait_for(lambda text: len(text.split("\n")) <= 16 and "q quit" in text,
                                "a smaller screen")
                screen.resize(120, 40)
                screen.wait_for(lambda text: "mailbox" in text and "bytes/s" in text, "all columns")
                screen.press("q")
                screen.wait_for_text("ended with 0")

    def test_without_colours_everything_is_still_there(self):
        colour = re.compile("\x1b\\[(?:[0-9]+;)*3[0-7]")
        with NodeProcess() as node:
            fill(node.resp)
            for more in ({"NO_COLOR": "1"}, {"term": "vt100", "LC_ALL": "C"}):
                with self.screen(node, **more) as screen:
                    screen.wait_for(lambda text: len(objects_on(text)) == 4, "four objects")
                    self.assertIsNone(colour.search(screen.text(codes=True)), more)
                    screen.press("q")
                    screen.wait_for_text("ended with 0")
            with self.screen(node) as screen:  # the test can see colours
                screen.wait_for(lambda text: len(objects_on(text)) == 4, "four objects")
                self.assertIsNotNone(colour.search(screen.text(codes=True)))
            with self.screen(node, term="nonsense") as screen:
                screen.wait_for_text("cannot be drawn on", "ended with 1")

    def test_a_node_that_ends_is_told_of_and_seen_again_when_it_is_back(self):
        with NodeProcess() as node:
            fill(node.resp)
            where = node.resp
            with self.screen(node) as screen:
                screen.wait_for(lambda text: len(objects_on(text)) == 4, "four objects")
                node.stop()
                screen.wait_for(lambda text: re.search(r"^! ", text, re.M), "what is wrong")
                node.start(resp=where)
                screen.wait_for(lambda text: not re.search(r"^! ", text, re.M), "nothing wrong any more")
                screen.press("q")
                screen.wait_for_text("ended with 0")

    def test_a_node_that_hangs_is_marked_and_the_others_are_told_of(self):
        with ClusterProcess(3) as cluster:
            words = ("--node", cluster.nodes[0]["resp"], "top", "--interval", "500ms")
            with TerminalScreen(binary(), *words) as screen:
                screen.wait_for_text("3 nodes")
                stopped = int(cluster.nodes[2]["pid"])
                short_id = cluster.nodes[2]["id"][:8]
                os.kill(stopped, signal.SIGSTOP)
                try:
                    text = screen.wait_for_text(f"{short_id} NO ANSWER", f"! {short_id}: ")
                    self.assertEqual(text.count("NO ANSWER"), 1)
                finally:
                    os.kill(stopped, signal.SIGCONT)
                screen.wait_for(lambda text: f"{short_id} alive" in text, "the node answers again")
                screen.press("q")
                screen.wait_for_text("ended with 0")
            cluster.stop()


if __name__ == "__main__":
    unittest.main()
