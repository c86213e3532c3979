#!/usr/bin/env python3
"""What a node writes to its log: its form, rooms and levels, slow requests, repetitions, no secrets."""
import json
import re
import unittest

from node_process import NodeProcess, wait_until

LINE = re.compile(r'time=\S+Z level=(?:debug|info|warning|error) '
                  r'room=(?:runtime|actors|object|store|net) msg=.+')
SLOW = """
local aso = {}
function aso:onGet() for _ = 1, 1000000 do end return "done" end
function aso:onUpdate(value) for _ = 1, 1000000 do end self.value = value end
return aso"""
SECRET = "swordfish"


def fields_of(line):
    """Of a logfmt line."""
    return {name: quoted if bare == "" else bare
            for name, quoted, bare in re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))', line)}


class LogTest(unittest.TestCase):
    def start(self, **settings):
        node = NodeProcess(**settings)
        node.__enter__()
        self.addCleanup(node.__exit__, None, None, None)
        return node

    @staticmethod
    def lines(node, message):
        return [fields_of(line) for line in node.log.splitlines() if f'msg="{message}"' in line
                or f"msg={message} " in line + " "]

    def slow_lines(self, node, **wanted):
        """Of slow requests, those with these fields."""
        return [one for one in self.lines(node, "a request was slow") if wanted.items() <= one.items()]

    def test_each_line_is_logfmt_with_time_level_and_room(self):
        node = self.start(log_level="trace")
        node.stop()
        lines = node.log.splitlines()
        self.assertGreater(len(lines), 3)
        for line in lines:
            self.assertRegex(line, LINE)
        self.assertEqual(self.lines(node, "started")[0]["room"], "runtime")

    def test_with_log_format_json_each_line_is_one_object(self):
        node = self.start(log_format="json")
        node.stop()
        lines = [json.loads(line) for line in node.log.splitlines()]
        self.assertEqual({frozenset(line) >= {"time", "level", "room", "msg"} for line in lines}, {True})
        self.assertIn("started", [line["msg"] for line in lines])

    def test_levels_by_room_are_changed_while_the_node_runs(self):
        node = self.start(slow_request="1ms")
        with node.client() as client:
            self.assertEqual(client.call("CONFIG", "GET", "log-level"), [b"log-level", b"info"])
            client.call("CONFIG", "SET", "log-level", "info,runtime=warning,net=debug")
            self.assertEqual(client.call("CONFIG", "GET", "log-level"),
                             [b"log-level", b"info,runtime=warning,net=debug"])
            client.call("CONFIG", "SET", "slow-request", "2ms")
            refused = client.ask("CONFIG", "SET", "log-level", "info,disk=debug")
            self.assertIn("runtime, actors, object, store, net", str(refused))
            client.call("CONFIG", "SET", "log-level", "info")
        changed = [line["key"] for line in self.lines(node, "a setting was changed")]
        # A change is told under the levels that it ends; the later ones are below `warning`.
        self.assertEqual(changed, ["log-level"])

    def test_a_slow_request_is_told_with_ids_and_times_and_without_its_value(self):
        node = self.start(slow_request="1ms", fuel_per_turn="10000000")
        with node.client() as client:
            client.call("ASO.PUT", "cart:\n81", SLOW)
            client.call("COMET", "WITH", "ID", "order-4711", "SET", "cart:\n81", SECRET)
            # As often as it takes: on a fast machine not each is slow.
            wait_until(lambda: client.call("COMET", "WITH", "ID", "order-4712", "GET", "cart:\n81") == b"done"
                       and self.slow_lines(node, id="order-4712"), "a slow GET with an id is logged")
            wait_until(lambda: client.call("GET", "cart:\n81") == b"done"
                       and [one for one in self.slow_lines(node, command="get") if "id" not in one],
                       "a slow GET is logged")
            number = client.call("CLIENT", "ID")
        line = self.slow_lines(node, command="get")[-1]
        self.assertEqual(line["room"], "actors")
        self.assertEqual(line["key"], r"cart:\\x0a81")
        self.assertGreaterEqual(float(line["took_ms"]), 1)
        self.assertGreater(int(line["fuel"]), 1_000)
        self.assertGreaterEqual(float(line["turn_ms"]), 0)
        self.assertEqual(line["client_id"], str(number))
        self.assertTrue(line["request"].startswith(f"{number}:"))
        self.assertEqual(line["user"], "default")
        # An id stands on the line of the request that it was given, under the name of what was carried.
        self.assertEqual({one["command"] for one in self.slow_lines(node, id="order-4712")}, {"get"})
        self.assertLessEqual({one["command"] for one in self.slow_lines(node, id="order-4711")}, {"set"})
        self.assertLessEqual(len(self.slow_lines(node, id="order-4711")), 1)
        self.assertNotIn("id", line)
        self.assertNotIn(SECRET, node.log)

    def test_lines_of_one_kind_that_repeat_are_counted(self):
        node = self.start()
        with node.client() as client:
            for number in range(1, 41):
                client.call("CONFIG", "SET", "maxclients", str(1_000 + number))
        node.stop()
        lines = self.lines(node, "a setting was changed")
        told = sum(int(line.get("repeated", 1)) for line in lines)
        self.assertEqual(told, 40)
        self.assertLess(len(lines), 40)
        last = [line for line in lines if "repeated" in line][-1]
        self.assertEqual(last["value"], "1040")

    def test_no_password_and_no_value_stands_in_a_log(self):
        node = self.start(log_level="trace", slow_request="1ms", fuel_per_turn="10000000")
        with node.client() as client:
            client.ask("AUTH", SECRET)
            client.ask("AUTH", "default", SECRET)
            client.ask("HELLO", "3", "AUTH", "nobody", SECRET)
            client.call("SET", "plain", SECRET)
            client.call("APPEND", "plain", SECRET)
            client.call("ASO.PUT", "active", SLOW, "VALUE", SECRET)
            client.call("SET", "active", SECRET)
            client.ask("ASO.CALL", "active", SECRET, SECRET)
            client.ask("PUBLISH", "channel", SECRET)
            client.ask("CONFIG", "SET", "users-file", f"/{SECRET}")
            client.ask(SECRET, SECRET)
            client.send_raw(f"*1\r\n${SECRET}\r\n".encode())
            self.assertIn("Protocol error", str(client.read()))
        node.stop()
        self.assertNotIn(SECRET, node.log)


if __name__ == "__main__":
    unittest.main()
