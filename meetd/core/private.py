"""Values that must not end up in a log or a traceback by accident."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Private(Generic[T]):
    """Holds a secret or a personal value; prints as ``REDACTED``. Search for ``reveal()`` to find
    every use."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        return self._value

    def __repr__(self) -> str:
        return "REDACTED"

    __str__ = __repr__
