"""``/answer/<token>``: a host lets somebody in, or turns them away, from a mail or a notification.

Works without JavaScript and signed out: the token is the authority, for one knock and one host,
once. Opening the page uses nothing up (mail programs open links by themselves); only its form does.
"""

from typing import Final, get_args

import msgspec
from aiohttp import web

from meetd.calling.call import Outcome, Verdict
from meetd.calling.caller import Caller
from meetd.core.clock import Clock
from meetd.core.refusals import Refusal
from meetd.core.times import day_and_time
from meetd.pages.rendering import Renderer
from meetd.serving.forms import read_form

_JSON: Final = "application/json"
_MINUTE: Final = 60_000
_STATUS: Final[dict[Outcome, int]] = {"done": 200, "answered": 409, "gone": 410, "no_host": 403}
_VERDICTS: Final[dict[str, Verdict]] = {verdict: verdict for verdict in get_args(Verdict)}


class AnswerDoor:
    """Both ends of a link to answer."""

    def __init__(self, caller: Caller, renderer: Renderer, clock: Clock) -> None:
        self._caller = caller
        self._renderer = renderer
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/answer/{token}", self._show),
            web.post("/answer/{token}", self._answer),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        called = await self._caller.look(request.match_info["token"])
        if called is None:
            return self._invalid(request)
        waited = max(0, self._clock.now() - called.knocked_at) // _MINUTE
        return self._renderer.render(
            request,
            "answer.html",
            called=called,
            knocked_at=day_and_time(called.knocked_at),
            minutes=waited,
        )

    async def _answer(self, request: web.Request) -> web.Response:
        form = await read_form(request, "verdict")
        verdict = _VERDICTS.get(form["verdict"])
        if verdict is None:
            raise web.HTTPBadRequest
        try:
            outcome = await self._caller.answer(request.match_info["token"], verdict)
        except Refusal as refusal:
            return self._failed(request, refusal)
        if outcome is None:
            return self._invalid(request)
        result = verdict if outcome == "done" else outcome
        return self._result(request, result, _STATUS[outcome])

    def _invalid(self, request: web.Request) -> web.Response:
        return self._result(request, "invalid", 410)

    def _failed(self, request: web.Request, refusal: Refusal) -> web.Response:
        """The link is still good, and the page says what to do."""
        words, key = self._renderer.words(request), f"error.{refusal.code}"
        why = words(key, **refusal.facts()) if key in words else ""
        return self._result(request, "failed", refusal.status, why=why)

    def _result(self, request: web.Request, result: str, status: int, **facts: str) -> web.Response:
        """``result``: a sentence and a heading in the words. The service worker shows both in a
        notification."""
        words = self._renderer.words(request)
        heading = words(f"answer.{result}_heading")
        sentence = words(f"answer.{result}_sentence", **facts).strip()
        if request.headers.get("Accept") == _JSON:
            body = msgspec.json.encode({"heading": heading, "sentence": sentence})
            return web.Response(status=status, body=body, content_type=_JSON)
        return self._renderer.render(
            request,
            "notice.html",
            status=status,
            heading=heading,
            sentence=sentence,
            is_alert=result not in _VERDICTS,
        )
