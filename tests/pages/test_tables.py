"""On a phone a row of a table is a small block: each cell says its column, and stays a cell."""

from html.parser import HTMLParser

import pytest

from meetd.app import Server
from meetd.lifecycle.state import Good, State
from tests.pages.test_account_pages import browser, server
from tests.pages.test_jobs_page import keeper
from tests.support.people import Browser

__all__ = ["browser", "keeper", "server"]

_ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


class Tables(HTMLParser):
    """The tables of a page that become blocks: their heads, and what their cells say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.heads: list[list[str]] = []
        self.rows: list[list[list[str | None]]] = []
        self.wrong: list[str] = []
        self._inside = self._in_head = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "table":
            self._inside = has.get("class") == "table"
            if self._inside:
                self.heads.append([])
                self.rows.append([])
        if not self._inside:
            return
        self._in_head = tag == "th" and has.get("scope") == "col"
        wanted = _ROLES.get(tag) or ("columnheader" if self._in_head else "rowheader")
        if (tag in _ROLES or tag == "th") and has.get("role") != wanted:
            self.wrong.append(self.get_starttag_text() or tag)
        if tag == "th" and not self._in_head:
            self.rows[-1].append([])
        if tag == "td":
            self.rows[-1][-1].append(has.get("data-label"))

    def handle_data(self, data: str) -> None:
        if self._in_head:
            self.heads[-1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "th":
            self._in_head = False


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("jobs", 2),
        ("retention", 1),
        ("access-log", 1),
        ("documents", 1),
        ("people", 1),
        ("usage", 0),  # names and numbers, which fit beside each other
    ],
)
@pytest.mark.parametrize("language", ["en", "nl"])
async def test_each_cell_says_its_column(
    server: tuple[Server, str], keeper: Browser, path: str, count: int, language: str
) -> None:
    alarm = server[0].house.routine.alarm
    good = Good(night="2026-01-01", made_at=1, bytes=1, files=1, rows=1)
    alarm._state = State(since=1, good=dict.fromkeys(alarm.places, good))
    page = await keeper.get(f"/admin/{path}", **{"Accept-Language": language})
    tables = Tables(page.text)
    assert tables.wrong == []
    assert len(tables.heads) == count
    for head, rows in zip(tables.heads, tables.rows, strict=True):
        assert rows
        assert all(row == head[1:] for row in rows)
