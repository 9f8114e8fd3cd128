"""What is kept, where and for how long: settings with their defaults."""

from typing import Annotated, Literal

from meetd.config.section import Section, about


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
            " age, and no month is summed up, until an administrator confirms the clock.",
            ge=1,
            le=365,
        ),
    ] = 14


class Retention(Section, frozen=True, kw_only=True):
    """How long what is not used any more is kept (docs/retention.md)."""

    visitor_months: Annotated[
        int,
        about(
            "Months after the last use that rooms without an owner stay, the browsers of visitors"
            " who are always admitted, and what leads from the link that a visitor's browser keeps"
            " to what they left: until then they can see and erase it.",
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


class Usage(Section, frozen=True, kw_only=True):
    """How rooms are used (docs/usage.md). Off, nothing more is kept than retention needs."""

    keep: Annotated[
        bool,
        about(
            "Keep of each stay in a room when it was, which panels were used, whether picture and"
            " sound went directly, the kind of browser and system, and the network address; and"
            " sums of months that lead back to nobody, of which there are none where everybody"
            " comes from one network address. The privacy page says so."
        ),
    ] = False
    months: Annotated[int, about("Months that a stay is kept.", ge=1, le=24)] = 3
    alert_percent: Annotated[
        int,
        about(
            "Percent of a limit below from which on administrators are told, once a day.",
            ge=1,
            le=100,
        ),
    ] = 80
    limit_rooms: Annotated[int, about("Rooms; 0: no limit to watch.", ge=0)] = 0
    limit_storage_megabytes: Annotated[
        int, about("Megabytes of files and whiteboards; 0: no limit to watch.", ge=0)
    ] = 0
    limit_minutes: Annotated[
        int, about("Minutes in rooms in a month, 1000 or more; 0: no limit to watch.", ge=0)
    ] = 0
    limit_relayed_megabytes: Annotated[
        int,
        about("Megabytes through the relay in a month, 1000 or more; 0: no limit to watch.", ge=0),
    ] = 0


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
