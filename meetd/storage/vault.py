"""Keys, and encryption at rest with them.

A master key wraps one key per room and per account. The wrapped keys live in ``keys.db``,
apart from the data: a backup of the data is unreadable without them, and content is gone from every
backup as soon as its key is (``docs/decisions/003-keys-apart.md``).

An owner may get a new key while what the one before sealed is still there: former keys only open,
until nothing and no backup needs them (``lifecycle/room_keys.py``).

Everything is AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits. What is encrypted is
bound to its place by the additional data: moved to another row or room, it does not open.
"""

import base64
import hmac
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal
from weakref import WeakValueDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from meetd.core.clock import Clock
from meetd.core.ids import new_id, random_bytes
from meetd.core.private import Private
from meetd.storage.database import Database, Transaction
from meetd.storage.directory import StorageError

KEY_BYTES = 32
OVERHEAD = 28
"""Bytes that a ``Cipher`` adds: nonce and tag."""
_NONCE_BYTES = 12
_CACHED_KEYS = 256

FORMER: Final = "-former"
"""Ends the scope of keys that only open. Their owner ends with a slash and a name of their own."""

Scope = Literal["room", "account", "server"]


class Cipher:
    """Encrypts with one key; decrypts with it, and with those that were there before it."""

    __slots__ = ("__weakref__", "_aeads")

    def __init__(self, *keys: Private[bytes]) -> None:
        """The newest first."""
        self.use(*keys)

    def use(self, *keys: Private[bytes]) -> None:
        """These from now on, for everybody who holds this cipher, in threads too."""
        self._aeads = tuple(AESGCM(key.reveal()) for key in keys)

    def seal(self, plain: bytes | memoryview, place: str) -> bytes:
        """Nonce, ciphertext and tag; opens only for the same ``place``."""
        nonce = random_bytes(_NONCE_BYTES)
        return nonce + self._aeads[0].encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes | memoryview, place: str) -> bytes:
        """The plain bytes.

        Raises: InvalidTag when key, place or a single bit is wrong, or something is missing.
        """
        *others, last = self._aeads
        for aead in others:
            with suppress(InvalidTag):
                return _decrypted(aead, sealed, place)
        return _decrypted(last, sealed, place)

    def is_newest(self, sealed: bytes | memoryview, place: str) -> bool:
        """Is it sealed with the newest key? Raises: InvalidTag when it opens with none."""
        with suppress(InvalidTag):
            _decrypted(self._aeads[0], sealed, place)
            return True
        self.open(sealed, place)
        return False


def _decrypted(aead: AESGCM, sealed: bytes | memoryview, place: str) -> bytes:
    """Raises: InvalidTag."""
    if len(sealed) < OVERHEAD:
        raise InvalidTag
    return aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())


@dataclass(frozen=True)
class FormerKey:
    """``name``: among those of its owner. ``needed_at`` (ms since the Unix epoch): when it was
    replaced, or the last time that something was found that it opens."""

    name: str
    needed_at: int


class Fingerprints:
    """Finds a value without keeping it: HMAC-SHA256 (RFC 2104) with a key of the server.

    Without the key nobody can try out which values are there.
    """

    __slots__ = ("_key",)

    def __init__(self, key: Private[bytes]) -> None:
        self._key = key

    def of(self, value: str) -> bytes:
        """32 bytes, always the same for the same value."""
        return hmac.digest(self._key.reveal(), value.encode(), "sha256")


