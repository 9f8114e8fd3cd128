"""What the door of one room has to do, written a second time, without reading how it is done.

Knows nothing of the server: names instead of ids, and no time but ``now``, seconds moved by hand.
"""

from dataclasses import dataclass, field

TWO_MINUTES = 120
TWELVE_HOURS = 12 * 3_600
ONE_HOUR = 3_600


@dataclass(eq=False)
class Grant:
    """``whose``: an account's name, or the key of a link or browser. ``answer``: of that account,
    to the offer to be a host."""

    level: str
    whose: str
    until: float | None = None
    uses: int | None = None
    revoked: bool = False
    answer: str = ""

    @property
    def gives(self) -> str:
        """Host only to who accepted, or has no account to be asked."""
        waits = self.whose in ACCOUNTS and self.answer != "accepted"
        return "join" if self.level == "host" and waits else self.level


@dataclass(eq=False)
class Knock:
    name: str
    place: str
    account: str | None
    at: float
    state: str = "waiting"
    message: str = ""
    stay: str = ""
    """For how long admitted; empty: as long as the door is open."""
    answered_at: float = 0
    used: bool = False
    entered: "Pass | None" = None
    """Who entered by it, as long as their page has not said anything."""
    away_since: float | None = None
    id: str = ""
    by: str = ""

    @property
    def waits(self) -> bool:
        return self.state in {"waiting", "asked to wait"}


@dataclass(eq=False)
class Pass:
    """A participant, in or gone lately, and the only token that is good."""

    name: str
    basis: object
    account: str | None
    token: str = ""
    giver: "Pass | None" = None
    """Who handed the host role on."""
    source: object | None = None
    """The account, or the link, that the first who handed it on was a host by."""
    low: bool = False
    """Signed in, by a link for hosts: no host before they accept."""
    stays: int | None = None
    """The meeting for whose length they were admitted."""
    left_at: float | None = None


