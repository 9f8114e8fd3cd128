"""One golden sample per message, decoded here and by vitest: both sides mean the same."""

import json
from pathlib import Path

import msgspec
import pytest

from meetd.protocol.codec import COMMANDS, EVENTS, decode_command, decode_event, encode

SAMPLES = Path(__file__).parent / "samples"


def test_every_message_has_a_sample_and_no_sample_is_left_over() -> None:
    messages = {message.__name__ for message in (*COMMANDS, *EVENTS)}
    assert {path.stem for path in SAMPLES.glob("*.json")} == messages


@pytest.mark.parametrize("message", COMMANDS, ids=lambda message: message.__name__)
def test_a_command_survives_decoding_and_encoding(message: type[msgspec.Struct]) -> None:
    text = (SAMPLES / f"{message.__name__}.json").read_bytes()
    command = decode_command(text)
    assert type(command) is message
    assert json.loads(encode(command)) == json.loads(text)


@pytest.mark.parametrize("message", EVENTS, ids=lambda message: message.__name__)
def test_an_event_survives_decoding_and_encoding(message: type[msgspec.Struct]) -> None:
    text = (SAMPLES / f"{message.__name__}.json").read_bytes()
    event = decode_event(text)
    assert type(event) is message
    assert json.loads(encode(event)) == json.loads(text)


@pytest.mark.parametrize("message", [*COMMANDS, *EVENTS], ids=lambda message: message.__name__)
def test_a_sample_shows_every_field(message: type[msgspec.Struct]) -> None:
    shown = json.loads((SAMPLES / f"{message.__name__}.json").read_text())
    fields = {field.encode_name for field in msgspec.structs.fields(message)}
    assert set(shown) == fields | {"type"}
