"""Settings in words: the sentence behind a wrong value, and all of ``config.example.toml``."""

import json
import textwrap
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from meetd.config.section import Section
from meetd.config.settings import Settings

_HEAD = """\
# Every setting of meetd, with its default. None has to be set: `meetd serve` works without any
# file. Use: meetd serve --config FILE. A key can also be set in the environment, as
# MEETD_<SECTION>_<KEY>, for example MEETD_SERVER_PORT=9000 (lists by commas). The command line wins
# over the environment, the environment over this file.
"""


def sections() -> dict[str, type[Section]]:
    """The sections by name, in order."""
    return {field.name: field.type for field in msgspec.structs.fields(Settings)}


def describe(struct: type[Section], key: str) -> str:
    """The sentences about one setting, without line breaks."""
    annotation = get_type_hints(struct, include_extras=True)[key]
    return " ".join(meta.description for meta in _metas(annotation) if meta.description)


def _metas(annotation: Any) -> list[Meta]:
    if get_origin(annotation) is Annotated:
        inner, *metas = get_args(annotation)
        return [*_metas(inner), *(meta for meta in metas if isinstance(meta, Meta))]
    return []


def example() -> str:
    """The text of ``config.example.toml``."""
    parts = [_HEAD]
    for name, struct in sections().items():
        parts.append(f"[{name}]\n# {(struct.__doc__ or '').strip()}\n")
        for field in msgspec.structs.fields(struct):
            comment = textwrap.wrap(describe(struct, field.name), 96, break_on_hyphens=False)
            lines = [*(f"# {line}" for line in comment), f"{field.name} = {_toml(field.default)}"]
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def in_force(settings: Settings) -> str:
    """All of them as TOML, without explanations."""
    parts = []
    for name, table in msgspec.to_builtins(settings).items():
        parts.append(f"[{name}]\n")
        parts += [f"{key} = {_toml(value)}\n" for key, value in table.items()]
        parts.append("\n")
    return "".join(parts)


def _toml(value: object) -> str:
    """Strings, numbers, booleans and lists of strings are the same in TOML and JSON."""
    return json.dumps(list(value) if isinstance(value, tuple) else value)
