"""Which endpoints are places to write to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetd.config.settings import Push as Settings
from meetd.push.services import MAX_ENDPOINT, EndpointRefused, Services

SERVICES = Services((*Settings().services, "127.0.0.1:8123"))


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/dGVzdA:APA91b_x-y",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAAA",
        "https://a.push.services.mozilla.com/wpush/v2/gAAAAA",
        "https://wns2-am3p.notify.windows.com/w/?token=BQ%2fYAAA%3d%3d",
        "https://web.push.apple.com/QGuQy",
        "https://web.push.apple.com:443/QGuQy",
        "HTTPS://Web.Push.Apple.com/QGuQy".replace("HTTPS", "https"),
    ],
)
def test_what_browsers_really_send_is_taken(endpoint: str) -> None:
    place = SERVICES.place(endpoint)
    assert place.port == 443
    assert not place.is_loopback
    assert place.url.partition("/")[0] == "https:"
    assert endpoint.endswith(place.path)


def test_loopback_is_taken_for_the_address_and_port_that_the_settings_name() -> None:
    place = SERVICES.place("http://127.0.0.1:8123/push/a")
    assert place.is_loopback
    assert place.url == "http://127.0.0.1:8123/push/a"
    for endpoint in (
        "http://127.0.0.1:8124/",
        "http://127.0.0.1/",
        "http://127.0.0.2:8123/",
        "http://localhost:8123/",
        "https://127.0.0.1:8123/",
        "http://127.0.0.1:08123/",
        "http://web.push.apple.com:8123/",
    ):
        with pytest.raises(EndpointRefused):
            SERVICES.place(endpoint)


def test_no_services_no_notifications() -> None:
    assert not Services(())
    with pytest.raises(EndpointRefused):
        Services(()).place("https://web.push.apple.com/a")


def test_what_is_printed_of_a_place_lets_nobody_write_there() -> None:
    assert "secret" not in repr(SERVICES.place("https://web.push.apple.com/secret"))


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_around_a_name_it_leads_to_a_service_or_nowhere(
    before: str, between: str, after: str
) -> None:
    endpoint = f"https://{before}web.push.apple.com{between}/{after}"
    try:
        place = SERVICES.place(endpoint)
    except EndpointRefused:
        return
    assert place.host == "web.push.apple.com" or place.host.endswith(".push.apple.com")
    assert (place.port, len(endpoint) <= MAX_ENDPOINT) == (443, True)
