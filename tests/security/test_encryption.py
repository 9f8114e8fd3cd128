"""What others were bitten by, as far as the server has to do with keys of pictures and sound. What
a server could do that lies is shown in web/tests/e2ee/lying_server.test.ts and lying_lock.test.ts
(Jitsi JSA-2022-0001: a false mark "encrypted"), and that frames fail closed in
tests/browser/test_encryption.py."""

from pathlib import Path

import msgspec
from msgspec.structs import replace

from meetd.protocol.codec import encode
from meetd.protocol.e2ee import (
    AcknowledgeKey,
    KeyAcknowledged,
    KeyPlease,
    PresentKeys,
    WrapKeys,
    WrappedKey,
)
from meetd.protocol.session import Refused
from tests.support.guest import Guest, guests_at
from tests.support.server import running_server

ADAS = PresentKeys(sign_key="A" * 43, dh_key="A" * 43, signature="A" * 86)
EVES = PresentKeys(sign_key="E" * 43, dh_key="E" * 43, signature="E" * 86)
PROOF = "P" * 38


async def test_one_page_goes_through_no_leaves_and_takes_nobodys_name(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("study", "Eve")
        await ada.ask(ADAS)
        await eve.ask(EVES)
        for other in (replace(EVES, sign_key="F" * 43), replace(EVES, dh_key="F" * 43)):
            assert (await eve.refused(other)).refusal.code == "OtherKeys"
        bob = await guests.join("study", "Bob")
        await bob.ask(replace(ADAS, signature="B" * 86))
        leaves = [one.keys.leaf for one in bob.snapshot.participants if one.keys]
        assert sorted(leaves) == [0, 1, 2]


async def test_an_acknowledgement_names_who_sent_it_whatever_it_says(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada, eve = await guests.join("study", "Ada"), await guests.join("study", "Eve")
        await ada.ask(ADAS)
        await eve.ask(EVES)
        command = AcknowledgeKey(to=ada.id, epoch=3, proof=PROOF)
        forged = msgspec.to_builtins(command) | {"sender": "somebody", "ref": 7}
        await eve.socket.send_str(msgspec.json.encode(forged).decode())
        await eve.until(lambda: _refused(eve) == ["MessageMalformed"], "a name was taken")
        await eve.ask(command)
        assert await ada.seen(KeyAcknowledged) == KeyAcknowledged(
            sender=eve.id, epoch=3, proof=PROOF
        )


async def test_what_is_no_message_about_keys_reaches_nobody(tmp_path: Path) -> None:
    wrapped = WrappedKey(to="x", wrapped="W" * 60, signature="S" * 86)
    malformed = [
        AcknowledgeKey(to="x", epoch=0, proof=""),
        AcknowledgeKey(to="x", epoch=0, proof="P" * 39),
        AcknowledgeKey(to="x", epoch=0, proof="P" * 37 + "\u202e"),
        AcknowledgeKey(to="x", epoch=-1, proof=PROOF),
        AcknowledgeKey(to="x", epoch=2**32, proof=PROOF),
        WrapKeys(epoch=0, roster_hash="H" * 42, keys=()),
        WrapKeys(epoch=0, roster_hash="H" * 43, keys=(wrapped,)),
        replace(ADAS, sign_key="A" * 44),
        replace(ADAS, signature="A" * 85 + "\n"),
        KeyPlease(to=""),
    ]
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        eve = await guests.join("study", "Eve")
        for command in malformed:
            await eve.socket.send_str(encode(command).decode())
        await eve.until(lambda: len(_refused(eve)) == len(malformed), "something was taken")
        assert set(_refused(eve)) == {"MessageMalformed"}


def _refused(guest: Guest) -> list[str]:
    return [event.refusal.code for event in guest.events if isinstance(event, Refused)]
