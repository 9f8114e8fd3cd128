"""``meetd touched``: whom a breach of an account or a room touches, or whatever happened in a time
span; for the notice that the law asks for (GDPR articles 33 and 34)."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from meetd.audit.access_log import VISITOR
from meetd.cli.acts import add_act_options, print_data, print_table, run_act
from meetd.cli.found_account import find_account
from meetd.config.loading import ConfigError
from meetd.config.settings import Settings
from meetd.core.periods import DAY
from meetd.core.refusals import Refusal
from meetd.rooms.names import normalise_room_name
from meetd.rooms.room import Room
from meetd.stores import Stores

_FOREVER = 2**62


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "touched",
        help="list the people whom a breach of an account, a room or a time span touches",
        description="List everybody who owns, may enter, entered, looked at or changed something"
        " in a room, in every room of an account, or on the whole server, as far back as the access"
        " log goes. Stop the server first. docs/breach.md says what to do with the list.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--account", metavar="E-MAIL", help="with every room it owns or was in")
    what.add_argument("--room", metavar="NAME", help="one room")
    parser.add_argument(
        "--from", dest="since", type=_day, default=0, metavar="DAY", help="such as 2026-11-22, UTC"
    )
    parser.add_argument(
        "--to", dest="until", type=_day, default=_FOREVER, metavar="DAY", help="that day included"
    )
    add_act_options(parser)
    parser.set_defaults(run=_check_and_run)


def _check_and_run(options: argparse.Namespace) -> int:
    """Raises: ConfigError, and what the act raises."""
    if options.until < options.since:
        # Nobody may take an empty list for an answer.
        raise ConfigError("--to is before --from. Name the first day with --from.")
    return run_act(options, _run)


def _day(text: str) -> int:
    """Its first millisecond."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise argparse.ArgumentTypeError("not a day such as 2026-11-22") from error
    return int(day.timestamp()) * 1_000


class Touched:
    """Collects people, each with every reason why."""

    def __init__(self, stores: Stores, since: int, until: int) -> None:
        """``since`` and ``until``: ms since the Unix epoch, of lines in the access log."""
        self._stores = stores
        self._since = since
        self._until = until
        self._aliases: dict[str, str] = {}
        self.people: dict[str, set[str]] = {}
        """E-mail address to reasons."""
        self.visitors: set[str] = set()
        """Participants without account."""

    async def open(self) -> None:
        async for account in self._stores.accounts.all():
            alias = await self._stores.access_log.alias(account.id)
            self._aliases[alias] = account.email

    def add(self, email: str, why: str) -> None:
        self.people.setdefault(email, set()).add(why)

    async def add_room(self, room: Room) -> None:
        """Who owns it, may enter it, and was in it."""
        owner = await self._stores.accounts.by_id(room.owner_id or "")
        if owner is not None:
            self.add(owner.email, f"owns {room.name}")
        for grant in await self._stores.grants.of(room):
            account = await self._stores.accounts.by_id(grant.account_id or "")
            if account is not None or grant.kind == "email":
                self.add(account.email if account else grant.label, f"may enter {room.name}")
        await self.add_lines(room)

    async def add_lines(self, room: Room | None = None) -> None:
        """Of the access log: of one room, or of all."""
        async for line in self._stores.access_log.lines():
            if not self._since <= line.at < self._until or (room and line.room != room.id):
                continue
            if line.actor == VISITOR:
                self.visitors.add(line.what)
            elif line.actor in self._aliases:
                self.add(self._aliases[line.actor], _did(line.act, room))
            if line.subject in self._aliases:
                self.add(self._aliases[line.subject or ""], "was looked at or changed")

    async def add_account(self, account_id: str, email: str) -> None:
        """With every room it owns or was in."""
        self.add(email, "is the account")
        alias = await self._stores.access_log.alias(account_id)
        rooms = {room.id for room in await self._stores.rooms.owned_by(account_id)}
        async for line in self._stores.access_log.lines(person=account_id):
            if self._since <= line.at < self._until and line.actor == alias and line.room:
                rooms.add(line.room)
        for room_id in sorted(rooms):
            room = await self._stores.rooms.by_id(room_id)
            if room is not None:
                await self.add_room(room)


def _did(act: str, room: Room | None) -> str:
    if room is not None:
        return f"{'looked at' if act == 'looked' else act} {room.name}"
    return {"looked": "looked at pages", "changed": "changed something"}.get(act, "was there")


async def _run(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    touched = Touched(stores, options.since, options.until + DAY)
    await touched.open()
    if options.account:
        found = await find_account(stores.accounts, options.account)
        if found is None:
            return 1
        await touched.add_account(found.id, found.email)
    elif options.room:
        room = await _room(stores, options.room)
        if room is None:
            print(
                "meetd: There is no room of that name. meetd rooms list shows all.",
                file=sys.stderr,
            )
            return 1
        await touched.add_room(room)
    else:
        await touched.add_lines()
    _print(options, touched)
    return 0


async def _room(stores: Stores, name: str) -> Room | None:
    try:
        return await stores.rooms.find(normalise_room_name(name))
    except Refusal:
        return None


def _print(options: argparse.Namespace, touched: Touched) -> None:
    people = {email: sorted(why) for email, why in sorted(touched.people.items())}
    if options.json:
        print_data(options, {"people": people, "visitors": len(touched.visitors)}, "")
        return
    if not people:
        print("Nobody with an account is touched, as far back as the access log goes.")
    else:
        print_table(("E-MAIL", "WHY"), [[email, ", ".join(why)] for email, why in people.items()])
    print(f"People without an account, who cannot be reached: {len(touched.visitors)}.")
