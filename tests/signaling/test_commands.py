"""Every command has a handler, a refusal before joining, and a refusal of what it may not do."""

from pathlib import Path
from typing import Any

import pytest

from meetd.core.ids import new_id
from meetd.protocol.base import Command
from meetd.protocol.boards import (
    AddBoard,
    Draw,
    KeepSnapshot,
    PointOnBoard,
    RemoveBoard,
    RenameBoard,
    UnwatchBoard,
    WatchBoard,
)
from meetd.protocol.chat import (
    ChatPosted,
    DeleteChat,
    EditChat,
    LoadChat,
    ReactToChat,
    SearchChat,
    SendChat,
    ShowTyping,
)
from meetd.protocol.codec import COMMANDS
from meetd.protocol.content import (
    CloseContent,
    LoadUsage,
    MoveView,
    PresentContent,
    RemoveContent,
    View,
)
from meetd.protocol.door import (
    AdmitAll,
    AnswerKnock,
    Knock,
    LoadStill,
    Look,
    StopKnocking,
    Watch,
)
from meetd.protocol.e2ee import AcknowledgeKey, KeyPlease, PresentKeys, WrapKeys
from meetd.protocol.hosting import (
    AskToUnmute,
    ChangePresenterMode,
    ClearRoom,
    EndMeeting,
    LockRoom,
    MakeHost,
    Mute,
    Remove,
    SendToLobby,
)
from meetd.protocol.media import (
    Candidate,
    Description,
    PathChanged,
    ReportPath,
    Signal,
    SignalReceived,
)
from meetd.protocol.people import ChangeMedia, ParticipantChanged, RaiseHand, Rename
from meetd.protocol.relay import RelayAccept, RelayPublish, RelayReconnect, ShowTiles
from meetd.protocol.session import Ended, Join, Leave, Ping, Refused
from meetd.signaling.handlers import Handlers
from tests.support.guest import guests_at, join_command
from tests.support.history import fill_chat
from tests.support.server import running_server, test_settings

EXAMPLES: dict[type[Command], Command] = {
    Join: join_command("study", "Eve"),
    Leave: Leave(),
    Ping: Ping(),
    ChangeMedia: ChangeMedia(microphone=True, camera=True, screen=True),
    RaiseHand: RaiseHand(raised=True),
    Rename: Rename(name="Eve"),
    SendChat: SendChat(client_id="c" * 22, text="hello"),
    LoadChat: LoadChat(before=1),
    SearchChat: SearchChat(text="lunch"),
    EditChat: EditChat(number=1, text="hello"),
    DeleteChat: DeleteChat(number=1),
    ReactToChat: ReactToChat(number=1, emoji="👍", on=True),
    ShowTyping: ShowTyping(to="x"),
    Signal: Signal(to="x", connection="c" * 12),
    ReportPath: ReportPath(participant="x", state="failed"),
    RelayPublish: RelayPublish(connection="c" * 12, sdp="v=0"),
    RelayAccept: RelayAccept(connection="c" * 12, offer=1, sdp="v=0"),
    RelayReconnect: RelayReconnect(),
    ShowTiles: ShowTiles(tiles=()),
    PresentKeys: PresentKeys(sign_key="A" * 43, dh_key="A" * 43, signature="A" * 86),
    WrapKeys: WrapKeys(epoch=0, roster_hash="A" * 43, keys=()),
    AcknowledgeKey: AcknowledgeKey(to="x", epoch=0, proof="A" * 38),
    KeyPlease: KeyPlease(to="x"),
    Look: Look(name="study"),
    Knock: Knock(name="Eve"),
    StopKnocking: StopKnocking(),
    Watch: Watch(),
    RemoveContent: RemoveContent(item="x"),
    PresentContent: PresentContent(item="x"),
    MoveView: MoveView(item="x", view=View(page=1, zoom=1.0, x=0.5, y=0.5, at=0.0, playing=False)),
    CloseContent: CloseContent(item="x"),
    LoadUsage: LoadUsage(),
    AddBoard: AddBoard(name="Plan"),
    RenameBoard: RenameBoard(board="x", name="y"),
    KeepSnapshot: KeepSnapshot(board="x"),
    RemoveBoard: RemoveBoard(board="x"),
    WatchBoard: WatchBoard(board="x"),
    UnwatchBoard: UnwatchBoard(board="x"),
    Draw: Draw(board="x", update="AAA"),
    PointOnBoard: PointOnBoard(board="x", at=None),
    AnswerKnock: AnswerKnock(knock="x", answer="admit once"),
    AdmitAll: AdmitAll(door="study"),
    LoadStill: LoadStill(knock="x"),
    LockRoom: LockRoom(locked=True),
    ChangePresenterMode: ChangePresenterMode(on=True),
    Mute: Mute(participant=None),
    AskToUnmute: AskToUnmute(participant="x"),
    Remove: Remove(participant="x"),
    SendToLobby: SendToLobby(participant="x"),
    MakeHost: MakeHost(participant="x", host=True),
    ClearRoom: ClearRoom(files=True, boards=True, chat=True),
    EndMeeting: EndMeeting(stay=False),
}
FIRST = (Join, Look, Watch)
"""What a connection may begin with."""


