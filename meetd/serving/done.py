"""What a form has just done, said once by the page after it.

The answer to a form that did something is a 303, so the page after it is another request. A word in
its address would be there for anybody to send around ("Blocked for ever"), text all the more; so it
is a code from a fixed list, in a cookie that only this host can set and that the page which says it
removes. What no page says is gone after a minute.
"""

from typing import Final, Literal, TypeVar, get_args

from aiohttp import web

from meetd.serving.addresses import Addresses

What = Literal[
    "saved",
    "granted",
    "revoked",
    "renamed",
    "locked",
    "unlocked",
    "room_offered",
    "offer_withdrawn",
    "key_changed",
    "room_made",
    "room_yours",
    "room_deleted",
    "room_reset",
    "host_accepted",
    "declined",
    "access_given_up",
    "support_read",
    "picture_saved",
    "picture_removed",
    "address_asked",
    "address_kept",
    "password_changed",
    "proven",
    "passkey_added",
    "passkey_removed",
    "signed_out_there",
    "signed_out_everywhere",
    "browser_removed",
    "blocked",
    "team_made",
    "team_joined",
    "team_declined",
    "team_left",
    "team_ended",
    "member_invited",
    "member_leads",
    "member_follows",
    "member_suspended",
    "member_resumed",
    "member_removed",
    "job_started",
    "clock_confirmed",
    "hold_placed",
    "archive_asked",
    "room_archive_asked",
    "room_brought",
    "account_closed",
    "hold_lifted",
]
"""The pages have a sentence for each (``done.<code>``)."""

SECURE_NAME: Final = "__Host-meetd-done"
PLAIN_NAME: Final = "meetd-done"
"""As of the session's cookie: see ``serving.cookies``."""
SECONDS: Final = 60

_DONE: Final = web.ResponseKey("done", str)
_SAID: Final = web.RequestKey("said", bool)

R = TypeVar("R", bound=web.StreamResponse)


def done(to: str, what: What) -> web.HTTPSeeOther:
    """To raise: on to a page that says what was done."""
    return after(web.HTTPSeeOther(to), what)


def after(response: R, what: What) -> R:
    """The same response, after which the next page says what was done."""
    response[_DONE] = what
    return response


def say_done(request: web.Request) -> What | None:
    """What the page that answers this request says, and no page after it."""
    what = request.app[COOKIE].read(request)
    request[_SAID] = what is not None
    return what


class DoneCookie:
    """Reads it, and sets or removes it as the last thing before a response goes out."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def read(self, request: web.Request) -> What | None:
        sent = request.cookies.get(self._name(request))
        return next((one for one in get_args(What) if one == sent), None)

    async def on_prepare(self, request: web.Request, response: web.StreamResponse) -> None:
        if _DONE in response:
            self._set(request, response, response[_DONE], SECONDS)
        elif request.get(_SAID):
            self._set(request, response, "", 0)

    def _set(
        self, request: web.Request, response: web.StreamResponse, value: str, seconds: int
    ) -> None:
        # By hand: the cookies of a response are its headers already when this is called.
        flags = f"Max-Age={seconds}; Path=/; HttpOnly; SameSite=Strict"
        if self._is_secure(request):
            flags += "; Secure"
        response.headers.add("Set-Cookie", f"{self._name(request)}={value}; {flags}")

    def _name(self, request: web.Request) -> str:
        return SECURE_NAME if self._is_secure(request) else PLAIN_NAME

    def _is_secure(self, request: web.Request) -> bool:
        return self._addresses.scheme(request) == "https"


COOKIE: Final = web.AppKey("done", DoneCookie)
