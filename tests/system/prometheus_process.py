"""A real Prometheus for a test: Debian's, on a free port of the loopback, data in a directory of its own.

It is ready when `start` returns. Its configuration scrapes the given addresses each second as the job
`comet`, with the rules of packaging/prometheus.
"""
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from node_process import wait_until

RULES = pathlib.Path(__file__).resolve().parents[2] / "packaging/prometheus"
RULE_FILES = ("comet_records.yml", "comet_alerts.yml")


def promtool(*arguments, **options):
    """Its exit code and all that it wrote."""
    done = subprocess.run(["promtool", *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, check=False, **options)
    return done.returncode, done.stdout.decode()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


class PrometheusProcess:
    def __init__(self, targets):
        self.targets = targets
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comet-prometheus-"))
        self.process = self.address = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__(None)
            raise

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        # JSON is YAML.
        configuration = self.folder / "prometheus.yml"
        configuration.write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(RULES / name) for name in RULE_FILES],
            "scrape_configs": [{"job_name": "comet", "static_configs": [{"targets": self.targets}]}]}))
        # Somebody may take the port in between; then it is another one's turn.
        wait_until(lambda: self._started(configuration), "Prometheus is ready", 120)
        return self

    def _started(self, configuration):
        if self.process is None or self.process.poll() is not None:
            self.address = f"127.0.0.1:{free_port()}"
            with open(self.folder / "log", "ab") as log:
                self.process = subprocess.Popen(
                    ["prometheus", f"--config.file={configuration}",
                     f"--storage.tsdb.path={self.folder / 'data'}",
                     f"--web.listen-address={self.address}"],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5) as page:
                return page.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def ask(self, path, **parameters):
        """`data` of an answer of its HTTP API."""
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=60) as page:
            answer = json.load(page)
        if answer["status"] != "success":
            raise AssertionError(f"{path}: {answer}")
        return answer["data"]

    def query(self, expression):
        """{labels as sorted pairs: value} of now."""
        return {tuple(sorted(one["metric"].items())): float(one["value"][1])
                for one in self.ask("query", query=expression)["result"]}

    def value(self, expression):
        """Of an expression that has one; None: it has none yet."""
        values = list(self.query(expression).values())
        return values[0] if len(values) == 1 else None

    def rules(self):
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]
