"""The judge of histories accepts what one copy could have answered, and nothing else."""
import contextlib
import functools
import io
import pathlib
import random
import tempfile
import unittest
from unittest import mock

import history_judge
from operation_history import DONE, Operation, load, save

NOTHING = object()
LIMIT = 3


class Story:
    """Operations in words, each after the one before it unless `begin` and `end` say otherwise."""

    def __init__(self, key):
        self.key, self.moment, self.operations = key, 0, []

    def begin(self, action, given=None):
        self.moment += 1
        self.operations.append(Operation(len(self.operations), self.key, action, given, self.moment))
        return self.operations[-1]

    def end(self, operation, seen=None):
        self.moment += 1
        operation.done(seen, self.moment)

    def did(self, action, given=None, seen=None):
        self.end(self.begin(action, given), seen)

    def refuse(self, action, given=None):
        self.moment += 1
        self.begin(action, given).refused(self.moment)

    def fault(self, limit=None):
        faults = history_judge.judge(self.operations, limit)
        assert len(faults) <= 1, faults
        return faults[0] if faults else ""


class RegisterTest(unittest.TestCase):
    def setUp(self):
        self.story = Story("register:1")

    def test_what_one_client_after_the_other_sees_is_the_last_value(self):
        self.story.did("get")
        for value in ("a", "b"):
            self.story.did("set", value)
            self.story.did("get", seen=value)
        self.assertEqual(self.story.fault(), "")

    def test_a_stale_read_is_found_and_both_are_named(self):
        self.story.did("set", "a")
        self.story.did("set", "b")
        self.story.did("get", seen="a")
        self.assertRegex(self.story.fault(), "register:1: b came and went while a was there(.|\n)*"
                                             "client 1 (.|\n)*client 2 at node 0: get")

    def test_a_read_may_see_the_old_value_or_the_new_one_while_a_write_is_under_way_not_turn_back(self):
        self.story.did("set", "a")
        write = self.story.begin("set", "b")
        self.story.did("get", seen="a")
        self.story.did("get", seen="b")
        self.assertEqual(self.story.fault(), "")
        self.story.did("get", seen="a")
        self.story.end(write)
        self.assertRegex(self.story.fault(), "b came and went while a|two values hold at once")

    def test_an_acknowledged_write_that_is_lost_is_found(self):
        self.story.did("set", "a")
        self.story.did("get")
        self.assertRegex(self.story.fault(), "a came and went while None was there")

    def test_a_write_of_unknown_outcome_may_take_effect_late_once_or_never(self):
        self.story.begin("set", "late")
        self.story.did("set", "a")
        self.story.did("get", seen="a")
        self.assertEqual(self.story.fault(), "")
        self.story.did("get", seen="late")
        self.assertEqual(self.story.fault(), "")
        self.story.did("get", seen="a")
        self.assertRegex(self.story.fault(), "late")

    def test_what_was_refused_what_nobody_wrote_and_what_comes_too_early_is_never_read(self):
        self.story.refuse("set", "refused")
        self.story.did("get", seen="refused")
        self.assertRegex(self.story.fault(), "a refused write was read")
        other = Story("register:2")
        other.did("get", seen="b")
        self.assertRegex(other.fault(), "nobody wrote")
        other.did("set", "b")
        self.assertRegex(other.fault(), "read before it was written")


class CounterTest(unittest.TestCase):
    def setUp(self):
        self.story = Story("counter:1")

    def test_an_increment_that_was_done_twice_is_found(self):
        self.story.did("add", seen=1)
        self.story.did("add", seen=3)
        self.assertRegex(self.story.fault(), "nobody can have made the number 2")

    def test_an_increment_that_was_lost_is_found(self):
        self.story.did("add", seen=1)
        self.story.did("add", seen=1)
        self.assertRegex(self.story.fault(), "1 was given twice")
        other = Story("counter:2")
        other.did("add", seen=1)
        other.did("add", seen=2)
        other.did("get", seen=1)
        self.assertRegex(other.fault(), "2 came too late|came too late for what was seen")

    def test_an_unknown_one_explains_one_number_and_only_after_it_began(self):
        self.story.begin("add")
        self.story.did("add", seen=2)
        self.assertEqual(self.story.fault(), "")
        self.story.did("add", seen=4)
        self.story.begin("add")
        self.assertRegex(self.story.fault(), "nobody can have made the number 3")

    def test_increments_keep_real_time(self):
        self.story.did("add", seen=2)
        self.story.did("add", seen=1)
        self.assertRegex(self.story.fault(), "came too late")


class LimitedTest(unittest.TestCase):
    def setUp(self):
        self.story = Story("limited:1")

    def test_it_is_read_exactly_so_often(self):
        for number in (1, 2, 3, None, None):
            self.story.did("take", seen=number)
        self.assertEqual(self.story.fault(LIMIT), "")
        self.story.did("take", seen=4)
        self.assertRegex(self.story.fault(LIMIT), "read more often than 3")

    def test_a_read_that_is_missing_takes_an_unknown_one(self):
        self.story.did("take", seen=1)
        unknown = self.story.begin("take")
        self.story.did("take", seen=3)
        self.story.did("take")
        self.assertEqual(self.story.fault(LIMIT), "")
        unknown.refused(9)
        self.assertRegex(self.story.fault(LIMIT), "nobody can have made the number 2")

    def test_nothing_is_left_only_when_all_was_read(self):
        self.story.did("take", seen=1)
        self.story.did("take")
        self.assertRegex(self.story.fault(LIMIT), "nobody can have made the number 3|number 2")


