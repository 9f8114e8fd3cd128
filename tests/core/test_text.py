"""Names and messages are hostile until cleaned."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meetd.core.refusals import NameEmpty, NameTooLong, Refusal, TextEmpty, TextTooLong
from meetd.core.text import MAX_CHAT_TEXT, MAX_NAME, clean_message, clean_name

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
hostile = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(list(OVERRIDES + "\x00\x07\x1b\u200b\u2028\ufeff\u0301\u20dd\U000e0041")),
    ),
    max_size=300,
)


@given(hostile)
@example("a" + "\u0301" * 300)
@example("\ud800")
def test_a_name_is_one_visible_line_of_bounded_length_or_refused(raw: str) -> None:
    try:
        name = clean_name(raw)
    except (NameEmpty, NameTooLong):
        return
    assert 1 <= len(name) <= MAX_NAME
    assert name == name.strip()
    assert len(name.splitlines()) == 1
    assert not any(char in OVERRIDES for char in name)
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} for char in name)


@given(hostile)
def test_a_message_keeps_line_breaks_and_loses_disguises_or_is_refused(raw: str) -> None:
    try:
        text = clean_message(raw)
    except (TextEmpty, TextTooLong):
        return
    assert 1 <= len(text) <= MAX_CHAT_TEXT
    assert not any(char in OVERRIDES for char in text)
    controls = {char for char in text if unicodedata.category(char) == "Cc"}
    assert controls <= {"\n", "\t"}


@given(hostile)
def test_what_was_cleaned_stays_as_it_is(raw: str) -> None:
    for clean in (clean_name, clean_message):
        try:
            once = clean(raw)
        except Refusal:
            continue
        assert clean(once) == once


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("  Anna \t de\nVries ", "Anna de Vries"),
        ("\u202eannA", "annA"),
        ("A\x00n\x1b[31mna", "An[31mna"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # shown as text, never as HTML
        ("e\u0301", "é"),
        ("👩\u200d👧", "👩\u200d👧"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001
        ("שלום", "שלום"),
        ("x" + "\u0336" * 50, "x" + "\u0336" * 4),
    ],
)
def test_names(raw: str, name: str) -> None:
    assert clean_name(raw) == name


@pytest.mark.parametrize("raw", ["", "   ", "\u200b\u200d\ufeff", "\u0301\u0301", "\u202e\n\u2028"])
def test_a_name_of_which_nothing_is_visible(raw: str) -> None:
    with pytest.raises(NameEmpty):
        clean_name(raw)


@pytest.mark.parametrize("raw", ["a" * 65, "a" * 2_000, "a\u0301" * 2_000, "👍" * 1_000])
def test_a_name_that_is_too_long(raw: str) -> None:
    with pytest.raises(NameTooLong) as caught:
        clean_name(raw)
    assert caught.value.facts() == {"limit": MAX_NAME}


def test_the_longest_name_and_the_longest_message_pass() -> None:
    assert len(clean_name("a" * MAX_NAME)) == MAX_NAME
    assert len(clean_message("a" * MAX_CHAT_TEXT)) == MAX_CHAT_TEXT


@pytest.mark.parametrize("raw", ["a" * (MAX_CHAT_TEXT + 1), "a" * 1_000_000])
def test_a_message_that_is_too_long(raw: str) -> None:
    with pytest.raises(TextTooLong):
        clean_message(raw)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("one\r\ntwo\rthree\n\n", "one\ntwo\nthree"),
        ("if x:\n\ty()", "if x:\n\ty()"),
        ("left\u200eright", "left\u200eright"),
        ("access\u202egpj.exe", "accessgpj.exe"),
        ("para\u2029graph", "para graph"),
    ],
)
def test_messages(raw: str, text: str) -> None:
    assert clean_message(raw) == text


@pytest.mark.parametrize("raw", ["", " \n\t ", "\u200e\u200d"])
def test_an_empty_message(raw: str) -> None:
    with pytest.raises(TextEmpty):
        clean_message(raw)
