"""Clients that work on a cluster from a thread of their own and record all they do.

Each of them has one connection and one operation under way. It moves on to another node when its
own is gone, silent or refuses. What the operations are is in operation_history.py; keys are few, so
that clients meet on them. `stop` ends the clients, reads every key once more, and gives the history.
"""
import asyncio
import collections
import dataclasses
import random
import re
import socket
import threading
import time

from node_process import wait_until
from operation_history import REFUSED, UNKNOWN, Operation
from resp_client import ReplyError, encode

# Certainly not done; CONFLICT: the object deleted itself while others waited for it.
REFUSALS = ("UNAVAILABLE", "LOADING", "BUSY", "TRYAGAIN", "MISCONF", "CONFLICT")
FILLING = "."
ONCE_KEYS_OPEN = 12  # of those keys that clients still ask for
LIMITED = """
local aso = { value = 0, limit = %d }
function aso:onGet()
  self.value = self.value + 1
  if self.value == self.limit then dht.deleteSelf() end
  return self.value
end
return aso
"""


@dataclasses.dataclass
class LoadPlan:
    seed: int
    clients: int = 24
    registers: int = 60
    counters: int = 15
    limited: int = 6
    reads_max: int = 400  # of each limited key
    value_bytes: int = 0  # shorter values are filled up
    answer_seconds: float = 3.0  # for longer nobody waits: the outcome is unknown
    # Weights of set and get of a register, add, get of a counter, take of a limited key, once keys.
    weights: tuple = (40, 20, 20, 4, 6, 10)


class ReplicaLoad:
    def __init__(self, members, plan):
        self.members, self.plan = members, plan
        self.chance = random.Random(f"load {plan.seed}")
        self.operations = []
        self.acknowledged = 0  # writes
        self.errors = collections.Counter()  # refusals and unknown outcomes, by their texts
        self.unexpected = []
        self.longest_seconds = 0.0
        self._values = 0
        self._once = collections.deque(maxlen=ONCE_KEYS_OPEN)
        self._ending = False
        self._thread = threading.Thread(target=self._run)
        self._failure = None

    @property
    def registers(self):
        return [f"register:{i}" for i in range(self.plan.registers)]

    @property
    def counters(self):
        return [f"counter:{i}" for i in range(self.plan.counters)]

    @property
    def limited(self):
        return [f"limited:{i}" for i in range(self.plan.limited)]

    def __enter__(self):
        source = LIMITED % self.plan.reads_max
        with self.members[0].client() as client:
            for key in self.limited:
                wait_until(lambda key=key: client.ask("ASO.PUT", key, source) == "OK", f"{key} is put")
        self.started = time.monotonic_ns()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending = True
        if self._thread.is_alive():
            self._thread.join()

    def wait_acknowledged(self, more, seconds=60):
        """Until so many more writes were acknowledged."""
        goal = self.acknowledged + more
        wait_until(lambda: self.acknowledged >= goal or self.is_broken(), f"{more} more writes are "
                   f"acknowledged, {dict(self.errors.most_common(3))}", seconds)

    def is_broken(self):
        return self.unexpected or self._failure

    def stop(self):
        """All clients have ended, every key was read; what was done."""
        self.__exit__()
        if self._failure:
            raise self._failure
        self._read_all()
        return self.operations

    def longest_gap(self, keys, start, end):
        """Seconds without an acknowledged write to one of the keys, from `start` to `end`, both in
        nanoseconds; and how long after the start that began."""
        keys = set(keys)
        moments = sorted(o.returned for o in self.operations
                         if o.key in keys and o.is_acknowledged_write and start < o.returned < end)
        gaps = [(after - before, before) for before, after in zip([start, *moments], [*moments, end])]
        longest, since = max(gaps)
        return longest / 1e9, (since - start) / 1e9

    def _run(self):
        try:
            asyncio.run(self._run_clients())
        except Exception as failure:  # raised by stop
            self._failure = failure

    async def _run_clients(self):
        async with asyncio.TaskGroup() as group:
            for number in range(self.plan.clients):
                chance = random.Random(f"{self.plan.seed} {number}")
                group.create_task(LoadClient(self, number, chance).run())

    def draw(self, chance):
        """The next operation: key, action, value, words of the command."""
        kind = chance.choices(range(6), self.plan.weights)[0]
        if kind == 5 or (kind == 4 and not self.plan.limited):
            return self._draw_once(chance)
        if kind == 4:
            key = chance.choice(self.limited)
            return key, "take", None, ("GET", key)
        if kind in (2, 3):
            key = f"counter:{int(self.plan.counters * chance.random() ** 2)}"
            return (key, "add", None, ("INCR", key)) if kind == 2 else (key, "get", None, ("GET", key))
        key = f"register:{int(self.plan.registers * chance.random() ** 2)}"
        if kind == 1:
            return key, "get", None, ("GET", key)
        return self._set(key)

    def _draw_once(self, chance):
        if not self._once or chance.random() < 0.25:
            key = f"once:{self._values}"
            self._once.append(key)
            return self._set(key)
        key = chance.choice(self._once)
        if chance.random() < 0.3:
            return key, "get", None, ("GET", key)
        return key, "take", None, ("GETDEL", key)

    def _set(self, key):
        self._values += 1
        value = f"v{self._values}"
        return key, "set", value, ("SET", key, value.ljust(self.plan.value_bytes, FILLING))

    def note(self, operation):
        self.acknowledged += operation.is_acknowledged_write
        self.longest_seconds = max(self.longest_seconds,
                                   (operation.returned - operation.invoked) / 1e9)

    def _read_all(self):
        """What is left in the end: the last word on every key. Limited ones are read until they
        give nothing."""
        with self.members[0].client() as client:
            for key in [*self.registers, *self.counters, *sorted({o.key for o in self.operations
                                                                  if o.key.startswith("once:")})]:
                self._read_last(client, key, "get")
            for key in self.limited:
                while self._read_last(client, key, "take") is not None:
                    pass

    def _read_last(self, client, key, action):
        """Asks until it is answered: each attempt that is not may have taken a read."""
        deadline = time.monotonic() + 30
        while True:
            operation = Operation(self.plan.clients, key, action, None, time.monotonic_ns())
            self.operations.append(operation)
            reply = client.ask("GET", key)
            if not isinstance(reply, ReplyError):
                operation.done(understood(key, reply), time.monotonic_ns())
                return operation.seen
            if str(reply).startswith(REFUSALS):
                operation.refused(time.monotonic_ns())
            if time.monotonic() > deadline:
                raise AssertionError(f"{key} cannot be read in the end: {reply}")


