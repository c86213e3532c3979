"""What clients did with the keys of a cluster, and when: the record that history_judge.py judges.

An operation is on one key, and what the key is for stands before the colon of its name:

    register   set and get; no value is set twice
    counter    add (INCR) and get
    limited    take: a read of an active object that gives 1, 2 ... and nothing after its last
    once       set at most once, then get and take (GETDEL)

All times are nanoseconds of one monotonic clock. An operation that was not answered may take effect
at any time after it was invoked, or never; one that was refused certainly never does.
"""
import dataclasses
import json

DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"


@dataclasses.dataclass(slots=True)
class Operation:
    client: int
    key: str
    action: str  # set, get, add or take
    given: str | None
    invoked: int
    returned: int | None = None
    outcome: str = UNKNOWN
    seen: str | int | None = None
    node: int = 0  # that the client was connected to

    @property
    def kind(self):
        return self.key.partition(":")[0]

    def done(self, seen, returned):
        self.outcome, self.seen, self.returned = DONE, seen, returned
        return self

    def refused(self, returned):
        self.outcome, self.returned = REFUSED, returned
        return self

    @property
    def is_acknowledged_write(self):
        return self.outcome == DONE and (self.action in ("set", "add") or
                                         self.action == "take" and self.seen is not None)

    def __str__(self):
        until = "" if self.returned is None else f" to {self.returned / 1e9:.6f}"
        given = "" if self.given is None else f" {self.given}"
        seen = f" -> {self.seen}" if self.outcome == DONE and self.action != "set" else ""
        return (f"client {self.client} at node {self.node}: {self.action}{given} {self.key}{seen}, "
                f"{self.outcome}, {self.invoked / 1e9:.6f}{until} s")


def by_key(operations):
    keys = {}
    for operation in operations:
        keys.setdefault(operation.key, []).append(operation)
    return keys


def save(operations, path):
    with open(path, "w", encoding="utf-8") as file:
        for operation in operations:
            file.write(json.dumps(dataclasses.asdict(operation)) + "\n")


def load(path):
    with open(path, encoding="utf-8") as file:
        return [Operation(**json.loads(line)) for line in file]
