"""Nodes of one network, each a process in a host of its own (namespaces.py).

A MemberProcess listens for clients on its host's loopback, so a client speaks to it from inside of
the host: `client`, `run` and `inside` see to that.
"""
import subprocess

from namespaces import Network
from node_process import NodeProcess, run_comet, wait_until
from resp_client import RespClient, ReplyError, as_map

JOIN_SECONDS = 120


def text(value):
    return value.decode() if isinstance(value, bytes) else value


class MemberProcess(NodeProcess):
    def __init__(self, host, secret, join=None, environment=None, **settings):
        self.host = host
        super().__init__(link=f"{host.address}:7400", secret_file=secret,
                         **({"join": join} if join else {}), **settings)
        self.environment.update(environment or {})

    @property
    def id(self):
        return self.ready["id"]

    @property
    def link(self):
        return self.ready["link"]

    def start(self, **changed):
        with self.host.inside():
            return super().start(**changed)

    def client(self, **options):
        with self.host.inside():
            return RespClient(self.resp, **options)

    def inside(self):
        return self.host.inside()

    def run(self, *words, **options):
        """A command on this host."""
        with self.host.inside():
            return subprocess.run(words, capture_output=True, text=True, timeout=120, check=False,
                                  **options)

    def comet(self, *words, **options):
        with self.host.inside():
            return run_comet("--node", self.resp, *words, **options)

    def states(self):
        """Of the nodes that this one knows, by their ids; empty while it joins."""
        with self.client() as client:
            nodes = client.ask("COMET", "NODES")
        if isinstance(nodes, ReplyError):
            return {}
        maps = [as_map(node) for node in nodes]
        return {text(node["id"])[:12]: text(node["state"]) for node in maps}

    def holder_of(self, key):
        with self.client() as client:
            route = [as_map(hop) for hop in client.call("COMET", "WHERE", key)]
        return text(route[-1]["id"])[:12]


def wait_until_together(members):
    """Every one of them sees all of them alive, and nobody else."""
    ids = sorted(member.id for member in members)
    for member in members:
        def sees_all(member=member):
            seen = member.states()
            return sorted(seen) == ids and set(seen.values()) <= {"here", "alive"}
        wait_until(sees_all, f"the node {member.id} sees {ids}", JOIN_SECONDS)


class MemberNetwork:
    """`count` hosts with a node each; the first is the one that the others join."""

    def __init__(self, count, folder, **settings):
        self.network, self.count, self.settings = Network(count), count, settings
        self.secret = make_secret(folder / "secret")
        self.members = []

    def __enter__(self):
        self.network.__enter__()
        try:
            for host in self.network.hosts:
                self.start(host)
            wait_until_together(self.members)
        except BaseException as failure:
            self.__exit__(type(failure))
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            for member in self.members:
                member.__exit__(kind)
        finally:
            self.network.__exit__()

    def start(self, host, secret=None, **settings):
        join = {"join": self.members[0].link} if self.members else {}
        member = MemberProcess(host, secret or self.secret, **{**join, **self.settings, **settings})
        member.__enter__()
        self.members.append(member)
        return member

    def leave(self, member):
        """In order: it hands over what it holds."""
        self.members.remove(member)
        member.__exit__(None)


def make_secret(path):
    done = run_comet("secret", str(path))
    if done.returncode != 0:
        raise AssertionError(f"comet secret {path}: {done.stderr}")
    return path
