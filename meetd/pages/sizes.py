"""Sizes as people read them; a megabyte is 1,000,000 bytes, as on disks."""

from typing import Final

from meetd.pages.words import Words

_UNITS: Final = ("bytes", "kilobytes", "megabytes", "gigabytes", "terabytes")
_WHOLE: Final = 2
"""Units of which nobody reads parts."""


def size_of(count: int, words: Words) -> str:
    """``count`` bytes, as ``web/src/i18n/sizes.ts`` writes them too."""
    power = 0
    # 999,950 bytes would be written as 1000 kB.
    while power < len(_UNITS) - 1 and count >= 999.5 * 1_000**power:
        power += 1
    number = f"{count / 1_000**power:.{0 if power < _WHOLE else 1}f}".removesuffix(".0")
    if power == 0 and count == 1:
        return words("sizes.byte")
    return words(f"sizes.{_UNITS[power]}", number=number.replace(".", words("sizes.mark")))
