"""Bases: sampan beside mmdebstrap, both with every package downloaded before."""

import pathlib

from . import machine
from .machine import Measured, quiet, say

SUITE = "bookworm"
# What sampan's process may take at most, in bytes.
MEMORY_LIMIT = 200_000_000


class Assembler:
    """The program of this repository, in a store that keeps packages and indexes from run to run."""

    name = "sampan"

    def __init__(self, work: pathlib.Path, program: pathlib.Path):
        self._program = str(program)
        self._environment = {"SAMPAN_HOME": str(work / "sampan-bases")}

    def build(self, recipe: str) -> Measured:
        """Resolves, assembles and configures anew; nothing that an earlier run made is used but downloads."""
        command = [self._program, "base", "build", recipe, "--no-cache", "--progress", "plain"]
        return machine.measure(command, self._environment)


class Mmdebstrap:
    """Debian's mmdebstrap with a directory of packages, which it is spared to fetch."""

    name = "mmdebstrap"

    def __init__(self, work: pathlib.Path):
        self._packages = work / "mmdebstrap-packages"
        self._packages.mkdir(exist_ok=True)
        self._target = work / "mmdebstrap.tar"

    def fetch(self) -> None:
        quiet(self._command(f"--customize-hook=sync-out /var/cache/apt/archives {self._packages}"))

    def build(self) -> Measured:
        return machine.measure(self._command())

    def _command(self, *options: str) -> list[str]:
        return [
            *["mmdebstrap", "--quiet", "--variant=minbase", "--format=tar"],
            # As we give it the archives, it must neither remove them before nor complain that there are none to fetch.
            *["--skip=download/empty", "--skip=essential/unlink", "--dpkgopt=force-unsafe-io"],
            '--setup-hook=mkdir -p "$1"/var/cache/apt/archives/',
            f"--setup-hook=sync-in {self._packages} /var/cache/apt/archives/",
            *options,
            *[SUITE, str(self._target)],
        ]


def group(bench, tools: list) -> list[dict]:
    if not any(tool.name == "sampan" for tool in tools):
        return []
    own, peer = Assembler(bench.work, bench.program), Mmdebstrap(bench.work)
    say("fetching packages once")
    for recipe in ("static", "debian"):
        own.build(recipe)
    peer.fetch()

    def debian(tool, turn):
        measured = own.build("debian") if tool is own else peer.build()
        return measured.seconds, measured.peak, {}

    def static(tool, turn):
        measured = own.build("static")
        return measured.seconds, measured.peak, {}

    rows = [
        {**bench.rounds("base debian, packages at hand", [own, peer], debian, target=1 / 3), "base": True},
        {**bench.rounds("base static, packages at hand", [own], static), "base": True, "seconds": 2},
    ]
    return rows
