"""The whole server, with scripted guests that speak the real protocol."""

from pathlib import Path

from meetd.core.clock import SystemClock
from meetd.core.ids import new_id
from meetd.protocol.people import ChangeMedia, ParticipantChanged, ParticipantLeft, RaiseHand
from meetd.protocol.session import Ended
from meetd.signaling.door import SILENT_SECONDS
from tests.support.guest import guests_at
from tests.support.server import running_server


async def test_two_people_meet_and_write_to_each_other(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("Study", "Bob")
        await ada.until(lambda: ada.people == ["Ada", "Bob"], "Ada did not see Bob")
        assert bob.people == ["Ada", "Bob"]
        await bob.say("Good morning")
        await ada.until(lambda: len(ada.messages) == 1, "Ada did not read Bob")
        assert ada.messages[0].text == "Good morning"
        assert ada.messages[0].author == bob.id


async def test_a_message_sent_twice_is_posted_once(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        again = new_id()
        await ada.say("once", again)
        await ada.say("once", again)
        await ada.say("end")
        assert [message.text for message in ada.messages] == ["once", "end"]


async def test_chat_and_participant_survive_a_restart(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        await ada.say("before")
        assert ada.welcome is not None
        way_back, before = ada.welcome.way_back, ada.id
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada", way_back)
        assert ada.id == before
        assert [message.text for message in ada.messages] == ["before"]


async def test_who_loses_the_connection_is_away_and_comes_back(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        assert bob.welcome is not None
        await bob.lose_connection()
        await ada.seen(ParticipantChanged, lambda event: event.participant.away)
        bob = await guests.join("study", "Bob", bob.welcome.way_back)
        await ada.until(
            lambda: not any(person.away for person in ada.snapshot.participants),
            "Bob did not come back",
        )
        assert ada.people == ["Ada", "Bob"]
        assert not any(isinstance(event, ParticipantLeft) for event in ada.events)


async def test_who_leaves_is_gone(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        ended = await bob.leave()
        assert ended == Ended(why="left", retry=False)
        await ada.until(lambda: ada.people == ["Ada"], "Bob is still there")


async def test_closing_the_tab_is_leaving(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        await bob.close()
        left = await ada.seen(ParticipantLeft)
        assert left.why == "left"


async def test_old_snapshot_and_events_equal_the_new_snapshot(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        bob = await guests.join("study", "Bob")
        await bob.ask(ChangeMedia(microphone=False, camera=True, screen=True))
        await bob.ask(RaiseHand(raised=True))
        await bob.say("hello")
        await bob.leave()
        carol = await guests.join("study", "Carol")
        await ada.until(lambda: ada.seq == carol.seq, "Ada is behind")
        assert ada.snapshot == carol.snapshot


class MovedClock(SystemClock):
    """The system's clock, and as much later as a test wants."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


async def test_a_page_that_fell_silent_is_let_go(tmp_path: Path) -> None:
    clock = MovedClock()
    async with running_server(tmp_path, clock=clock) as (_, url), guests_at(url) as guests:
        ada = await guests.join("study", "Ada")
        clock.ahead = SILENT_SECONDS + 1
        assert await ada.seen(Ended) == Ended(why="silent", retry=True)
