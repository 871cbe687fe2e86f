#!/usr/bin/env python3
"""Asks hadolint about the files of a table and writes its answers into the table.

usage: scripts/lint-cases.py HADOLINT TABLE

A line of the table: a hadolint config, findings as LINE:CODE:SEVERITY, a Dockerfile, with tabs between them; in
config and Dockerfile \\n, \\t, \\r and \\\\ stand for what they mean. Lines with # stay as they are. Only codes that
start with DL are written. A file that hadolint can't parse is an error.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\"}


def plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]), text)


def escaped(text: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in text)


def ask(hadolint: str, config: str, dockerfiles: list[str]) -> list[list[str]]:
    """The findings of each file under one config."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "config.yaml").write_text(config or "{}\n")
        for number, text in enumerate(dockerfiles):
            (root / str(number)).write_bytes(text.encode())
        answers: list[list[str]] = [[] for _ in dockerfiles]
        for start in range(0, len(dockerfiles), 100):
            names = [str(n) for n in range(start, min(start + 100, len(dockerfiles)))]
            command = [hadolint, "--no-fail", "-c", "config.yaml", "-f", "json", *names]
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
            for finding in json.loads(done.stdout):
                if finding["code"] == "DL1000":
                    sys.exit(f"hadolint can't parse {dockerfiles[int(finding['file'])]!r}: {finding['message']}")
                if finding["code"].startswith("DL"):
                    answer = f"{finding['line']}:{finding['code']}:{finding['level']}"
                    answers[int(finding["file"])].append(answer)
        return [sorted(answer) for answer in answers]


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    table = pathlib.Path(sys.argv[2])
    lines = table.read_text().splitlines()
    groups: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if line and not line.startswith("#"):
            groups.setdefault(line.split("\t")[0], []).append(index)
    for config, indexes in groups.items():
        files = [lines[index].split("\t")[2] for index in indexes]
        answers = ask(sys.argv[1], plain(config), [plain(file) for file in files])
        for index, file, answer in zip(indexes, files, answers, strict=True):
            lines[index] = "\t".join([config, " ".join(answer), file])
    table.write_text("\n".join(lines) + "\n")


main()
