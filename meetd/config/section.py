"""What every table of the configuration file is made of."""

import msgspec
from msgspec import Meta


def about(description: str, **limits: int | float | str) -> Meta:
    """The description that people read, and the limits that loading checks."""
    return Meta(description=description, **limits)  # type: ignore[call-overload,no-any-return]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration file."""
