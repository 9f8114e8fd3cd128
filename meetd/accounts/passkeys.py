"""Passkeys: signing in without a password, and proving who one is.

A passkey is found by what the browser sends (a discoverable credential), so nobody types who they
are first, and no answer can tell whether an address has an account. The person is always verified
(fingerprint, PIN): a passkey alone is two factors.
"""

from collections.abc import Sequence
from typing import Any

from meetd.accounts.account import Passkey, SignedIn, refuse
from meetd.accounts.attempts import Attempts
from meetd.accounts.authenticators import (
    ALGORITHMS,
    NewPasskey,
    Site,
    UsedPasskey,
    challenge_in,
    check_new,
    check_used,
)
from meetd.accounts.challenges import LASTS, Challenges
from meetd.accounts.passkey_store import Kept
from meetd.accounts.proofs import Proofs
from meetd.accounts.stores import Stores
from meetd.core.private import Private
from meetd.core.refusals import NameEmpty, NameTooLong
from meetd.core.text import clean_name

_TIMEOUT = round(LASTS * 1_000)
"""Milliseconds that the browser may take; a hint."""
_NAME = "meetd"
"""What authenticators show beside the host name."""


class Passkeys:
    """Adds, checks and removes them. ``site``: from ``site_of``."""

    def __init__(
        self,
        *,
        stores: Stores,
        attempts: Attempts,
        challenges: Challenges,
        proofs: Proofs,
        needs_confirmation: bool,
    ) -> None:
        self._accounts = stores.accounts
        self._passkeys = stores.passkeys
        self._sessions = stores.sessions
        self._attempts = attempts
        self._challenges = challenges
        self._proofs = proofs
        self._needs_confirmation = needs_confirmation

    async def of(self, account_id: str) -> list[Passkey]:
        """All passkeys of somebody, oldest first."""
        return await self._passkeys.of(account_id)

    def ask_to_sign_in(self, site: Site, network: str) -> dict[str, Any]:
        """Options for ``navigator.credentials.get``. Every answer needs a challenge, so limiting
        these limits the answers.

        Raises: AccountRefused when there were too many.
        """
        self._attempts.check(network)
        return self._request("sign-in", site, ())

    async def sign_in(
        self, answer: UsedPasskey, site: Site, *, browser: str, instead_of: str | None
    ) -> Private[str]:
        """A new session's token. ``instead_of``: the token the browser came with; it ends.

        Raises: AccountRefused: one answer for an unknown passkey, one that does not fit, and a
        blocked account.
        """
        kept = await self._check(answer, site, "sign-in")
        account = await self._accounts.by_id(kept.account_id)
        if account is None or account.blocked_at is not None:
            raise refuse("PasskeyRefused")
        if self._needs_confirmation and account.email_confirmed_at is None:
            raise refuse("NotConfirmed")
        return await self._sessions.begin(account.id, browser, instead_of)

    async def ask_to_prove(self, who: SignedIn, site: Site, network: str) -> dict[str, Any]:
        """Options for ``navigator.credentials.get`` with one's own passkeys.

        Raises: AccountRefused when there were too many.
        """
        self._attempts.check(network)
        own = await self._passkeys.kept_of(who.account.id)
        return self._request(_for("prove", who), site, own)

    async def prove(self, who: SignedIn, answer: UsedPasskey, site: Site) -> Private[str]:
        """The session's new token, with which it counts as proved.

        Raises: AccountRefused.
        """
        kept = await self._check(answer, site, _for("prove", who))
        if kept.account_id != who.account.id:
            raise refuse("PasskeyRefused")
        return await self._sessions.prove(who.session.id)

    async def ask_to_add(self, who: SignedIn, site: Site, network: str) -> dict[str, Any]:
        """Options for ``navigator.credentials.create``.

        Raises: AccountRefused, also when who it is was not proved lately.
        """
        self._attempts.check(network)
        self._proofs.check(who)
        account = who.account
        own = await self._passkeys.kept_of(account.id)
        return {
            "challenge": self._challenges.make(_for("add", who)),
            "timeout": _TIMEOUT,
            "rp": {"id": site.id, "name": _NAME},
            "user": {
                "id": account.id.encode(),
                "name": account.user_name,
                "displayName": account.name,
            },
            "pubKeyCredParams": [{"type": "public-key", "alg": each} for each in ALGORITHMS],
            "known": [kept.credential.id for kept in own],
        }

    async def add(self, who: SignedIn, answer: NewPasskey, site: Site, fallback: str) -> None:
        """Keep a passkey. ``fallback``: its name when the person gave none.

        Raises: AccountRefused.
        """
        self._proofs.check(who)
        challenge = challenge_in(answer.client_data, "PasskeyNotAdded")
        if not self._challenges.take(challenge, _for("add", who)):
            raise refuse("PasskeyNotAdded")
        name = _name(answer.name, fallback)
        credential = await check_new(answer, challenge, site)
        await self._passkeys.add(who.account.id, name, credential)

    async def remove(self, who: SignedIn, passkey_id: str) -> bool:
        """Remove one of their own. Returns whether there was one.

        Raises: AccountRefused when who it is was not proved lately.
        """
        self._proofs.check(who)
        return await self._passkeys.remove(who.account.id, passkey_id)

    def _request(self, purpose: str, site: Site, own: Sequence[Kept]) -> dict[str, Any]:
        return {
            "challenge": self._challenges.make(purpose),
            "timeout": _TIMEOUT,
            "rpId": site.id,
            "known": [kept.credential.id for kept in own],
        }

    async def _check(self, answer: UsedPasskey, site: Site, purpose: str) -> Kept:
        """Whose passkey that is. Raises: AccountRefused."""
        challenge = challenge_in(answer.client_data, "PasskeyRefused")
        if not self._challenges.take(challenge, purpose):
            raise refuse("PasskeyRefused")
        kept = await self._passkeys.find(answer.id)
        if kept is None or answer.user_handle != kept.account_id.encode():
            raise refuse("PasskeyRefused")
        count = await check_used(answer, challenge, site, kept.credential)
        if not await self._passkeys.use(kept.passkey.id, count):
            raise refuse("PasskeyRefused")
        return kept


def _name(raw: str, fallback: str) -> str:
    """Raises: AccountRefused when it is too long."""
    try:
        return clean_name(raw)
    except NameEmpty:
        return fallback
    except NameTooLong as long:
        raise refuse("NameTooLong", "passkey_name", limit=long.limit) from long


def _for(act: str, who: SignedIn) -> str:
    """The purpose of a challenge that only this session may answer."""
    return f"{act}/{who.session.id}"
