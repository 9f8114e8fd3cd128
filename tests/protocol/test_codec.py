"""Whatever a peer sends, decoding ends in a message or in a Refusal."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meetd.core.refusals import MessageMalformed, RoomFull
from meetd.protocol.base import Command
from meetd.protocol.chat import SendChat
from meetd.protocol.codec import COMMANDS, decode_command, decode_event, encode, refused

SAMPLES = {
    path.stem: json.loads(path.read_text())
    for path in (Path(__file__).parent / "samples").glob("*.json")
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)


def decodes_or_refuses(data: bytes | str) -> None:
    for decode in (decode_command, decode_event):
        with contextlib.suppress(MessageMalformed):
            decode(data)


@given(st.binary(max_size=200))
@example(b"")
@example(b"\xff\xfe")
@example(b'{"type":"Ping"')
@example(b'\xef\xbb\xbf{"type":"Ping"}')
def test_any_bytes(data: bytes) -> None:
    decodes_or_refuses(data)


@given(st.text(max_size=200))
@example('{"type":"Rename","name":"\ud800"}')
@example('{"type":"Rename","name":"\\ud800"}')
@example('{"type":"Ping","ref":1e400}')
@example('{"type":"Ping","ref":NaN}')
def test_any_text(text: str) -> None:
    decodes_or_refuses(text)


@given(json_values)
def test_any_json(value: Any) -> None:
    decodes_or_refuses(json.dumps(value))


@given(st.sampled_from([message.__name__ for message in COMMANDS]), st.data())
def test_any_value_in_any_field_of_any_command(name: str, data: st.DataObject) -> None:
    message = dict(SAMPLES[name])
    message[data.draw(st.sampled_from(sorted(message)))] = data.draw(json_values)
    decodes_or_refuses(json.dumps(message))


@pytest.mark.parametrize("opening", ["[", '{"type":', '{"type":"Ping","a":['])
def test_deep_nesting_is_refused(opening: str) -> None:
    with pytest.raises(MessageMalformed):
        decode_command(opening * 30_000)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"Rename","name":"a","type":"Leave"}',
        '{"type":"Leave","type":"Rename","name":"a"}',
        '{"type":"Rename","name":"a","name":"b"}',
    ],
)
def test_of_duplicate_keys_only_what_was_decoded_goes_on(text: str) -> None:
    """Two parsers that read duplicates differently never see the same bytes: what is passed on is
    encoded again from the decoded types."""
    try:
        again = encode(decode_command(text))
    except MessageMalformed:
        return
    pairs = json.loads(again, object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("message", COMMANDS, ids=lambda message: message.__name__)
def test_an_unknown_field_in_a_command_is_refused(message: type[Command]) -> None:
    with pytest.raises(MessageMalformed):
        decode_command(json.dumps({**SAMPLES[message.__name__], "sender": "somebody else"}))


def test_an_unknown_field_inside_a_candidate_is_dropped() -> None:
    candidate = {"candidate": "", "__proto__": {"polluted": True}}
    command = decode_command(json.dumps({**SAMPLES["Signal"], "candidate": candidate}))
    assert b"polluted" not in encode(command)


def test_an_unknown_field_in_an_event_is_tolerated() -> None:
    decode_event(json.dumps({**SAMPLES["ChatPosted"], "new": 1}))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("Ping", {"type": "Pong"}),
        ("Ping", {"ref": -1}),
        ("Ping", {"ref": 2**53}),
        ("Ping", {"ref": True}),
        ("Ping", {"ref": "1"}),
        ("Join", {"room": "a" * 257}),
        ("Join", {"name": "a" * 8_193}),
        ("Join", {"microphone": 1}),
        ("SendChat", {"clientId": "short"}),
        ("SendChat", {"clientId": "0123456789abcdef\n"}),
        ("LoadChat", {"before": 0}),
        ("LoadChat", {"before": 1.5}),
        ("Signal", {"connection": "with space"}),
        ("Signal", {"description": {"type": "rollback", "sdp": ""}}),
        ("Signal", {"description": {"type": "offer", "sdp": "a" * 48_001}}),
        ("Signal", {"connection": "conn_0123\n"}),
        ("ReportPath", {"state": "perfect"}),
    ],
)
def test_a_wrong_value_is_refused(name: str, change: dict[str, Any]) -> None:
    with pytest.raises(MessageMalformed):
        decode_command(json.dumps({**SAMPLES[name], **change}))


def test_a_command_in_binary_and_text_is_the_same() -> None:
    text = json.dumps(SAMPLES["SendChat"])
    assert decode_command(text) == decode_command(text.encode())
    assert isinstance(decode_command(text), SendChat)


def test_a_refusal_as_an_event() -> None:
    assert json.loads(encode(refused(RoomFull(limit=50), ref=1))) == SAMPLES["Refused"]
