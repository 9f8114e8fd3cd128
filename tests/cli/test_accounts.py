"""``meetd accounts`` on a data directory, and what the first start prints."""

import asyncio
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from meetd.cli import main
from tests.support.people import GOOD, browser_at, sign_up_form
from tests.support.process import serve
from tests.support.server import prepare_data, running_server, test_settings

ADA = ("ada@example.org", "--first-name", "Ada", "--last-name", "Lovelace")


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    await prepare_data(tmp_path)
    return tmp_path


class Shell:
    """Types commands, reads what they print."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._data = data
        self._capsys = capsys
        self.errors = ""

    def type(self, *arguments: str, status: int = 0) -> str:
        act, *rest = arguments
        got = main(["accounts", act, "--data", str(self._data), *rest])
        printed = self._capsys.readouterr()
        self.errors = printed.err
        assert got == status, printed
        return printed.out

    def json(self, *arguments: str) -> Any:
        return json.loads(self.type(*arguments, "--json"))


@pytest.fixture
def shell(data: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(data, capsys)


def test_added_listed_blocked_erased(shell: Shell) -> None:
    assert "no accounts yet" in shell.type("list")
    out = shell.type("add", *ADA, "--administrator")
    assert re.search(r"\nhttp://127.0.0.1:8080/reset-password/[A-Za-z0-9_-]{43}\n$", out)
    listed = shell.json("list")
    assert [(row["email"], row["userName"], row["administrator"]) for row in listed] == [
        ("ada@example.org", "ada-lovelace", True)
    ]
    heading, line = shell.type("list").splitlines()
    assert heading.split()[0] == "E-MAIL"
    assert heading.index("LAST SIGN-IN") == line.index("never signed in")
    assert shell.json("link", "ADA@example.org")["link"].startswith("http://127.0.0.1:8080/reset")
    shell.type("block", "ada@example.org", status=1)
    assert "--yes" in shell.errors
    assert shell.json("block", "ada@example.org", "--yes")["blocked"]
    assert "blocked" in shell.type("list")
    shell.type("link", "ada@example.org", status=1)
    shell.type("erase", "ada@example.org", "--yes")
    assert shell.json("list") == []
    shell.type("add", *ADA, status=1)
    assert "cannot be another account" in shell.errors, "a blocked address came back"


async def test_a_change_of_address_that_waits_gets_its_links(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = test_settings(accounts={"registration": "open"})
    async with running_server(data, settings) as (_, url), browser_at(url) as browser:
        await browser.sign_up()
        await browser.post("/account/email", {"new_email": "ada@example.net"})
    arguments = ["accounts", "link", "ada@example.org", "--data", str(data)]
    assert await asyncio.to_thread(main, [*arguments, "--json"]) == 0
    links = json.loads(capsys.readouterr().out)["changeLinks"]
    assert await asyncio.to_thread(main, arguments) == 0
    assert "To change the address, hand this one to ada@example.net" in capsys.readouterr().out
    assert [link.split("/")[3:5] for link in links.values()] == [
        ["confirm-email", "old"],
        ["confirm-email", "new"],
    ]
    assert list(links) == ["ada@example.org", "ada@example.net"]


def test_what_is_wrong_is_named(shell: Shell) -> None:
    shell.type("erase", "nobody@example.org", "--yes", status=1)
    assert "There is no account with that e-mail address" in shell.errors
    shell.type("add", "nobody", "--first-name", "A", "--last-name", "B", status=1)
    assert "This is not an e-mail address" in shell.errors


def test_the_password_may_come_from_standard_input(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    shell.type("add", *ADA, "--password-stdin", status=1)
    assert "at least 10 characters" in shell.errors
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    assert shell.json("add", *ADA, "--password-stdin")["userName"] == "ada-lovelace"


async def test_while_the_server_runs_it_says_what_to_do(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_server(data):
        status = await asyncio.to_thread(main, ["accounts", "list", "--data", str(data)])
    assert status == 1
    error = capsys.readouterr().err
    assert "in use by another meetd" in error
    assert "Stop it first" in error


async def test_the_first_start_prints_a_link_that_works_once(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        first = [line for line in server.printed if "/welcome/" in line]
        assert len(first) == 1, server.printed
        assert server.printed[-1] == f"meetd is ready at {server.url}"
        link = first[0].split()[-1]
        async with browser_at(server.url) as browser:
            assert (await browser.post(link, sign_up_form())).to == "/account"
            assert (await browser.post(link, sign_up_form("eve@example.org"))).status == 410
        await server.stop()
        await server.start()
        assert not [line for line in server.printed if "/welcome/" in line]
