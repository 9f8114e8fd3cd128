"""Sends mail through the configured SMTP server (RFC 5321), in the background.

Nobody waits for a mail: a page that took longer when there is somebody to write to would tell that
there is somebody.
"""

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meetd.config.settings import Mail
from meetd.core.errands import Errands
from meetd.core.ids import new_id

if TYPE_CHECKING:
    from email.message import EmailMessage

SECONDS = 30.0
"""For one mail, from connecting to the server's yes."""
TRIES = 3
MAX_UNDER_WAY = 200
"""Errands at a time."""

_log = logging.getLogger(__name__)


class Post:
    """The way out for mail. ``close`` gives up what is under way."""

    def __init__(self, settings: Mail, pause: float = 20.0) -> None:
        """``pause``: seconds between two tries."""
        self._settings = settings
        self._pause = pause
        self._errands = Errands("mail", MAX_UNDER_WAY, _log)

    @property
    def is_configured(self) -> bool:
        return bool(self._settings.host)

    def run(self, errand: Coroutine[Any, Any, object]) -> None:
        """Do something about mail in the background. What goes wrong is logged without names."""
        self._errands.run(errand)

    async def send(self, to: str, subject: str, text: str) -> bool:
        """One mail. Tries again when the server is away; a refusal is final and logged. Returns
        whether the server took it."""
        message = self._message(to, subject, text)
        for attempt in range(TRIES):
            try:
                await self._deliver(message)
            except (OSError, TimeoutError) as error:
                _log.warning("mail did not go out: %s", type(error).__name__)
                if attempt + 1 < TRIES:
                    await asyncio.sleep(self._pause)
            else:
                return True
        return False

    async def close(self) -> None:
        await self._errands.close()

    def _message(self, to: str, subject: str, text: str) -> "EmailMessage":
        """Raises: ValueError for a line break in a header."""
        # Imported with the first mail, as is aiosmtplib: an idle server does without both.
        from email.message import EmailMessage  # noqa: PLC0415
        from email.utils import formatdate, make_msgid  # noqa: PLC0415

        message = EmailMessage()
        message["From"] = self._settings.sender
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(new_id(), self._settings.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message.set_content(text)
        return message

    async def _deliver(self, message: "EmailMessage") -> None:
        import aiosmtplib  # noqa: PLC0415

        settings = self._settings
        password = await asyncio.to_thread(_read, settings.password_file)
        await aiosmtplib.send(
            message,
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=password or None,
            use_tls=settings.encryption == "tls",
            start_tls=settings.encryption == "starttls",
            timeout=SECONDS,
        )


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8").strip() if path else ""
