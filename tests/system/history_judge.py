#!/usr/bin/env python3
"""Could one copy of each key have answered so? Judges a recorded history for linearizability
(M. Herlihy, J. Wing, TOPLAS 1990), key by key, and without a search:

- Registers: no value is set twice, so every get names its set. Of each value, the operations that
  wrote and saw it span a zone from the first return to the last invocation; where that is later the
  value was certainly there all the time between. P. Gibbons and E. Korach (Testing shared memories,
  SIAM J. Comput. 1997) show that it is enough to look whether two such zones overlap, or one spans
  all operations of another value.
- Counters and limited reads: what an operation saw is its place in the order. The latest moment at
  which each number can have been reached is known from those that saw it or more; every number that
  nobody was told needs an operation of unknown outcome that began before.
- Keys set once: between the latest moment at which it can have been set and the earliest at which
  it can have been taken, nobody may miss it.

An exact judge: history_judge_test.py compares it with a search through all orders.
"""
import math
import sys

from operation_history import DONE, REFUSED, UNKNOWN, by_key, load

ALWAYS, NEVER = -math.inf, math.inf


def judge(operations, limit=None):
    """What no single copy explains, a sentence for each key; [] of a linearizable history. `limit`
    is how often an object of limited reads may be read."""
    judges = {"register": judge_register, "counter": judge_counter, "once": judge_once,
              "limited": lambda of_key: judge_counter(of_key, limit)}
    faults = []
    for key, of_key in sorted(by_key(operations).items()):
        if fault := judges[of_key[0].kind](of_key):
            faults.append(f"{key}: {fault}")
    return faults


def told(*operations):
    return "".join(f"\n    {operation}" for operation in operations)


def latest_return(operation):
    return operation.returned if operation.outcome == DONE else NEVER


class Zone:
    """Of one value: `certain` from its first return to its last invocation."""

    def __init__(self, value, write):
        self.value, self.operations = value, [write] if write else []
        self.first_return = latest_return(write) if write else ALWAYS
        self.last_invocation = write.invoked if write else ALWAYS

    def add(self, read):
        self.operations.append(read)
        self.first_return = min(self.first_return, read.returned)
        self.last_invocation = max(self.last_invocation, read.invoked)

    @property
    def is_forward(self):
        return self.first_return < self.last_invocation

    def __str__(self):
        ends = [min(self.operations, key=latest_return), max(self.operations, key=lambda o: o.invoked)]
        return told(*(ends[:1] if ends[0] is ends[1] else ends))


def judge_register(of_key):
    zones, fault = zones_of(of_key)
    if fault:
        return fault
    forward = sorted((z for z in zones if z.is_forward), key=lambda z: z.first_return)
    for one, next_one in zip(forward, forward[1:]):
        if next_one.first_return < one.last_invocation:
            return f"two values hold at once, {one.value} and {next_one.value}:{one}{next_one}"
    for zone in zones:
        if zone.is_forward:
            continue
        around = last_before(forward, zone.last_invocation)
        if around and zone.first_return < around.last_invocation:
            return (f"{zone.value} came and went while {around.value} was there all the time:"
                    f"{zone}{around}")
    return None


def zones_of(of_key):
    """Of every value that was certainly there, and what is wrong with one read alone."""
    writes = {o.given: o for o in of_key if o.action == "set"}
    zones = {o.given: Zone(o.given, o) for o in writes.values() if o.outcome == DONE}
    zones[None] = Zone(None, None)
    for read in of_key:
        if read.action != "get" or read.outcome != DONE:
            continue
        write = writes.get(read.seen)
        if read.seen is not None:
            if write is None:
                return [], f"nobody wrote what was read:{told(read)}"
            if write.outcome == REFUSED:
                return [], f"a refused write was read:{told(write, read)}"
            if read.returned < write.invoked:
                return [], f"a value was read before it was written:{told(read, write)}"
        zones.setdefault(read.seen, Zone(read.seen, write)).add(read)
    return [zone for zone in zones.values() if zone.operations], None


