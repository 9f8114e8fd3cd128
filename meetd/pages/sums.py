"""Sums of how rooms are used, in words: the same on the page and in the mail."""

from typing import Final

from meetd.pages.words import Words

_KNOWN: Final = ("browser", "system", "path", "used")


def sum_in_words(name: str, words: Words) -> str:
    """Of a name such as ``minutes``, ``used chat`` or ``browser Firefox``."""
    group, _, of = name.partition(" ")
    if group not in _KNOWN:
        return words(f"usage.{group}")
    key = f"usage.{group}_{of.replace(' ', '_')}"
    return words(key) if key in words else words(f"usage.{group}", name=of)
