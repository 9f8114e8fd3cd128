"""What ``/metrics`` tells about relayed media."""

from collections.abc import Callable
from functools import partial

from meetd.relay.session.relay import COUNTED, Relay
from meetd.relay.transport.delay import Delay


def relay_figures(relay: Relay, delay: Delay) -> dict[str, tuple[str, Callable[[], float]]]:
    """By name: what it is, and how to read it."""
    return {
        "relay_streams_in": ("Streams sent to the relay.", lambda: relay.streams),
        "relay_streams_out": ("Streams that it forwards.", lambda: relay.forwarded),
        "relay_full": ("Times that it had no room for somebody.", lambda: relay.refusals),
        **{
            f"relay_delay_{percent}_seconds": (
                f"Time of packets in the process, {percent} % of the last ones: at most this.",
                partial(delay.at, percent),
            )
            for percent in (50, 99)
        },
        **{
            f"relay_{name}": (sentence, partial(relay.total, name))
            for name, sentence in COUNTED.items()
        },
    }
