"""How people use rooms, where that is switched on: noted when they leave, and of nobody who could
not ask for it afterwards."""

from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any

from meetd.core.clock import Clock
from meetd.meetings.meeting import Meeting
from meetd.meetings.standing import Standing
from meetd.protocol.people import Participant
from meetd.usage.stay import Panel, Stay, browser_and_system, path_of
from meetd.usage.store import UsageStore
from meetd.visitors.store import VisitorStore


class Staying:
    """``is_kept``: the setting. Off, nothing is even held in memory."""

    def __init__(
        self, store: UsageStore, visitors: VisitorStore, clock: Clock, *, is_kept: bool
    ) -> None:
        self._store = store
        self._visitors = visitors
        self._clock = clock
        self._is_kept = is_kept
        self._used: defaultdict[str, set[Panel]] = defaultdict(set)

    def note_used(self, participant_id: str, panel: Panel | None) -> None:
        """Somebody who is in did something there."""
        if self._is_kept and panel is not None:
            self._used[participant_id].add(panel)

    def ends(
        self,
        meeting: Meeting,
        participant: Participant,
        run: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """Called just before they leave; ``run`` writes it down in the background."""
        used = self._used.pop(participant.id, set())
        if not self._is_kept:
            return
        standing = meeting.standings[participant.id]
        browser, system = browser_and_system(standing.browser)
        sent, received = meeting.relaying.octets_of(participant.id)
        relayed = [path.path == "relayed" for path in meeting.paths_of(participant.id)]
        stay = Stay(
            room=meeting.room.name,
            came_at=participant.joined_at,
            left_at=self._clock.now(),
            used=tuple(sorted(used)),
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
