"""What the server and the process that works for it say to each other."""

from typing import Any, Literal

import msgspec

Act = Literal["backup", "prune"]


class Task(msgspec.Struct, frozen=True):
    """``settings`` as plain data; keys are found the same way as by the server."""

    act: Act
    data: str
    settings: dict[str, Any]


class Step(msgspec.Struct, frozen=True):
    """How far it is."""

    stage: str
    done: int
    total: int


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of these."""

    step: Step | None = None
    facts: dict[str, int] | None = None
    problem: str | None = None
