"""Going to the relay and back over the wire, with scripted guests who send no media."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from meetd.app import Server
from meetd.core.ids import new_id
from meetd.protocol.media import PathChanged, ReportPath, Signal
from meetd.protocol.people import ChangeMedia
from meetd.protocol.relay import (
    RelayAccept,
    RelayAnswered,
    RelayOffered,
    RelayPublish,
    RelayReconnect,
    ShowTiles,
    Tile,
)
from meetd.protocol.session import Done, Refused
from meetd.relay.session.receiving import Receiving
from tests.support.guest import Guest, Guests, guests_at
from tests.support.server import running_server, test_settings

SDP = Path(__file__).parents[1] / "relay" / "corpora" / "sdp"
OFFER = (SDP / "chromium-publish.sdp").read_text()
ANSWER = OFFER.split("\nm=video")[0].replace("actpass", "active") + "\n"
ALWAYS = test_settings(media={"relay": "always"})


async def publish(guest: Guest, sdp: str = OFFER, connection: str = "") -> RelayAnswered | Refused:
    ref = await guest.send(RelayPublish(connection=connection or new_id(), sdp=sdp))

    def answer() -> list[RelayAnswered | Refused]:
        kinds = (RelayAnswered, Refused)
        return [e for e in guest.events if isinstance(e, kinds) and e.ref == ref]

    await guest.until(lambda: bool(answer()), f"no answer to {guest.name}'s offer")
    return answer()[0]


async def publishes(guest: Guest) -> None:
    answer = await publish(guest)
    assert isinstance(answer, RelayAnswered), answer
    assert "a=setup:passive" in answer.sdp


async def offered(guest: Guest, *streams: tuple[str, str]) -> RelayOffered:
    """The first offer of exactly these (name of participant's id, slot)."""
    return await guest.seen(
        RelayOffered,
        lambda event: {(one.participant, one.slot) for one in event.streams} == set(streams),
    )


async def accepts(guest: Guest, offer: RelayOffered, sdp: str = ANSWER) -> None:
    accept = RelayAccept(connection=offer.connection, offer=offer.offer, sdp=sdp)
    assert isinstance(await guest.ask(accept), Done)


async def pair(guests: Guests) -> tuple[Guest, Guest]:
    return await guests.join("study", "Ada"), await guests.join("study", "Bob")


def ufrag(described: RelayOffered | RelayAnswered) -> str:
    (line,) = {one for one in described.sdp.splitlines() if one.startswith("a=ice-ufrag:")}
    return line


def both(guest: Guest) -> tuple[tuple[str, str], ...]:
    return (guest.id, "microphone"), (guest.id, "camera")


async def test_a_failed_pair_goes_to_the_relay_and_is_connected_when_both_decode(
    tmp_path: Path,
) -> None:
    async with running_server(tmp_path) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        assert (await ada.refused(RelayReconnect())).refusal.code == "NotRelayed"
        refused = await publish(ada)
        assert isinstance(refused, Refused)
        assert refused.refusal.code == "NotRelayed"
        await ada.ask(ReportPath(participant=bob.id, state="failed"))
        for one in (ada, bob):
            told = await one.seen(PathChanged, lambda path: path.path == "relayed")
            assert (told.state, told.why) == ("connecting", "failed")
            await publishes(one)
        await accepts(bob, await offered(bob, *both(ada)))
        await accepts(ada, await offered(ada, *both(bob)))
        assert server.relay.streams == 8
        assert server.relay.forwarded == 4
        for one, other in ((ada, bob), (bob, ada)):
            await one.ask(ReportPath(participant=other.id, path="relayed", state="connected"))
        for one in (ada, bob):
            await one.seen(PathChanged, lambda path: path.state == "connected")


async def test_a_screen_is_offered_when_it_is_shared_and_not_any_more_after(tmp_path: Path) -> None:
    async with running_server(tmp_path, ALWAYS) as (_, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        await publishes(bob)
        await accepts(ada, await offered(ada, *both(bob)))
        await bob.ask(ChangeMedia(microphone=True, camera=True, screen=True))
        shared = await offered(ada, *both(bob), (bob.id, "screen"), (bob.id, "screenSound"))
        await bob.ask(ChangeMedia(microphone=True, camera=True, screen=False))
        await accepts(ada, shared)
        # One offer at a time: what changed meanwhile comes when the answer is there.
        again = await ada.seen(RelayOffered, lambda event: event.offer == 3)
        assert {one.slot for one in again.streams} == {"microphone", "camera"}
        assert again.sdp.count("a=inactive") == 2


async def test_who_comes_later_gets_the_sections_of_who_left(tmp_path: Path) -> None:
    async with running_server(tmp_path, ALWAYS) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        await publishes(bob)
        first = await offered(ada, *both(bob))
        await accepts(ada, first)
        await bob.leave()
        await accepts(ada, await offered(ada))
        assert server.relay.streams == 0
        carol = await guests.join("study", "Carol")
        await publishes(carol)
        later = await offered(ada, *both(carol))
        assert [one.mid for one in later.streams] == [one.mid for one in first.streams]
        ssrcs = {line for line in later.sdp.splitlines() if line.startswith("a=ssrc:")}
        assert not ssrcs & set(first.sdp.splitlines()), "numbers of one SSRC began anew"


async def test_everybody_moves_when_the_meeting_outgrows_direct_paths(tmp_path: Path) -> None:
    settings = test_settings(media={"mesh_limit": 2})
    async with running_server(tmp_path, settings) as (_, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        carol = await guests.join("study", "Carol")
        assert carol.welcome is not None
        known = {(path.participant, path.path, path.why) for path in carol.welcome.paths}
        assert known == {(ada.id, "relayed", "crowd"), (bob.id, "relayed", "crowd")}
        for one in (ada, bob):
            for other in {ada, bob, carol} - {one}:
                await one.seen(PathChanged, lambda path, of=other: path.participant == of.id)  # type: ignore[misc]


async def test_moves_are_logged_once_for_all_pairs_and_without_names(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "meetd.meetings.relaying")
    settings = test_settings(media={"mesh_limit": 3})
    async with running_server(tmp_path, settings) as (_, url), guests_at(url) as guests:
        members = [await guests.join("study", name) for name in ("Ada", "Bob", "Carol", "Dan")]
        await members[0].seen(PathChanged, lambda event: event.why == "crowd")
    (line,) = caplog.records
    fields = {"path": "relayed", "state": "connecting", "why": "crowd", "pairs": 6}
    assert (line.getMessage(), line.__dict__["fields"]) == ("paths changed", fields)


async def test_where_everything_is_relayed_nobody_learns_an_address(tmp_path: Path) -> None:
    async with running_server(tmp_path, ALWAYS) as (_, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        assert bob.welcome is not None
        (path,) = bob.welcome.paths
        assert (path.path, path.why) == ("relayed", "setting")
        refused = await ada.refused(Signal(to=bob.id, connection="c" * 12))
        assert refused.refusal.code == "NoSuchParticipant"


async def test_an_offer_that_was_missed_comes_again_and_a_dead_connection_is_replaced(
    tmp_path: Path,
) -> None:
    async with running_server(tmp_path, ALWAYS) as (_, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        await publishes(bob)
        missed = await offered(ada, *both(bob))
        await ada.lose_connection()
        assert ada.welcome is not None
        ada = await guests.join("study", "Ada", ada.welcome.way_back)
        assert await offered(ada, *both(bob)) == missed
        await accepts(ada, missed)
        assert isinstance(await ada.ask(RelayReconnect()), Done)
        restarted = await ada.seen(RelayOffered, lambda event: event.offer == 2)
        assert restarted.connection == missed.connection
        assert ufrag(restarted) != ufrag(missed)
        assert isinstance(await ada.ask(RelayReconnect(anew=True)), Done)
        await ada.seen(RelayOffered, lambda event: event.connection != missed.connection)


async def test_a_page_may_restart_ice_but_not_send_something_else_on_a_connection(
    tmp_path: Path,
) -> None:
    async with running_server(tmp_path, ALWAYS) as (server, url), guests_at(url) as guests:
        ada, _ = await pair(guests)
        first = await publish(ada, connection="c" * 22)
        again = await publish(ada, OFFER.replace("ufrag:mv3A", "ufrag:abcd"), "c" * 22)
        assert isinstance(first, RelayAnswered)
        assert isinstance(again, RelayAnswered)
        assert ufrag(first) != ufrag(again)
        other = (SDP / "firefox-publish.sdp").read_text()
        refused = await publish(ada, other, "c" * 22)
        assert isinstance(refused, Refused)
        assert refused.refusal.code == "RelayOfferInvalid"
        assert isinstance(await publish(ada, other), RelayAnswered)
        assert server.relay.streams == 4


@pytest.mark.parametrize(
    "sdp",
    [
        "v=0",
        OFFER.replace("sha-256", "sha-1"),
        OFFER.replace("a=setup:actpass", "a=setup:passive"),
        OFFER.replace("a=ice-pwd:", "a=ice-pwd:\u0661"),
        OFFER.replace("VP8/90000", "H264/90000"),
    ],
)
async def test_a_hostile_offer_is_refused_and_leaves_nothing(sdp: str, tmp_path: Path) -> None:
    async with running_server(tmp_path, ALWAYS) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        refused = await publish(ada, sdp)
        assert isinstance(refused, Refused)
        assert refused.refusal.code == "RelayOfferInvalid"
        assert server.relay.streams == 0
        await publishes(bob)


async def test_a_hostile_answer_is_refused_and_a_stale_one_changes_nothing(tmp_path: Path) -> None:
    async with running_server(tmp_path, ALWAYS) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        await publishes(bob)
        offer = await offered(ada, *both(bob))
        for sdp in ("v=0", "", OFFER.replace("actpass", "holdconn"), ANSWER.replace("256", "1")):
            hostile = RelayAccept(connection=offer.connection, offer=offer.offer, sdp=sdp)
            assert (await ada.refused(hostile)).refusal.code == "RelayOfferInvalid"
        for connection, number in ((offer.connection, 7), (new_id(), offer.offer)):
            stale = RelayAccept(connection=connection, offer=number, sdp=ANSWER)
            assert isinstance(await ada.ask(stale), Done)
        assert server.relay.forwarded == 0
        await accepts(ada, offer)
        assert server.relay.forwarded == 2


async def test_nobody_receives_from_somebody_else_s_meeting(tmp_path: Path) -> None:
    async with running_server(tmp_path, ALWAYS) as (_, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        eve, mallory = await guests.join("elsewhere", "Eve"), await guests.join("elsewhere", "M")
        for one in (ada, bob, eve, mallory):
            await publishes(one)
        tile = Tile(participant=ada.id, slot="camera", width=1_280, height=720, first=True)
        assert isinstance(await eve.ask(ShowTiles(tiles=(tile,))), Done)
        await accepts(eve, await offered(eve, *both(mallory)))
        told = [
            one for event in eve.events if isinstance(event, RelayOffered) for one in event.streams
        ]
        assert {one.participant for one in told} == {mallory.id}


@pytest.mark.parametrize("limit", ["relayed_streams_per_room", "relayed_streams"])
async def test_a_full_relay_refuses_clearly_and_the_pair_stays_failed(
    limit: str, tmp_path: Path
) -> None:
    settings = test_settings(media={limit: 4})
    async with running_server(tmp_path, settings) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        await ada.ask(ReportPath(participant=bob.id, state="failed"))
        await bob.seen(PathChanged, lambda path: path.path == "relayed")
        await publishes(ada)
        await publishes(ada)  # another connection instead of the first is no more than that
        refused = await publish(bob)
        assert isinstance(refused, Refused)
        assert (refused.refusal.code, refused.refusal.facts) == ("RelayFull", {"limit": 4})
        for one in (ada, bob):
            await one.until(
                lambda guest=one: latest(guest) == ("direct", "failed"),  # type: ignore[misc]
                "the pair did not go back to a failed direct path",
            )
        assert server.relay.streams == 0


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ("forwarded_streams_per_room", 8),
        ("forwarded_streams", 8),
        ("forwarded_kilobits_per_second_per_room", 600),
        ("forwarded_kilobits_per_second", 600),
    ],
)
async def test_who_would_be_too_many_to_send_to_is_refused_and_gets_the_next_free_place(
    limit: str, value: int, tmp_path: Path
) -> None:
    settings = test_settings(media={"relay": "always", limit: value})
    async with running_server(tmp_path, settings) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        carol = await guests.join("study", "Carol")
        await publishes(ada)
        await publishes(bob)
        refused = await publish(carol)
        assert isinstance(refused, Refused)
        assert (refused.refusal.code, refused.refusal.facts) == ("RelayFull", {"limit": value})
        told = await ada.seen(PathChanged, lambda path: path.why == "full")
        assert told.participant == carol.id
        assert server.relay.streams == 8
        await accepts(ada, await offered(ada, *both(bob)))
        await bob.leave()
        await publishes(carol)


async def test_who_receives_has_an_equal_share_of_what_the_server_may_send(tmp_path: Path) -> None:
    media = {"relay": "always", "forwarded_kilobits_per_second": 3_000}
    settings = test_settings(media=media)
    async with running_server(tmp_path, settings) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        await publishes(ada)
        await publishes(bob)
        assert shares(server) == [1_500_000, 1_500_000]
        carol = await guests.join("study", "Carol")
        await offered(carol, *both(ada), *both(bob))
        assert shares(server) == [1_000_000] * 3
        await carol.leave()
        await ada.until(lambda: shares(server) == [1_500_000] * 2, "her share is lost to all")


async def test_a_crowd_that_only_receives_takes_no_share_that_others_were_promised(
    tmp_path: Path,
) -> None:
    media = {"relay": "always", "forwarded_kilobits_per_second_per_room": 900}
    settings = test_settings(media=media)
    async with running_server(tmp_path, settings) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        silent = [await guests.join("study", f"Silent {number}") for number in range(4)]
        await publishes(ada)
        await accepts(bob, await offered(bob, *both(ada)))
        await publishes(bob)
        assert isinstance(await publish(silent[3]), Refused)
        assert shares(server) == [300_000] * 3
        assert isinstance(await publish(silent[0]), RelayAnswered)
        await silent[0].leave()
        assert isinstance(await publish(silent[3]), RelayAnswered)
        assert shares(server) == [300_000] * 3


def shares(server: Server) -> list[int]:
    """In bit/s, of each who receives."""
    connections = server.relay._house or ()
    return [one.subscriber.ceiling for one in connections if isinstance(one, Receiving)]


def latest(guest: Guest) -> tuple[str, str]:
    told = [event for event in guest.events if isinstance(event, PathChanged)]
    return told[-1].path, told[-1].state


async def test_a_full_relay_is_the_reason_that_others_are_told_and_is_counted(
    tmp_path: Path,
) -> None:
    settings = test_settings(media={"relay": "always", "relayed_streams_per_room": 4})
    async with running_server(tmp_path, settings) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        await publishes(ada)
        assert isinstance(await publish(bob), Refused)
        told = await ada.seen(PathChanged, lambda path: path.why == "full")
        assert (told.participant, told.path, told.state) == (bob.id, "relayed", "failed")
        assert server.relay.refusals == 1
        async with guests.session.get(f"{url}/metrics") as response:
            assert "meetd_relay_full 1.0" in await response.text()


async def test_connections_to_the_relay_are_limited_for_one_page_alone(tmp_path: Path) -> None:
    async with running_server(tmp_path, ALWAYS) as (server, url), guests_at(url) as guests:
        ada, bob = await pair(guests)
        commands = [RelayPublish(connection=new_id(), sdp=OFFER) for _ in range(20)]
        await asyncio.gather(*(ada.send(command) for command in commands))
        refused = await ada.seen(Refused)
        assert refused.refusal.code == "TooFast"
        await publishes(bob)
        assert server.relay.streams == 8


async def test_what_the_relay_does_is_measured(tmp_path: Path) -> None:
    async with running_server(tmp_path, ALWAYS) as (_, url), guests_at(url) as guests:
        ada, _ = await pair(guests)
        await publishes(ada)
        async with guests.session.get(f"{url}/metrics") as response:
            metrics = await response.text()
        assert "meetd_relay_streams_in 4.0" in metrics
        for name in (
            *("packets_sent", "sound_dropped", "nacks_sent", "layer_switches", "key_frames_asked"),
            *("delay_50_seconds", "delay_99_seconds"),
            *("nacks_received", "plis_received", "firs_received"),
            *("pictures_layer_1", "pictures_layer_2", "pictures_layer_3"),
        ):
            assert f"meetd_relay_{name} 0.0" in metrics


DIRECT_ONLY = """
import asyncio, sys
from pathlib import Path
from meetd.protocol.media import ReportPath
from tests.support.guest import guests_at
from tests.support.server import running_server
from tests.signaling.test_relaying import publishes

LOADED_WITH_IT = ("aiortc", "aioice", "pylibsrtp", "av", "OpenSSL")

async def main():
    async with running_server(Path(sys.argv[1])) as (_, url), guests_at(url) as guests:
        ada, bob = await guests.join("study", "Ada"), await guests.join("study", "Bob")
        for one, other in ((ada, bob), (bob, ada)):
            await one.ask(ReportPath(participant=other.id, state="connected"))
        print([name for name in LOADED_WITH_IT if name in sys.modules])
        await ada.ask(ReportPath(participant=bob.id, state="failed"))
        await publishes(ada)
        print("aiortc" in sys.modules)

asyncio.run(main())
"""


def test_the_webrtc_stack_is_loaded_with_the_first_relayed_stream_only(tmp_path: Path) -> None:
    """35 MiB that a server with direct paths does not need."""
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", DIRECT_ONLY, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert found.stdout.splitlines() == ["[]", "True"], found.stderr


async def test_nothing_is_left_of_who_came_and_went(tmp_path: Path) -> None:
    async with running_server(tmp_path, ALWAYS) as (server, url), guests_at(url) as guests:
        ada, _ = await pair(guests)
        await publishes(ada)
        peers = server._media_port.demultiplexer.peers
        await ada.until(lambda: len(peers()) == 2, "Ada has not one connection and Bob another")
        tasks = len(asyncio.all_tasks())
        for number in range(10):
            guest = await guests.join("study", f"Guest {number}")
            await publishes(guest)
            await accepts(guest, await offered(guest, *both(ada)))
            await guest.leave()
            await guest.close()
        await ada.until(lambda: len(peers()) <= 3, f"{len(peers())} transports are left")
        async with asyncio.timeout(10):
            while len(asyncio.all_tasks()) > tasks + 2:
                await asyncio.sleep(0.05)
        assert server.relay.streams == 4
