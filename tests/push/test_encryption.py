"""What is encrypted for a browser is what RFC 8291 says."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from meetd.push.encryption import MAX_PLAIN, encrypt, is_public_key, pad
from tests.support.push_service import PushBrowser, decode, encode

# RFC 8291 appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RECEIVER_PUBLIC = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)


def key_of(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(text)), ec.SECP256R1())


def test_the_example_of_the_rfc() -> None:
    body = encrypt(PLAIN, decode(RECEIVER_PUBLIC), decode(AUTH), key_of(SENDER), decode(SALT))
    assert encode(body) == BODY


def test_the_browser_of_the_tests_reads_the_example_too() -> None:
    assert PushBrowser("", key_of(RECEIVER), decode(AUTH)).read(decode(BODY)) == PLAIN


def test_every_message_has_keys_of_its_own() -> None:
    browser = PushBrowser("")
    first, second = (encrypt(PLAIN, browser.public, browser.auth) for _ in range(2))
    assert browser.read(first) == browser.read(second) == PLAIN
    assert first[:16] != second[:16], "the salt came twice"
    assert first[21:86] != second[21:86], "the key came twice"


def test_nobody_else_can_read_it() -> None:
    browser, other = PushBrowser(""), PushBrowser("")
    body = encrypt(PLAIN, browser.public, browser.auth)
    with pytest.raises(InvalidTag):
        other.read(body)


def test_the_longest_message_is_one_record_of_4096_bytes() -> None:
    browser = PushBrowser("")
    body = encrypt(b"x" * MAX_PLAIN, browser.public, browser.auth)
    assert len(body) == 4_096
    assert browser.read(body) == b"x" * MAX_PLAIN
    with pytest.raises(ValueError, match="too long"):
        encrypt(b"x" * (MAX_PLAIN + 1), browser.public, browser.auth)


@pytest.mark.parametrize(("length", "padded"), [(1, 512), (512, 512), (513, 1_024), (3_990, 3_993)])
def test_the_length_tells_little(length: int, padded: int) -> None:
    assert len(pad(b"x" * length)) == padded


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x04" * 64,
        b"\x04" + bytes(64),  # not on the curve
        b"\x02" + bytes(64),
        b"\x00" * 65,
        decode(RECEIVER_PUBLIC) + b"\x00",
    ],
)
def test_what_is_no_point_of_the_curve_is_no_key(raw: bytes) -> None:
    assert not is_public_key(raw)
