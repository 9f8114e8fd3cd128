"""How people use rooms, where that is switched on: noted when they leave, and of nobody who could
not ask for it afterwards."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from meetd.core.clock import Clock
from meetd.meetings.meeting import Meeting
from meetd.meetings.standing import Standing
from meetd.protocol.people import Participant
from meetd.usage.stay import Panel, Stay, browser_and_system, path_of
from meetd.usage.store import UsageStore
from meetd.visitors.store import VisitorStore


@dataclass(slots=True)
class _Here:
    """``came_at`` in ms since the Unix epoch: this time, however often they came back."""

    came_at: int
    used: set[Panel] = field(default_factory=set)


class Staying:
    """``is_kept``: the setting. Off, nothing is noted here; what a meeting knows of whoever is in,
    such as the kind of browser, goes with them."""

    def __init__(
        self, store: UsageStore, visitors: VisitorStore, clock: Clock, *, is_kept: bool
    ) -> None:
        self._store = store
        self._visitors = visitors
        self._clock = clock
        self._is_kept = is_kept
        self._here: dict[str, _Here] = {}

    def begins(self, participant_id: str) -> None:
        """Somebody takes a seat: for the first time, or after they had left."""
        if self._is_kept:
            self._here[participant_id] = _Here(self._clock.now())

    def note_used(self, participant_id: str, panel: Panel | None) -> None:
        """Somebody who is in did something there."""
        here = self._here.get(participant_id)
        if here is not None and panel is not None:
            here.used.add(panel)

    def ends(
        self,
        meeting: Meeting,
        participant: Participant,
        run: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """Called just before they leave; ``run`` writes it down in the background."""
        here = self._here.pop(participant.id, None)
        if here is None:
            return
        standing = meeting.standings[participant.id]
        browser, system = browser_and_system(standing.browser)
        sent, received = meeting.relaying.octets_of(participant.id)
        relayed = [path.path == "relayed" for path in meeting.paths_of(participant.id)]
        stay = Stay(
            room=meeting.room.name,
            came_at=here.came_at,
            left_at=self._clock.now(),
            used=tuple(sorted(here.used)),
            path=path_of(relayed),
            browser=browser,
            system=system,
            address=standing.network,
            sent=sent,
            received=received,
        )
        run(self._keep(stay, meeting.room.id, participant.id, standing))

    async def _keep(
        self, stay: Stay, room_id: str, participant_id: str, standing: Standing
    ) -> None:
        if standing.whose is not None:
            await self._store.keep(stay, account_id=standing.whose)
        elif standing.visitor is not None:
            token = standing.visitor.reveal()
            visitor = await self._visitors.note_participant(token, room_id, participant_id)
            await self._store.keep(stay, visitor_id=visitor)
