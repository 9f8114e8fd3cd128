"""How this server is reached, and what it bears: settings with their defaults."""

from typing import Annotated, Literal

from msgspec import Meta

from meetd.config.section import Section, about

Port = Annotated[int, Meta(ge=0, le=65_535)]


class Server(Section, frozen=True, kw_only=True):
    """Where people reach this server."""

    host: Annotated[
        str, about("Address to listen on. 127.0.0.1: this machine only; 0.0.0.0 or ::: everybody.")
    ] = "127.0.0.1"
    port: Annotated[Port, about("Port of the web server. 0 picks a free one.")] = 8080
    public_url: Annotated[
        str,
        about(
            "The address people type, for example https://meet.example.org. Empty: found from each"
            " request. Set it when the server is reachable by a name of its own; pages opened under"
            " any other name are then refused."
        ),
    ] = ""
    tls: Annotated[
        Literal["off", "self-signed", "files"],
        about(
            "off: plain HTTP, for this machine or behind a reverse proxy. self-signed: a"
            " certificate of its own, for a LAN. files: from tls_certificate and tls_key."
        ),
    ] = "off"
    tls_certificate: Annotated[
        str, about("PEM file of the certificate with its chain. Read again when it changes.")
    ] = ""
    tls_key: Annotated[str, about("PEM file of the private key. Read again when it changes.")] = ""
    trusted_proxies: Annotated[
        tuple[str, ...],
        about(
            "Addresses or networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto"
            " are believed. Nobody else's are."
        ),
    ] = ()


class Media(Section, frozen=True, kw_only=True):
    """The port for media."""

    host: Annotated[
        str, about("Address of the media port. Empty: every address of this machine.")
    ] = ""
    port: Annotated[
        Port,
        about(
            "UDP and TCP port of media: tells browsers their public address (STUN) and carries"
            " what is relayed. Open both in the firewall. 0 picks a free one."
        ),
    ] = 3478
    public_port: Annotated[
        Port,
        about("The media port as browsers reach it, when a router maps it. 0: the same."),
    ] = 0
    announced_addresses: Annotated[
        tuple[str, ...],
        about(
            "IP addresses that browsers are told for relayed media, instead of those of this"
            " machine. Set it behind NAT or in a container when the pages are opened by a host"
            " name, and list the public address as well as the one in the local network. A browser"
            " that opened the pages by IP address is told that one in any case."
        ),
    ] = ()
    stun_per_second: Annotated[
        int, about("STUN requests answered per second and source address.", ge=1, le=10_000)
    ] = 20
    relay: Annotated[
        Literal["when needed", "always", "never"],
        about(
            "when needed: media goes through this server, which decodes none of it, where browsers"
            " find no direct path, and in larger meetings. always: nobody's address is shown to"
            " others. never: direct paths only."
        ),
    ] = "when needed"
    mesh_limit: Annotated[
        int,
        about(
            "Up to so many people in a meeting send to each other directly; with more, everybody"
            " goes through the relay.",
            ge=2,
            le=20,
        ),
    ] = 4
    relayed_streams_per_room: Annotated[
        int,
        about(
            "Streams that people in one meeting may send to the relay; each person counts for four,"
            " also who only receives: microphone, camera, screen and its sound.",
            ge=0,
            le=100_000,
        ),
    ] = 400
    relayed_streams: Annotated[
        int, about("The same for all meetings together.", ge=0, le=1_000_000)
    ] = 4_000
    relayed_kilobits_per_second: Annotated[
        int,
        about("What one person may send to the relay; the rest is dropped.", ge=100, le=20_000),
    ] = 12_000
    forwarded_streams_per_room: Annotated[
        int,
        about(
            "Streams that the relay may send to the people in one meeting, counted as if everybody"
            " got all four of everybody else: people x (people - 1) x 4. 51 people, which is"
            " participant_limit and one host more, are 10,200; 100, for whom"
            " relayed_streams_per_room has room, are 39,600. Raise all three together.",
            ge=0,
            le=10_000_000,
        ),
    ] = 40_000
    forwarded_streams: Annotated[
        int,
        about(
            "The same for all meetings together: the default is seven meetings of 51 people, or"
            " many of 20, of 1,520 each.",
            ge=0,
            le=100_000_000,
        ),
    ] = 80_000
    forwarded_kilobits_per_second_per_room: Annotated[
        int,
        about(
            "What the relay may send to the people in one meeting. Each has an equal share, of"
            " which pictures are as large as fits; whoever would have less than 300 is refused.",
            ge=0,
            le=100_000_000,
        ),
    ] = 100_000
    forwarded_kilobits_per_second: Annotated[
        int,
        about(
            "The same for all meetings together: no more than the server's line carries.",
            ge=0,
            le=100_000_000,
        ),
    ] = 200_000


class Limits(Section, frozen=True, kw_only=True):
    """What one address may do. IPv6 addresses count by their /64 network."""

    connections_per_address: Annotated[
        int, about("Open connections at a time.", ge=1, le=100_000)
    ] = 200
    sockets_per_address: Annotated[
        int, about("Joined browser tabs at a time.", ge=1, le=100_000)
    ] = 100
    joins_per_minute: Annotated[
        int, about("Joins per minute, with as many at once.", ge=1, le=100_000)
    ] = 120
    knocks_per_minute: Annotated[
        int,
        about(
            "Knocks per minute at all doors, with as many at once; an IPv6 /48 four times that.",
            ge=1,
            le=100_000,
        ),
    ] = 12
    knocks_per_minute_overall: Annotated[
        int, about("Knocks per minute at all doors, of everybody together.", ge=1, le=1_000_000)
    ] = 600
    requests_per_second: Annotated[
        int,
        about("Requests of pages and API per second, ten times as many at once.", ge=1, le=100_000),
    ] = 50
    commands_per_second: Annotated[
        int,
        about("Commands per second of one browser tab, twice as many at once.", ge=1, le=10_000),
    ] = 20
