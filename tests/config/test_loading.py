"""From file, environment and command line to settings, or to an error that says what is right."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from meetd.config import loading
from meetd.config.explaining import describe, example, sections
from meetd.config.loading import ConfigError, load_settings
from meetd.config.settings import Settings

ROOT = Path(__file__).parents[2]
KEYS = [
    (section, field.name, field.default)
    for section, struct in sections().items()
    for field in msgspec.structs.fields(struct)
]
key_ids = [f"{section}.{key}" for section, key, _ in KEYS]

VALID: dict[type, tuple[str, Any]] = {bool: ("false", False), int: ("7", 7)}
"""Per type of a setting: text for the environment, and what it means."""
SPECIAL: dict[tuple[str, str], tuple[str, Any]] = {
    ("media", "relay"): ("always", "always"),
    ("media", "relayed_kilobits_per_second"): ("700", 700),
    ("media", "forwarded_streams_per_room"): ("8", 8),
    ("media", "forwarded_streams"): ("8", 8),
    ("media", "forwarded_kilobits_per_second_per_room"): ("600", 600),
    ("media", "forwarded_kilobits_per_second"): ("600", 600),
    ("server", "host"): ("0.0.0.0", "0.0.0.0"),  # noqa: S104 - nothing listens there
    ("server", "public_url"): ("https://meet.example.org", "https://meet.example.org"),
    ("server", "tls"): ("self-signed", "self-signed"),
    ("server", "trusted_proxies"): ("127.0.0.1, fd00::/8", ("127.0.0.1", "fd00::/8")),
    ("media", "host"): ("::", "::"),
    ("media", "announced_addresses"): ("192.0.2.1, 2001:db8::1", ("192.0.2.1", "2001:db8::1")),
    ("accounts", "registration"): ("open", "open"),
    ("mail", "encryption"): ("tls", "tls"),
    ("push", "services"): ("push.example.org, 127.0.0.1:9", ("push.example.org", "127.0.0.1:9")),
    ("push", "contact"): ("mailto:a@example.org", "mailto:a@example.org"),
    ("calls", "language"): ("nl", "nl"),
    ("backup", "cron"): ("0 4 * * SUN", "0 4 * * SUN"),
    ("usage", "keep"): ("true", True),
    ("usage", "limit_minutes"): ("1000", 1_000),
    ("usage", "limit_relayed_megabytes"): ("1000", 1_000),
    ("logs", "level"): ("debug", "debug"),
    ("logs", "format"): ("json", "json"),
}


TOGETHER = {
    ("mail", "host"): {
        "MEETD_MAIL_SENDER": "meetd@example.org",
        "MEETD_SERVER_PUBLIC_URL": "https://meet.example.org",
    },
    ("backup", "s3_bucket"): {"MEETD_BACKUP_S3_CREDENTIALS_FILE": __file__},
}
"""Settings that need others beside them."""


def value_of(settings: Settings, section: str, key: str) -> object:
    return getattr(getattr(settings, section), key)


def test_no_configuration_is_the_defaults() -> None:
    assert load_settings(None, {}) == Settings()


def test_the_example_file_is_fresh_and_loads_back_to_the_defaults() -> None:
    assert (ROOT / "config.example.toml").read_text() == example()
    assert load_settings(ROOT / "config.example.toml", {}) == Settings()


@pytest.mark.parametrize(("section", "key", "default"), KEYS, ids=key_ids)
def test_every_setting_is_explained(section: str, key: str, default: object) -> None:
    del default
    assert len(describe(sections()[section], key)) > 20


@pytest.mark.parametrize(("section", "key", "default"), KEYS, ids=key_ids)
def test_every_setting_is_taken_from_the_environment_and_from_a_file(
    section: str, key: str, default: object, tmp_path: Path
) -> None:
    text, meaning = SPECIAL.get((section, key)) or VALID.get(
        type(default), ("some/path", "some/path")
    )
    assert meaning != default
    others = TOGETHER.get((section, key), {})
    settings = load_settings(None, others | {f"MEETD_{section}_{key}".upper(): text})
    assert value_of(settings, section, key) == meaning

    plain = list(meaning) if isinstance(meaning, tuple) else meaning
    file = tmp_path / "config.toml"
    file.write_text(f"[{section}]\n{key} = {msgspec.json.encode(plain).decode()}\n")
    assert load_settings(file, others) == settings


def test_command_line_over_environment_over_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[server]\nport = 1\n[media]\nport = 1\n[rooms]\nparticipant_limit = 1\n")
    environment = {"MEETD_SERVER_PORT": "2", "MEETD_MEDIA_PORT": "2"}
    settings = load_settings(file, environment, {("server", "port"): ("--port", 3)})
    assert (settings.server.port, settings.media.port, settings.rooms.participant_limit) == (
        3,
        2,
        1,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nport = 70000\n", ["[server] port = 70000", "Port of the web server"]),
        ('[server]\nport = "8080"\n', ["[server] port", "int"]),
        ("[server]\nprot = 1\n", ["[server] prot is not a setting", "port"]),
        ("[sever]\nport = 1\n", ["[sever] is not a section", "[server]"]),
        ("server = 1\n", ["server is a section", "[server]"]),
        ("[[server]]\nport = 1\n", ["server is a section", "[server]"]),
        ("port = 9000\n", ["port stands outside a section", "[server] or [media]"]),
        ("prot = 9000\n", ["prot stands outside a section", "such as [server]"]),
        ("[server]\nport = " + "9" * 5_000, ["is not TOML"]),
        ("[server\n", ["is not TOML", "config.example.toml"]),
        ('[push]\nservices = ["10.0.0.1"]\n', ["[push] services", "Push services that may be"]),
        ('[push]\nservices = ["push.example.org:80"]\n', ["[push] services", "host names"]),
        ('[push]\ncontact = "a@example.org"\n', ["[push] contact", "a mailto: or https: address"]),
        ('[server]\ntls = "on"\n', ["[server] tls = 'on'", "self-signed"]),
        ('[server]\ntls = "files"\n', ["tls_certificate", "PEM"]),
        ('[server]\npublic_url = "meet.example.org"\n', ["public_url", "https://meet.example.org"]),
        ('[server]\npublic_url = "https://a.example/path"\n', ["scheme and host only"]),
        ('[server]\npublic_url = "https://a@b.example"\n', ["scheme and host only"]),
        ('[server]\npublic_url = "https://a b.example"\n', ["scheme and host only"]),
        ('[server]\npublic_url = "https://a.example:"\n', ["scheme and host only"]),
        ('[server]\npublic_url = "https://café.example"\n', ["ASCII: xn--caf-dma.example."]),
        ('[server]\npublic_url = "https://straße.example"\n', ["in ASCII."]),
        ('[server]\nhost = "meet.example.org"\n', ["[server] host", "IP address"]),
        ('[server]\nhost = ""\n', ["[server] host = ''", "IP address"]),
        ('[server]\ntrusted_proxies = ["proxy"]\n', ["'proxy'", "10.0.0.0/8"]),
        ('[mail]\nhost = "localhost"\n', ["[mail] sender = ''", "mails come from"]),
        (
            '[mail]\nhost = "localhost"\nsender = "a@b"\n',
            ["[mail] host = 'localhost'", "mails carry links", "[server] public_url"],
        ),
        (
            '[mail]\nhost = "localhost"\nsender = "a@b"\nuser = "me"\n',
            ["[mail] password_file", "a file that exists"],
        ),
        (
            "[media]\nrelayed_streams_per_room = 3\n",
            ["[media] relayed_streams_per_room = 3", "one person takes 4", 'relay = "never"'],
        ),
        ("[usage]\nlimit_minutes = 999\n", ["[usage] limit_minutes = 999", "1000 or more", "or 0"]),
        ("[usage]\nlimit_relayed_megabytes = 1\n", ["limit_relayed_megabytes = 1", "1000 or more"]),
        ("[media]\nrelayed_streams = 0\n", ["[media] relayed_streams = 0", "Write 4 or more"]),
        (
            "[media]\nforwarded_streams_per_room = 7\n",
            ["[media] forwarded_streams_per_room = 7", "two people take 8"],
        ),
        (
            "[media]\nforwarded_kilobits_per_second = 599\n",
            ["[media] forwarded_kilobits_per_second = 599", "Write 600 or more"],
        ),
        ("[rooms]\nparticipant_limit = 0\n", ["participant_limit = 0", "How many people"]),
        ("[logs]\naccess = 1\n", ["[logs] access = 1", "true or false"]),
    ],
)
def test_a_wrong_file_names_place_key_and_what_is_right(
    text: str, words: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {})
    message = str(caught.value)
    assert message.startswith(str(file))
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MEETD_SERVER_PORT", "a port"),
        ("MEETD_SERVER_PORT", ""),
        ("MEETD_SERVER_PORT", "²"),
        ("MEETD_SERVER_PORT", "9" * 5_000),
        ("MEETD_SERVER_HOST", ""),
        ("MEETD_SERVER_PORT", "-1"),
        ("MEETD_LOGS_ACCESS", "maybe"),
        ("MEETD_SERVER_TRUSTED_PROXIES", "10.0.0.0/8,nonsense"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{variable}: "):
        load_settings(None, {variable: value})


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("MEETD_SERVER_PROT", "did you mean MEETD_SERVER_PORT?"),
        ("MEETD_SEVER_PORT", "did you mean MEETD_SERVER_PORT?"),
        ("MEETD_PORT", "did you mean MEETD_"),
        ("MEETD_MASTERKEY", "did you mean MEETD_MASTER_KEY?"),
        ("MEETD_X", "config.example.toml"),
    ],
)
def test_a_variable_that_is_no_setting_is_refused(variable: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(None, {variable: "9000"})
    assert str(caught.value).startswith(f"{variable} is not a setting; ")
    assert words in str(caught.value)


def test_the_master_key_and_the_variables_of_kubernetes_are_no_settings() -> None:
    environment = {
        "MEETD_MASTER_KEY": "secret",
        "MEETD_SERVICE_HOST": "10.0.0.1",
        "MEETD_SERVICE_PORT_HTTP": "8080",
        "MEETD_PORT": "tcp://10.0.0.1:8080",
        "MEETD_PORT_8080_TCP_ADDR": "10.0.0.1",
    }
    assert load_settings(None, environment) == Settings()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        *[("true", True), ("Yes", True), ("on", True), ("1", True)],
        *[("false", False), ("no", False), ("OFF", False), ("0", False)],
    ],
)
def test_a_boolean_in_the_environment_may_be_any_usual_word(text: str, *, meaning: bool) -> None:
    assert load_settings(None, {"MEETD_LOGS_ACCESS": text}).logs.access is meaning


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a user who may not enter the folder; tests may run as root, whom nothing stops."""

    def is_file(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", is_file)


def test_a_certificate_in_a_closed_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch)
    monkeypatch.setattr(loading, "DEFAULT_FILES", ())
    environment = {"MEETD_SERVER_TLS": "files", "MEETD_SERVER_TLS_CERTIFICATE": "/closed/a.pem"}
    with pytest.raises(ConfigError) as caught:
        load_settings(None, environment)
    where = "MEETD_SERVER_TLS_CERTIFICATE: [server] tls_certificate = '/closed/a.pem'"
    assert str(caught.value).startswith(f"{where} cannot be read: Permission denied.")


