"""Moving images and caches: sampan beside skopeo, BuildKit and buildah, with a registry on loopback."""

import dataclasses
import pathlib
import shutil
import subprocess
from collections.abc import Callable

from . import distance, machine
from .machine import Measured, say
from .registry import Registry, large_image

# What sampan's process may take at most, in bytes, whatever the size of the image.
MEMORY_LIMIT = 100_000_000
# Requests that a push of an image may take that is there already.
REQUEST_LIMIT = 6


class Store:
    """The program of this repository with a store that is emptied as often as a row wants."""

    name = "sampan"

    def __init__(self, work: pathlib.Path, program: pathlib.Path):
        self._program = str(program)
        self._home = work / "sampan-distribution"

    def forget(self) -> None:
        """Another machine: a store with nothing in it."""
        shutil.rmtree(self._home, ignore_errors=True)

    def run(self, *arguments: str) -> Measured:
        return machine.measure([self._program, *arguments], {"SAMPAN_HOME": str(self._home)})

    def build(self, context: pathlib.Path, *options: str) -> Measured:
        return self.run("build", "--progress", "plain", "--network", "host", *options, str(context))

    def pull(self, image: str) -> Measured:
        self.forget()
        return self.run("pull", "-q", image)

    def push(self, image: str, target: str) -> Measured:
        return self.run("push", "-q", image, target)

    def cold_cached(self, context: pathlib.Path, image: str) -> Measured:
        """Builds and pushes on a machine that knows nothing but the cache in the registry."""
        self.forget()
        return self.build(context, "--cache-from", f"type=registry,ref={image}:cache", "-t", f"{image}:next", "--push")

    def fill_cache(self, context: pathlib.Path, image: str) -> None:
        self.forget()
        cache = f"type=registry,ref={image}:cache,mode=max"
        self.build(context, "--cache-to", cache, "-t", f"{image}:first", "--push")


class Skopeo:
    """Debian's skopeo, between a registry and an OCI directory."""

    name = "skopeo"

    def __init__(self, work: pathlib.Path, layout: pathlib.Path):
        self._target = work / "skopeo-layout"
        self._layout = layout

    def forget(self) -> None:
        shutil.rmtree(self._target, ignore_errors=True)

    def pull(self, image: str) -> Measured:
        self.forget()
        return self._copy(f"docker://{image}", f"oci:{self._target}:large", "--src-tls-verify=false")

    def push(self, image: str, target: str) -> Measured:
        """Pushes the large image; `image`, which names it in sampan's store, is of no use here."""
        return self._copy(f"oci:{self._layout}:large", f"docker://{target}", "--dest-tls-verify=false")

    def _copy(self, source: str, target: str, option: str) -> Measured:
        return machine.measure(["skopeo", "--insecure-policy", "copy", "--quiet", option, source, target])


class RemoteBuildKit:
    """BuildKit inside dockerd 20.10, which knows one kind of remote cache: the one inside an image."""

    name = "buildkit"

    def __init__(self, daemon):
        self._daemon = daemon

    def forget(self) -> None:
        images = self._daemon.docker("image", "ls", "--all", "--quiet").output.split()
        if images:
            self._daemon.docker("image", "rm", "--force", *sorted(set(images)))
        self._daemon.docker("builder", "prune", "--all", "--force")

    def fill_cache(self, context: pathlib.Path, image: str) -> None:
        self.forget()
        self._build(context, f"{image}:cache", "--build-arg", "BUILDKIT_INLINE_CACHE=1")

    def cold_cached(self, context: pathlib.Path, image: str) -> Measured:
        self.forget()
        return self._build(context, f"{image}:next", "--cache-from", f"{image}:cache")

    def _build(self, context: pathlib.Path, tag: str, *options: str) -> Measured:
        command = ["build", "--progress", "plain", "--network", "host", *options, "-t", tag, str(context)]
        return added(self._daemon.docker(*command), self._daemon.docker("push", "--quiet", tag))


