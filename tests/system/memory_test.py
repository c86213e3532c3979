"""Memory stays within what the configuration says, and what does not fit is served all the same."""
import unittest

from node_process import NodeProcess, wait_until

MB = 1 << 20
COUNTING = """
local aso = { value = "text", reads = 0 }
function aso:onGet() self.reads = self.reads + 1 return self.reads end
return aso
"""


def in_parts(commands, size=500):
    return (commands[start:start + size] for start in range(0, len(commands), size))


class MemoryTest(unittest.TestCase):
    def check_all(self, client, commands, expected):
        for part, wanted in zip(in_parts(commands), in_parts(expected)):
            self.assertTrue(client.pipeline(part) == wanted, f"among {part[0]} to {part[-1]}")

    def test_the_cache_of_records_keeps_its_bound_while_keys_are_written_and_read(self):
        count, bound = 40_000, 4 * MB
        with NodeProcess(cache_bytes_max=bound) as node, node.client() as client:
            self.check_all(client, [("SET", f"key:{i}", f"value {i}") for i in range(count)],
                           ["OK"] * count)
            wait_until(lambda: client.figure("cache_bytes") <= bound, "the cache is within its bound")
            self.check_all(client, [("GET", f"key:{i}") for i in range(count)],
                           [b"value %d" % i for i in range(count)])
            wait_until(lambda: client.figure("cache_bytes") <= bound, "the cache is within its bound")

    def test_the_cache_does_not_outgrow_its_bound_under_a_stream_of_new_keys(self):
        bound = 4 * MB
        with NodeProcess(cache_bytes_max=bound) as node, node.client() as client:
            for part in in_parts([("SET", f"key:{i}", "v" * 100) for i in range(60_000)]):
                client.pipeline(part)
                # What is not yet durable may not leave; it is little.
                self.assertLess(client.figure("cache_bytes"), 2 * bound, part[-1][1])

    def test_one_large_value_after_another_passes_through_a_small_cache(self):
        with NodeProcess(cache_bytes_max=MB) as node, node.client() as client:
            for i in range(100):
                client.call("SET", f"key:{i}", b"%03d" % i * 100_000)
            for i in range(100):
                self.assertTrue(client.call("GET", f"key:{i}") == b"%03d" % i * 100_000)
            self.assertLess(client.figure("cache_bytes"), 4 * MB)

    def test_activated_objects_keep_to_their_number_and_none_loses_a_turn(self):
        count, rounds = 500, 4
        with NodeProcess(hot_objects_max=50, cache_bytes_max=MB) as node, node.client() as client:
            self.check_all(client, [("ASO.PUT", f"object:{i}", COUNTING) for i in range(count)],
                           ["OK"] * count)
            for turn in range(1, rounds + 1):
                self.check_all(client, [("ASO.GET", f"object:{i}") for i in range(count)],
                               [turn] * count)
            self.assertLessEqual(client.figure("hot_objects"), 50)


if __name__ == "__main__":
    unittest.main()
