"""All settings with their defaults. The descriptions become ``config.example.toml``."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


def about(description: str, **limits: int | float | str) -> Meta:
    """The description that people read, and the limits that loading checks."""
    return Meta(description=description, **limits)  # type: ignore[call-overload,no-any-return]


Port = Annotated[int, Meta(ge=0, le=65_535)]
PushService = Annotated[
    str,
    Meta(
        pattern=r"^((\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]*|127\.\d{1,3}\.\d{1,3}\.\d{1,3}:\d{1,5})\Z"
    ),
]
"""A host name that ends in a word (so it is no address), or loopback with a port."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration file."""


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


class Storage(Section, frozen=True, kw_only=True):
    """Where data is kept."""

    data: Annotated[
        str, about("Data directory. Empty: $XDG_DATA_HOME/meetd, else ~/.local/share/meetd.")
    ] = ""
    master_key_file: Annotated[
        str,
        about(
            "File with the master key that wraps every other key. Empty: the key itself in the"
            " environment variable MEETD_MASTER_KEY, else the systemd credential meetd.master-key,"
            " else keys/master.key in the data directory, made on first start."
        ),
    ] = ""


class Rooms(Section, frozen=True, kw_only=True):
    """Rooms and meetings."""

    participant_limit: Annotated[
        int,
        about(
            "How many people may be in one meeting at a time; hosts have one seat more.",
            ge=1,
            le=1_000,
        ),
    ] = 50


class Content(Section, frozen=True, kw_only=True):
    """Files and whiteboards that stay in rooms. A megabyte is 1,000,000 bytes."""

    file_megabytes: Annotated[int, about("Of one file at the most.", ge=1, le=1_000_000)] = 2_000
    room_megabytes: Annotated[
        int, about("Of all files in one room together.", ge=1, le=10_000_000)
    ] = 10_000
    server_megabytes: Annotated[
        int, about("Of all files in all rooms together.", ge=1, le=1_000_000_000)
    ] = 100_000
    uploads_per_address: Annotated[
        int,
        about("Files that one address (IPv4 address or IPv6 /64) sends at a time.", ge=1, le=1_000),
    ] = 8
    boards_per_room: Annotated[int, about("Whiteboards in one room.", ge=1, le=1_000)] = 50
    board_megabytes: Annotated[
        int, about("Of one whiteboard; 20,000 strokes are about 8.", ge=1, le=64)
    ] = 32
    archive_megabytes: Annotated[
        int, about("Of the archive of a room that somebody brings here.", ge=1, le=10_000_000)
    ] = 12_000


class Accounts(Section, frozen=True, kw_only=True):
    """People with an account. Limits on signing in count for addresses without an account too."""

    registration: Annotated[
        Literal["invite", "open", "closed"],
        about(
            "Who may make an account. invite: whoever has an invitation link; open: everybody;"
            " closed: nobody, accounts come from `meetd accounts add` only."
        ),
    ] = "invite"
    session_idle_days: Annotated[
        int, about("Days without use after which somebody is signed out.", ge=1, le=3_650)
    ] = 30
    session_days: Annotated[
        int, about("Days after which everybody has to sign in again.", ge=1, le=3_650)
    ] = 180
    device_keys: Annotated[
        bool,
        about(
            "Whether browsers make a key for each account that is signed in, by which people who"
            " met know each other's devices again. Everybody can switch it off for themselves."
        ),
    ] = True
    attempts_per_account: Annotated[
        int,
        about(
            "Attempts to sign in or to reset the password per ten minutes and e-mail address, with"
            " as many at once.",
            ge=1,
            le=100_000,
        ),
    ] = 10
    attempts_per_network: Annotated[
        int, about("The same per network (IPv4 address or IPv6 /64).", ge=1, le=100_000)
    ] = 60
    attempts_overall: Annotated[
        int, about("The same for everybody together.", ge=1, le=1_000_000)
    ] = 3_000


class Mail(Section, frozen=True, kw_only=True):
    """E-mail. Without a host none is sent, and whoever runs the server hands links on."""

    host: Annotated[
        str, about("SMTP server. Needs [server] public_url, because mails carry links.")
    ] = ""
    port: Annotated[int, about("Port of the SMTP server.", ge=1, le=65_535)] = 587
    encryption: Annotated[
        Literal["starttls", "tls", "off"],
        about("starttls: usual on port 587; tls: on port 465; off: for a server on this machine."),
    ] = "starttls"
    user: Annotated[str, about("User name at the SMTP server. Empty: without signing in.")] = ""
    password_file: Annotated[str, about("File with the password at the SMTP server.")] = ""
    sender: Annotated[
        str, about("Address that mails come from, for example meetd@example.org.")
    ] = ""


class Push(Section, frozen=True, kw_only=True):
    """Notifications to browsers that are closed (Web Push)."""

    services: Annotated[
        tuple[PushService, ...],
        about(
            "Push services that may be written to: host names, with *. in front for everything"
            " below a name. Browsers say which one is theirs; everything else is refused. For tests"
            " also a loopback address with its port, which is spoken to without TLS. Empty: no"
            " notifications."
        ),
    ] = (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "*.push.services.mozilla.com",
        "*.notify.windows.com",
        "web.push.apple.com",
        "*.push.apple.com",
    )
    contact: Annotated[
        str,
        about(
            "Whom a push service tells when something is wrong: a mailto: or https: address. Empty:"
            " [mail] sender, else [server] public_url.",
            pattern=r"^$|^(mailto|https):\S+\Z",
        ),
    ] = ""


