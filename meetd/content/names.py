"""Names and media types of files as people's machines send them: shown, never used on our disk."""

import re
from typing import Final

from meetd.core.refusals import FileNameInvalid
from meetd.core.text import clean_line

MAX_FILE_NAME: Final = 200
"""Unicode code points; longer names lose their middle, and keep their ending."""
BINARY: Final = "application/octet-stream"
"""What is said of a file of which nothing is known."""

_MOST_SENT: Final = 8_192
_KEPT_ENDING: Final = 40
_MARKS: Final = str.maketrans("", "", "\u200e\u200f\u061c")
"""A direction mark can move a file's ending elsewhere on the screen."""
# RFC 6838, section 4.2: restricted names.
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")


def clean_file_name(raw: str) -> str:
    """The last part of a path, on one line, without control and direction characters.

    Raises: FileNameInvalid when nothing is left of it, or it is absurdly long.
    """
    if len(raw) > _MOST_SENT:
        raise FileNameInvalid
    name = clean_line(re.split(r"[/\\]", raw)[-1], _MOST_SENT)
    name = name.translate(_MARKS).strip(" .")
    if not name:
        raise FileNameInvalid
    if len(name) > MAX_FILE_NAME:
        name = f"{name[: MAX_FILE_NAME - _KEPT_ENDING - 1]}…{name[-_KEPT_ENDING:]}"
    return name


def clean_media_type(raw: str) -> str:
    """``type/subtype`` without parameters; ``BINARY`` for anything else."""
    media_type = raw.partition(";")[0].strip().lower()
    return media_type if _MEDIA_TYPE.fullmatch(media_type) else BINARY
