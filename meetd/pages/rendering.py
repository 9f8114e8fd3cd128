"""From a template and facts to a response."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from meetd.accounts.account import AccountRefused, SignedIn
from meetd.core.periods import day_of
from meetd.pages.account_errors import NO_COMPLAINTS, complaints_of, explain, status_of
from meetd.pages.assets import Assets
from meetd.pages.configured import configured_at
from meetd.pages.templating import environment
from meetd.pages.words import Languages, Words
from meetd.rooms.support_store import Unread
from meetd.serving.done import say_done
from meetd.serving.visitors import signed_in_at

MAX_KEPT_FIELD: Final = 300
"""Characters of what somebody typed that are put back into a field."""
_FINE: Final = web.HTTPOk.status_code
_SECRET: Final = frozenset({"password", "current"})
PAGES: Final = "src/pages.ts"
ROOM: Final = "src/main.tsx"
PASSKEYS: Final = "src/passkeys.ts"
DOOR: Final = "src/door_entry.ts"
COPY: Final = "src/copy.ts"
ERASED: Final = "src/erased.ts"
FOLLOW: Final = "src/follow.ts"
_LINKED: Final = (PAGES, ROOM, PASSKEYS, DOOR, COPY, ERASED, FOLLOW)
"""Entries of the build that pages link."""

SUPPORT_UNREAD: Final = web.RequestKey("support_unread", list[Unread])
"""What an owner is still to be told of, where that was looked up."""
ENDS_AT: Final = web.RequestKey("ends_at", int)
"""The midnight when the account of whoever is signed in ends, where that is near."""
WAITING: Final = web.RequestKey("waiting", int)
"""How much waits for the answer of whoever is signed in, where that was counted."""


class Renderer:
    """Fills the templates, in the words of whoever asks."""

    def __init__(self, assets: Assets, languages: Languages) -> None:
        """Raises: AssetsMissing."""
        self._languages = languages
        self._entries = {name: assets.entry(name) for name in _LINKED}
        self._environment = environment()
        self._environment.globals["fine"] = NO_COMPLAINTS
        self._environment.globals["configured_at"] = configured_at
        self._environment.globals["passkeys_script"] = self._entries[PASSKEYS].script
        self._environment.globals["copy_script"] = self._entries[COPY].script
        self._environment.globals["erased_script"] = self._entries[ERASED].script
        self._environment.globals["follow_script"] = self._entries[FOLLOW].script

    def render(
        self,
        request: web.Request,
        template: str,
        *,
        status: int = 200,
        entry: str = PAGES,
        **facts: Any,
    ) -> web.Response:
        """A page in the language that the browser asks for; for whoever is signed in, with who
        knocks at their doors."""
        words = self._languages.of(request)
        who = signed_in_at(request)
        page = self._environment.get_template(template)
        text = page.render(
            t=words,
            entry=self._entries[entry],
            door=self._entries[DOOR],
            signed_in=who.account.name if who else "",
            account_id=who.account.id if who else "",
            here=request.path,
            support_unread=request.get(SUPPORT_UNREAD, []),
            ends_on=_day(request.get(ENDS_AT)),
            ways=_ways(words, who),
            status=status,
            waiting=request.get(WAITING, 0),
            done=_done(request, words) if entry == PAGES and status == _FINE else "",
            **facts,
        )
        headers = {"Content-Language": words.language, "Vary": "Accept-Language"}
        return web.Response(status=status, text=text, content_type="text/html", headers=headers)

    def message(self, request: web.Request, name: str) -> web.Response:
        """A page that says one thing about an account, and nothing is wrong."""
        words = self.words(request)
        return self.render(
            request,
            "notice.html",
            heading=words(f"account.{name}_heading"),
            sentence=words(f"account.{name}"),
            is_alert=False,
        )

    def refusal(self, request: web.Request, refused: AccountRefused) -> web.Response:
        """A page for what no form can put right."""
        words = self.words(request)
        return self.render(
            request,
            "notice.html",
            status=status_of(refused),
            heading=words("account.not_possible"),
            sentence=explain(refused.problems[0], words),
            is_alert=True,
        )

    def words(self, request: web.Request) -> Words:
        """The words of the language that the browser asks for."""
        return self._languages.of(request)

    def render_form(
        self,
        request: web.Request,
        template: str,
        form: Mapping[str, str],
        refused: AccountRefused | None = None,
        **facts: Any,
    ) -> web.Response:
        """A page with a form: ``form`` is put back into its fields, what was wrong is said above
        them and beside each. A password never comes back."""
        kept = {name: value[:MAX_KEPT_FIELD] for name, value in form.items() if name not in _SECRET}
        return self.render(
            request,
            template,
            status=200 if refused is None else status_of(refused),
            form=kept,
            complaints=complaints_of(refused, self.words(request)),
            **facts,
        )


def _day(moment: int | None) -> str:
    return "" if moment is None else str(day_of(moment))


def _ways(words: Words, who: SignedIn | None) -> list[tuple[str, str]]:
    """At the head of every page, in the same order: where one goes from it."""
    if who is None:
        return [("/login", words("account.sign_in"))]
    links = [
        ("/account/rooms", words("rooms.heading")),
        ("/account/teams", words("team.heading")),
        ("/account", words("account.account")),
    ]
    if who.account.administrator:
        links.append(("/admin", words("admin.heading")))
    return links


def _done(request: web.Request, words: Words) -> str:
    """What the form before this page did; a page that says what went wrong says that only."""
    what = say_done(request)
    return words(f"done.{what}") if what else ""
