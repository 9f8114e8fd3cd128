"""All settings with their defaults. The descriptions become ``config.example.toml``."""

from typing import Annotated, Literal

from msgspec import Meta

from meetd.config.keeping import Backup, Jobs, Logs, Retention, Storage, Usage
from meetd.config.network import Limits, Media, Server
from meetd.config.section import Section, about

PushService = Annotated[
    str,
    Meta(
        pattern=r"^((\*\.)?([a-z0-9-]+\.)+[a-z][a-z0-9-]*|127\.\d{1,3}\.\d{1,3}\.\d{1,3}:\d{1,5})\Z"
    ),
]
"""A host name that ends in a word (so it is no address), or loopback with a port."""


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
    usage: Usage = Usage()
    limits: Limits = Limits()
    logs: Logs = Logs()
