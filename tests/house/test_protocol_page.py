"""The protocol page is enough to write another client: it names every message and every refusal."""

from pathlib import Path

from meetd.core.refusals import REFUSALS
from meetd.protocol.codec import COMMANDS, EVENTS

PAGE = (Path(__file__).parents[2] / "meetd" / "protocol" / "README.md").read_text()


def test_every_message_and_refusal_is_on_the_page() -> None:
    names = [item.__name__ for item in (*COMMANDS, *EVENTS, *REFUSALS)]
    assert not [name for name in names if f"| `{name}` |" not in PAGE]
