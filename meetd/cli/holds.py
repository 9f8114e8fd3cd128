"""``meetd holds``: legal holds on accounts and rooms, while the server is stopped."""

import argparse
import sys
from typing import Any

from meetd.audit.entry import OPERATOR
from meetd.cli.acts import Act, add_act, print_data, print_table, run_act
from meetd.config.settings import Settings
from meetd.core.refusals import TextEmpty, TextTooLong
from meetd.core.times import day_and_time
from meetd.pages.words import Languages
from meetd.rooms.holds import Holds, NothingToHold
from meetd.stores import Stores

_WHAT_THERE_IS = (
    "meetd holds list shows what is held, meetd accounts list and meetd rooms list what there is."
)


def add_to(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "holds",
        help="keep an account or a room that must not be erased",
        description="A legal hold keeps an account or a room, whatever its age and whoever asks,"
        " until it is lifted. Stop the server first. While it runs, administrators do it on the"
        " page /admin/retention.",
    )
    acts = parser.add_subparsers(metavar="ACTION", required=True)
    _act(acts, "list", _list, "list all holds")
    place = _act(acts, "place", _place, "hold an account (E-MAIL) or a room (its name)")
    place.add_argument("what", metavar="E-MAIL|ROOM", help="whom or what to keep")
    place.add_argument("--reason", required=True, metavar="WORDS", help="kept, encrypted")
    lift = _act(acts, "lift", _lift, "end a hold")
    lift.add_argument("id", metavar="ID", help="as meetd holds list shows it")


def _act(acts: Any, name: str, act: Act, help_text: str) -> argparse.ArgumentParser:
    return add_act(acts, name, lambda options: run_act(options, act), help_text)


async def _list(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    found = await _holds(stores).all()
    if options.json:
        facts = [
            {
                "id": hold.id,
                "kind": hold.kind,
                "of": hold.of,
                "name": name,
                "since": hold.since,
                "reason": hold.reason,
            }
            for hold, name in found
        ]
        print_data(options, facts, "")
    elif not found:
        print("Nothing is held. meetd holds place holds an account or a room.")
    else:
        rows = [
            [hold.id, hold.kind, name, day_and_time(hold.since), hold.reason]
            for hold, name in found
        ]
        print_table(("ID", "KIND", "OF", "SINCE", "REASON"), rows)
    return 0


async def _place(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    words = Languages().english
    try:
        kind = await _holds(stores).place(options.what, options.reason, actor=OPERATOR)
    except NothingToHold:
        print(f"meetd: {words('retention.nothing_to_hold')} {_WHAT_THERE_IS}", file=sys.stderr)
        return 1
    except (TextEmpty, TextTooLong):
        print(f"meetd: {words('retention.reason_missing')}", file=sys.stderr)
        return 1
    print_data(options, {"kind": kind, "held": True}, f"The {kind} is held.")
    return 0


async def _lift(stores: Stores, settings: Settings, options: argparse.Namespace) -> int:
    del settings
    if not await _holds(stores).lift(options.id, actor=OPERATOR):
        print(
            "meetd: There is no hold of that ID. meetd holds list shows the ID of each.",
            file=sys.stderr,
        )
        return 1
    print_data(options, {"id": options.id, "lifted": True}, "The hold is lifted.")
    return 0


def _holds(stores: Stores) -> Holds:
    return Holds(stores.holds, stores.accounts, stores.rooms, stores.audit)