def last_before(forward, moment):
    """The last of the sorted zones that begins before the moment."""
    low, high = 0, len(forward)
    while low < high:
        middle = (low + high) // 2
        if forward[middle].first_return < moment:
            low = middle + 1
        else:
            high = middle
    return forward[low - 1] if low else None


def judge_counter(of_key, limit=None):
    """With a limit a take that saw nothing says that the limit was reached."""
    adds, seen_last = {}, 0
    earliest, latest = {}, {}  # of each number: when it was reached, by those that saw it
    for operation in (o for o in of_key if o.outcome == DONE):
        is_read = operation.action == "get" or operation.seen is None
        number = operation.seen if operation.seen is not None else limit or 0
        if limit is not None and number > limit:
            return f"it was read more often than {limit} times:{told(operation)}"
        if not is_read and number < 1:
            return f"a number below 1 was given:{told(operation)}"
        if not is_read and number in adds:
            return f"{number} was given twice:{told(adds[number], operation)}"
        if is_read:
            bound(earliest, number + 1, operation, operation.invoked, max)
        else:
            adds[number] = operation
            bound(earliest, number, operation, operation.invoked, max)
        bound(latest, number, operation, operation.returned, min)
        seen_last = max(seen_last, number)
    return check_numbers(of_key, adds, seen_last, earliest, latest)


def bound(bounds, number, operation, moment, tighter):
    before = bounds.get(number)
    if before is None or tighter(before[0], moment) != before[0]:
        bounds[number] = (moment, operation)


def check_numbers(of_key, adds, seen_last, earliest, latest):
    reached, missing = (NEVER, None), []  # from the last number down: the latest moment of each
    for number in range(seen_last, 0, -1):
        reached = min(reached, latest.get(number, reached), key=lambda bounded: bounded[0])
        after = earliest.get(number)
        if after and after[0] > reached[0]:
            return f"{number} came too late for what was seen before:{told(after[1], reached[1])}"
        if number not in adds:
            missing.append((reached, number))
    spare = sorted((o for o in of_key if o.outcome == UNKNOWN and o.action in ("add", "take")),
                   key=lambda o: o.invoked)
    for (moment, by), number in reversed(missing):
        if not spare or spare[0].invoked > moment:
            return f"nobody can have made the number {number}, which must have been there:{told(by)}"
        spare.pop(0)
    return None


def judge_once(of_key):
    sets = [o for o in of_key if o.action == "set" and o.outcome != REFUSED]
    seers = [o for o in of_key if o.outcome == DONE and o.action != "set" and o.seen is not None]
    takers = [o for o in seers if o.action == "take"]
    if len(takers) > 1:
        return f"it was taken twice:{told(*takers[:2])}"
    if seers and not (sets and all(o.seen == sets[0].given for o in seers)):
        return f"nobody wrote what was seen:{told(seers[0])}"
    if not sets or (sets[0].outcome == UNKNOWN and not seers):
        return None
    write = sets[0]
    by_then = min([latest_return(write), *(o.returned for o in seers)])
    if by_then < write.invoked:
        return f"it was seen before it was written:{told(write, *seers)}"
    takes = takers or [o for o in of_key if o.outcome == UNKNOWN and o.action == "take"]
    taken = min((o.invoked for o in takes), default=NEVER)
    looks = [o for o in seers if o.action == "get"]
    gone = max([taken, write.invoked, *(o.invoked for o in looks)])
    if takers and gone > takers[0].returned:
        return f"it was seen after it had been taken:{told(takers[0], max(looks, key=lambda o: o.invoked))}"
    for miss in of_key:
        if miss.outcome == DONE and miss.action != "set" and miss.seen is None and \
                by_then < miss.invoked and miss.returned < gone:
            return f"it was there all the time and not found:{told(write, miss, *takers)}"
    return None


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: history_judge.py HISTORY [LIMIT], as a test of replicas leaves them")
    operations = load(sys.argv[1])
    faults = judge(operations, int(sys.argv[2]) if len(sys.argv) == 3 else None)
    for fault in faults:
        print(fault)
    print(f"{len(operations)} operations on {len(by_key(operations))} keys: "
          f"{f'{len(faults)} keys contradict one copy' if faults else 'linearizable'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
