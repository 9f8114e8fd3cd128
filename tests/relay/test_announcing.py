"""What the operator is told of the media port at the start."""

import logging

import pytest

from meetd.config.network import Media
from meetd.core.clock import SystemClock
from meetd.relay.transport import announcing
from meetd.relay.transport.media_port import MediaPort

NAME = "https://meet.example.org"


def noted(
    log: pytest.LogCaptureFixture, media: Media, url: str = NAME, host: str = "192.168.1.20"
) -> list[str]:
    with log.at_level(logging.INFO):
        announcing.note(MediaPort(host, 3478, 20, SystemClock()), media, url)
    return [record.getMessage() for record in log.records]


def test_private_addresses_behind_a_name_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    line, warning = noted(caplog, Media())
    assert line == "Media: UDP and TCP 3478; browsers are told 192.168.1.20"
    assert "meet.example.org is a name" in warning
    assert "set [media] announced_addresses" in warning
    assert caplog.records[-1].levelno == logging.WARNING


@pytest.mark.parametrize("url", ["", "https://192.168.1.20", "https://[fd00::5]:8443"])
def test_no_name_no_warning(url: str, caplog: pytest.LogCaptureFixture) -> None:
    assert len(noted(caplog, Media(), url)) == 1


def test_what_is_announced_is_what_is_said(caplog: pytest.LogCaptureFixture) -> None:
    media = Media(announced_addresses=("9.9.9.9", "192.168.1.20"), public_port=4000)
    assert noted(caplog, media) == [
        "Media: UDP and TCP 3478; browsers are told 9.9.9.9 port 4000, 192.168.1.20"
    ]


def test_without_a_relay_no_address_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert noted(caplog, Media(relay="never")) == ["Media: UDP and TCP 3478, for STUN only"]
