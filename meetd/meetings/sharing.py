"""What is shared in one meeting: the items on the table, and what somebody shows to all."""

from collections.abc import Callable
from typing import Final

from meetd.content.item import Item
from meetd.content.on_table import OnTable, shown
from meetd.core.refusals import HostsOnly, NoSuchItem, NotPresenting, TooManyOpened
from meetd.protocol.base import MeetingEvent
from meetd.protocol.content import (
    ContentAdded,
    ContentItem,
    ContentRemoved,
    OpenedItem,
    Presentation,
    PresentationChanged,
    View,
)
from meetd.protocol.people import Participant

MOST_OPENED: Final = 8
"""Items beside each other: more tabs than that nobody finds anything in."""

FIT: Final = View(page=1, zoom=1.0, x=0.5, y=0.5, at=0.0, playing=False)
"""All of it, from the beginning. Texts show their beginning where nobody moved them yet."""

Announce = Callable[[Callable[[int], MeetingEvent]], None]


class Sharing:
    """Rights to share at all are the meeting's to check. No I/O, no clock."""

    def __init__(self, table: OnTable, is_board: Callable[[str], bool], announce: Announce) -> None:
        """``is_board``: whether a whiteboard with that id is in the room."""
        self._table = table
        self._is_board = is_board
        self._announce = announce
        self.presentation: Presentation | None = None

    @property
    def items(self) -> tuple[ContentItem, ...]:
        return self._table.shown

    def add(self, item: Item) -> None:
        if self._table.add(item):
            self._announce(lambda seq: ContentAdded(seq=seq, item=shown(item)))

    def remove(self, item: Item) -> None:
        if self._table.remove(item.id):
            self._announce(lambda seq: ContentRemoved(seq=seq, item=item.id))
            self._close(item.id)

    @property
    def all(self) -> list[Item]:
        """Every file in the room."""
        return [self._table[item.id] for item in self._table.shown]

    def removable(self, who: Participant, item_id: str, *, may_share: bool) -> Item:
        """What somebody wants to take out of the room. Raises: NoSuchItem, HostsOnly."""
        item = self._table[item_id]
        if who.role != "host" and not (may_share and item.author == who.id):
            raise HostsOnly
        return item

    def name_of(self, item_id: str) -> str:
        """Raises: NoSuchItem."""
        return self._table[item_id].label.name

    def is_opened(self, item_id: str) -> bool:
        """Is it before everybody's eyes?"""
        return any(opened.item == item_id for opened in self._opened)

    def present(self, presenter: str, item_id: str) -> None:
        """Show an item, opened before or not: whoever does so presents from now on.

        Raises: NoSuchItem, TooManyOpened.
        """
        opened = self._opened
        if not self._is_board(item_id) and item_id not in self._table:
            raise NoSuchItem
        if not self.is_opened(item_id):
            if len(opened) >= MOST_OPENED:
                raise TooManyOpened(limit=MOST_OPENED)
            opened = (*opened, OpenedItem(item=item_id, view=FIT))
        self._change(Presentation(presenter=presenter, shown=item_id, opened=opened))

    def move(self, presenter: str, item_id: str, view: View) -> None:
        """Look at another place of what is shown. Raises: NotPresenting."""
        now = self.presentation
        if now is None or now.presenter != presenter or now.shown != item_id:
            raise NotPresenting
        opened = tuple(
            OpenedItem(item=item_id, view=view) if each.item == item_id else each
            for each in now.opened
        )
        self._change(Presentation(presenter=presenter, shown=item_id, opened=opened))

    def close(self, who: Participant, item_id: str) -> None:
        """Put an item back. Raises: NoSuchItem, NotPresenting."""
        now = self.presentation
        if now is None or not self.is_opened(item_id):
            raise NoSuchItem
        if who.role != "host" and who.id != now.presenter:
            raise NotPresenting
        self._close(item_id)

    def put_back(self, item_id: str) -> None:
        """It is in the room no more."""
        self._close(item_id)

    @property
    def _opened(self) -> tuple[OpenedItem, ...]:
        return self.presentation.opened if self.presentation else ()

    def _close(self, item_id: str) -> None:
        now = self.presentation
        if now is None or not self.is_opened(item_id):
            return
        left = tuple(each for each in now.opened if each.item != item_id)
        if not left:
            self._change(None)
            return
        on_top = now.shown if now.shown != item_id else left[-1].item
        self._change(Presentation(presenter=now.presenter, shown=on_top, opened=left))

    def _change(self, presentation: Presentation | None) -> None:
        if presentation != self.presentation:
            self.presentation = presentation
            self._announce(lambda seq: PresentationChanged(seq=seq, presentation=presentation))
