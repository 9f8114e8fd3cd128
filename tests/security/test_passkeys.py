"""What others were bitten by, with passkeys; the first words name the lesson."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from meetd.accounts.account import AccountRefused
from meetd.accounts.authenticators import (
    NewPasskey,
    UsedPasskey,
    challenge_in,
    check_new,
    check_used,
)
from tests.accounts.conftest import NETWORK, House, Open, house, opened
from tests.accounts.test_passkeys import ORIGIN, SITE, add, sign_in, signed_up
from tests.support.authenticator import PRESENT, VERIFIED, Authenticator

__all__ = ["house", "opened"]

Lie = Callable[[Authenticator], None]
CHALLENGE = bytes(32)


def from_elsewhere(key: Authenticator) -> None:
    key.origin = "https://meet.example.org.evil.example"


def inside_another_site(key: Authenticator) -> None:
    key.cross_origin = True


def without_a_finger(key: Authenticator) -> None:
    key.flags = PRESENT


def without_anybody(key: Authenticator) -> None:
    key.flags = VERIFIED


def with_another_key(key: Authenticator) -> None:
    key.key = Authenticator(ORIGIN).key


def with_another_id(key: Authenticator) -> None:
    key.id = Authenticator(ORIGIN).id


def as_somebody_else(key: Authenticator) -> None:
    key.user_handle = b"somebody else"


def with_a_counter_that_stands_still(key: Authenticator) -> None:
    key.count -= 1


LIES = [
    *(from_elsewhere, inside_another_site, without_a_finger, without_anybody),
    *(with_another_key, with_another_id, as_somebody_else, with_a_counter_that_stands_still),
]


@pytest.mark.parametrize("lie", LIES)
async def test_nextcloud_cve_2021_45286_every_passkey_that_is_none_gets_one_answer(
    house: House, lie: Lie
) -> None:
    who = await signed_up(house)
    key = await add(house, who)
    await sign_in(house, key)
    lie(key)
    with pytest.raises(AccountRefused) as refused:
        await sign_in(house, key)
    assert [each.reason for each in refused.value.problems] == ["PasskeyRefused"]
    assert len(await house.accounts.sessions(who.account.id)) == 2


async def test_nextcloud_cve_2021_45286_a_blocked_account_gets_the_same(house: House) -> None:
    who = await signed_up(house)
    key = await add(house, who)
    await house.accounts.block(who.account, actor="operator")
    with pytest.raises(AccountRefused, match="PasskeyRefused"):
        await sign_in(house, key)


async def test_nextcloud_cve_2021_45286_options_name_nobody(house: House) -> None:
    who = await signed_up(house)
    before = house.accounts.passkeys.ask_to_sign_in(SITE, NETWORK)
    await add(house, who)
    after = house.accounts.passkeys.ask_to_sign_in(SITE, NETWORK)
    assert before | {"challenge": b""} == after | {"challenge": b""}
    assert after["known"] == []


@pytest.mark.parametrize(
    "lie", [from_elsewhere, inside_another_site, without_a_finger, without_anybody]
)
async def test_a_passkey_is_not_added_by_a_lie(house: House, lie: Lie) -> None:
    who = await signed_up(house)
    key = Authenticator(ORIGIN)
    lie(key)
    options = await house.accounts.passkeys.ask_to_add(who, SITE, NETWORK)
    with pytest.raises(AccountRefused, match="PasskeyNotAdded"):
        await house.accounts.passkeys.add(who, key.make(options), SITE, "")
    assert await house.accounts.passkeys.of(who.account.id) == []


async def test_an_answer_works_once(house: House) -> None:
    who = await signed_up(house)
    key = await add(house, who, counts=False)
    passkeys = house.accounts.passkeys
    answer = key.use(passkeys.ask_to_sign_in(SITE, NETWORK))
    await passkeys.sign_in(answer, SITE, browser="", instead_of=None)
    with pytest.raises(AccountRefused, match="PasskeyRefused"):
        await passkeys.sign_in(answer, SITE, browser="", instead_of=None)


async def test_an_answer_is_for_one_purpose_and_one_session(house: House) -> None:
    here = await signed_up(house)
    key = await add(house, here)
    there = await sign_in(house, key)
    passkeys = house.accounts.passkeys
    answer = key.use(await passkeys.ask_to_prove(here, SITE, NETWORK))
    with pytest.raises(AccountRefused, match="PasskeyRefused"):
        await passkeys.prove(there, answer, SITE)
    answer = key.use(passkeys.ask_to_sign_in(SITE, NETWORK))
    with pytest.raises(AccountRefused, match="PasskeyRefused"):
        await passkeys.prove(here, answer, SITE)
    options = await passkeys.ask_to_add(here, SITE, NETWORK)
    with pytest.raises(AccountRefused, match="PasskeyNotAdded"):
        await passkeys.add(there, Authenticator(ORIGIN).make(options), SITE, "")


async def test_nobody_proves_who_they_are_with_the_passkey_of_another(house: House) -> None:
    ada = await signed_up(house)
    bob = await signed_up(house, "bob@example.org")
    key = await add(house, bob)
    options = await house.accounts.passkeys.ask_to_prove(ada, SITE, NETWORK)
    with pytest.raises(AccountRefused, match="PasskeyRefused"):
        await house.accounts.passkeys.prove(ada, key.use(options), SITE)


async def test_bbb_29232_nobody_removes_the_passkey_of_another(house: House) -> None:
    ada = await signed_up(house)
    await add(house, ada)
    bob = await signed_up(house, "bob@example.org")
    listed = await house.accounts.passkeys.of(ada.account.id)
    assert not await house.accounts.passkeys.remove(bob, listed[0].id)
    assert await house.accounts.passkeys.of(ada.account.id) == listed


async def test_a_copied_passkey_is_noticed_by_its_counter_in_a_race_too(house: House) -> None:
    who = await signed_up(house)
    await add(house, who)
    kept = (await house.accounts.passkeys._passkeys.kept_of(who.account.id))[0]
    store = house.accounts.passkeys._passkeys
    assert await store.use(kept.passkey.id, 7)
    for late in (7, 6, 0):
        assert not await store.use(kept.passkey.id, late)
    assert await store.use(kept.passkey.id, 8)


async def test_nextcloud_pf36_passkeys_are_limited_as_passwords_are(opened: Open) -> None:
    house = await opened(attempts_per_network=3, attempts_overall=5)
    ask = house.accounts.passkeys.ask_to_sign_in
    for network in ("203.0.113.7", "203.0.113.7", "203.0.113.7", "203.0.113.8", "203.0.113.9"):
        ask(SITE, network)
    for network in ("203.0.113.7", "203.0.113.10"):
        with pytest.raises(AccountRefused, match="TooManyAttempts"):
            ask(SITE, network)


async def test_nextcloud_cve_2021_32676_the_session_before_ends_at_a_proof(house: House) -> None:
    await house.sign_up()
    before = await house.sign_in()
    who = await house.accounts.who(before)
    assert who is not None
    key = await add(house, who)
    options = await house.accounts.passkeys.ask_to_prove(who, SITE, NETWORK)
    after = (await house.accounts.passkeys.prove(who, key.use(options), SITE)).reveal()
    assert after != before
    assert await house.accounts.who(before) is None
    assert await house.accounts.who(after) is not None
    again = key.use(house.accounts.passkeys.ask_to_sign_in(SITE, NETWORK))
    last = await house.accounts.passkeys.sign_in(again, SITE, browser="", instead_of=after)
    assert await house.accounts.who(after) is None
    assert await house.accounts.who(last.reveal()) is not None


async def test_certificates_of_strangers_are_not_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import webauthn  # noqa: PLC0415
    from webauthn.helpers import encode_cbor, parse_cbor  # noqa: PLC0415

    looked: list[object] = []
    monkeypatch.setattr(webauthn, "verify_registration_response", looked.append)
    who = await signed_up(house)
    passkeys = house.accounts.passkeys
    for fmt, statement in (
        ("tpm", {}),
        ("fido-u2f", {}),
        ("android-safetynet", {"response": b"a.b.c"}),
        ("packed", {"alg": -7, "sig": b"", "x5c": [b"\x30\x82"]}),
    ):
        answer = Authenticator(ORIGIN).make(await passkeys.ask_to_add(who, SITE, NETWORK))
        said = parse_cbor(answer.attestation) | {"fmt": fmt, "attStmt": statement}
        forged = NewPasskey(answer.id, answer.client_data, encode_cbor(said), "")
        with pytest.raises(AccountRefused, match="PasskeyNotAdded"):
            await passkeys.add(who, forged, SITE, "")
    assert looked == []


Damage = tuple[str, list[tuple[int, int]], bytes]

DAMAGE = st.tuples(
    st.sampled_from(["change", "cut", "replace"]),
    st.lists(st.tuples(st.integers(0, 999), st.integers(1, 255)), min_size=1, max_size=3),
    st.binary(max_size=200),
)
"""How to damage bytes, whatever their number."""


def damaged(honest: bytes, damage: Damage) -> bytes:
    how, spots, other = damage
    if how == "replace":
        return other
    if how == "cut":
        return honest[: spots[0][0] % len(honest)]
    raw = bytearray(honest)
    for place, byte in spots:
        raw[place % len(raw)] ^= byte
    return bytes(raw)


def honest_answers() -> tuple[NewPasskey, UsedPasskey]:
    key = Authenticator(ORIGIN)
    options = {"challenge": CHALLENGE, "rp": {"id": SITE.id}, "rpId": SITE.id}
    return key.make(options | {"user": {"id": b"x"}}), key.use(options)


async def test_honest_answers_are_taken() -> None:
    """Else what follows could not fail."""
    made, used = honest_answers()
    credential = await check_new(made, CHALLENGE, SITE)
    assert await check_used(used, CHALLENGE, SITE, credential) == 1


@settings(max_examples=150)
@given(DAMAGE)
async def test_a_damaged_attestation_ends_in_a_refusal(damage: Damage) -> None:
    """Nobody signs it, so some of it may differ, but never whose key it is."""
    made, _ = honest_answers()
    answer = replace(made, attestation=damaged(made.attestation, damage))
    try:
        credential = await check_new(answer, CHALLENGE, SITE)
    except AccountRefused:
        return
    assert credential.id == made.id


@settings(max_examples=150)
@given(DAMAGE, st.sampled_from(["client_data", "authenticator_data", "signature"]))
async def test_a_damaged_signature_ends_in_a_refusal(damage: Damage, field: str) -> None:
    made, used = honest_answers()
    credential = await check_new(made, CHALLENGE, SITE)
    honest = getattr(used, field)
    answer = replace(used, **{field: damaged(honest, damage)})
    if getattr(answer, field) == honest:  # changed twice, back again
        return
    with pytest.raises(AccountRefused, match="PasskeyRefused"):
        await check_used(answer, CHALLENGE, SITE, credential)


@given(st.binary(max_size=200))
def test_client_data_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(AccountRefused, match="PasskeyRefused"):
        challenge_in(raw, "PasskeyRefused")


async def test_a_key_that_is_no_point_of_the_curve_is_not_kept() -> None:
    from webauthn.helpers import encode_cbor, parse_cbor  # noqa: PLC0415

    made, _ = honest_answers()
    said = parse_cbor(made.attestation)
    said["authData"] = said["authData"][:-1] + bytes([said["authData"][-1] ^ 1])
    with pytest.raises(AccountRefused, match="PasskeyNotAdded"):
        await check_new(replace(made, attestation=encode_cbor(said)), CHALLENGE, SITE)


def test_an_idle_server_does_without_the_library() -> None:
    program = "import sys, meetd.app; sys.exit('webauthn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)  # noqa: S603
    assert done.returncode == 0
