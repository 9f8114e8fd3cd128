"""Sends mail through the configured SMTP server (RFC 5321), in the background.

Nobody waits for a mail: a page that took longer when there is somebody to write to would tell that
there is somebody.
"""

import asyncio
import logging
import re
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meetd.config.settings import Mail
from meetd.core.errands import Errands
from meetd.core.ids import new_id

if TYPE_CHECKING:
    from email.message import EmailMessage

    from aiosmtplib import SMTPException, SMTPRecipientRefused

SECONDS = 30.0
"""For one mail, from connecting to the server's yes."""
TRIES = 3
MAX_UNDER_WAY = 200
"""Errands at a time."""

_FOR_GOOD = 500
"""From there on a reply code says that trying again is of no use (RFC 5321, section 4.2.1)."""
_NO_MAILBOX = (550, 551, 553)
"""What a server without enhanced codes says of a mailbox (RFC 5321, section 4.2.3)."""
_ENHANCED = re.compile(r"5\.\d{1,3}\.\d{1,3}")
_OF_MAILBOX = re.compile(r"5\.(1\.(0|1|2|3|6|10)|2\.\d{1,3})")
"""Of the address that is written to (RFC 3463, RFC 7505); not of the sender's, and not ``5.7``: a
server that takes nothing from us says nothing about a mailbox."""

_log = logging.getLogger(__name__)


class Refused(Exception):
    """The server does not take a mail. Says no more than what sort of refusal it was: servers
    repeat addresses in theirs."""

    def __init__(self, what: str, *, is_final: bool = True) -> None:
        super().__init__(what)
        self.is_final = is_final


class Undeliverable(Refused):
    """Nobody has that mailbox (any more): no later try reaches anybody."""


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
        """One mail. Tries again when the server is away or says "later"; a refusal is final and
        logged. Returns whether the server took it. Raises: Undeliverable."""
        message = self._message(to, subject, text)
        for attempt in range(TRIES):
            try:
                await self._deliver(message)
            except Undeliverable:
                raise
            except (OSError, TimeoutError, Refused) as error:
                refused = error if isinstance(error, Refused) else None
                _log.warning("mail did not go out: %s", refused or type(error).__name__)
                if refused is not None and refused.is_final:
                    return False
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
        """Raises: OSError, Refused."""
        import aiosmtplib  # noqa: PLC0415

        try:
            await self._hand_over(message)
        except OSError:  # of aiosmtplib too: a connection that was lost
            raise
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused_recipient(error.recipients[0]) from None
        except aiosmtplib.SMTPException as error:
            raise _refused(error) from None

    async def _hand_over(self, message: "EmailMessage") -> None:
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


def _refused(error: "SMTPException") -> Refused:
    code = getattr(error, "code", _FOR_GOOD)
    return Refused(type(error).__name__, is_final=code >= _FOR_GOOD)


def _refused_recipient(error: "SMTPRecipientRefused") -> Refused:
    """A relay that is set up wrongly refuses every recipient: that must not pass for a mailbox that
    is gone."""
    enhanced = _ENHANCED.match(error.message)
    is_gone = bool(_OF_MAILBOX.fullmatch(enhanced[0])) if enhanced else error.code in _NO_MAILBOX
    if is_gone and error.code >= _FOR_GOOD:
        return Undeliverable("no such mailbox")
    return _refused(error)


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8").strip() if path else ""