class Vault:
    """The keys of this server."""

    def __init__(self, keys: Database, master: Private[bytes], clock: Clock) -> None:
        self._keys = keys
        self._masters = [Cipher(master)]
        """The first one wraps; while it is being changed, both open."""
        self._clock = clock
        self._ciphers: OrderedDict[tuple[Scope, str], Cipher] = OrderedDict()
        self._alive: WeakValueDictionary[tuple[Scope, str], Cipher] = WeakValueDictionary()
        """One of each, whoever holds it: all learn of a new key."""
        self._changes = 0
        """Of keys, counted: who reads them sees whether they are still those."""

    async def cipher(self, scope: Scope, owner: str) -> Cipher:
        """The cipher of that owner; a key is made, and safely stored, when there is none.

        Raises: StorageError when the stored key does not open with the master key.
        """
        place = (scope, owner)
        cipher = self._ciphers.get(place) or await self._load(scope, owner)
        self._ciphers[place] = cipher
        self._ciphers.move_to_end(place)
        if len(self._ciphers) > _CACHED_KEYS:
            self._ciphers.popitem(last=False)
        return cipher

    async def fingerprints(self, purpose: str) -> Fingerprints:
        """Fingerprints for one purpose; their key encrypts nothing."""
        return Fingerprints(await self._key("server", f"fingerprints/{purpose}"))

    async def secret(self, purpose: str) -> Private[bytes]:
        """32 bytes for a key of another kind; they are used for nothing else."""
        return await self._key("server", purpose)

    async def alias(self, scope: Scope, owner: str, purpose: str) -> str:
        """What that owner is called for one purpose: always the same while their key is there, and
        nobody's from then on. Of a key that is derived for it (HKDF, RFC 5869), so that no key is
        used for two things."""
        key = await self._key(scope, owner)
        return _alias(key, purpose)

    async def owners(self, scope: Scope, before: int | None = None) -> set[str]:
        """Everybody in that scope who has a key; ``before``: made before that (ms since the Unix
        epoch)."""
        rows = await self._keys.read(
            "SELECT owner FROM keys WHERE scope = :s AND (:before IS NULL OR created_at < :before)",
            {"s": scope, "before": before},
        )
        return {row["owner"] for row in rows}

    async def forget(self, scope: Scope, owner: str) -> None:
        """Destroy that key and those before it, and with them everything encrypted with them, in
        every backup too."""

        async def work(transaction: Transaction) -> None:
            await transaction.execute(_DELETE_ALL, _all_of(scope, owner))

        await self._keys.write(work)
        self._ciphers.pop((scope, owner), None)
        self._alive.pop((scope, owner), None)

    async def replace(self, scope: Scope, owner: str) -> bool:
        """A new key for all that is sealed from now on; the one before opens what is there already.
        Returns whether there was one: who has none has sealed nothing.

        Raises: StorageFull, StorageFailed; nothing has changed then.
        """

        async def work(transaction: Transaction) -> bool:
            rows = await transaction.execute(_FIND, {"scope": scope, "owner": owner})
            if rows:
                old = self._unwrap(rows[0]["wrapped"], f"{scope}/{owner}")
                former = self._row(scope + FORMER, f"{owner}/{new_id()}", old)
                await transaction.execute(_INSERT, former)
                key = Private(random_bytes(KEY_BYTES))
                await transaction.execute(_REPLACE, self._row(scope, owner, key))
            return bool(rows)

        is_replaced = await self._keys.write(work)
        await self._renew(scope, owner)
        return is_replaced

    async def made_at(self, scope: Scope, owner: str) -> int | None:
        """When the key of that owner was made (ms since the Unix epoch), if there is one."""
        rows = await self._keys.read(_MADE_AT, {"scope": scope, "owner": owner})
        return rows[0]["created_at"] if rows else None

    async def former(self, scope: Scope) -> dict[str, list[FormerKey]]:
        """By owner, the keys that were replaced and are still there."""
        rows = await self._keys.read(
            "SELECT owner, created_at FROM keys WHERE scope = :scope", {"scope": scope + FORMER}
        )
        found: dict[str, list[FormerKey]] = {}
        for row in rows:
            owner, _, name = row["owner"].rpartition("/")
            found.setdefault(owner, []).append(FormerKey(name, row["created_at"]))
        return found

    async def keep_former(self, scope: Scope, owner: str) -> None:
        """Something needed the former ones until now: their age counts from here. Raises:
        StorageFull, StorageFailed."""
        values = {**_all_of(scope, owner), "now": self._clock.now()}
        await self._keys.write(lambda transaction: transaction.execute(_KEEP, values))

    async def forget_former(self, scope: Scope, owner: str, names: Iterable[str]) -> None:
        """Destroy keys that were replaced, and with them what they alone open."""

        async def work(transaction: Transaction) -> None:
            for name in names:
                values = {"scope": scope + FORMER, "owner": f"{owner}/{name}"}
                await transaction.execute(_DELETE, values)

        await self._keys.write(work)
        await self._renew(scope, owner)

    async def rotate(self, new: Private[bytes]) -> int:
        """Wrap every key with another master key, in one transaction. Returns how many.

        Raises: StorageFull, StorageFailed; nothing has changed then.
        """
        cipher = Cipher(new)

        async def work(transaction: Transaction) -> int:
            rows = await transaction.execute("SELECT scope, owner, wrapped FROM keys")
            for row in rows:
                place = f"{row['scope']}/{row['owner']}"
                wrapped = cipher.seal(self._unwrap(row["wrapped"], place).reveal(), place)
                values = {"scope": row["scope"], "owner": row["owner"], "wrapped": wrapped}
                await transaction.execute(f"{_REWRAP} {_ONE}", values)
            self._masters.insert(0, cipher)
            return len(rows)

        try:
            count = await self._keys.write(work)
        except BaseException:
            self._masters = self._masters[-1:]
            raise
        self._masters = [cipher]
        await self._keys.checkpoint()
        return count

    def _unwrap(self, wrapped: bytes, place: str) -> Private[bytes]:
        """Raises: InvalidTag."""
        for master in self._masters[:-1]:
            with suppress(InvalidTag):
                return Private(master.open(wrapped, place))
        return Private(self._masters[-1].open(wrapped, place))

    async def _load(self, scope: Scope, owner: str) -> Cipher:
        keys = await self._all_keys(scope, owner)
        # Somebody else may have been quicker.
        return self._alive.setdefault((scope, owner), Cipher(*keys))

    async def _renew(self, scope: Scope, owner: str) -> None:
        """Whoever holds the cipher goes on with the keys that there are now."""
        self._changes += 1
        cipher = self._alive.get((scope, owner))
        if cipher is not None:
            cipher.use(*await self._all_keys(scope, owner))

    async def _all_keys(self, scope: Scope, owner: str) -> list[Private[bytes]]:
        """The newest first; one is made when there is none."""
        while True:
            changes = self._changes
            rows = await self._keys.read(_FIND_ALL, _all_of(scope, owner))
            if not rows or rows[0]["scope"] != scope:
                await self._make_key(scope, owner)
            elif changes == self._changes:
                return [self._opened(row["wrapped"], row["scope"], row["owner"]) for row in rows]

    async def _key(self, scope: Scope, owner: str) -> Private[bytes]:
        row = {"scope": scope, "owner": owner}
        found = await self._keys.read(_FIND, row) or await self._make_key(scope, owner)
        return self._opened(found[0]["wrapped"], scope, owner)

    def _opened(self, wrapped: bytes, scope: str, owner: str) -> Private[bytes]:
        """Raises: StorageError."""
        try:
            return self._unwrap(wrapped, f"{scope}/{owner}")
        except InvalidTag as error:
            raise StorageError(
                "The master key does not fit the keys in keys.db. Start with the master key that"
                " belongs to this data directory (see [storage] master_key_file)."
            ) from error

    async def _make_key(self, scope: Scope, owner: str) -> list[dict[str, bytes]]:
        key = Private(random_bytes(KEY_BYTES))

        async def work(transaction: Transaction) -> list[dict[str, bytes]]:
            # Two may ask at once: the key that was there first stays.
            rows = await transaction.execute(
                f"{_INSERT} ON CONFLICT (scope, owner) DO UPDATE SET scope = excluded.scope"
                " RETURNING wrapped",
                self._row(scope, owner, key),
            )
            return [{"wrapped": row["wrapped"]} for row in rows]

        return await self._keys.write(work)

    def _row(self, scope: str, owner: str, key: Private[bytes]) -> dict[str, object]:
        """To be made in a transaction: a change of the master key comes wholly before or after."""
        wrapped = self._masters[0].seal(key.reveal(), f"{scope}/{owner}")
        return {"scope": scope, "owner": owner, "wrapped": wrapped, "now": self._clock.now()}


