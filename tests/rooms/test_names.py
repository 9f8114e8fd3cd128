"""Room names: one spelling each, and none that the server uses itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.core.ids import new_room_name
from meetd.core.refusals import Refusal, RoomNameInvalid, RoomNameReserved, RoomNameTooLong
from meetd.rooms.names import MAX_ROOM_NAME, RESERVED, normalise_room_name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("garden", "garden"),
        ("Garden", "garden"),
        ("  Team  meeting ", "team-meeting"),
        ("a\u00a0b", "a-b"),
        ("A_b-9", "a_b-9"),
        ("x" * 64, "x" * 64),
        ("x" + " " * 150 + "y", "x-y"),
    ],
)
def test_a_name_has_one_spelling(raw: str, name: str) -> None:
    assert normalise_room_name(raw) == name


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "   ",
        "a/b",
        "a.b",
        "..",
        "a\nb",
        "a\x00b",
        "caf\u00e9",
        "\u212a",
        "a\u202eb",
        "<b>",
        "a%20b",
    ],
)
def test_anything_but_letters_digits_and_dashes_is_invalid(raw: str) -> None:
    with pytest.raises(RoomNameInvalid):
        normalise_room_name(raw)


@pytest.mark.parametrize("raw", ["x" * 65, "x" * 2_000, " " * 2_000, "\u202e" * 2_000])
def test_a_long_name_is_refused_with_the_limit(raw: str) -> None:
    with pytest.raises(RoomNameTooLong) as caught:
        normalise_room_name(raw)
    assert caught.value.limit == MAX_ROOM_NAME


@pytest.mark.parametrize(
    "raw", ["login", "ADMIN", " ws ", "Api", "robots.txt", ".well-known", "privacy"]
)
def test_addresses_of_the_server_are_refused(raw: str) -> None:
    with pytest.raises(RoomNameReserved):
        normalise_room_name(raw)


def test_reserved_words_are_lower_case() -> None:
    assert all(word == word.lower() for word in RESERVED)


def test_a_generated_name_is_its_own_spelling() -> None:
    name = new_room_name()
    assert normalise_room_name(name) == name


@given(st.text(max_size=300))
def test_normalising_twice_changes_nothing(raw: str) -> None:
    try:
        name = normalise_room_name(raw)
    except Refusal:
        return
    assert normalise_room_name(name) == name
    assert name.isascii()
    assert 1 <= len(name) <= MAX_ROOM_NAME
