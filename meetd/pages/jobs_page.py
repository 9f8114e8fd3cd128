"""``/admin/jobs``: what happens by itself, when and how it went; backups; a clock in doubt. No
JavaScript; for everybody but administrators there is nothing here."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from meetd.core.times import day_and_time
from meetd.lifecycle.alarm import HOUR
from meetd.lifecycle.job import Entry
from meetd.lifecycle.routine import Routine
from meetd.lifecycle.state import Good
from meetd.pages.rendering import Renderer
from meetd.pages.words import Words
from meetd.serving.done import done
from meetd.serving.forms import read_form
from meetd.serving.visitors import Visitors

_PAGE: Final = "/admin/jobs"
_JOB: Final = _PAGE + "/{name:[a-z_]{1,32}}/start"
_CLOCK: Final = f"{_PAGE}/clock"


@dataclass(frozen=True)
class Line:
    """Of one job, in words. ``error`` is in English whatever the page is in."""

    name: str
    what: str
    last: str
    next: str
    error: str
    can_start: bool


@dataclass(frozen=True)
class Kept:
    """The last good backup in one place; ``None`` before the first."""

    where: str
    made: str
    night: str
    files: int
    megabytes: str


class JobsPage:
    """Looks at the ledger; starts jobs."""

    def __init__(self, routine: Routine, visitors: Visitors, renderer: Renderer) -> None:
        self._scheduler = routine.scheduler
        self._routine = routine
        self._alarm = routine.alarm
        self._visitors = visitors
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(_PAGE, self._show),
            web.post(_JOB, self._start),
            web.get(_JOB, self._to_page),
            web.post(_CLOCK, self._confirm_clock),
            web.get(_CLOCK, self._to_page),
        ]

    async def _to_page(self, request: web.Request) -> web.Response:
        """Reloading after a form must not end in an error."""
        await self._visitors.require_administrator(request)
        raise web.HTTPSeeOther(_PAGE)

    async def _show(self, request: web.Request) -> web.Response:
        await self._visitors.require_administrator(request)
        words = self._renderer.words(request)
        return self._renderer.render(
            request,
            "jobs.html",
            lines=[self._line(entry, words) for entry in self._scheduler.entries],
            under_way=any(map(self._is_under_way, self._scheduler.entries)),
            clock_in_doubt=self._scheduler.clock_in_doubt,
            now=day_and_time(self._scheduler.now()),
            late=self._alarm.age // HOUR if self._alarm.is_ringing else None,
            backups=self._backups(words),
        )

    async def _start(self, request: web.Request) -> web.Response:
        await self._visitors.require_administrator(request)
        await read_form(request)
        if not self._scheduler.start(request.match_info["name"]):
            raise web.HTTPNotFound
        raise done(_PAGE, "job_started")

    async def _confirm_clock(self, request: web.Request) -> web.Response:
        await self._visitors.require_administrator(request)
        await read_form(request)
        await self._scheduler.confirm_clock()
        raise done(_PAGE, "clock_confirmed")

    def _is_under_way(self, entry: Entry) -> bool:
        return entry.is_running or self._scheduler.is_asked(entry.name)

    def _line(self, entry: Entry, words: Words) -> Line:
        waits = self._scheduler.waits_for_clock(entry.name)
        return Line(
            name=entry.name,
            what=words(f"jobs.what_{entry.name}"),
            last=self._last(entry, words),
            next=self._next(entry, words),
            error=entry.error,
            can_start=not (self._is_under_way(entry) or waits),
        )

    def _next(self, entry: Entry, words: Words) -> str:
        if self._scheduler.waits_for_clock(entry.name):
            return words("jobs.waits_for_clock")
        if self._scheduler.is_asked(entry.name):
            return words("jobs.soon")
        return day_and_time(entry.next_at) if entry.next_at else words("jobs.by_hand")

    def _last(self, entry: Entry, words: Words) -> str:
        if entry.is_running:
            step = self._routine.step
            share = f"{step.done}/{step.total}" if step and step.total > 1 else ""
            return words("jobs.running", share=share)
        if entry.ended_at is None or entry.outcome is None:
            return words("jobs.never")
        return words(f"jobs.{entry.outcome}", time=day_and_time(entry.ended_at))

    def _backups(self, words: Words) -> list[Kept]:
        state = self._alarm.state
        good = state.good if state else {}
        return [_kept(place, good.get(place), words) for place in self._alarm.places]


def _kept(place: str, good: Good | None, words: Words) -> Kept:
    if good is None:
        return Kept(place, words("jobs.never"), "", 0, "0")
    size = f"{good.bytes / 1e6:.1f}"
    return Kept(place, day_and_time(good.made_at), good.night, good.files, size)
