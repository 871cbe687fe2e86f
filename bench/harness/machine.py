"""What the figures were measured on, and the measuring of one command."""

import dataclasses
import datetime
import os
import pathlib
import re
import subprocess
import sys
import threading
import time


def describe() -> dict[str, str]:
    """The machine and the versions of what is compared, for the head of a report."""
    cpu = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown"
    )
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": f"{os.cpu_count()} x {cpu}",
        "memory": f"{int(memory) // 1024 // 1024} GiB",
        "kernel": os.uname().release,
        "load": " ".join(f"{value:.2f}" for value in os.getloadavg()),
    }


def _lines(path: str) -> list[str]:
    return pathlib.Path(path).read_text().splitlines()


@dataclasses.dataclass
class Measured:
    """One finished command."""

    seconds: float
    # Peak resident bytes of the process itself; the programs that it ran are not in it.
    peak: int
    # stdout and stderr, as they came.
    output: str


class CommandFailed(Exception):
    """A measured command ended with another code than 0."""


def measure(command: list[str], environment: dict[str, str] | None = None, cwd: pathlib.Path | None = None) -> Measured:
    """Runs a command on a quiet disk and measures it; raises CommandFailed with its output when it fails."""
    # What an earlier command left to be written must not be paid for by this one.
    os.sync()
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    watch = _PeakWatch(process.pid)
    output = process.stdout.read()
    code = process.wait()
    seconds = time.perf_counter() - start
    peak = watch.finish()
    text = output.decode(errors="replace")
    if code != 0:
        raise CommandFailed(f"{' '.join(command)} ended with {code}:\n{text[-4000:]}")
    return Measured(seconds, peak, text)


class _PeakWatch(threading.Thread):
    """Reads the peak resident size of a process while it lives.

    The figure that wait4 gives is no use here: it takes in the programs that a build ran.
    """

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self._path = f"/proc/{pid}/status"
        self._peak = 0
        self._done = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._done.is_set():
            try:
                for line in _lines(self._path):
                    if line.startswith("VmHWM"):
                        self._peak = int(line.split()[1]) * 1024
            except (FileNotFoundError, ProcessLookupError):
                return
            self._done.wait(0.004)

    def finish(self) -> int:
        self._done.set()
        self.join()
        return self._peak


def times_marked(output: str) -> list[float]:
    """Every time that the RUN of a marked build printed; none when the build took it from its cache."""
    return [float(mark) for mark in re.findall(r"mark:(\d+\.\d+)", output)]


def marks(output: str) -> list[float]:
    """The two times that the RUN of a marked build printed, one when it began and one when it ended."""
    found = times_marked(output)
    if len(found) != 2:
        raise ValueError(f"{len(found)} time marks in the output, not 2:\n{output[-2000:]}")
    return found


def quiet(command: list[str], environment: dict[str, str] | None = None) -> str:
    """Runs a command that is not measured and returns its stdout; raises CommandFailed when it fails."""
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return done.stdout


def say(text: str) -> None:
    """One line of progress."""
    print(f"==> {text}", file=sys.stderr, flush=True)
