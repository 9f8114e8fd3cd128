"""From file, environment and command line to ``Settings``, or to an error that says what would be
right. Later sources win: defaults, file, environment, command line."""

import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from cronsim import CronSim, CronSimError

from meetd.config.explaining import describe, sections
from meetd.config.section import Section
from meetd.config.settings import Settings

ENVIRONMENT_PREFIX = "MEETD_"
DEFAULT_FILES = (Path("/etc/meetd/config.toml"),)
"""Read when no file is named, if it exists."""


_MASTER_KEY = "MEETD_MASTER_KEY"
"""Not a setting: ``storage.vault`` reads it, so that the key is in no settings that are printed."""

_OF_KUBERNETES = re.compile(
    r"MEETD_SERVICE_(HOST|PORT)(_\w+)?=.*|MEETD_PORT=\w+://.*|MEETD_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?=.*"
)
"""What Kubernetes puts into every container when a service is called meetd."""

_NETLOC = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", re.ASCII | re.IGNORECASE)
_BOOLEANS = {"true": True, "1": True, "yes": True, "on": True}
_BOOLEANS |= {"false": False, "0": False, "no": False, "off": False}


class ConfigError(Exception):
    """The configuration is wrong. The message names the place, the key and what would be right."""


def load_settings(
    file: Path | None,
    environment: Mapping[str, str],
    command_line: Mapping[tuple[str, str], tuple[str, Any]] | None = None,
) -> Settings:
    """Merge all sources and check them.

    ``command_line`` maps (section, key) to (option, value of the right type). Raises: ConfigError.
    """
    values: dict[str, dict[str, Any]] = {}
    origins: dict[tuple[str, str], str] = {}
    _take_file(file, values, origins)
    _take_environment(environment, values, origins)
    for (section, key), (option, value) in (command_line or {}).items():
        values.setdefault(section, {})[key] = value
        origins[section, key] = option
    settings = Settings(
        **{name: _section(name, values.get(name, {}), origins) for name in sections()}
    )
    _check_together(settings, origins)
    return settings


def file_to_read(named: Path | None) -> Path | None:
    """The one that is named, else the first of ``DEFAULT_FILES`` that is there. Raises:
    ConfigError."""
    return named or next((path for path in DEFAULT_FILES if _is_file(path, str(path))), None)


def _take_file(
    file: Path | None, values: dict[str, dict[str, Any]], origins: dict[tuple[str, str], str]
) -> None:
    path = file_to_read(file)
    if path is None:
        return
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}. Name a file that exists and may be read."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"{path}: is not TOML: {error}. config.example.toml shows the form."
        ) from error
    for section, table in document.items():
        if section not in sections() and not isinstance(table, dict):
            owners = [
                f"[{name}]" for name, struct in sections().items() if section in _keys(struct)
            ]
            below = " or ".join(owners) or "a section such as [server]"
            raise ConfigError(
                f"{path}: {section} stands outside a section. A setting belongs below {below}."
            )
        if section not in sections():
            known = ", ".join(f"[{name}]" for name in sections())
            raise ConfigError(f"{path}: [{section}] is not a section. The sections are {known}.")
        if not isinstance(table, dict):
            raise ConfigError(
                f"{path}: {section} is a section: write [{section}] and its keys below."
            )
        values[section] = dict(table)
        origins.update({(section, key): str(path) for key in table})


def _take_environment(
    environment: Mapping[str, str],
    values: dict[str, dict[str, Any]],
    origins: dict[tuple[str, str], str],
) -> None:
    known = {_MASTER_KEY, f"{_MASTER_KEY}_BEFORE"}
    for section, struct in sections().items():
        for field in msgspec.structs.fields(struct):
            variable = f"{ENVIRONMENT_PREFIX}{section}_{field.name}".upper()
            known.add(variable)
            if variable in environment:
                values.setdefault(section, {})[field.name] = _from_text(
                    environment[variable], field.default
                )
                origins[section, field.name] = variable
    for variable, value in environment.items():
        ours = variable.startswith(ENVIRONMENT_PREFIX) and variable not in known
        if ours and not _OF_KUBERNETES.fullmatch(f"{variable}={value}"):
            import difflib  # noqa: PLC0415 - only for who mistyped

            near = difflib.get_close_matches(variable, sorted(known), n=1)
            help_ = f"did you mean {near[0]}?" if near else "config.example.toml has them all."
            raise ConfigError(f"{variable} is not a setting; {help_}")


def _from_text(text: str, default: object) -> Any:
    """An environment variable as TOML would have it: numbers and booleans plain, lists by
    commas."""
    if isinstance(default, bool):
        return _BOOLEANS.get(text.strip().lower(), text)
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:  # told with its place when everything is checked
            return text
    if isinstance(default, tuple):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _section(name: str, values: dict[str, Any], origins: dict[tuple[str, str], str]) -> Any:
    struct = sections()[name]
    known = _keys(struct)
    for key, value in values.items():
        where = origins[name, key]
        if key not in known:
            raise ConfigError(
                f"{where}: [{name}] {key} is not a setting. The settings there are"
                f" {', '.join(sorted(known))}."
            )
        try:
            msgspec.convert({key: value}, struct)
        except msgspec.ValidationError as error:
            wrong = str(error).partition(" - at ")[0]
            wrong += ": write true or false" if "`bool`" in wrong else ""
            raise ConfigError(
                f"{where}: [{name}] {key} = {value!r} is wrong: {wrong}. {describe(struct, key)}"
            ) from error
    return msgspec.convert(values, struct)