def test_every_command_has_a_handler_and_an_example_here() -> None:
    none: Any = None
    handlers = Handlers(none, none, none, (none, none), none, none, none, none, archives=none)
    assert set(handlers.table) == set(COMMANDS) == set(EXAMPLES)


@pytest.mark.parametrize("command", [c for c in EXAMPLES.values() if not isinstance(c, FIRST)])
async def test_nothing_but_join_is_carried_out_before_joining(
    command: Command, tmp_path: Path
) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        seen = len(ada.events)
        eve = await guests.connect("Eve")
        refused = await eve.refused(command)
        assert refused.refusal.code == "NotJoined"
        assert (await eve.seen(Ended)).retry is False
        await ada.ask(Ping())
        assert len(ada.events) == seen + 1


async def test_joining_twice_is_refused(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        assert (await ada.refused(join_command("other", "Eve"))).refusal.code == "AlreadyJoined"
        assert ada.people == ["Ada"]


async def test_signals_go_to_one_participant_in_the_senders_name(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        carol = await guests.join("study", "Carol")
        description = Description(type="offer", sdp="v=0")
        candidate = Candidate(candidate="candidate:1", sdp_mid="0", sdp_m_line_index=0)
        await ada.ask(Signal(to=bob.id, connection="c" * 12, description=description))
        await ada.ask(Signal(to=bob.id, connection="c" * 12, candidate=candidate))
        first = await bob.seen(SignalReceived)
        assert (first.sender, first.description) == (ada.id, description)
        await bob.seen(SignalReceived, lambda event: event.candidate == candidate)
        await carol.ask(Ping())
        assert not any(isinstance(event, SignalReceived) for event in carol.events)


@pytest.mark.parametrize("kind", ["signal", "report"])
async def test_nobody_outside_the_meeting_is_reached(kind: str, tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        stranger = await guests.join("elsewhere", "Stranger")
        for target in (stranger.id, ada.id, "nobody"):
            command: Command = (
                Signal(to=target, connection="c" * 12)
                if kind == "signal"
                else ReportPath(participant=target, state="failed")
            )
            assert (await ada.refused(command)).refusal.code == "NoSuchParticipant"
        await stranger.ask(Ping())
        assert len(stranger.events) == 2  # Welcome and Done


async def test_a_path_report_reaches_both_ends_and_the_next_welcome(tmp_path: Path) -> None:
    settings = test_settings(media={"relay": "never"})
    async with running_server(tmp_path, settings) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        await ada.ask(ReportPath(participant=bob.id, state="failed"))
        assert (await bob.seen(PathChanged)).participant == ada.id
        assert (await ada.seen(PathChanged)).participant == bob.id
        assert bob.welcome is not None
        back = await guests.join("study", "Bob", bob.welcome.way_back)
        assert back.welcome is not None
        assert [path.state for path in back.welcome.paths] == ["failed"]


async def test_hands_keep_their_order(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        await ada.ask(RaiseHand(raised=True))
        first = await ada.seen(ParticipantChanged)
        await ada.ask(RaiseHand(raised=True))
        assert ada.snapshot.participants[0].hand == first.participant.hand
        await ada.ask(RaiseHand(raised=False))
        assert ada.snapshot.participants[0].hand is None


async def test_history_is_loaded_in_pages(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        await fill_chat(server, "study", 60)
        bob = await guests.join("study", "Bob")
        assert [message.number for message in bob.messages] == list(range(11, 61))
        assert bob.snapshot.chat.earlier
        earlier = await bob.load_before(11)
        assert [message.number for message in earlier.page.messages] == list(range(1, 11))
        assert not earlier.page.earlier


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "NameEmpty"),
        ("\u202e\u200b\x00 ", "NameEmpty"),
        ("x" * 2_000, "NameTooLong"),
        ("x" * 65, "NameTooLong"),
    ],
)
async def test_bad_names_are_refused(name: str, code: str, tmp_path: Path) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        eve = await guests.connect("Eve")
        assert (await eve.refused(join_command("study", name))).refusal.code == code
        await eve.seen(Ended)
        assert server.gathering.meetings.live == []


async def test_hostile_names_arrive_cleaned(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        eve = await guests.join("study", "  <b>Eve\u202e\x07</b>\n ")
        assert eve.people == ["<b>Eve</b>"]
        await eve.ask(Rename(name="Ev\u2066e"))
        assert eve.people == ["Eve"]
        assert (await eve.refused(Rename(name="\u2066"))).refusal.code == "NameEmpty"
        assert eve.people == ["Eve"]


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ("", "RoomNameInvalid"),
        ("../etc", "RoomNameInvalid"),
        ("a" * 65, "RoomNameTooLong"),
        ("Admin", "RoomNameReserved"),
        ("healthz", "RoomNameReserved"),
    ],
)
async def test_rooms_that_collide_with_addresses_of_ours_are_refused(
    room: str, code: str, tmp_path: Path
) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        eve = await guests.connect("Eve")
        assert (await eve.refused(join_command(room, "Eve"))).refusal.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [(" \n ", "TextEmpty"), ("x" * 4_001, "TextTooLong"), ("x" * 40_000, "TextTooLong")],
)
async def test_bad_texts_are_refused(text: str, code: str, tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        answer = await ada.say(text)
        assert isinstance(answer, Refused)
        assert answer.refusal.code == code
        assert not any(isinstance(event, ChatPosted) for event in ada.events)


async def test_a_full_room_refuses_the_next_and_lets_people_come_back(tmp_path: Path) -> None:
    settings = test_settings(rooms={"participant_limit": 2})
    async with running_server(tmp_path, settings) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        await guests.join("study", "Bob")
        eve = await guests.connect("Eve")
        refused = await eve.refused(join_command("study", "Eve"))
        assert (refused.refusal.code, refused.refusal.facts) == ("RoomFull", {"limit": 2})
        assert ada.welcome is not None
        back = await guests.join("study", "Ada", ada.welcome.way_back)
        assert len(back.people) == 2


async def test_too_many_commands_are_refused_and_nothing_else_happens(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        refs = [await ada.send(Ping()) for _ in range(100)]
        await ada.until(
            lambda: any(isinstance(e, Refused) and e.ref in refs for e in ada.events),
            "100 commands at once were all carried out",
        )
        refused = await ada.seen(Refused)
        assert refused.refusal.code == "TooFast"
        assert refused.refusal.facts["seconds"] > 0
        assert not isinstance(await bob.say("undisturbed"), Refused)


async def test_garbage_is_refused_and_endless_garbage_ends_the_connection(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        eve = await guests.join("study", "Eve")
        for garbage in ("", "{", "[]", '{"type":"Nope"}', '{"type":"Ping","extra":1}', "[" * 9_000):
            await eve.socket.send_str(garbage)
        await eve.socket.send_bytes(b"\x00\xff")
        await eve.until(
            lambda: sum(isinstance(e, Refused) for e in eve.events) == 7, "garbage was not refused"
        )
        for _ in range(30):
            await eve.socket.send_str("{")
        assert (await eve.seen(Ended)).retry is False
        assert not isinstance(await ada.say("undisturbed"), Refused)


async def test_an_oversized_message_ends_that_connection_only(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        eve = await guests.join("study", "Eve")
        await eve.socket.send_str("x" * 70_000)
        await ada.until(lambda: ada.people == ["Ada"], "Eve is still there")
        assert not isinstance(await ada.say("undisturbed"), Refused)


async def test_a_forged_way_back_is_refused(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        assert ada.welcome is not None
        token = ada.welcome.way_back
        flipped = token[:-4] + ("A" if token[-4] != "A" else "B") + token[-3:]
        for forged, room in ((flipped, "study"), ("x", "study"), ("é", "study"), (token, "other")):
            eve = await guests.connect("Eve")
            refused = await eve.refused(join_command(room, "Eve", forged))
            assert refused.refusal.code == "WayBackInvalid"
        assert ada.people == ["Ada"]


async def test_coming_back_elsewhere_takes_over(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        first = await guests.join("study", "Ada")
        assert first.welcome is not None
        second = await guests.join("study", "Ada", first.welcome.way_back)
        ended = await first.seen(Ended)
        assert (ended.why, ended.retry) == ("came back elsewhere", False)
        assert second.people == ["Ada"]
        assert not isinstance(await second.say(new_id()), Refused)
