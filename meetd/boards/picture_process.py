"""``python -I picture_process.py``: a board from standard input, and what is taken along of it on
standard output: its document, its pages as SVG, and what is on them as JSON. A process of its own,
for the same reasons as ``compacting_process.py``, and because drawing takes its time. Of meetd it
imports only what draws.

In: a title after its length, then updates, each after its length. Out: files, each after a line of
JSON with its ``name`` and how many ``bytes`` it has.
"""

import json
import os
import resource
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

MEMORY: Final = 2 << 30
"""Bytes of address space."""
CPU_SECONDS: Final = 300
NICENESS: Final = 10
"""Meetings come first."""
LENGTH: Final = struct.Struct(">I")
"""``picture.py`` has the same."""

Maps = dict[str, dict[str, Any]]


def lower(what: int, most: int) -> None:
    """Set a limit that cannot be raised again; one that is lower already stays."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


def merged(updates: list[bytes]) -> tuple[bytes, Maps]:
    """One update, merged twice: what comes of it stays as it is however often it is merged."""
    from pycrdt import Map  # noqa: PLC0415 - within the limits

    document = opened([opened(updates).get_update()])
    roots = ("objects", "places", "board", "parts")
    maps = {root: document.get(root, type=Map).to_py() or {} for root in roots}
    return document.get_update(), maps


def opened(updates: list[bytes]) -> Any:
    from pycrdt import Doc  # noqa: PLC0415 - within the limits

    document: Doc[Any] = Doc()
    with document.transaction():
        for each in updates:
            document.apply_update(each)
    return document


def parts_of(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        (length,) = LENGTH.unpack_from(data, at)
        at += LENGTH.size
        yield data[at : at + length]
        at += length


def write(out: IO[bytes], name: str, content: bytes) -> None:
    out.write(json.dumps({"name": name, "bytes": len(content)}).encode() + b"\n")
    out.write(content)
    out.flush()


def as_json(pages: list[Any]) -> str:
    """For people and their programs, an object a line; images are in the SVG and the document."""
    written = []
    for page in pages:
        lines = [json.dumps(plain(each), ensure_ascii=False) for each in page.objects]
        objects = "[\n" + ",\n".join(lines) + "\n]"
        written.append(f'{{"background": "{page.background}", "objects": {objects}}}')
    return '{"pages": [' + ",\n".join(written) + "]}\n"


def plain(drawn: Any) -> dict[str, Any]:
    one: dict[str, Any] = {"kind": drawn.kind, "colour": drawn.colour, "size": drawn.size}
    if drawn.points:
        one["points"] = [[x, y, round(pressure, 3)] for x, y, pressure in drawn.points]
    else:
        one["start"] = drawn.start
    if drawn.kind in {"line", "arrow", "rectangle", "ellipse", "image"}:
        one["end"] = drawn.end
    if drawn.kind in {"text", "note", "image"}:
        one["name" if drawn.kind == "image" else "text"] = drawn.text
    if drawn.kind == "note":
        one["side"] = drawn.side
    return one


def main(data: bytes, out: IO[bytes]) -> None:
    # Of the same checkout or package as this file, whatever else is installed.
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from meetd.boards.drawn import read_pages  # noqa: PLC0415 - found since a moment ago
    from meetd.boards.svg import Budget, svg_of  # noqa: PLC0415
    from meetd.boards.updates import in_order  # noqa: PLC0415

    title, *updates = parts_of(data)
    update, maps = merged(updates)
    write(out, "document.yjs", in_order(update))
    pages = read_pages(maps["objects"], maps["places"], maps["board"], maps["parts"])
    write(out, "board.json", as_json(pages).encode())
    budget = Budget()
    for number, page in enumerate(pages, start=1):
        name = f"{title.decode()} {number}"
        svg = "".join(svg_of(page.objects, name, budget)).encode()
        write(out, f"page-{number}.svg", svg)


if __name__ == "__main__":
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_AS, MEMORY)
    lower(resource.RLIMIT_CPU, CPU_SECONDS)
    with suppress(OSError):  # a strict systemd unit forbids it
        os.nice(NICENESS)
    main(sys.stdin.buffer.read(), sys.stdout.buffer)