class Calls(Section, frozen=True, kw_only=True):
    """Telling hosts who are not there that somebody knocks, by mail and notification."""

    language: Annotated[
        Literal["en", "nl"],
        about("Language for hosts who have not saved how they want to be reached."),
    ] = "en"
    pause_seconds: Annotated[
        int, about("Seconds between two calls of one host.", ge=0, le=86_400)
    ] = 60
    per_hour: Annotated[int, about("Calls of one host per hour.", ge=1, le=1_000)] = 6
    per_hour_per_network: Annotated[
        int,
        about("Calls of one host per hour for knocks of one network.", ge=1, le=1_000),
    ] = 2
    per_day: Annotated[int, about("Calls of one host per day.", ge=1, le=10_000)] = 20
    per_minute_overall: Annotated[
        int, about("Knocks per minute that hosts are told of, all together.", ge=1, le=100_000)
    ] = 120


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


class Backup(Section, frozen=True, kw_only=True):
    """Copies of everything, encrypted, every night (docs/backup.md)."""

    cron: Annotated[
        str, about("When, in UTC: minute, hour, day, month, weekday. Empty: never by itself.")
    ] = "15 2 * * *"
    directory: Annotated[
        str,
        about(
            "Folder for them, best on another disk. Empty: backups in the data directory. none:"
            " no folder, S3 only."
        ),
    ] = ""
    keep_days: Annotated[
        int,
        about(
            "Days that a backup is kept at the most, even the last one. What was deleted is gone"
            " from every backup after that long.",
            ge=2,
            le=30,
        ),
    ] = 30
    alarm_hours: Annotated[
        int,
        about("Administrators are told when the last good backup is older.", ge=2, le=720),
    ] = 26
    s3_bucket: Annotated[
        str, about("Bucket for a copy of them in S3-compatible storage. Empty: none.")
    ] = ""
    s3_prefix: Annotated[str, about("What their names in the bucket begin with.")] = "meetd"
    s3_endpoint: Annotated[
        str, about("Address of that storage, such as https://s3.example.org. Empty: AWS.")
    ] = ""
    s3_region: Annotated[str, about("Region of that storage.")] = "us-east-1"
    s3_credentials_file: Annotated[
        str, about("File with two lines: the access key id, and the secret access key.")
    ] = ""


class Jobs(Section, frozen=True, kw_only=True):
    """What happens by itself."""

    clock_tolerance_days: Annotated[
        int,
        about(
            "Days that the clock may be from where it is expected, also after a standstill. When it"
            " is further off, accounts, rooms, logs, archives and old backups are not removed by"
            " age until an administrator confirms the clock.",
            ge=1,
            le=365,
        ),
    ] = 14


class Retention(Section, frozen=True, kw_only=True):
    """How long what is not used any more is kept (docs/retention.md)."""

    visitor_months: Annotated[
        int,
        about(
            "Months after the last use that rooms without an owner stay, and the browsers of"
            " visitors who are always admitted.",
            ge=1,
            le=120,
        ),
    ] = 6
    account_months: Annotated[
        int,
        about(
            "Months after the last sign-in that an account stays, with its rooms. Its owner is told"
            " 30 and 7 days before.",
            ge=3,
            le=240,
        ),
    ] = 24
    access_log_months: Annotated[
        int, about("Months that lines of the access log are kept.", ge=1, le=120)
    ] = 12
    knock_hours: Annotated[
        int,
        about("Hours after its answer that a knock is kept, for whoever comes back.", ge=1, le=720),
    ] = 24
    upload_hours: Annotated[
        int, about("Hours that an upload is kept that nobody goes on with.", ge=1, le=168)
    ] = 3
    ended_access_days: Annotated[
        int,
        about("Days that access which ran out stays in the owner's list.", ge=0, le=365),
    ] = 30


class Logs(Section, frozen=True, kw_only=True):
    """What is written to standard error."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], about("The least important that is written.")
    ] = "info"
    format: Annotated[
        Literal["auto", "text", "json"],
        about("auto: text on a terminal, else one JSON object per line."),
    ] = "auto"
    access: Annotated[
        bool,
        about("One line per request: route, status, time. Never an address, a name or a room."),
    ] = True


class Settings(Section, frozen=True, kw_only=True):
    """Everything that can be configured."""

    server: Server = Server()
    media: Media = Media()
    storage: Storage = Storage()
    rooms: Rooms = Rooms()
    content: Content = Content()
    accounts: Accounts = Accounts()
    mail: Mail = Mail()
    push: Push = Push()
    calls: Calls = Calls()
    backup: Backup = Backup()
    jobs: Jobs = Jobs()
    retention: Retention = Retention()
    limits: Limits = Limits()
    logs: Logs = Logs()
