"""What /metrics tells, read when asked for."""

from collections.abc import Callable, Mapping

from meetd.app.gathering import Gathering
from meetd.app.house import House
from meetd.relay.session.measured import relay_figures
from meetd.relay.session.relay import Relay
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
        **relay_figures(relay, port.delay),
    }
