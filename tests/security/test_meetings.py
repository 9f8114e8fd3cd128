"""What others were bitten by, as far as signaling and meetings go. Each test has the name of its
lesson."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from meetd.chat.store import MessageStore
from meetd.core.ids import new_id
from meetd.core.refusals import NoSuchParticipant, TooFast
from meetd.meetings.meetings import Seat
from meetd.protocol.chat import ChatPosted, LoadChat, Message, SendChat
from meetd.protocol.codec import decode_event
from meetd.protocol.media import Description, Signal, SignalReceived
from meetd.protocol.outbox import OUTBOX_BYTES, Outbox
from meetd.protocol.people import ChangeMedia
from meetd.protocol.session import Done, Ended, Ping, Refused
from meetd.signaling.handlers import Handlers
from tests.meetings.scenario import Scenario
from tests.signaling.test_commands import EXAMPLES
from tests.support.guest import guests_at, join_command
from tests.support.history import fill_chat
from tests.support.server import running_server, test_settings


async def test_jitsi_jsa_2022_0004_the_sender_comes_from_the_socket(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        eve = await guests.join("study", "Eve")
        for command, field in (
            (SendChat(client_id="c" * 22, text="I resign"), "author"),
            (SendChat(client_id="c" * 22, text="I resign"), "name"),
            (Signal(to=bob.id, connection="c" * 12), "sender"),
        ):
            forged = msgspec.to_builtins(command) | {field: ada.id, "ref": 7}
            await eve.socket.send_str(msgspec.json.encode(forged).decode())
        await eve.until(
            lambda: sum(isinstance(event, Refused) for event in eve.events) == 3,
            "a message in Ada's name was taken",
        )
        await eve.ask(Signal(to=bob.id, connection="c" * 12))
        assert (await bob.seen(SignalReceived)).sender == eve.id
        assert bob.messages == []


async def test_jitsi_jsa_2023_0001_what_goes_out_is_what_was_understood(tmp_path: Path) -> None:
    """Duplicate keys: decoded to a type, encoded anew, so that no two parsers can disagree."""
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        client_id = new_id()
        twice = f'{{"type":"SendChat","ref":3,"clientId":"{client_id}","text":"a","text":"b"}}'
        await ada.socket.send_str(twice)
        await ada.seen(ChatPosted)
        assert [message.text for message in ada.messages] == ["b"]


async def test_bbb_cve_2022_29232_other_rooms_cannot_be_read(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        await fill_chat(server, "study", 60)
        eve = await guests.join("elsewhere", "Eve")
        for before in (1, 11, 61, 2**53 - 1):
            assert (await eve.load_before(before)).page.messages == ()
        study = await server.stores.rooms.make("study")
        stolen = MessageStore(
            server.stores.database, study.id, await server.stores.vault.cipher("room", "another")
        )
        with pytest.raises(InvalidTag):
            await stolen.page(None, 1)


async def test_bbb_cve_2022_29234_rights_end_with_the_seat(tmp_path: Path) -> None:
    """A connection whose seat was taken over can do nothing in that seat's name any more, however
    much of what it sent is still waiting to be read."""
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        (meeting,) = server.gathering.meetings.live
        ended = Outbox(QuietWire())
        ended.end("came back elsewhere", retry=False)
        seat = Seat(meeting, ada.id, ended)
        # Nobody is asked: whatever a handler would call is not there.
        none: Any = None
        handlers = Handlers(none, none, none, (none, none), none, none, none, none, archives=none)
        for command in EXAMPLES.values():
            with pytest.raises(NoSuchParticipant):
                await handlers.handle(seat, command)
        await ada.ask(Ping())
        assert (ada.people, ada.messages) == (["Ada"], [])
        assert ada.snapshot.participants[0].hand is None


async def test_who_took_over_goes_on_hearing(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        first = await guests.join("study", "Ada")
        assert first.welcome is not None
        second = await guests.join("study", "Ada", first.welcome.way_back)
        await first.seen(Ended)
        await first.close()
        bob = await guests.join("study", "Bob")
        await bob.say("Do you hear me?")
        await second.until(lambda: len(second.messages) == 1, "who took over went deaf")


async def test_bbb_cve_2025_61602_what_one_page_sends_cannot_break_another(tmp_path: Path) -> None:
    texts = [
        "\U0001f3f4\U000e0067\U000e0062",
        "e\u0301" * 500,
        "\u202egnp.exe",
        "\ufffd\U0010fffe a",
    ]
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        eve = await guests.join("study", "Eve")
        for text in texts:
            await eve.say(text)
        wrong_kind = {"type": "ChangeMedia", "microphone": 1, "camera": None, "screen": "x"}
        await eve.socket.send_str(msgspec.json.encode(wrong_kind).decode())
        assert (await eve.seen(Refused)).refusal.code == "MessageMalformed"
        ada = await guests.join("study", "Ada")
        assert len(ada.messages) == len(texts)
        assert not any("\u202e" in message.text for message in ada.messages)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://evil.example", 403),
        ("null", 403),
        ("http://127.0.0.1", 403),
        ("http://127.0.0.1:1", 403),
    ],
)
async def test_pipecat_4704_djust_658_no_socket_for_a_foreign_page(
    origin: str, status: int, tmp_path: Path
) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await guests.connect("Eve", Origin=origin)
        assert refused.value.status == status
        await guests.connect("Ada", Origin=url)


async def test_aiohttp_measured_no_compression_and_small_messages(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as (_, url),
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{url}/ws", compress=15) as socket,
    ):
        assert socket.compress == 0
        await socket.send_str("x" * 65_537)
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_aiohttp_measured_sockets_of_one_address_are_limited(tmp_path: Path) -> None:
    settings = test_settings(limits={"sockets_per_address": 3})
    async with running_server(tmp_path, settings) as (_, url), guests_at(url) as guests:
        ada, *_ = [await guests.join("study", name) for name in ("Ada", "Bob", "Carol")]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await guests.connect("Eve")
        assert refused.value.status == 429
        await ada.leave()
        await ada.close()
        async with asyncio.timeout(5):  # until the server has seen that one go
            while True:
                with suppress(aiohttp.WSServerHandshakeError):
                    await guests.join("study", "Dan")
                    break


async def test_nextcloud_pf36_joining_is_limited_in_the_default_install(tmp_path: Path) -> None:
    settings = test_settings(limits={"joins_per_minute": 2})
    async with running_server(tmp_path, settings) as (_, url), guests_at(url) as guests:
        await guests.join("one", "Eve")
        await guests.join("two", "Eve")
        eve = await guests.connect("Eve")
        refused = await eve.refused(join_command("three", "Eve"))
        assert refused.refusal.code == "TooFast"
        assert refused.refusal.facts["seconds"] > 1
        rows = await room_names(tmp_path)
        assert rows == {"one", "two"}


async def room_names(data: Path) -> set[str]:
    """Names of the rooms in the database of a running server."""

    def names() -> set[str]:
        with closing(sqlite3.connect(data / "meetd.db")) as connection:
            return {row[0] for row in connection.execute("SELECT name FROM rooms")}

    return await asyncio.to_thread(names)


class QuietWire:
    def wake(self) -> None:
        """Nothing is ever sent: the slowest reader of all."""


def test_a_page_that_cannot_keep_up_is_cut_off_and_may_come_back() -> None:
    outbox = Outbox(QuietWire())
    for number in range(OUTBOX_BYTES // 100):
        outbox.send_encoded(b"x" * 200)
        if outbox.ended is not None:
            break
        assert number * 200 <= OUTBOX_BYTES
    assert outbox.ended == Ended(why="too slow", retry=True)
    waiting = outbox.take()
    assert [decode_event(message) for message in waiting] == [outbox.ended]
    outbox.send(Done(ref=1))
    assert outbox.take() == []


async def test_a_page_that_reads_nothing_loses_its_seat(tmp_path: Path) -> None:
    """Over a real socket: what it does not read fills the network first, then its outbox."""
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        eve = await guests.join("study", "Eve")
        eve.stop_reading()
        (meeting,) = server.gathering.meetings.live
        big = ChatPosted(seq=0, message=ada_says("x" * 4_000))
        flooded = meeting.outbox_of(eve.id)
        assert flooded is not None
        while flooded.ended is None:
            for _ in range(100):
                flooded.send(big)
            await asyncio.sleep(0)
        await ada.until(lambda: ada.people == ["Ada"], "Eve still has a seat", within=20)
        await eve.lose_connection()


def ada_says(text: str) -> Message:
    return Message(number=1, at=0, author="ada", name="Ada", text=text, client_id="c" * 22)


@pytest.mark.parametrize("kind", ["commands", "pings"])
async def test_one_visitor_cannot_keep_the_server_from_the_others(
    kind: str, tmp_path: Path
) -> None:
    """A thousand messages at once: not answered faster than the limit, and nobody else waits."""
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        eve = await guests.join("elsewhere", "Eve")
        for number in range(1_000):
            if kind == "pings":
                await eve.socket.ping(b"x")
            else:
                await eve.socket.send_str(f'{{"type":"Ping","ref":{number}}}')
        for _ in range(20):
            await ada.ask(Ping())
        answers = [event for event in eve.events if isinstance(event, Done | Refused)]
        assert len(answers) < 200
        if kind == "commands":
            await eve.lose_connection()
        else:
            await eve.seen(Ended)


def test_nobody_can_fill_the_outbox_of_somebody_else() -> None:
    scenario = Scenario()
    scenario.join("Ada")
    scenario.join("Eve")
    scenario.received("Ada")
    flood = Signal(
        to="ada", connection="c" * 12, description=Description(type="offer", sdp="x" * 48_000)
    )
    while not scenario.outboxes["Ada"].is_crowded:
        scenario.meeting.pass_signal("eve", flood)
    with pytest.raises(TooFast):
        scenario.meeting.pass_signal("eve", flood)
    assert scenario.outboxes["Ada"].ended is None
    assert all(isinstance(event, SignalReceived) for event in scenario.received("Ada"))


async def test_what_is_kept_of_a_conversation_is_unreadable_on_disk(tmp_path: Path) -> None:
    """No piece of what was said, or of who said it, is in any file of the data directory."""
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Adalovelace")
        await ada.say("the quick brown fox jumps over the lazy dog")
        await ada.ask(ChangeMedia(microphone=True, camera=True, screen=False))
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"study" in everything  # the room's name is: it is its address
    for secret in (b"quick brown", b"lazy dog", b"Adalovelace"):
        assert secret not in everything


async def test_the_log_says_nothing_about_people(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        caplog.clear()  # at the start the server says its own addresses
        async with guests.session.get(f"{url}/private-study") as page:
            assert page.status == 200
        ada = await guests.join("private-study", "Adalovelace")
        await ada.say("the quick brown fox")
        await ada.ask(LoadChat(before=1))
    own = [record for record in caplog.records if record.name.startswith("meetd")]
    said = "".join(f"{record.getMessage()} {getattr(record, 'fields', '')}" for record in own)
    assert "/{room}" in said, "the access log was not seen at all"
    for personal in ("private-study", "Adalovelace", "quick brown", ada.id, "127.0.0.1"):
        assert personal not in said
