"""Where templates come from: compiled when the room page is built, or else from their sources. To
compile the first page's at run time costs 1.7 MiB, which the process keeps (60 MiB idle)."""

import shutil
from pathlib import Path
from typing import Final

import jinja2

from meetd.core.stamps import hash_of, read_stamp

TEMPLATES: Final = Path(__file__).parent / "templates"
COMPILED: Final = Path(__file__).parent / "compiled"
STAMP: Final = "compiled_from.sha256"
"""Beside what was compiled: a hash of what it was made from."""


def environment(compiled: Path = COMPILED) -> jinja2.Environment:
    """Templates with autoescape, where a fact that is missing is an error and not an empty word.
    What was compiled is taken while its sources and jinja2 are those it was made from."""
    if read_stamp(compiled / STAMP) == _hash_of_sources():
        return _environment(jinja2.ModuleLoader(compiled))
    return _environment(jinja2.FileSystemLoader(TEMPLATES))


def compile_templates(into: Path = COMPILED) -> bool:
    """Compile them, with bytecode for this Python, if what is there is stale. Returns whether there
    was anything to do."""
    import py_compile  # noqa: PLC0415 - a server never compiles

    sources = _hash_of_sources()
    if read_stamp(into / STAMP) == sources:
        return False
    fresh = into.with_name(f"{into.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    from_sources = _environment(jinja2.FileSystemLoader(TEMPLATES))
    from_sources.compile_templates(fresh, zip=None, ignore_errors=False)
    for module in fresh.glob("*.py"):
        py_compile.compile(str(module), doraise=True)
    (fresh / STAMP).write_text(sources)
    shutil.rmtree(into, ignore_errors=True)
    fresh.rename(into)
    return True


def _environment(loader: jinja2.BaseLoader) -> jinja2.Environment:
    return jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _hash_of_sources() -> str:
    """Of the templates, of the settings in this file, and of jinja2."""
    templates = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    return hash_of((Path(__file__), *templates), Path(__file__).parent, jinja2.__version__)
