"""What /metrics tells of the relay, read when asked for. Loaded at the start: knows no packets."""

from collections.abc import Callable
from functools import partial
from typing import Final

from meetd.relay.session.relay import COUNTED, Relay
from meetd.relay.transport.delay import Delay

_LAYERS: Final = 3

Figures = dict[str, tuple[str, Callable[[], float]]]
"""name -> (sentence, value)"""


def relay_figures(relay: Relay, delay: Delay) -> Figures:
    return {
        "relay_streams_in": ("Streams sent to the relay.", lambda: relay.streams),
        "relay_streams_out": ("Streams that it forwards.", lambda: relay.forwarded),
        "relay_full": ("Times that it had no room for somebody.", lambda: relay.refusals),
        **_delays(delay),
        **_now(relay),
        **{
            f"relay_{name}": (sentence, partial(relay.total, name))
            for name, sentence in COUNTED.items()
        },
    }


def _delays(delay: Delay) -> Figures:
    told = "Time of packets in the process, {} % of the last ones: at most this."
    return {
        f"relay_delay_{percent}_seconds": (told.format(percent), partial(delay.at, percent))
        for percent in (50, 99)
    }


def _now(relay: Relay) -> Figures:
    takes = "What the paths of {} % of those who receive take, at most this."
    estimates: Figures = {
        f"relay_estimate_{percent}_bits_per_second": (
            takes.format(percent),
            partial(relay.estimate, percent),
        )
        for percent in (10, 50, 90)
    }
    shown = "Pictures that are forwarded in that layer, 1 the smallest."
    return estimates | {
        f"relay_pictures_layer_{layer + 1}": (shown, partial(relay.pictures, layer))
        for layer in range(_LAYERS)
    }