class OnceTest(unittest.TestCase):
    def setUp(self):
        self.story = Story("once:1")

    def test_it_is_taken_once_and_gone(self):
        self.story.did("take")
        self.story.did("set", "a")
        self.story.did("get", seen="a")
        self.story.did("take", seen="a")
        self.story.did("take")
        self.assertEqual(self.story.fault(), "")

    def test_what_is_taken_twice_or_comes_back_is_found(self):
        self.story.did("set", "a")
        self.story.did("take", seen="a")
        self.story.did("get", seen="a")
        self.assertRegex(self.story.fault(), "seen after it had been taken")
        self.story.operations[-1].action = "take"
        self.assertRegex(self.story.fault(), "taken twice")

    def test_what_is_there_and_not_found_is_found(self):
        self.story.did("set", "a")
        self.story.did("get")
        self.assertRegex(self.story.fault(), "there all the time and not found")
        self.story.operations.insert(0, Operation(9, self.story.key, "take", None, 0))
        self.assertEqual(self.story.fault(), "")


def after(operation, state, limit):
    """The states that may follow if the operation takes effect, NOTHING if it saw something else."""
    match operation.action:
        case "set":
            new, seen = operation.given, operation.seen
        case "get":
            new = seen = state
        case "add":
            new = seen = (state or 0) + 1
        case "take" if operation.kind == "once":
            new, seen = None, state
        case "take":
            new = min((state or 0) + 1, limit)
            seen = None if state == limit else new
    return NOTHING if operation.outcome == DONE and operation.seen != seen else new


def is_explained(operations, limit):
    """By search through all orders, as the definition says."""
    @functools.cache
    def explore(left, state):
        rest = [operations[i] for i in left if operations[i].outcome == DONE]
        if not rest:
            return True
        horizon = min(o.returned for o in rest)
        for i in left:
            if operations[i].invoked > horizon:
                continue
            new = after(operations[i], state, limit)
            if new is not NOTHING and explore(left - {i}, new):
                return True
        return False
    kept = frozenset(i for i, o in enumerate(operations) if o.outcome != "refused")
    return explore(kept, None)


def drawn_history(chance, kind):
    """Of a key that mostly does what it should, by clients whose operations overlap."""
    actions = {"register": ("set", "get", "get"), "counter": ("add", "add", "get"),
               "limited": ("take",), "once": ("take", "get")}[kind]
    count = chance.randint(1, 6)
    moments = iter(chance.sample(range(4 * count), 2 * count))
    spread = chance.choice((3, 4 * count))
    operations, seen_values = [], [None]
    for i in range(count):
        action = "set" if kind == "once" and i == 0 else chance.choice(actions)
        begin, end = sorted((next(moments), next(moments)))
        operation = Operation(i, f"{kind}:1", action, f"v{i}" if action == "set" else None, begin)
        end = min(end, begin + spread) + (i + 1) / 10
        operations.append(operation)
        if action == "set":
            seen_values.append(operation.given)
        if chance.random() < 0.75:
            numbers = list(range(1, LIMIT + 1)) if kind == "limited" else list(range(1, count + 1))
            seen = {"set": [None], "add": numbers, "take": [None, *numbers],
                    "get": seen_values}[action]
            if action == "get" and kind == "counter":
                seen = [0, *numbers]
            if kind == "once" and action != "set":
                seen = seen_values
            operation.done(chance.choice(seen), end)
        elif chance.random() < 0.3:
            operation.refused(end)
    for operation in operations:
        if operation.action == "get" and kind == "counter" and operation.seen == 0:
            operation.seen = None
    return operations


class SearchTest(unittest.TestCase):
    def test_it_says_what_a_search_through_all_orders_says(self):
        chance = random.Random(20101004)
        for kind in ("register", "counter", "limited", "once"):
            verdicts = {True: 0, False: 0}
            for number in range(6_000):
                operations = drawn_history(chance, kind)
                explained = is_explained(operations, LIMIT)
                verdicts[explained] += 1
                faults = history_judge.judge(operations, LIMIT)
                self.assertEqual(not faults, explained,
                                 f"{kind} {number}: {faults}\n" + "\n".join(map(str, operations)))
            self.assertGreater(min(verdicts.values()), 300, (kind, verdicts))


class FileTest(unittest.TestCase):
    def judged(self, operations):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "history"
            save(operations, path)
            self.assertEqual(load(path), operations)
            printed = io.StringIO()
            with mock.patch("sys.argv", ["judge", str(path)]), contextlib.redirect_stdout(printed):
                return history_judge.main(), printed.getvalue()

    def test_a_history_that_was_saved_is_judged_alike(self):
        story = Story("register:1")
        story.did("set", "a")
        story.did("get", seen="a")
        code, printed = self.judged(story.operations)
        self.assertEqual((code, printed), (0, "2 operations on 1 keys: linearizable\n"))
        story.did("get")
        code, printed = self.judged(story.operations)
        self.assertEqual(code, 1)
        self.assertIn("1 keys contradict one copy", printed)


if __name__ == "__main__":
    unittest.main()
