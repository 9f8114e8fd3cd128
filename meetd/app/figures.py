"""What /metrics tells, read when asked for."""

from collections.abc import Callable, Mapping
from functools import partial

from meetd.app.gathering import Gathering
from meetd.app.house import House
from meetd.relay.session.relay import COUNTED, Relay
from meetd.relay.transport.media_port import MediaPort
from meetd.signaling.door import SignalingDoor

Figures = Mapping[str, tuple[str, Callable[[], float]]]


def figures_of(
    house: House, gathering: Gathering, signaling: SignalingDoor, relay: Relay, port: MediaPort
) -> Figures:
    stores = house.stores
    return {
        "meetings": ("Meetings that people are in.", lambda: len(gathering.meetings.live)),
        "sockets": ("Joined browser tabs.", lambda: signaling.joined),
        "storage_failures": (
            "Reads and writes of the database that could not be done.",
            lambda: stores.database.failures + stores.keys.failures,
        ),
        **house.routine.figures(),
        "stun_answered": ("STUN requests answered.", lambda: port.answered),
        "stun_dropped": ("Datagrams dropped.", lambda: port.dropped),
        **_relay_figures(relay, port),
    }


def _relay_figures(relay: Relay, port: MediaPort) -> Figures:
    return {
        "relay_streams_in": ("Streams sent to the relay.", lambda: relay.streams),
        "relay_streams_out": ("Streams that it forwards.", lambda: relay.forwarded),
        "relay_full": ("Times that it had no room for somebody.", lambda: relay.refusals),
        **{
            f"relay_delay_{percent}_seconds": (
                f"Time of packets in the process, {percent} % of the last ones: at most this.",
                partial(port.delay.at, percent),
            )
            for percent in (50, 99)
        },
        **{
            f"relay_estimate_{percent}_bits_per_second": (
                f"What the paths of {percent} % of those who receive take, at most this.",
                partial(relay.estimate, percent),
            )
            for percent in (10, 50, 90)
        },
        **{
            f"relay_pictures_layer_{layer + 1}": (
                "Pictures that are forwarded in that layer, 1 the smallest.",
                partial(relay.pictures, layer),
            )
            for layer in range(3)
        },
        **{
            f"relay_{name}": (sentence, partial(relay.total, name))
            for name, sentence in COUNTED.items()
        },
    }
