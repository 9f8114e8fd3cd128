"""What goes to standard error: one line per record, as text or JSON.

Who logs gives facts as ``extra={"fields": {...}}``. Names, addresses, tokens and room names are
never among them.
"""

import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

from meetd.config.keeping import Logs


def set_up_logging(settings: Logs, stream: TextIO | None = None) -> None:
    """Take over the root logger. ``stream`` is standard error unless given."""
    stream = stream or sys.stderr
    as_text = settings.format == "text" or (settings.format == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLines() if as_text else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    # Their debug lines have addresses and whole messages in them.
    for chatty in ("aiohttp", "asyncio", "aioice", "aiortc", "aiosqlite"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class TextLines(logging.Formatter):
    """For people: time, level, what happened, facts."""

    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(f" {key}={value}" for key, value in _fields(record).items())
        time = _time(record).strftime("%Y-%m-%d %H:%M:%S")
        line = _on_one_line(record.getMessage() + facts)
        lines = [f"{time} {record.levelname.lower():<7} {record.name}: {line}"]
        return "\n".join([*lines, *(_trace(self, record) or "").splitlines()])


class JsonLines(logging.Formatter):
    """For machines: one object per line, UTC."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        trace = _trace(self, record)
        if trace:
            line["trace"] = trace
        return msgspec.json.encode(line, enc_hook=str).decode()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields = getattr(record, "fields", None)
    return fields if isinstance(fields, dict) else {}


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str | None:
    return formatter.formatException(record.exc_info) if record.exc_info else None


def _on_one_line(text: str) -> str:
    """Nothing may start a line that looks like another record, or move a terminal's cursor."""
    return "".join(char if char.isprintable() else " " for char in text)