@dataclass
class Door:
    """The whole state. ``basis`` of a pass: ``open``, ``owner``, ``knock`` or a grant."""

    owner: str
    locked: bool = True
    now: float = 0
    grants: list[Grant] = field(default_factory=list)
    knocks: list[Knock] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    seats: list[Pass] = field(default_factory=list)
    meeting: int = 1

    def granted(self, account: str | None, key: str | None) -> object | None:
        """The best that stands, or ``None``."""
        if account == self.owner:
            return "owner"
        found = [one for one in self.grants if one.whose in {account, key} and self._stands(one)]
        found = [one for one in found if one.level != "knock"]
        return max(found, key=lambda one: one.gives == "host", default=None)

    def right(self, account: str | None, key: str | None) -> object | None:
        return self.granted(account, key) or (None if self.locked else "open")

    def is_host(self, one: Pass) -> bool:
        return one.giver is not None or self.level(one) == "host"

    def level(self, one: Pass) -> str:
        """Without what was handed on."""
        ended = isinstance(one.basis, Grant) and self._has_ended(one.basis)
        return "join" if one.low or ended else level_of(one.basis)

    def hand_on(self, giver: Pass, one: Pass) -> None:
        if not self.is_host(one):
            one.giver, one.source = giver, giver.source or giver.account or giver.basis

    def take_back(self, one: Pass) -> None:
        """With what was handed on from there, also to who left a moment ago."""
        one.giver = one.source = None
        for other in self.passes:
            if other.giver is one:
                self.take_back(other)

    def may_answer(self, account: str | None) -> bool:
        return level_of(self.granted(account, None)) == "host"

    def known(self, place: str, account: str | None) -> Knock | None:
        """What somebody who comes back with that place is told."""
        knock = next((one for one in self.knocks if one.place == place), None)
        if knock is None or knock.state == "gone":
            return None
        if knock.used:
            return knock if self.comes_again(place, account) else None
        if knock.state != "admitted":
            return knock
        return knock if self.admits(knock) or self.right(account, place) else None

    def admits(self, knock: Knock) -> bool:
        fresh = self.now - knock.answered_at < TWELVE_HOURS
        lasting = knock.stay in {"once", "meeting"}
        return knock.state == "admitted" and not knock.used and lasting and fresh

    def comes_back(self, token: str | None, account: str | None) -> Pass | None:
        """Whose token that is, while it is good for that account: what rests on being somebody
        lets nobody else back in."""
        one = self.in_time(token)
        return one if one and self._still(one, account) else None

    def comes_again(self, place: str | None, account: str | None) -> Pass | None:
        """Who entered by that knock, and never got the answer."""
        for knock in self.knocks:
            one = knock.entered if knock.place == place else None
            if one is None or one not in self.passes:
                continue
            return one if self._in_time(one) and self._still(one, account) else None
        return None

    def heard(self, one: Pass, token: str) -> None:
        """Their page has said something: it has the token, and nothing older is good."""
        one.token = token
        for knock in self.knocks:
            knock.entered = None if knock.entered is one else knock.entered

    def in_time(self, token: str | None) -> Pass | None:
        """Whose token that is, while it is young enough and was not used."""
        for one in self.passes:
            if one.token == token and self._in_time(one):
                return one
        return None

    def forget(self, one: Pass) -> None:
        """No way back."""
        if one in self.passes:
            self.passes.remove(one)

    def enter(
        self, name: str, account: str | None, key: str | None, place: str | None
    ) -> Pass | str:
        """A new participant, or the refusal."""
        knock = next((one for one in self.knocks if place and one.place == place), None)
        basis = self.right(account, key) or (self.right(account, place) if place else None)
        if basis is None and (knock is None or not self.admits(knock)):
            return "InviteLinkInvalid" if key else "KnockFirst"
        if isinstance(basis, Grant) and basis.uses is not None:
            basis.uses -= 1
        entered = Pass(name, basis or "knock", account)
        if knock is not None and self.admits(knock):
            entered.stays = self.meeting if knock.stay == "meeting" and basis is None else None
            knock.used, knock.entered = True, entered
        self.passes.append(entered)
        self.seats.append(entered)
        return entered

    def leave(self, one: Pass) -> None:
        self.seats.remove(one)
        one.left_at = self.now
        self._end_if_empty()

    def come_back(self, one: Pass, name: str, account: str | None) -> None:
        one.left_at, one.account, one.name = None, account, name
        is_link = isinstance(one.basis, Grant) and one.basis.whose not in ACCOUNTS
        one.low = one.low or (is_link and account is not None)
        if one not in self.seats:
            self.seats.append(one)
        self.recheck()

    def put_out(self, one: Pass, *, ended: bool = False) -> None:
        """``ended``: with everybody else, which takes no right from anybody."""
        self.forget(one)
        self.seats.remove(one)
        if one.giver is not None and not ended:
            self.take_back(one)
        self._end_if_empty()

    def recheck(self) -> None:
        """Something changed: who is in by nothing goes, who is in by something else stays."""
        for one in tuple(self.seats):
            basis = self._still(one, one.account)
            if basis is None:
                self.put_out(one)
                continue
            one.low = one.low and basis is one.basis
            one.basis = basis
            if one.giver and (self.level(one) == "host" or not self._is_source(one.source)):
                one.giver = one.source = None

    def set_locked(self, *, locked: bool) -> None:
        self.locked = locked
        for knock in self.knocks:
            if not locked and knock.waits:
                knock.state = "admitted"

    def answer(self, knock: Knock, answer: str, by: str) -> None:
        knock.answered_at, knock.by = self.now, by
        if answer == "ask to wait":
            knock.state = "asked to wait"
        elif answer == "turn away":
            knock.state = "turned away"
        else:
            stays = {"admit once": "once", "admit for meeting": "meeting", "always admit": "always"}
            knock.state, knock.stay = "admitted", stays[answer]
            if knock.stay == "always":
                self._grant_always(knock)

    def lapse(self) -> None:
        """Nobody waits for ever, least of all without a page."""
        for knock in self.knocks:
            away = knock.away_since is not None and self.now - knock.away_since > ONE_HOUR
            if knock.waits and (away or self.now - knock.at > TWELVE_HOURS):
                knock.state = "lapsed"

    def _grant_always(self, knock: Knock) -> None:
        whose = knock.account or knock.place
        mine = [one for one in self.grants if one.whose == knock.account and self._stands(one)]
        is_offered = any(one.level == "host" for one in mine)
        if not is_offered and level_of(self.granted(knock.account, None)) != "host":
            self.give(Grant("join", whose))

    def give(self, grant: Grant) -> None:
        """Granted to the same anew, the former one is gone."""
        for former in self.grants:
            former.revoked = former.revoked or former.whose == grant.whose
        self.grants.append(grant)
        self.recheck()

    def _is_source(self, source: object) -> bool:
        """Could whoever that is still hand it on?"""
        if isinstance(source, Grant):
            return not source.revoked and not self._has_ended(source)
        return level_of(self.granted(str(source), None)) == "host"

    def _still(self, one: Pass, account: str | None) -> object | None:
        rights: list[object] = []
        if isinstance(one.basis, Grant):
            needs_account = one.basis.whose in ACCOUNTS
            if not one.basis.revoked and not (needs_account and account is None):
                rights.append(one.basis)
        elif one.basis in {"open", "knock"}:
            rights.append(one.basis)
        granted = self.granted(account, None)
        rights += [granted] if granted else []
        own = self.level(one)
        best = max(
            rights,
            key=lambda basis: (own if basis is one.basis else level_of(basis)) == "host",
            default=None,
        )
        return best or (None if self.locked else "open")

    def _stands(self, grant: Grant) -> bool:
        return not (grant.revoked or self._has_ended(grant) or grant.uses == 0)

    def _has_ended(self, grant: Grant) -> bool:
        return grant.until is not None and grant.until <= self.now

    def _in_time(self, one: Pass) -> bool:
        if one.left_at is None or one.stays == self.meeting:
            return True
        return self.now - one.left_at < TWO_MINUTES

    def _end_if_empty(self) -> None:
        if not self.seats:
            self.meeting += 1


ACCOUNTS = ("Ada", "Carol", "Dan")


def level_of(basis: object | None) -> str:
    if isinstance(basis, Grant):
        return basis.gives
    return "host" if basis == "owner" else "join"
