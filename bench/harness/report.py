"""The table that a run prints: plain text that is Markdown too."""

from . import bases, distribution, inspection

MEMORY_LIMIT = 150_000_000


def render(result: dict) -> str:
    machine = result["machine"]
    lines = [
        f"{machine['date']}, {machine['cpu']}, {machine['memory']}, Linux {machine['kernel']}; "
        f"medians of {result['runs']}",
        "",
    ]
    lines += [f"Without {tool}: {reason.splitlines()[0]}" for tool, reason in result["missing"].items()]
    assembled = [row for row in result["rows"] if row.get("base")]
    compared = [
        row
        for row in result["rows"]
        if "tools" in row
        and "limit" not in row
        and not any(row.get(kind) for kind in ("own", "base", "distribution", "inspection", "lint"))
    ]
    if compared:
        lines += _table(
            ["work", "sampan", "BuildKit", "ratio", "target", "", "buildah", "ratio"], [_time_row(r) for r in compared]
        )
        lines += ["", *_parts(compared)]
    if assembled:
        head = ["work", "sampan", "mmdebstrap", "ratio", "target", ""]
        lines += ["", *_table(head, [_base_row(row) for row in assembled])]
    moved = [row for row in result["rows"] if row.get("distribution")]
    if moved:
        lines += [*([""] if compared or assembled else []), *_moved(moved), "", *_counted(moved)]
    inspected = [row for row in result["rows"] if row.get("inspection")]
    if inspected:
        lines += [*([""] if compared or assembled or moved else []), *_moved(inspected)]
    linted = [row for row in result["rows"] if row.get("lint")]
    if linted:
        lines += [*([""] if compared or assembled or moved or inspected else []), *_moved(linted)]
    peaks = [row for row in result["rows"] if "sampan" in row.get("tools", {}) and "limit" not in row]
    if peaks:
        lines += ["", *_table(["peak memory of sampan", "MB", "limit", ""], [_peak_row(row) for row in peaks])]
    for row in result["rows"]:
        if "bytes" in row:
            size = row["bytes"]
            lines += [
                "",
                f"Image bytes of go-web: {size['image']}; gzip -9 of its files {size['gzip']}, "
                f"allowed {size['allowed']}: {_met(size['image'] <= size['allowed'])}.",
            ]
        if "limit" in row:
            median = row["tools"]["sampan"]["median"]
            lines += [
                "",
                f"{row['name']}: {median * 1000:.1f} ms, limit {row['limit'] * 1000:.0f} ms: "
                f"{_met(median <= row['limit'])}.",
            ]
    return "\n".join(lines)


def _time_row(row: dict) -> list[str]:
    own, kit, buildah = (row["tools"].get(name) for name in ("sampan", "buildkit", "buildah"))
    ratio = own["median"] / kit["median"] if own and kit else None
    target = row["target"]
    return [
        row["name"],
        _seconds(own),
        _seconds(kit),
        f"{ratio:.2f}" if ratio is not None else "",
        f"{target}" if target else "",
        _met(ratio <= target) if target and ratio is not None else "",
        _seconds(buildah),
        f"{own['median'] / buildah['median']:.2f}" if own and buildah else "",
    ]


def _parts(rows: list[dict]) -> list[str]:
    """What the whole of a peer is made of, as one line a row and tool."""
    lines = []
    for row in rows:
        for tool, figures in row["tools"].items():
            if "export" in figures["parts"]:
                parts = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in figures["parts"].items())
                lines.append(f"- {row['name']}, {tool}: {parts}")
    return lines


def _base_row(row: dict) -> list[str]:
    own, peer = (row["tools"].get(name) for name in ("sampan", "mmdebstrap"))
    if peer is None:
        return [row["name"], _seconds(own), "", "", f"{row['seconds']} s", _met(own["median"] <= row["seconds"])]
    ratio = own["median"] / peer["median"]
    target = row["target"]
    return [row["name"], _seconds(own), _seconds(peer), f"{ratio:.2f}", f"{target:.2f}", _met(ratio <= target)]


def _moved(rows: list[dict]) -> list[str]:
    """Times of moving or reading images: a line for each peer, and the target held against the first that there is."""
    lines = []
    for row in rows:
        own = row["tools"]["sampan"]
        peers = [(name, figures) for name, figures in row["tools"].items() if name != "sampan"]
        if not peers:
            lines.append([row["name"], _seconds(own), "", "", "", "", ""])
        for place, (name, peer) in enumerate(peers):
            ratio, target = own["median"] / peer["median"], row["target"] if place == 0 else None
            head = [row["name"], _seconds(own)] if place == 0 else ["", ""]
            met = [f"{target}", _met(ratio <= target)] if target else ["", ""]
            lines.append([*head, _NAMES.get(name, name), _seconds(peer), f"{ratio:.2f}", *met])
    return _table(["work", "sampan", "beside", "", "ratio", "target", ""], lines)


_NAMES = {"buildkit": "BuildKit", "without": "without them", "gzip": "gzip -dc"}
_COUNTED = {
    "requests": "requests of one push",
    "downloads": "layers of the base downloaded",
    "executed": "builds that executed a RUN",
}


def _counted(rows: list[dict]) -> list[str]:
    lines = []
    for row in rows:
        for key, meaning in _COUNTED.items():
            if key not in row:
                continue
            counts = dict(row[key])
            limit, own = counts.pop("limit"), counts.pop("sampan")
            peers = ", ".join(f"{_NAMES.get(name, name)} {count}" for name, count in counts.items())
            lines.append([f"{row['name']}: {meaning}", f"{own}", f"{limit}", _met(own <= limit), peers])
    return _table(["counted, the most of all runs", "sampan", "limit", "", "peers"], lines)


def _peak_row(row: dict) -> list[str]:
    peak = row["tools"]["sampan"]["peak"]
    limit = MEMORY_LIMIT
    if row.get("base"):
        limit = bases.MEMORY_LIMIT
    elif row.get("distribution"):
        limit = distribution.MEMORY_LIMIT
    elif row.get("inspection"):
        limit = inspection.MEMORY_LIMIT
    return [row["name"], f"{peak / 1e6:.0f}", f"{limit / 1e6:.0f}", _met(peak <= limit)]


def _met(met: bool) -> str:
    return "met" if met else "MISSED"


def _seconds(figures: dict | None) -> str:
    return f"{figures['median']:.3f} s" if figures else ""


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(cells: list[str]) -> str:
        # Names to the left, figures to the right.
        aligned = [cell.ljust(widths[i]) if i == 0 else cell.rjust(widths[i]) for i, cell in enumerate(cells)]
        return "| " + " | ".join(aligned) + " |"

    rule = (
        "|" + "|".join("-" * (width + 2) if i == 0 else "-" * (width + 1) + ":" for i, width in enumerate(widths)) + "|"
    )
    return [line(head), rule, *map(line, rows)]
