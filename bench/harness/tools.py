"""The image builders that are compared, behind one face.

A tool imports root file systems as bases, builds a context into its store, and exports an image as an OCI layout. What
each call costs is measured; what prepares a measurement is not.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time

from . import machine
from .machine import Measured, quiet

# Base images go by the names that Dockerfiles use.
Bases = dict[str, pathlib.Path]


class Unavailable(Exception):
    """A tool that can't run on this machine, with the reason."""


class Sampan:
    """The program of this repository, in a store of its own."""

    name = "sampan"

    def __init__(self, work: pathlib.Path, program: pathlib.Path):
        self._program = str(program)
        self._home = work / "sampan"
        # The store as it is when it holds the bases and nothing else.
        self._fresh = work / "sampan-fresh"
        self._bases: list[str] = []

    def start(self) -> None:
        self.stop()

    def stop(self) -> None:
        for directory in (self._home, self._fresh):
            shutil.rmtree(directory, ignore_errors=True)

    def import_bases(self, bases: Bases) -> None:
        for name, archive in bases.items():
            stored = "base-" + name.replace(":", "-") + ":1"
            quiet([self._program, "import", str(archive), stored], {"SAMPAN_HOME": str(self._fresh)})
            self._bases += ["--build-context", f"{name}=store:{stored}"]
        self.forget()

    def forget(self) -> None:
        """Drops every step that was recorded; the bases stay."""
        shutil.rmtree(self._home, ignore_errors=True)
        quiet(["cp", "-a", str(self._fresh), str(self._home)])

    def build(self, context: pathlib.Path, tag: str, cached: bool = True) -> Measured:
        return self._build(context, tag, cached)

    def build_layout(
        self, context: pathlib.Path, tag: str, target: pathlib.Path, cached: bool = True
    ) -> tuple[Measured, dict[str, float]]:
        """Builds and exports with one command; there are no parts."""
        return self._build(context, tag, cached, "-o", f"type=oci,dest={target}"), {}

    def version(self) -> Measured:
        return machine.measure([self._program, "--version"])

    def _build(self, context: pathlib.Path, tag: str, cached: bool, *options: str) -> Measured:
        command = [self._program, "build", "--progress", "plain", "--network", "host", *self._bases, *options]
        return machine.measure(
            [*command, *([] if cached else ["--no-cache"]), "-t", tag, str(context)], {"SAMPAN_HOME": str(self._home)}
        )


