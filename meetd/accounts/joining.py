"""Becoming somebody with an account: by invitation, openly, or as the first administrator."""

from dataclasses import dataclass
from typing import Literal

from meetd.accounts.account import Account, AccountRefused, Problem, refuse
from meetd.accounts.attempts import Attempts
from meetd.accounts.consent import CURRENT, consent_problems
from meetd.accounts.identity import Identity, check_email, check_identity, email_key
from meetd.accounts.link_store import HANDED_ON, Link, LinkStore
from meetd.accounts.passwords import Passwords, check_password
from meetd.accounts.store import AccountStore, NewAccount
from meetd.config.settings import Accounts as Settings
from meetd.core.ids import new_id
from meetd.core.private import Private
from meetd.storage.database import Database, Transaction
from meetd.storage.vault import Vault

Way = Literal["open", "invitation", "administrator"]
"""How somebody comes: by the page for everybody, or by a link of that purpose."""

_SUFFIXES = 20
"""Tries to find a free user name for somebody who chose none."""


@dataclass(frozen=True)
class SignUp:
    """The form as it came. ``token`` is empty when ``way`` is open."""

    way: Way
    token: Private[str]
    email: str
    first_name: str
    last_name: str
    user_name: str
    password: Private[str]
    terms: bool
    age: bool


class Joining:
    """Makes accounts."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        vault: Vault,
        accounts: AccountStore,
        links: LinkStore,
        passwords: Passwords,
        attempts: Attempts,
    ) -> None:
        self._settings = settings
        self._database = database
        self._vault = vault
        self._accounts = accounts
        self._links = links
        self._passwords = passwords
        self._attempts = attempts

    @property
    def registration(self) -> Literal["invite", "open", "closed"]:
        """Who may make an account themselves."""
        return self._settings.registration

    async def check_way(self, way: Way, token: str) -> Link | None:
        """May somebody sign up that way? Returns the link, which is not used up by looking.

        Raises: AccountRefused.
        """
        registration = self._settings.registration
        if way == "open":
            if registration == "open":
                return None
            raise refuse("InvitationNeeded" if registration == "invite" else "RegistrationClosed")
        if way == "invitation" and registration == "closed":
            raise refuse("RegistrationClosed")
        link = await self._links.look(way, token)
        late = way == "administrator" and await self._accounts.has_administrator()
        if link is None or late:
            raise refuse("LinkInvalid")
        return link

    async def sign_up(self, form: SignUp, network: str) -> Account:
        """Make the account. The link is used up by the transaction that makes it.

        Raises: AccountRefused with everything that is wrong at once.
        """
        self._attempts.check(network)
        link = await self.check_way(form.way, form.token.reveal())
        identity, password = _check(form)
        if link is not None and link.email and email_key(link.email) != email_key(identity.email):
            raise refuse("LinkInvalid", "email")
        # Hashed before anybody asks whether the address is taken: the answer takes as long.
        hashed = await self._passwords.hash(password)
        identity = await self._with_free_user_name(identity, chosen=bool(form.user_name))
        new = NewAccount(
            identity=identity,
            password=hashed,
            administrator=form.way == "administrator",
            confirmed=link is not None and bool(link.email or form.way == "administrator"),
            consents=CURRENT,
        )
        return await self._keep(new, form)

    async def add(
        self, identity: Identity, password: str | None, *, administrator: bool
    ) -> Account:
        """By whoever runs the server, who answers for the address. What the person agrees to is
        asked with the first password they choose.

        Raises: AccountRefused.
        """
        hashed = None
        if password is not None:
            hashed = await self._passwords.hash(check_password(password, identity.words))
        identity = await self._with_free_user_name(identity, chosen=False)
        new = NewAccount(identity, hashed, administrator, confirmed=True, consents={})
        return await self._keep(new, None)

    async def invite(self, email: str = "") -> Private[str]:
        """A token for one account; for one address if there is one.

        Raises: AccountRefused when the address is none.
        """
        return await self._links.make("invitation", email=check_email(email) if email else "")

    async def administrator_link(self) -> Private[str] | None:
        """A token to make the first administrator's account; ``None`` when there is one. Each
        ends the one before."""
        if await self._accounts.has_administrator():
            return None
        return await self._links.make("administrator")

    async def confirmation_link(self, account: Account) -> Private[str]:
        return await self._links.make("confirm", account_id=account.id)

    async def password_link(self, account: Account, *, by_hand: bool) -> Private[str]:
        """A token to choose a (new) password; ``by_hand``: somebody has to pass it on."""
        lasts = HANDED_ON if by_hand else None
        return await self._links.make("reset", account_id=account.id, lasts=lasts)

    async def confirm_email(self, token: str) -> None:
        """Raises: AccountRefused when the link is not valid any more."""

        async def work(transaction: Transaction) -> None:
            link = await self._links.take(transaction, "confirm", token)
            if link is None or link.account_id is None:
                raise refuse("LinkInvalid")
            await self._accounts.confirm_email(transaction, link.account_id)

        await self._database.write(work)

    async def _keep(self, new: NewAccount, form: SignUp | None) -> Account:
        await self._accounts.check_free(new.identity)
        account_id = await self._accounts.make_id()

        async def work(transaction: Transaction) -> None:
            if form is not None and form.way != "open":
                taken = await self._links.take(transaction, form.way, form.token.reveal())
                if taken is None:
                    raise refuse("LinkInvalid")
            await self._accounts.add(transaction, account_id, new)

        try:
            await self._database.write(work)
        except Exception:
            await self._vault.forget("account", account_id)
            raise
        account = await self._accounts.by_id(account_id)
        if account is None:  # erased in the same moment
            raise refuse("LinkInvalid")
        return account

    async def _with_free_user_name(self, identity: Identity, *, chosen: bool) -> Identity:
        """The user name as it is, or with something behind it when nobody chose it."""
        name = identity.user_name
        for number in range(2, _SUFFIXES):
            if chosen or await self._accounts.by_user_name(name) is None:
                break
            name = f"{identity.user_name[:24]}-{number}"
        else:
            name = f"{identity.user_name[:16]}-{new_id()[:8].strip('-_')}"
        return Identity(identity.email, identity.first_name, identity.last_name, name)


def _check(form: SignUp) -> tuple[Identity, Private[str]]:
    """Everything that can be said without looking anything up, at once."""
    problems: list[Problem] = []
    identity = Identity(form.email, form.first_name, form.last_name, form.user_name)
    password = form.password
    try:
        identity = check_identity(form.email, form.first_name, form.last_name, form.user_name)
    except AccountRefused as refused:
        problems += refused.problems
    try:
        password = check_password(form.password.reveal(), identity.words)
    except AccountRefused as refused:
        problems += refused.problems
    problems += consent_problems(terms=form.terms, age=form.age)
    if problems:
        raise AccountRefused(*problems)
    return identity, password