def _check_together(settings: Settings, origins: dict[tuple[str, str], str]) -> None:
    """What no single setting can know."""

    def fail(section: str, key: str, sentence: str, because: str = "") -> None:
        where = origins.get((section, key)) or origins.get((section, because), "configuration")
        value = getattr(getattr(settings, section), key)
        raise ConfigError(f"{where}: [{section}] {key} = {value!r} is wrong: {sentence}")

    server = settings.server
    if server.tls == "files":
        for key in ("tls_certificate", "tls_key"):
            path = getattr(server, key)
            where = origins.get(("server", key)) or origins.get(("server", "tls"), "configuration")
            if not path or not _is_file(Path(path), f"{where}: [server] {key} = {path!r}"):
                sentence = 'tls = "files" needs the path of a PEM file that exists.'
                fail("server", key, sentence, because="tls")
    if server.public_url and (sentence := _wrong_origin(server.public_url)):
        fail("server", "public_url", sentence)
    for proxy in server.trusted_proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            fail(
                "server",
                "trusted_proxies",
                f"{proxy!r} is neither an address nor a network such as 10.0.0.0/8.",
            )
    _check_mail(settings, fail)
    _check_backup(settings, fail)
    _check_media(settings, fail)
    _check_usage(settings, fail)
    for section, key, host in (
        ("server", "host", server.host),
        ("media", "host", settings.media.host),
    ):
        may_be_empty = section == "media"
        if host != "localhost" and not _is_address(host) and not (may_be_empty and host == ""):
            fail(
                section,
                key,
                "write an IP address of this machine, such as 127.0.0.1, 0.0.0.0 or ::.",
            )


_LEAST_RELAYED: Final = {
    "relayed_streams": ("one person takes", 4),
    "forwarded_streams": ("two people take", 8),
    "forwarded_kilobits_per_second": ("two people take", 600),
}
"""Microphone, camera, screen and its sound of one person, to one other; 300 kbit/s for each."""


def _check_media(settings: Settings, fail: Callable[[str, str, str], None]) -> None:
    media = settings.media
    for name, (who, least) in _LEAST_RELAYED.items():
        for key in (f"{name}_per_room", name):
            if media.relay != "never" and getattr(media, key) < least:
                fail(
                    "media",
                    key,
                    f"{who} {least}, so nobody would be relayed."
                    f' Write {least} or more, or relay = "never".',
                )
    for address in settings.media.announced_addresses:
        if not _is_address(address):
            fail("media", "announced_addresses", f"{address!r} is not an IP address.")


_LEAST_WATCHED: Final = 1_000
"""Minutes or megabytes in a month: tenths of less would be what single people did."""


def _check_usage(settings: Settings, fail: Callable[[str, str, str], None]) -> None:
    for key in ("limit_minutes", "limit_relayed_megabytes"):
        if 0 < getattr(settings.usage, key) < _LEAST_WATCHED:
            fail("usage", key, f"write {_LEAST_WATCHED} or more, or 0 for no limit.")


def _check_mail(settings: Settings, fail: Callable[[str, str, str, str], None]) -> None:
    mail = settings.mail
    if not mail.host:
        return
    if "@" not in mail.sender:
        fail("mail", "sender", "write the address that mails come from.", "host")
    if mail.user and not Path(mail.password_file).is_file():
        fail("mail", "password_file", "name a file that exists, with the password.", "user")
    if not settings.server.public_url:
        # From a Host header, a stranger could choose where the links in somebody's mail lead.
        fail("mail", "host", "mails carry links: set [server] public_url as well.", "host")


def _check_backup(settings: Settings, fail: Callable[[str, str, str, str], None]) -> None:
    backup = settings.backup
    if backup.cron and not _is_cron(backup.cron):
        fail("backup", "cron", "write five fields such as 15 2 * * *, every day at 02:15.", "")
    if backup.s3_bucket and not Path(backup.s3_credentials_file).is_file():
        sentence = "name a file that exists, with the key id and the secret on two lines."
        fail("backup", "s3_credentials_file", sentence, "s3_bucket")
    if backup.directory == "none" and not backup.s3_bucket:
        fail("backup", "directory", "without a folder, s3_bucket has to be set.", "")


def _is_cron(text: str) -> bool:
    """Five fields and not six, which would mean seconds."""
    try:
        next(CronSim(text, datetime(2000, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):  # StopIteration: a date that never comes
        return False
    return len(text.split()) == 5  # noqa: PLR2004


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _wrong_origin(url: str) -> str:
    """What would be right, or ``""`` when it is an origin."""
    usual = "write scheme and host only, such as https://meet.example.org."
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return usual
    if host and not host.isascii():
        return f"write the host as browsers send it, in ASCII{_in_ascii(host)}."
    plain = not (parts.path.strip("/") or parts.query or parts.fragment)
    is_right = parts.scheme in {"http", "https"} and _NETLOC.fullmatch(parts.netloc) and plain
    return "" if is_right and port != 0 else usual


def _in_ascii(host: str) -> str:
    """The punycode of a host as an advice; empty where Python's older rules and those of browsers
    may differ (``ß``)."""
    try:
        ascii_host = host.encode("idna").decode()
        is_sure = ascii_host.encode().decode("idna") == host
    except UnicodeError:
        return ""
    return f": {ascii_host}" if is_sure else ""


def _is_file(path: Path, where: str) -> bool:
    """Is there such a file? Raises: ConfigError when this user may not know."""
    try:
        return path.is_file()
    except OSError as error:
        raise ConfigError(
            f"{where} cannot be read: {error.strerror}. Let this user enter the folder and read"
            " the file."
        ) from error


def _keys(struct: type[Section]) -> set[str]:
    return {field.name for field in msgspec.structs.fields(struct)}
