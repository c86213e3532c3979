"""What the benchmarks of whole nodes share: processes, their CPU, figures and where they come from."""
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "system"))
os.environ.setdefault("COMET_BINARY", str(ROOT / "build" / "release" / "comet"))

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of a process, all threads, in steps of a tick (10 ms)."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def wait_until_quiet(pid, seconds=30):
    """Until background work of the last run (flushes, compactions) has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        before = cpu_seconds(pid)
        time.sleep(0.3)
        if cpu_seconds(pid) - before <= 1 / TICKS:
            return
    print(f"process {pid} is still busy after {seconds} s", file=sys.stderr)


def spread(samples):
    """Half the range, as a part of the median."""
    return (max(samples) - min(samples)) / 2 / statistics.median(samples)


def quantile(samples, part):
    ordered = sorted(samples)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def output_of(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.stdout.strip()


def origin(seed):
    """Where the figures come from."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), platform.machine())
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo")
                  if line.startswith("MemTotal"))
    changed = output_of("git", "status", "--porcelain", "--untracked-files=no")
    return {
        "commit": output_of("git", "rev-parse", "--short", "HEAD") + ("+changes" if changed else ""),
        "binary": output_of(os.environ["COMET_BINARY"], "--version").partition("\n")[0],
        "machine": f"{os.cpu_count()} x {model}, {memory >> 20} GiB, Linux {platform.release()}",
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "seed": seed,
        "date": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
    }


def print_origin(facts):
    for name, value in facts.items():
        print(f"{name:>8}: {value}")
    if os.getloadavg()[0] > 0.5:
        print(" warning: other processes are at work; figures will be off")
    print()


def write_json(path, facts, results):
    if path:
        pathlib.Path(path).write_text(json.dumps({"origin": facts, "results": results}, indent=2)
                                      + "\n")


def insert(client, frames, batch=1_000, in_flight=4):
    """Sends requests that are all answered +OK, some batches ahead of the replies."""
    ok = b"+OK\r\n"
    waiting = []

    def take():
        wanted = ok * waiting.pop(0)
        got = bytearray()
        while len(got) < len(wanted):
            data = client.socket.recv(len(wanted) - len(got))
            if not data:
                raise ConnectionError("the server closed the connection")
            got += data
        if got != wanted:
            raise RuntimeError(f"a request was refused: {bytes(got[:500])!r}")

    group = []
    for frame in frames:
        group.append(frame)
        if len(group) == batch:
            client.send_raw(b"".join(group))
            waiting.append(len(group))
            group = []
            if len(waiting) >= in_flight:
                take()
    if group:
        client.send_raw(b"".join(group))
        waiting.append(len(group))
    while waiting:
        take()