class BuildKit:
    """BuildKit inside a dockerd of our own, reached by the docker client of the same release."""

    name = "buildkit"
    _client = "/usr/bin/docker"
    _daemon = "/usr/sbin/dockerd"

    def __init__(self, work: pathlib.Path, program: pathlib.Path):
        self._directory = work / "dockerd"
        self._socket = f"unix://{self._directory}/docker.sock"
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        for program in (self._client, self._daemon, "/usr/bin/skopeo"):
            if not os.access(program, os.X_OK):
                raise Unavailable(f"{program} is not installed")
        if os.getuid() != 0:
            raise Unavailable("dockerd needs root")
        self.stop()
        self._directory.mkdir()
        with open(self._directory / "log", "wb") as log:
            self._process = subprocess.Popen(
                [
                    *[self._daemon, "--iptables=false", "--ip6tables=false", "--bridge=none", "-H", self._socket],
                    *["--data-root", f"{self._directory}/data", "--exec-root", f"{self._directory}/exec"],
                    *["--pidfile", f"{self._directory}/pid"],
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _ in range(300):
            try:
                quiet([self._client, "version"], self._environment)
                return
            except machine.CommandFailed:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        log = (self._directory / "log").read_text(errors="replace")
        self.stop()
        raise Unavailable(f"dockerd does not start:\n{log[-2000:]}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        # dockerd leaves its own network namespace mounted.
        subprocess.run(["umount", "--lazy", f"{self._directory}/exec/netns/default"], capture_output=True)
        shutil.rmtree(self._directory, ignore_errors=True)

    def import_bases(self, bases: Bases) -> None:
        for name, archive in bases.items():
            quiet([self._client, "import", str(archive), name], self._environment)

    def docker(self, *arguments: str) -> Measured:
        """One command of the client."""
        return machine.measure([self._client, *arguments], self._environment)

    def forget(self) -> None:
        """Drops every step that was recorded; the bases, which are images, stay."""
        quiet([self._client, "builder", "prune", "--all", "--force"], self._environment)

    def build(self, context: pathlib.Path, tag: str, cached: bool = True) -> Measured:
        options = [] if cached else ["--no-cache"]
        return machine.measure(
            [
                *[self._client, "build", "--progress=plain", "--network=host", *options],
                *["-t", tag, str(context)],
            ],
            self._environment,
        )

    def build_layout(
        self, context: pathlib.Path, tag: str, target: pathlib.Path, cached: bool = True
    ) -> tuple[Measured, dict[str, float]]:
        """Builds into the daemon, then writes the layout with skopeo: this release has no OCI exporter of its own."""
        build = self.build(context, tag, cached)
        export = machine.measure(
            [
                *["skopeo", "--insecure-policy", "copy", "--quiet", "--src-daemon-host", self._socket],
                *[f"docker-daemon:{tag}", f"oci:{target}:{tag.split(':')[-1]}"],
            ]
        )
        whole = Measured(build.seconds + export.seconds, max(build.peak, export.peak), build.output + export.output)
        return whole, {"build": build.seconds, "export": export.seconds}

    @property
    def _environment(self) -> dict[str, str]:
        return {"DOCKER_HOST": self._socket, "DOCKER_BUILDKIT": "1"}


class Buildah:
    """buildah in a storage of its own, running programs with runc."""

    name = "buildah"
    _runtime = "/usr/sbin/runc"

    def __init__(self, work: pathlib.Path, program: pathlib.Path):
        self._directory = work / "buildah"

    def start(self) -> None:
        if shutil.which("buildah") is None:
            raise Unavailable("buildah is not installed")
        if not os.access(self._runtime, os.X_OK):
            raise Unavailable(f"{self._runtime} is not installed")
        self.stop()
        self._directory.mkdir()

    def stop(self) -> None:
        if self._directory.exists():
            # Its own rm knows which overlay mounts must go first.
            subprocess.run([*self._buildah, "rm", "--all"], capture_output=True)
            subprocess.run([*self._buildah, "rmi", "--all", "--force"], capture_output=True)
            subprocess.run(["umount", "-l", f"{self._directory}/root/overlay"], capture_output=True)
            shutil.rmtree(self._directory, ignore_errors=True)

    def import_bases(self, bases: Bases) -> None:
        for name, archive in bases.items():
            dockerfile = self._directory / "Dockerfile"
            dockerfile.write_text(f"FROM scratch\nADD {archive.name} /\n")
            quiet(
                [
                    *[*self._buildah, "bud", "--layers=false", "-t", f"docker.io/library/{name}"],
                    *["-f", str(dockerfile), str(archive.parent)],
                ]
            )

    def forget(self) -> None:
        """Drops every image but the bases."""
        images = quiet([*self._buildah, "images", "--all", "--format", "{{.ID}} {{.Name}}"]).splitlines()
        built = [line.split()[0] for line in images if "docker.io/library/" not in line]
        if built:
            quiet([*self._buildah, "rmi", "--force", *built])

    def clear(self) -> None:
        """Drops every image."""
        quiet([*self._buildah, "rmi", "--all", "--force"])

    def build(self, context: pathlib.Path, tag: str, cached: bool = True) -> Measured:
        return self._build(context, tag, "--pull-never", *([] if cached else ["--no-cache"]))

    def build_remote(self, context: pathlib.Path, tag: str, *options: str) -> Measured:
        """Builds with bases and caches of a registry without TLS."""
        return self._build(context, tag, "--tls-verify=false", *options)

    def push_remote(self, tag: str) -> Measured:
        return machine.measure([*self._buildah, "push", "--quiet", "--tls-verify=false", tag])

    def _build(self, context: pathlib.Path, tag: str, *options: str) -> Measured:
        return machine.measure(
            [
                *[*self._buildah, "bud", "--layers", "--runtime", self._runtime, "--isolation", "oci"],
                *["--network", "host", *options, "-t", tag, str(context)],
            ]
        )

    def build_layout(
        self, context: pathlib.Path, tag: str, target: pathlib.Path, cached: bool = True
    ) -> tuple[Measured, dict[str, float]]:
        build = self.build(context, tag, cached)
        export = machine.measure([*self._buildah, "push", "--quiet", tag, f"oci:{target}:{tag.split(':')[-1]}"])
        whole = Measured(build.seconds + export.seconds, max(build.peak, export.peak), build.output + export.output)
        return whole, {"build": build.seconds, "export": export.seconds}

    @property
    def _buildah(self) -> list[str]:
        storage = ["--root", f"{self._directory}/root", "--runroot", f"{self._directory}/run"]
        return ["buildah", *storage, "--storage-driver", "overlay"]


ALL = {tool.name: tool for tool in (Sampan, BuildKit, Buildah)}


class Running:
    """The chosen tools, started; what can't run is named in `missing`, with the reason."""

    def __init__(self, names: list[str], work: pathlib.Path, program: pathlib.Path):
        self._chosen = [ALL[name](work, program) for name in names]
        self.tools: list = []
        self.missing: dict[str, str] = {}

    def __enter__(self) -> "Running":
        for tool in self._chosen:
            try:
                tool.start()
                self.tools.append(tool)
            except Unavailable as reason:
                machine.say(f"without {tool.name}: {reason}")
                self.missing[tool.name] = str(reason)
        return self

    def __exit__(self, *_) -> None:
        for tool in self.tools:
            tool.stop()