_ONE = "WHERE scope = :scope AND owner = :owner"
_FIND = f"SELECT wrapped FROM keys {_ONE}"  # noqa: S608
_MADE_AT = f"SELECT created_at FROM keys {_ONE}"  # noqa: S608
_DELETE = f"DELETE FROM keys {_ONE}"  # noqa: S608
_INSERT = (
    "INSERT INTO keys (scope, owner, wrapped, created_at) VALUES (:scope, :owner, :wrapped, :now)"
)
_REWRAP = "UPDATE keys SET wrapped = :wrapped"
_REPLACE = f"{_REWRAP}, created_at = :now {_ONE}"
_FORMER_OF = "(scope = :former AND owner > :owner || '/' AND owner < :owner || '0')"
"""The keys before the one that there is. Text that begins with the owner and a slash lies between
these two: 0 comes after the slash."""
_ALL_OF = f"((scope = :scope AND owner = :owner) OR {_FORMER_OF})"
_KEEP = f"UPDATE keys SET created_at = :now WHERE {_FORMER_OF}"  # noqa: S608
_FIND_ALL = (
    f"SELECT scope, owner, wrapped FROM keys WHERE {_ALL_OF}"  # noqa: S608
    " ORDER BY scope, created_at DESC"
)
_DELETE_ALL = f"DELETE FROM keys WHERE {_ALL_OF}"  # noqa: S608


def _all_of(scope: Scope, owner: str) -> dict[str, object]:
    return {"scope": scope, "former": scope + FORMER, "owner": owner}


def _alias(key: Private[bytes], purpose: str) -> str:
    """22 characters, as of an id. One block of HKDF-Expand: T(1) = HMAC(PRK, info | 0x01); a key
    that is random in every bit needs no extraction."""
    derived = hmac.digest(key.reveal(), b"meetd alias/" + purpose.encode() + b"\x01", "sha256")
    return base64.urlsafe_b64encode(derived[:16]).rstrip(b"=").decode()
