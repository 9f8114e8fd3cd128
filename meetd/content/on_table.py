"""What is shared in one room while people are in it: at hand, so that a snapshot needs no
waiting."""

from collections.abc import Iterable

from meetd.content.item import Item
from meetd.core.refusals import NoSuchItem
from meetd.protocol.content import ContentItem


class OnTable:
    """Items in the order in which they came."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = {item.id: item for item in items}

    @property
    def shown(self) -> tuple[ContentItem, ...]:
        return tuple(shown(item) for item in self._items.values())

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

    def __getitem__(self, item_id: str) -> Item:
        """Raises: NoSuchItem."""
        try:
            return self._items[item_id]
        except KeyError:
            raise NoSuchItem from None

    def add(self, item: Item) -> bool:
        """Returns whether it is new here."""
        is_new = item.id not in self._items
        self._items[item.id] = item
        return is_new

    def remove(self, item_id: str) -> bool:
        """Returns whether it was here."""
        return self._items.pop(item_id, None) is not None


def shown(item: Item) -> ContentItem:
    """As everybody in the room sees it."""
    return ContentItem(
        id=item.id,
        name=item.label.name,
        media_type=item.label.media_type,
        length=item.length,
        author=item.author,
        author_name=item.label.author_name,
        added_at=item.added_at,
    )
