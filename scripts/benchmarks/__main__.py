"""``scripts/bench [--write] [NAME...]``."""

import argparse
import asyncio
import os
import platform
import sys
from pathlib import Path

from scripts.benchmarks import (
    backup,
    content,
    drawing,
    encryption,
    forwarding,
    frames,
    history,
    knocks,
    memory,
    moves,
    networks,
    pdf,
    script_size,
    signing_in,
)
from scripts.benchmarks.relay import measuring

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "performance.md"
SUBJECTS = {
    "script": script_size.measure,
    "memory": memory.measure,
    "history": history.measure,
    "knocks": knocks.measure,
    "frames": frames.measure,
    "content": content.measure,
    "drawing": drawing.measure,
    "pdf": pdf.measure,
    "encryption": encryption.measure,
    "forwarding": forwarding.measure,
    "moves": moves.measure,
    "networks": networks.measure,
    "signing-in": signing_in.measure,
    "backup": backup.measure,
    "relay": measuring.measure,
}


async def run(names: list[str]) -> dict[str, str]:
    """The table of each subject, as Markdown."""
    tables = {}
    for name in names:
        rows = await SUBJECTS[name]()
        lines = ["| what | measured | limit |", "|---|---|---|"]
        lines += [f"| {what} | {figure} | {limit} |" for what, figure, limit in rows]
        tables[name] = "\n".join([*lines, "", f"`scripts/bench {name}`, {machine()}"])
        print(f"\n{tables[name]}", flush=True)
    return tables


def machine() -> str:
    """Where it was measured, without naming the machine."""
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"


def write(tables: dict[str, str]) -> None:
    """Replace the tables between their marks on the page."""
    text = PAGE.read_text()
    for name, table in tables.items():
        start, end = f"<!-- measured: {name} -->", f"<!-- end: {name} -->"
        before, _, rest = text.partition(start)
        _, found, after = rest.partition(end)
        if not found:
            sys.exit(f"{PAGE} has no place for {name}")
        text = f"{before}{start}\n{table}\n{end}{after}"
    PAGE.write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the tables to the page")
    parser.add_argument("names", nargs="*", choices=[[], *SUBJECTS], help="what to measure")
    options = parser.parse_args()
    tables = asyncio.run(run(options.names or list(SUBJECTS)))
    if options.write:
        write(tables)


main()