def test_a_default_file_in_a_closed_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch)
    with pytest.raises(ConfigError, match=r"^/etc/meetd/config.toml cannot be read: Permission"):
        load_settings(None, {})


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing\.toml: cannot be read"):
        load_settings(tmp_path / "missing.toml", {})
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"binary\.toml: is not TOML"):
        load_settings(tmp_path / "binary.toml", {})


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^--port: "):
        load_settings(None, {}, {("server", "port"): ("--port", 70_000)})


def test_a_missing_certificate_is_blamed_on_where_tls_was_asked_for() -> None:
    with pytest.raises(ConfigError, match=r"^--tls: \[server\] tls_certificate = ''"):
        load_settings(None, {}, {("server", "tls"): ("--tls", "files")})


@pytest.mark.parametrize(
    "cron", ["nightly", "61 2 * * *", "15 2 * *", "0 15 2 * * *", "0 0 31 2 *", "@daily"]
)
def test_a_cron_time_that_never_comes_or_has_seconds_is_refused(cron: str) -> None:
    with pytest.raises(ConfigError, match="write five fields such as 15 2"):
        load_settings(None, {"MEETD_BACKUP_CRON": cron})


def test_backups_that_go_nowhere_are_refused() -> None:
    with pytest.raises(ConfigError, match="s3_bucket has to be set"):
        load_settings(None, {"MEETD_BACKUP_DIRECTORY": "none"})
    with pytest.raises(ConfigError, match="name a file that exists"):
        load_settings(None, {"MEETD_BACKUP_S3_BUCKET": "meetd"})


def test_thirty_days_is_the_most_that_a_backup_is_kept() -> None:
    with pytest.raises(ConfigError, match="<= 30"):
        load_settings(None, {"MEETD_BACKUP_KEEP_DAYS": "31"})
