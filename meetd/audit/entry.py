"""What a line of the audit log is, and which acts there are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from meetd.core.text import clean_message

Act = Literal[
    "support-entry-began",
    "support-entry-ended",
    "account-blocked",
    "account-erased",
    "room-deleted",
    "room-reset",
    "room-transferred",
    "access-granted",
    "access-revoked",
    "access-accepted",
    "room-offered",
    "hold-placed",
    "hold-lifted",
    "hold-refused",
]
ACTS: Final[frozenset[str]] = frozenset(get_args(Act))
"""The closed list. A word is never taken out or given another meaning: old lines keep theirs."""

OPERATOR: Final = "operator"
"""The actor of whoever types commands on the machine; no account has this id."""
HOST: Final = "host"
"""The actor of a host without account, who came by an invite link; no account has this id."""

VISITOR: Final = "visitor"
"""The actor of anybody else without account; no account has this id."""

RETENTION: Final = "retention"
"""The actor of what goes because it was not used any more."""

OWNER: Final = "owner"
"""The actor when somebody closed their account and did not come back; no account has this id."""

Details = Mapping[str, str | int | float]

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """One line. ``at`` in milliseconds since the Unix epoch; ``actor``, ``room`` and ``subject``
    are ids. ``details`` are ``None`` when they do not open: the line was changed."""

    number: int
    at: int
    act: str
    actor: str
    room: str | None
    subject: str | None
    details: Details | None
    hash: bytes


def check_words(act: str, *ids: str | None) -> None:
    """These columns are in clear and kept for ever, so nothing but a known word and ids gets in:
    no name, no e-mail address.

    Raises: ValueError, without what was given.
    """
    if act not in ACTS:
        raise ValueError("not an act of the audit log")
    if not all(each is None or _ID.fullmatch(each) for each in ids):
        raise ValueError("the audit log takes ids only")


def clean_details(details: Details) -> Details:
    """Written words as safe to show as a chat message.

    Raises: TextEmpty, TextTooLong.
    """
    return {
        key: clean_message(value) if isinstance(value, str) else value
        for key, value in details.items()
    }
