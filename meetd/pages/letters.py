"""The mails that accounts get, in the language of the page that asked for them."""

import logging
from collections.abc import Mapping

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts
from meetd.core.periods import day_of
from meetd.mail.post import Post, Undeliverable
from meetd.pages.address_door import confirm_path
from meetd.pages.sums import sum_in_words
from meetd.pages.words import Words
from meetd.privacy.export_store import Export
from meetd.rooms.support import SupportEntry
from meetd.usage.watch import Level

_log = logging.getLogger(__name__)


class Letters:
    """Writes and posts them. Nobody waits: see ``mail``."""

    def __init__(self, accounts: Accounts, post: Post) -> None:
        self._accounts = accounts
        self._post = post

    @property
    def can_send(self) -> bool:
        return self._post.is_configured

    def confirm(self, account: Account, origin: str, words: Words) -> None:
        """A link that confirms the address."""

        async def errand() -> None:
            token = await self._accounts.joining.confirmation_link(account)
            link = f"{origin}/confirm-email/{token.reveal()}"
            await self._send(account.email, "confirm", words, link=link)

        self._post.run(errand())

    def reset(self, email: str, origin: str, words: Words) -> None:
        """A link to choose a new password, if there is an account. Looked up in the background:
        the page is as quick for an address that nobody has."""

        async def errand() -> None:
            account = await self._accounts.by_email(email)
            if account is None or account.blocked_at is not None:
                return
            token = await self._accounts.joining.password_link(account, by_hand=False)
            link = f"{origin}/reset-password/{token.reveal()}"
            await self._send(account.email, "reset", words, link=link)

        self._post.run(errand())

    def already_there(self, email: str, origin: str, words: Words) -> None:
        """To whoever signs up with an address that has an account: the page did not say."""

        async def errand() -> None:
            account = await self._accounts.by_email(email)
            if account is not None and account.blocked_at is None:
                await self._send(account.email, "already", words, link=f"{origin}/login")

        self._post.run(errand())

    def change_address(self, account: Account, new: str, origin: str, words: Words) -> None:
        """To the old address a link that agrees and one that says no; to the new one a link that
        agrees, or that it has an account. The page that asked says neither."""

        async def errand() -> None:
            changes = self._accounts.address_changes
            yes = origin + confirm_path("old", (await changes.link("old", account)).reveal())
            no = origin + confirm_path("undo", (await changes.undo_link(account)).reveal())
            await self._send(account.email, "change_old", words, link=yes, undo=no, email=new)
            if await self._accounts.is_free(new):
                yes = origin + confirm_path("new", (await changes.link("new", account)).reveal())
                await self._send(new, "change_new", words, link=yes)
            else:
                await self._tell_owner(new, origin, words)

        self._post.run(errand())

    async def _tell_owner(self, email: str, origin: str, words: Words) -> None:
        owner = await self._accounts.by_email(email)
        if owner is not None and owner.blocked_at is None:
            await self._send(owner.email, "change_taken", words, link=f"{origin}/login")

    def support(self, entry: SupportEntry, words: Words) -> None:
        """To the owner of a room that an administrator enters."""

        async def errand() -> None:
            owner = await self._accounts.by_id(entry.room.owner_id or "")
            if owner is not None:
                facts = {"name": entry.by.name, "room": entry.room.name, "reason": entry.reason}
                await self._send(owner.email, "support", words, **facts)

        if self._post.is_configured:
            self._post.run(errand())

    async def account_ends(self, account: Account, at: int, origin: str, words: Words) -> bool:
        """To somebody who has not signed in for long. Waits for the mail server, one letter after
        the other, so that none is given up for being many. Returns whether it was taken; without
        mail, or without a mailbox, the pages alone tell."""
        if not self.can_send:
            return True
        facts = {"day": str(day_of(at)), "link": f"{origin}/login"}
        try:
            return await self._send(account.email, "ends", words, **facts)
        except Undeliverable:
            _log.warning("the notice that an account ends is undeliverable")
            return True

    def export_ready(self, export: Export, origin: str, words: Words) -> None:
        """To whoever asked for an archive of their data, or of a room of theirs."""
        is_room = export.room_id is not None
        path = f"/account/rooms/{export.room_id}#along" if is_room else "/account/data"
        name = "room_export" if is_room else "export"

        async def errand() -> None:
            account = await self._accounts.active(export.account_id)
            if account is not None:
                await self._send(account.email, name, words, link=origin + path)

        if self._post.is_configured:
            self._post.run(errand())

    def backup_late(self, hours: int, origin: str, words: Words) -> None:
        """To every administrator: the last good backup is that old."""

        async def errand() -> None:
            async for account in self._accounts.all():
                if account.administrator and account.blocked_at is None:
                    link, facts = f"{origin}/admin/jobs", {"hours": str(hours)}
                    await self._send(account.email, "backup", words, link=link, **facts)

        if self._post.is_configured:
            self._post.run(errand())

    def usage_near(self, levels: list[Level], origin: str, words: Words) -> None:
        """To every administrator: what is near a limit that was set."""
        lines = [
            words(
                "mail.usage_near_line",
                what=words(f"usage.measure_{each.name}"),
                percent=str(each.percent),
                limit=str(each.limit),
            )
            for each in levels
        ]
        self._tell_administrators("usage_near", origin, words, lines="\n".join(lines))

    def usage_month(self, month: str, sums: Mapping[str, int], origin: str, words: Words) -> None:
        """To every administrator: the report of a month that is over."""
        lines = [f"{sum_in_words(name, words)}: {value}" for name, value in sums.items()]
        told = "\n".join(lines) or words("usage.month_empty")
        self._tell_administrators("usage_month", origin, words, month=month, lines=told)

    def _tell_administrators(self, letter: str, origin: str, words: Words, **facts: str) -> None:
        async def errand() -> None:
            async for account in self._accounts.all():
                if account.administrator and account.blocked_at is None:
                    link = f"{origin}/admin/usage"
                    await self._send(account.email, letter, words, link=link, **facts)

        if self._post.is_configured:
            self._post.run(errand())

    async def _send(self, to: str, letter: str, words: Words, **facts: str) -> bool:
        subject = words(f"mail.{letter}_subject", **facts)
        return await self._post.send(to, subject, words(f"mail.{letter}_text", **facts) + "\n")