def understood(key, reply):
    if reply is None or isinstance(reply, int):
        return reply
    text = reply.decode().rstrip(FILLING)
    return int(text) if key.startswith(("counter:", "limited:")) else text


class LoadClient:
    def __init__(self, load, number, chance):
        self.load, self.number, self.chance = load, number, chance
        self.node = number % len(load.members)
        self.reader = self.writer = None
        self.refusals = 0  # in a row

    async def run(self):
        while not self.load._ending:
            if self.writer is None and not await self._connect():
                self._move_on()
                await asyncio.sleep(0.02)  # nobody spins on nodes that are down
                continue
            await self._operate()
        self._disconnect()

    async def _connect(self):
        member = self.load.members[self.node]
        host, port = member.resp.rsplit(":", 1)
        with member.inside():
            link = socket.socket()  # belongs to the namespace for good
        link.setblocking(False)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            async with asyncio.timeout(self.load.plan.answer_seconds):
                await asyncio.get_running_loop().sock_connect(link, (host, int(port)))
            self.reader, self.writer = await asyncio.open_connection(sock=link)
        except OSError:
            link.close()
            return False
        return True

    def _disconnect(self):
        if self.writer:
            self.writer.transport.abort()
        self.reader = self.writer = None

    def _move_on(self):
        self._disconnect()
        self.node = self.chance.randrange(len(self.load.members))
        self.refusals = 0

    async def _operate(self):
        key, action, given, words = self.load.draw(self.chance)
        operation = Operation(self.number, key, action, given, time.monotonic_ns(), node=self.node)
        self.load.operations.append(operation)
        try:
            async with asyncio.timeout(self.load.plan.answer_seconds):
                self.writer.write(encode(*words))
                reply = await read_reply(self.reader)
        except TimeoutError:
            self.load.errors["no answer in time"] += 1
            self._move_on()
        except (OSError, asyncio.IncompleteReadError):
            self.load.errors["connection lost"] += 1
            self._move_on()
        else:
            self._take(operation, key, reply)
            if operation.outcome == REFUSED:
                await self._after_refusal()

    def _take(self, operation, key, reply):
        now = time.monotonic_ns()
        if not isinstance(reply, ReplyError):
            self.refusals = 0
            operation.done(understood(key, reply) if operation.action != "set" else None, now)
            self.load.note(operation)
            return
        word = str(reply).partition(" ")[0]
        self.load.errors[re.sub(r"'[^']*'|\b[0-9a-f]{12}\b|:\d+", "_", str(reply))[:120]] += 1
        if word in REFUSALS:
            operation.refused(now)
        elif word != "UNCERTAIN":
            self.load.unexpected.append(f"{operation}: {reply}")
        if operation.outcome != UNKNOWN:
            self.load.note(operation)

    async def _after_refusal(self):
        self.refusals += 1
        if self.refusals >= 3:
            self._move_on()
        await asyncio.sleep(0.01)  # a node that refuses at once is not asked a thousand times


async def read_reply(reader):
    line = await reader.readuntil(b"\r\n")
    kind, rest = line[:1], line[1:-2]
    if kind == b"$":
        return None if rest == b"-1" else (await reader.readexactly(int(rest) + 2))[:-2]
    if kind == b":":
        return int(rest)
    if kind == b"-":
        return ReplyError(rest.decode(errors="replace"))
    if kind == b"+":
        return rest
    raise ValueError(f"not a reply to these commands: {line!r}")
