"""What every command says of itself, and that what it refuses says what to do."""

import argparse
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from meetd.cli import main, parser_of
from meetd.lifecycle.depot import LocalDepot
from meetd.pages.words import FOLDER
from meetd.stores import Stores
from tests.cli.test_rooms import Shell, add_account, data, shell

__all__ = ["data", "shell"]


def parsers_in(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from parsers_in(each)


def test_every_command_and_every_argument_is_explained() -> None:
    found = list(parsers_in(parser_of()))
    assert len(found) > 25, "the walk finds actions of commands"
    for parser in found:
        assert parser.description, parser.prog
        for action in parser._actions:
            is_commands = isinstance(action, argparse._SubParsersAction)
            assert action.help or is_commands, f"{parser.prog} {action.metavar or action.dest}"
            for choice in action._choices_actions if is_commands else ():  # type: ignore[attr-defined]
                assert choice.help, f"{parser.prog} {choice.dest}"


def test_only_the_module_of_the_named_command_is_asked() -> None:
    (commands,) = [each for each in parser_of(["purge"])._actions if each.choices is not None]
    assert list(commands.choices or ()) == ["purge"]


def test_pages_of_an_archive_are_in_every_language_there_is() -> None:
    export = next(each for each in parsers_in(parser_of(["rooms"])) if "export" in each.prog)
    (language,) = [each for each in export._actions if each.dest == "language"]
    assert set(language.choices or ()) == {path.stem for path in FOLDER.glob("*.toml")}


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (("accounts", "link", "eve@example.org"), "meetd accounts list"),
        (("export", "eve@example.org", "/nowhere/x.zip"), "meetd accounts list"),
        (("rooms", "import", "/nowhere", "--owner", "eve@example.org"), "meetd accounts list"),
        (("rooms", "delete", "attic"), "meetd rooms list"),
        (("touched", "--account", "eve@example.org"), "meetd accounts list"),
        (("touched", "--room", "attic"), "meetd rooms list"),
        (("holds", "place", "attic", "--reason", "x"), "meetd rooms list"),
        (("holds", "place", "study", "--reason", " "), "Write the reason"),
        (("holds", "lift", "x"), "meetd holds list"),
        (("restore", "s3", "--list"), "[backup] s3_bucket"),
        (("restore", "/nowhere", "--list"), "meetd backup list"),
        (("backup", "list", "--to", "/nowhere"), "--to"),
    ],
)
def test_a_refusal_says_what_to_do(shell: Shell, command: tuple[str, ...], hint: str) -> None:
    async def fill(stores: Stores) -> None:
        await stores.rooms.make("study")

    shell.in_stores(fill)
    assert shell.type(*command, status=1) == ""
    assert shell.errors.startswith("meetd: "), shell.errors
    assert hint in shell.errors


def test_what_is_held_already_is_not_said_to_be_missing(shell: Shell) -> None:
    async def fill(stores: Stores) -> None:
        await add_account(stores, "ada")

    shell.in_stores(fill)
    shell.type("holds", "place", "ada", "--reason", "a case")
    shell.type("holds", "place", "ada", "--reason", "a case", status=1)
    assert "that is not held already. meetd holds list shows what is held" in shell.errors


def test_days_that_are_turned_round_are_no_empty_answer(shell: Shell) -> None:
    shell.type("touched", "--from", "2026-11-22", "--to", "2026-11-21", status=2)
    assert "--to is before --from" in shell.errors
    assert "Nobody with an account is touched" in shell.type("touched", "--to", "2026-11-21")


def test_a_question_that_is_answered_with_no_says_so(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fill(stores: Stores) -> None:
        await stores.rooms.make("study")

    shell.in_stores(fill)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    shell.type("rooms", "delete", "study", status=1)
    assert shell.errors == "meetd: Nothing was changed.\n"


@pytest.mark.parametrize("command", [("backup", "list"), ("restore", "DIR", "--list")])
def test_a_folder_that_cannot_be_read_is_named(
    shell: Shell, data: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/nowhere/x.json")

    monkeypatch.setattr(LocalDepot, "names", forbidden)
    shell.type(*(str(data) if word == "DIR" else word for word in command), status=1)
    assert shell.errors.startswith("meetd: Permission denied while looking at the backups")
    assert "(/nowhere/x.json)" in shell.errors


def test_ctrl_c_is_status_1_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("meetd.cli.check_config.settings_from", interrupted)
    assert main(["check-config"]) == 1
    assert capsys.readouterr().err == "meetd: Interrupted.\n"
