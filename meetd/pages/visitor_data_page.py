"""``/privacy/data/<token>``: what somebody without an account left here, by the link that their
browser keeps: to see it, to correct the name, to take it along, and to have it erased. No
JavaScript.

A link that leads nowhere, was erased, ran out or never was gets the same answer.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from meetd.core.clock import Clock
from meetd.core.holdings import OfVisitors, Traces
from meetd.core.limits import Buckets
from meetd.core.refusals import NameEmpty, NameTooLong, Refusal, RoomHeld, TooFast
from meetd.pages.account_errors import Complaints
from meetd.pages.archives import ARCHIVE_HEADERS
from meetd.pages.kinds import SHOWN, Kept, in_words
from meetd.pages.rendering import MAX_KEPT_FIELD, Renderer
from meetd.pages.words import Words
from meetd.privacy.visitor_rights import VisitorRights
from meetd.serving.done import done
from meetd.serving.few import FewAtATime
from meetd.serving.forms import read_form
from meetd.serving.origins import Origins
from meetd.serving.sending import Sending, anybody
from meetd.serving.visitors import Visitors

_BELOW: Final = "/privacy/data"
_PAGE: Final = f"{_BELOW}/{{token}}"
_PER_MINUTE: Final = 30
"""Of one network: everything that is shown is decrypted for it."""
_CHANGES_PER_MINUTE: Final = 6
"""The same, of what is written or sent as a whole."""
_ARCHIVES: Final = 16
"""That are sent at a time: of each, 5 MB wait in memory for whoever takes it."""
_ARCHIVES_OF_NETWORK: Final = 4
_NAMED: Final = {"Content-Disposition": 'attachment; filename="my-data.zip"'}


class VisitorDataPage:
    """The pages of whoever has the link."""

    def __init__(
        self,
        *,
        rights: VisitorRights,
        visitors: Visitors,
        renderer: Renderer,
        origins: Origins,
        clock: Clock,
        sending: Sending,
    ) -> None:
        self._rights = rights
        self._visitors = visitors
        self._renderer = renderer
        self._origins = origins
        self._clock = clock
        self._sending = sending
        self._looks = Buckets(rate=_PER_MINUTE / 60, burst=_PER_MINUTE)
        self._of_network = FewAtATime(of_all=_ARCHIVES, of_network=_ARCHIVES_OF_NETWORK)
        self._of_browser = FewAtATime(of_all=_ARCHIVES, of_network=1)
        self._changes = Buckets(rate=_CHANGES_PER_MINUTE / 60, burst=_CHANGES_PER_MINUTE)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(_PAGE, self._show),
            web.get(f"{_PAGE}/archive", self._fetch),
            web.post(f"{_PAGE}/name", self._rename),
            web.get(f"{_PAGE}/name", self._to_page),
            web.post(f"{_PAGE}/erase", self._erase),
            web.get(f"{_PAGE}/erase", self._to_page),
        ]

    async def _to_page(self, request: web.Request) -> web.Response:
        """Reloading after a form failed must not end in an error."""
        raise web.HTTPSeeOther(_path(request))

    async def _show(self, request: web.Request) -> web.Response:
        self._check_rate(self._looks, request)
        return await self._page(request)

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        self._check_rate(self._changes, request)
        traces = await self._rights.use(request.match_info["token"])
        if traces is None:
            return self._nothing(request)
        network, visitor = self._visitors.network(request), traces.visitor
        async with self._of_network.place(network), self._of_browser.place(visitor):
            await self._rights.check_space(traces)
            response = web.StreamResponse(headers=ARCHIVE_HEADERS | _NAMED)
            pieces = self._rights.archive(traces)
            await self._sending.send(request, response, pieces, anybody)
        return response

    async def _rename(self, request: web.Request) -> web.Response:
        self._check_rate(self._changes, request)
        form = await read_form(request, "name")
        try:
            found = await self._rights.rename(request.match_info["token"], form["name"])
        except (NameEmpty, NameTooLong) as wrong:
            return await self._page(request, form, ("name", wrong))
        except RoomHeld:
            return await self._page(request, held="name")
        if not found:
            return self._nothing(request)
        raise done(_path(request), "saved")

    async def _erase(self, request: web.Request) -> web.Response:
        self._check_rate(self._changes, request)
        form = await read_form(request, "sure")
        if not form["sure"]:
            return await self._page(request, None, ("sure", None))
        try:
            found = await self._rights.erase(request.match_info["token"])
        except RoomHeld:
            return await self._page(request, held="erase")
        if not found:
            return self._nothing(request)
        return self._renderer.render(request, "visitor_erased.html")

    def _check_rate(self, buckets: Buckets, request: web.Request) -> None:
        """Before anything is looked up. Raises: TooFast."""
        wait = buckets.take(self._visitors.network(request), self._clock.monotonic())
        if wait:
            raise TooFast(seconds=round(wait, 3))

    def _nothing(self, request: web.Request) -> web.Response:
        words = self._renderer.words(request)
        return self._renderer.render(
            request,
            "notice.html",
            status=web.HTTPNotFound.status_code,
            heading=words("visitor.nothing_heading"),
            sentence=words("visitor.nothing"),
            is_alert=False,
        )

    async def _page(
        self,
        request: web.Request,
        form: Mapping[str, str] | None = None,
        wrong: tuple[str, Refusal | None] | None = None,
        held: str = "",
    ) -> web.Response:
        """``wrong``: a field, and what is wrong with it; ``None``: it is empty. ``held``: what was
        done only where no room is on hold."""
        traces = await self._rights.use(request.match_info["token"])
        if traces is None:
            return self._nothing(request)
        words, path = self._renderer.words(request), _path(request)
        kept, name = await self._kept(traces, words)
        typed = form["name"][:MAX_KEPT_FIELD] if form else name
        return self._renderer.render(
            request,
            "visitor_data.html",
            status=_status(wrong=wrong is not None, held=bool(held)),
            name=typed,
            complaints=Complaints(
                (words(f"visitor.{held}_held"),) if held else (),
                {wrong[0]: _sentence(wrong, words)} if wrong else {},
            ),
            kept=kept,
            path=path,
            link=f"{self._origins.own(request)}{path}",
        )

    async def _kept(self, traces: Traces, words: Words) -> tuple[list[Kept], str]:
        """All of it, and the name that somebody used last."""
        found: list[Kept] = []
        names: list[tuple[int, str]] = [(0, "")]
        for holding in self._rights.holdings:
            rows, counts, name = await _first_rows(holding, traces)
            names.append(name)
            for kind, of_kind in rows.items():
                key = f"visitor.{kind.replace(' ', '_')}"
                until = holding.visitor_kinds[kind]
                found.append(in_words(key, until, of_kind, counts[kind], words))
        return found, max(names)[1]


async def _first_rows(
    holding: OfVisitors, traces: Traces
) -> tuple[dict[str, list[dict[str, Any]]], Counter[str], tuple[int, str]]:
    """By kind, the first few and how many there are; no more are ever in memory. And the latest
    name, with when it was used (ms since the Unix epoch)."""
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    counts: Counter[str] = Counter()
    latest = (0, "")
    async for row in holding.export_for_visitor(traces):
        kind = row["kind"]
        counts[kind] += 1
        if counts[kind] <= SHOWN:
            rows[kind].append(row)
        if "at" in row:
            latest = max(latest, (row["at"], row["name"]))
    return rows, counts, latest


def _status(*, wrong: bool, held: bool) -> int:
    if held:
        return RoomHeld.status
    return web.HTTPBadRequest.status_code if wrong else web.HTTPOk.status_code


def _sentence(wrong: tuple[str, Refusal | None], words: Words) -> str:
    field, refusal = wrong
    if refusal is None:
        return words(f"visitor.{field}_missing")
    return words(f"visitor.{refusal.code}", **refusal.facts())


def _path(request: web.Request) -> str:
    """Of the page, without what stands below it."""
    return f"{_BELOW}/{request.match_info['token']}"