class RemoteBuildah:
    """buildah with its cache in a repository of the registry, an image for each step."""

    name = "buildah"

    def __init__(self, builder):
        self._builder = builder

    def forget(self) -> None:
        self._builder.clear()

    def fill_cache(self, context: pathlib.Path, image: str) -> None:
        self.forget()
        self._build(context, f"{image}:first", "--cache-to", f"{image}-cache")

    def cold_cached(self, context: pathlib.Path, image: str) -> Measured:
        self.forget()
        return self._build(context, f"{image}:next", "--cache-from", f"{image}-cache")

    def _build(self, context: pathlib.Path, tag: str, *options: str) -> Measured:
        built = self._builder.build_remote(context, tag, *options)
        return added(built, self._builder.push_remote(tag))


def added(first: Measured, second: Measured) -> Measured:
    return Measured(first.seconds + second.seconds, max(first.peak, second.peak), first.output + second.output)


@dataclasses.dataclass
class Counter:
    """Counts what a registry was asked for, run by run, and keeps the most for each tool."""

    registry: Registry
    requests: dict[str, int] = dataclasses.field(default_factory=dict)
    # Downloads of blobs among `digests`.
    downloads: dict[str, int] = dataclasses.field(default_factory=dict)
    digests: tuple[str, ...] = ()

    def measure(self, name: str, run: Callable[[], Measured]) -> tuple[float, int, dict[str, float]]:
        mark = self.registry.mark()
        measured = run()
        asked = self.registry.requests(mark)
        fetched = [path for method, path, _ in asked if method == "GET" and path.endswith(self.digests or ("\0",))]
        self.requests[name] = max(self.requests.get(name, 0), len(asked))
        self.downloads[name] = max(self.downloads.get(name, 0), len(fetched))
        return measured.seconds, measured.peak, {}


class Yard:
    """What the rows of this group share: two registries, the large image, and the tools that move it."""

    def __init__(self, bench, tools: list):
        self.bench = bench
        self.sampan = Store(bench.work, bench.program)
        self.layout = bench.work / "large"
        self.layers = tuple(large_image(self.layout))
        self.skopeo = Skopeo(bench.work, self.layout)
        # One keeps what images are made from, the other begins empty when a row says so.
        self.source = Registry(bench.work / "registry-source")
        self.target = Registry(bench.work / "registry-target")
        self.builders = [self.sampan]
        for tool in tools:
            if tool.name == "buildkit":
                self.builders.append(RemoteBuildKit(tool))
            elif tool.name == "buildah":
                self.builders.append(RemoteBuildah(tool))

    @property
    def large(self) -> str:
        return f"{self.source.host}/large:1"

    def __enter__(self) -> "Yard":
        self.source.start()
        self.target.start()
        self.skopeo.push("", self.large)
        return self

    def __exit__(self, *_) -> None:
        for part in (self.source, self.target):
            part.stop()
        for part in (self.sampan, self.skopeo):
            part.forget()

    def go_context(self) -> pathlib.Path:
        """examples/go-web with marks of time around its RUN, on a Go toolchain that lies in the registry."""
        image = f"{self.source.host}/golang:1"
        subprocess.run([self.bench.root / "scripts/toolchain-rootfs"], check=True)
        say("pushing the Go toolchain")
        self.sampan.forget()
        self.sampan.run("import", str(self.bench.root / ".build-demo/toolchain.tar"), "golang:1")
        self.sampan.push("golang:1", image)
        context = self.bench.work / "go-web-remote"
        shutil.rmtree(context, ignore_errors=True)
        shutil.copytree(self.bench.marked_go_web(), context)
        dockerfile = context / "Dockerfile"
        dockerfile.write_text(dockerfile.read_text().replace("FROM golang:1 ", f"FROM {image} "))
        return context


def group(bench, tools: list) -> list[dict]:
    if not any(tool.name == "sampan" for tool in tools) or not Registry.is_installed():
        say("without distribution: it needs sampan and docker-registry")
        return []
    with Yard(bench, tools) as yard:
        rows = [*copies(yard), changed_top(yard), *cached_builds(yard)]
    return [{**row, "distribution": True} for row in rows]


