"""The attacks of tests/attacks as requests to a node.

Each file is the body of a method; with `-- as: source` the body returns the source of an object.
The header says how the attack ends: tests/unit/lua/machine_attacks_test.cpp reads the same.
"""
import pathlib
import re

from resp_client import ReplyError

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "attacks"
CALM = {"breaches_until_quarantine": 1_000_000}
# Line 1 is empty, so an attack's own code begins at line 4.
OBJECT = """
local aso = {{ value = "unharmed", turns = 0 }}
{before}
function aso:{handler} self.turns = self.turns + 1 self.value = "harmed"
{attack}
end
function aso:look() return self.value, self.turns end
return aso
"""
ENDS = (("fuel", r"\bfuel: "), ("memory", r"\bmemory: |bytes to compile"), ("messages", r"\bmessages: "))


class Attack:
    def __init__(self, path):
        self.name = path.stem
        self.body = path.read_text()
        header = dict(re.findall(r"^-- (\w+): (.*)$", self.body, re.MULTILINE))
        self.ends = set(header["ends"].split(" or "))
        self.makes_source = header.get("as") == "source"

    def object(self, handler="strike()", before=""):
        return OBJECT.format(before=before, handler=handler, attack=self.body)

    def source(self, client):
        """What is to be stored; of a maker of sources the node itself makes it."""
        if not self.makes_source:
            return self.object()
        client.call("ASO.PUT", "maker", self.object())
        return client.call("ASO.CALL", "maker", "strike")


def catalogue():
    return {path.stem: Attack(path) for path in sorted(FOLDER.glob("*.lua"))}


def end_of(reply):
    """How it ended, in the words of the headers; `error` stands for `state` too."""
    if not isinstance(reply, ReplyError):
        return "returns"
    return next((end for end, pattern in ENDS if re.search(pattern, str(reply))), "error")
