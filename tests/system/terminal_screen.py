"""A terminal of a given size with a program in it, by tmux: what it shows, and keys for it.

The server of tmux is one of its own, of this process, and ends with the test.
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile

from node_process import clean_environment, wait_until


class TerminalScreen:
    def __init__(self, *words, columns=80, lines=24, term=None, **environment):
        self.words, self.columns, self.lines = words, columns, lines
        self.environment = dict(environment)
        if term:
            self.environment["TERM"] = term
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comet-terminal-"))

    def __enter__(self):
        inside = shlex.join(["env", *(f"{name}={value}" for name, value in self.environment.items()),
                             *map(str, self.words)])
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", self.columns, "-y", self.lines,
                   f"{inside}; status=$?; echo; echo ended with $status; exec sleep 600")
        self._tmux("set-option", "-g", "escape-time", "0")
        return self

    def __exit__(self, *_):
        self._tmux("kill-server", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def text(self, codes=False):
        """What stands on the screen; with `codes`, the escape codes of looks and colours too."""
        return self._tmux("capture-pane", "-p", *(["-e"] if codes else []))

    def rows(self):
        return self.text().split("\n")

    def press(self, *keys):
        """Names of keys as tmux knows them (Enter, Escape, Down), or text."""
        self._tmux("send-keys", *keys)

    def resize(self, columns, lines):
        self._tmux("resize-window", "-x", columns, "-y", lines)

    def wait_for(self, holds, what):
        """Looks again until `holds(text)`; the text is returned."""
        try:
            return wait_until(lambda: self._when(holds), what)
        except AssertionError as failed:
            raise AssertionError(f"{failed}; the screen is:\n{self.text()}") from None

    def wait_for_text(self, *parts):
        return self.wait_for(lambda text: all(part in text for part in parts), f"{parts} on the screen")

    def _when(self, holds):
        text = self.text()
        return text if holds(text) else None

    def _tmux(self, *words, check=True):
        done = subprocess.run(
            ["tmux", "-S", str(self.folder / "socket"), *map(str, words)], capture_output=True,
            text=True, check=False, timeout=60,
            env={**clean_environment(), "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"), "TERM": "xterm"})
        if check and done.returncode != 0:
            raise AssertionError(f"tmux {words[0]}: {done.stderr}")
        return done.stdout
