"""Script that a browser fetches before the room page works."""

import gzip
import json
import re
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent.parent / "meetd" / "pages" / "assets"


async def measure() -> list[tuple[str, str, str]]:
    manifest = json.loads((ASSETS / "manifest.json").read_text())
    names, waiting = set(), ["src/main.tsx"]
    while waiting:
        entry = manifest[waiting.pop()]
        names.add(entry["file"])
        waiting += [
            name for name in entry.get("imports", []) if manifest[name]["file"] not in names
        ]
    size = sum(len(gzip.compress((ASSETS / name).read_bytes(), 9)) for name in names)
    lazy = {
        entry["file"]
        for entry in manifest.values()
        if re.search(r"\.js$", entry["file"]) and entry["file"] not in names
    }
    later = sum(len(gzip.compress((ASSETS / name).read_bytes(), 9)) for name in lazy)
    return [
        ("script on first load of the room page, gzip", f"{size / 1000:.1f} kB", "100 kB"),
        ("script loaded when first used, gzip", f"{later / 1000:.1f} kB", ""),
    ]