def copies(yard: Yard) -> list[dict]:
    movers, target = [yard.sampan, yard.skopeo], f"{yard.target.host}/large:1"
    counter = Counter(yard.target)

    def pull(tool, turn):
        measured = tool.pull(yard.large)
        return measured.seconds, measured.peak, {}

    def push(tool, turn):
        yard.target.empty()
        return counter.measure(tool.name, lambda: tool.push(yard.large, target))

    pulled = yard.bench.rounds("pull of 400 MB (130 MB compressed)", movers, pull, target=1)
    # Counted alone: pushing to an empty registry asks for more.
    pushed = yard.bench.rounds("push of the same, nothing there", movers, push, target=1)
    counter = Counter(yard.target)

    def again(tool, turn):
        return counter.measure(tool.name, lambda: tool.push(yard.large, target))

    for tool in movers:
        tool.push(yard.large, target)
    repeated = yard.bench.rounds("push again, nothing new", movers, again, target=0.3)
    repeated["requests"] = {"limit": REQUEST_LIMIT, **counter.requests}
    with distance.Distant(yard.target.host) as distant:
        far = distant.host

        def from_afar(tool, turn):
            measured = tool.push(yard.large, f"{far}/large:1")
            return measured.seconds, measured.peak, {}

        name = f"push again over a network of {distance.ROUND_TRIP} ms there and back"
        remote = yard.bench.rounds(name, movers, from_afar, target=0.3)
    return [pulled, pushed, repeated, remote]


def changed_top(yard: Yard) -> dict:
    """A build on a base that is in the registry alone, from an empty store: its layers must be left where they are."""
    context = yard.bench.work / "top"
    context.mkdir(exist_ok=True)
    (context / "Dockerfile").write_text(f"FROM {yard.large}\nCOPY --link top /top\n")
    counter = Counter(yard.source, digests=yard.layers)

    def build(tool, turn):
        tool.forget()
        (context / "top").write_text(f"{turn}\n" * 100_000)
        image = f"{yard.source.host}/app:{turn}"
        return counter.measure(tool.name, lambda: tool.build(context, "-t", image, "--push"))

    row = yard.bench.rounds("one changed layer on this as a base: build and push", [yard.sampan], build)
    row["downloads"] = {"limit": 0, **counter.downloads}
    return row


def cached_builds(yard: Yard) -> list[dict]:
    context = yard.go_context()
    image = f"{yard.source.host}/web"
    for tool in yard.builders:
        say(f"{tool.name}: filling the cache")
        tool.fill_cache(context, f"{image}-{tool.name}")

    ran = {tool.name: 0 for tool in yard.builders}

    def unchanged(tool, turn):
        measured = tool.cold_cached(context, f"{image}-{tool.name}")
        ran[tool.name] += bool(machine.times_marked(measured.output))
        return measured.seconds, measured.peak, {}

    second = yard.bench.rounds(
        "go-web on a second machine, source unchanged: build and push", yard.builders, unchanged, target=0.3
    )
    second["executed"] = {"limit": 0, **ran}
    return [second, *cache_mounts(yard, context, image)]


@dataclasses.dataclass
class Mounted:
    """Builds on an empty store with a cache in the registry, which has the cache mounts in it or has not."""

    name: str
    store: Store
    image: str
    option: tuple[str, ...]

    def fill(self, context: pathlib.Path) -> None:
        self.store.forget()
        cache = f"type=registry,ref={self.image}:cache,mode=max"
        self.store.build(context, "--cache-to", cache, *self.option)

    def build(self, context: pathlib.Path) -> Measured:
        self.store.forget()
        return self.store.build(context, "--cache-from", f"type=registry,ref={self.image}:cache", *self.option)


def cache_mounts(yard: Yard, context: pathlib.Path, image: str) -> list[dict]:
    ways = [
        Mounted("sampan", yard.sampan, f"{image}-mounts", ("--cache-mounts", "export")),
        Mounted("without", yard.sampan, f"{image}-plain", ()),
    ]
    source = context / "main.go"
    original = source.read_text()
    for way in ways:
        say(f"{way.name}: filling the cache")
        way.fill(context)

    def changed(way, turn):
        # The two ways of a turn build the same source, which differs from that of all other turns.
        source.write_text(original + f"\n// Turn {turn}.\nvar turn = {turn}\n\nfunc init() {{ _ = turn }}\n")
        measured = way.build(context)
        marks = machine.marks(measured.output)
        return measured.seconds, measured.peak, {"RUN": marks[1] - marks[0]}

    try:
        name = "go-web on an empty store, one file changed, with cache mounts"
        return [yard.bench.rounds(name, ways, changed, target=0.5)]
    finally:
        source.write_text(original)
