"""What the documents name is there: settings, variables, commands with their options, links."""

import argparse
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from meetd.cli import parser_of
from meetd.config.explaining import sections
from meetd.config.loading import ENVIRONMENT_PREFIX

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "meetd/protocol/README.md"])
KEYS = {
    name: {field.name for field in msgspec.structs.fields(section)}
    for name, section in sections().items()
}
NO_SETTINGS = {"MEETD_MASTER_KEY", "MEETD_MASTER_KEY_BEFORE"}
SEALED = {"meetd audit log 1"}
"""Looks like a command, and is hashed."""


def names_of(files: list[Path]) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in files]


def choices_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands, or the actions of a command."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def typed_in(text: str) -> Iterator[str]:
    """Commands of meetd, in code and on lines of their own."""
    for found in re.findall(r"`(meetd\s[^`]+)`|^(?:    )?(meetd [a-z-]+ .*)$", text, re.MULTILINE):
        line = " ".join("".join(found).split())
        if line.split()[1] in choices_of(parser_of()) and line not in SEALED:
            yield line


def parser_for(line: str) -> tuple[argparse.ArgumentParser, list[str]]:
    """The parser that its words lead to, and what is left of them."""
    parser, words = parser_of(), line.split()[1:]
    while (choices := choices_of(parser)) and words and words[0] in choices:
        parser, words = choices[words[0]], words[1:]
    return parser, words


@pytest.mark.parametrize("file", FILES, ids=names_of(FILES))
def test_settings_and_variables_are_there(file: Path) -> None:
    text = file.read_text("utf-8")
    for section, key in re.findall(r"\[(\w+)\] (\w+)", text):
        assert section not in KEYS or key in KEYS[section], f"[{section}] {key}"
    known = {f"{ENVIRONMENT_PREFIX}{s}_{key}".upper() for s in KEYS for key in KEYS[s]}
    assert set(re.findall(r"MEETD_[A-Z][A-Z0-9_]*[A-Z0-9]", text)) <= known | NO_SETTINGS
    for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL):
        for section, keys in tomllib.loads(block).items():
            assert keys.keys() <= KEYS[section], section


@pytest.mark.parametrize("file", FILES, ids=names_of(FILES))
def test_commands_and_their_options_are_there(file: Path) -> None:
    for line in typed_in(file.read_text("utf-8")):
        parser, rest = parser_for(line)
        known = {option for action in parser._actions for option in action.option_strings}
        assert set(re.findall(r"--[a-z][a-z-]*", line)) <= known, line
        is_action = rest and not re.match(r"[A-Z\[-]", rest[0])
        assert not (is_action and choices_of(parser)), f"{line}: no such action"


@pytest.mark.parametrize("file", FILES, ids=names_of(FILES))
def test_links_lead_somewhere(file: Path) -> None:
    for path, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)", file.read_text()):
        target = file.parent / path if path else file
        assert target.exists(), path
        assert not anchor or anchor in anchors_in(target.read_text("utf-8")), f"{path}#{anchor}"


def anchors_in(text: str) -> set[str]:
    """As sites make them of headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_every_command_is_in_some_document() -> None:
    said = {line.split()[1] for file in FILES for line in typed_in(file.read_text("utf-8"))}
    assert said == choices_of(parser_of()).keys()
