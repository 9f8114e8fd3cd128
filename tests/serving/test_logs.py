"""What is written down: one line each, nothing personal."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from aiohttp import ClientSession

from meetd.config.keeping import Logs
from meetd.serving.logs import set_up_logging
from tests.serving.conftest import Listen


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """Put the root logger back as pytest had it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(out: io.StringIO) -> list[str]:
    return out.getvalue().splitlines()


def test_json_lines_hold_the_facts() -> None:
    out = io.StringIO()
    set_up_logging(Logs(), out)
    logging.getLogger("meetd.x").info("opened %s", "it", extra={"fields": {"rooms": 3}})
    line = json.loads(out.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "info", "logger": "meetd.x", "message": "opened it", "rooms": 3}


def test_a_traceback_stays_on_its_json_line() -> None:
    out = io.StringIO()
    set_up_logging(Logs(format="json"), out)
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        logging.getLogger("meetd.x").exception("failed")
    assert len(lines(out)) == 1
    assert "ZeroDivisionError" in json.loads(out.getvalue())["trace"]


def test_text_cannot_forge_a_line_or_move_the_cursor() -> None:
    out = io.StringIO()
    set_up_logging(Logs(format="text"), out)
    logging.getLogger("meetd.x").warning("a\n2026-01-01 forged\x1b[2J", extra={"fields": {"n": 1}})
    assert len(lines(out)) == 1
    assert "\x1b" not in out.getvalue()
    assert out.getvalue().endswith(" n=1\n")


def test_the_level_holds() -> None:
    out = io.StringIO()
    set_up_logging(Logs(level="warning"), out)
    logging.getLogger("meetd.x").info("not important")
    assert out.getvalue() == ""


async def test_an_access_line_has_the_route_and_nothing_of_the_person(
    listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "meetd.access")
    listener = await listen()
    async with ClientSession() as session, session.get(f"{listener.url}/?key=secret") as response:
        await response.read()
    async with ClientSession() as session, session.get(f"{listener.url}/adas-room") as response:
        await response.read()
    first, second = (vars(record)["fields"] for record in caplog.records)
    assert first.pop("ms") >= 0
    assert first.pop("bytes") > len("hello")
    assert first == {"method": "GET", "route": "/", "status": 200}
    assert second["route"] == "none"
    everything = str([vars(record) for record in caplog.records])
    assert not any(word in everything for word in ("secret", "adas-room", "127.0.0.1", "Python/"))


async def test_no_access_log_when_it_is_off(
    listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "meetd.access")
    listener = await listen(access_log=False)
    async with ClientSession() as session, session.get(listener.url) as response:
        await response.read()
    assert not caplog.records
