"""A registry of the machine's own, whose requests can be counted, and the image that is carried to and from it."""

import gzip
import hashlib
import io
import json
import pathlib
import random
import re
import shutil
import socket
import subprocess
import tarfile
import time
import urllib.error
import urllib.request

from .machine import say

# "GET /v2/large/blobs/sha256:... HTTP/1.1" 200 1234
_REQUEST = re.compile(r'"([A-Z]+) (/v2/\S*) HTTP/[0-9.]+" (\d+) ')


class Registry:
    """Debian's docker-registry on a free port of loopback, with its files in a directory of the scratch space."""

    _program = "/usr/bin/docker-registry"

    def __init__(self, directory: pathlib.Path):
        self._directory = directory
        self._process: subprocess.Popen | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{probe.getsockname()[1]}"

    @classmethod
    def is_installed(cls) -> bool:
        return pathlib.Path(cls._program).exists()

    def start(self) -> None:
        """Starts it with nothing in it; raises RuntimeError when it does not answer."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir(parents=True)
        configuration = {
            "version": "0.1",
            "log": {"accesslog": {"disabled": False}, "level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(self._directory / "data")}},
            "http": {"addr": self.host, "secret": "bench"},
        }
        # JSON is YAML.
        (self._directory / "config.yml").write_text(json.dumps(configuration))
        with open(self._directory / "access", "wb") as access, open(self._directory / "errors", "wb") as errors:
            self._process = subprocess.Popen(
                [self._program, "serve", str(self._directory / "config.yml")],
                stdin=subprocess.DEVNULL,
                stdout=access,
                stderr=errors,
            )
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://{self.host}/v2/", timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise RuntimeError(f"docker-registry does not start: {(self._directory / 'errors').read_text()[-2000:]}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None
        shutil.rmtree(self._directory, ignore_errors=True)

    def empty(self) -> None:
        self.stop()
        self.start()

    def mark(self) -> int:
        """The end of what was logged up to now, for `requests`."""
        # A request is logged when its answer has been sent, which may be after the client went on.
        time.sleep(0.05)
        return (self._directory / "access").stat().st_size

    def requests(self, since: int) -> list[tuple[str, str, int]]:
        """Method, path and status of every request after a mark, in the order of their ends."""
        self.mark()
        with open(self._directory / "access", encoding="utf-8", errors="replace") as access:
            access.seek(since)
            found = _REQUEST.findall(access.read())
        return [(method, path, int(status)) for method, path, status in found]


# Megabytes of each layer's files, the lowest first: 400 in all.
_LAYERS = (160, 100, 80, 40, 20)
# Of each block of a file so many bytes are random, and the rest is text: gzip leaves about a third.
_BLOCK, _RANDOM = 16384, 5100
_TEXT = b"".join(b"line %06d of a file that compresses as well as a program's text does\n" % i for i in range(1000))


def large_image(layout: pathlib.Path) -> list[str]:
    """Writes the OCI layout of an image of 400 MB in 5 layers, 130 MB compressed, as NAME `large`, the same every time,
    unless it is there; gives the digests of its layers."""
    if not (layout / "index.json").exists():
        say("making an image of 400 MB")
        shutil.rmtree(layout, ignore_errors=True)
        (layout / "blobs/sha256").mkdir(parents=True)
        layers = [_layer(layout, number, megabytes) for number, megabytes in enumerate(_LAYERS)]
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["/layer0/file0"]},
            "rootfs": {"type": "layers", "diff_ids": [diff for _, diff in layers]},
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": _document(layout, config, "application/vnd.oci.image.config.v1+json"),
            "layers": [descriptor for descriptor, _ in layers],
        }
        entry = _document(layout, manifest, manifest["mediaType"])
        entry["annotations"] = {"org.opencontainers.image.ref.name": "large"}
        (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    entry = json.loads((layout / "index.json").read_text())["manifests"][0]
    manifest = json.loads((layout / "blobs" / entry["digest"].replace(":", "/")).read_text())
    return [layer["digest"] for layer in manifest["layers"]]


def _layer(layout: pathlib.Path, number: int, megabytes: int) -> tuple[dict, str]:
    generator = random.Random(number)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in range(megabytes):
            content = b"".join(
                generator.randbytes(_RANDOM) + _TEXT[(at := generator.randrange(50000)) : at + _BLOCK - _RANDOM]
                for _ in range(1_000_000 // _BLOCK)
            )
            member = tarfile.TarInfo(f"layer{number}/file{file}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    diff = "sha256:" + hashlib.sha256(plain.getbuffer()).hexdigest()
    content = gzip.compress(plain.getbuffer(), 6, mtime=0)
    return _blob(layout, content, "application/vnd.oci.image.layer.v1.tar+gzip"), diff


def _document(layout: pathlib.Path, value: dict, media_type: str) -> dict:
    return _blob(layout, json.dumps(value, separators=(",", ":")).encode(), media_type)


def _blob(layout: pathlib.Path, content: bytes, media_type: str) -> dict:
    digest = hashlib.sha256(content).hexdigest()
    (layout / "blobs/sha256" / digest).write_bytes(content)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}
