"""What is typed, and what comes back: messages and exit statuses 0, 1 and 2."""

import asyncio
import os
import re
import signal
import stat
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from meetd import __version__
from meetd.cli import check_config, main
from meetd.config import loading
from meetd.config.loading import load_settings
from meetd.config.settings import Settings
from tests.support.guest import guests_at
from tests.support.people import browser_at, sign_up_form
from tests.support.process import ServerProcess, serve
from tests.support.server import prepare_data

ROOM = "cli"


async def meetd(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command that ends by itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "meetd", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | environment,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def refused(*arguments: str, status: int, **environment: str) -> str:
    """The one sentence that a command which must fail says."""
    got, out, err = await meetd(*arguments, **environment)
    assert "Traceback" not in err, err
    assert (got, out) == (status, ""), err
    last = err.splitlines()[-1]
    assert last.startswith("meetd: "), err
    return last


async def test_version() -> None:
    assert await meetd("--version") == (0, f"meetd {__version__}\n", "")


async def test_help_names_the_commands_and_their_options() -> None:
    status, out, err = await meetd("--help")
    assert (status, err) == (0, "")
    assert "serve" in out
    assert "check-config" in out
    status, out, err = await meetd("serve", "--help")
    assert (status, err) == (0, "")
    for option in ("config", "data", "host", "port", "media-port", "public-url", "tls"):
        assert f"--{option}" in out


@pytest.mark.parametrize("arguments", [(), ("dance",), ("serve", "--port", "a")])
async def test_wrong_arguments_are_status_2_with_the_usage(arguments: tuple[str, ...]) -> None:
    status, out, err = await meetd(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("usage: meetd")


async def test_a_wrong_configuration_is_status_2_before_anything_is_touched(tmp_path: Path) -> None:
    data = tmp_path / "data"
    to_data = ("serve", "--data", str(data))
    assert "[server] host = ''" in await refused(*to_data, "--host", "", status=2)
    message = await refused(*to_data, status=2, MEETD_SERVER_PROT="1")
    assert message == "meetd: MEETD_SERVER_PROT is not a setting; did you mean MEETD_SERVER_PORT?"
    missing = str(tmp_path / "missing.toml")
    assert missing in await refused("check-config", "--config", missing, status=2)
    assert "Name a folder" in await refused("serve", "--data", "~nobody-here/x", status=2)
    assert not data.exists()


async def test_unusable_storage_is_status_1_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    message = await refused("serve", "--data", str(file), status=1)
    assert message == f"meetd: The data directory {file} is a file. Choose a folder with --data."
    to_data = ("serve", "--data", str(tmp_path / "data"))
    assert "not a master key" in await refused(*to_data, status=1, MEETD_MASTER_KEY="é")
    (tmp_path / "data" / "keys").touch()
    assert "has to be a folder" in await refused(*to_data, status=1)


async def test_check_config_prints_what_is_in_force_as_toml_and_as_json(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[server]\nport = 9000\ntrusted_proxies = ["10.0.0.0/8", "::1"]\n[logs]\naccess = false\n'
    )
    common = ("check-config", "--config", str(file), "--data", str(tmp_path / 'a "b" é'))
    environment = {"MEETD_ROOMS_PARTICIPANT_LIMIT": "12"}
    status, toml, err = await meetd(*common, **environment)
    assert (status, err) == (0, "")
    typed = {("storage", "data"): ("--data", common[-1])}
    settings = load_settings(file, environment, typed)
    assert settings.rooms.participant_limit == 12
    assert msgspec.convert(tomllib.loads(toml), Settings) == settings
    assert toml.startswith(f"# Read from {file}; the environment wins over it.\n")
    (tmp_path / "printed.toml").write_text(toml)
    assert load_settings(tmp_path / "printed.toml", {}) == settings
    status, text, err = await meetd(*common, "--json", **environment)
    assert (status, err) == (0, "")
    assert msgspec.json.decode(text, type=Settings) == settings


async def test_without_a_file_it_is_said_where_one_would_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = tmp_path / "config.toml"
    for module in (loading, check_config):
        monkeypatch.setattr(module, "DEFAULT_FILES", (there,))
    assert main(["check-config"]) == 0
    none = f"# No file was read: there is no {there}, and --config names none.\n"
    assert capsys.readouterr().out.startswith(none)
    there.write_text("[rooms]\nparticipant_limit = 7\n")
    assert main(["check-config"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"# Read from {there}; ")
    assert "participant_limit = 7" in printed


async def test_the_first_start_says_two_lines_and_files_are_private(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "meetd", "serve", "--data", str(shared)),
        *("--port", "0", "--media-port", "0"),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"MEETD_LOGS_LEVEL": "warning"},
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            first = (await process.stdout.readline()).decode()
            line = (await process.stdout.readline()).decode()
        assert re.fullmatch(r"meetd is ready at http://localhost:\d+\n", line)
        url = line.split()[-1]
        assert re.fullmatch(
            rf"Make the administrator's account .*: {url}/welcome/\S{{43}}\n", first
        )
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in shared.rglob("*")}
        assert {path.name for path in modes} >= {"meetd.db", "keys.db", "master.key", "meetd.lock"}
        assert not {path: mode for path, mode in modes.items() if mode & 0o077}
        assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    finally:
        process.terminate()
        out, _ = await process.communicate()
    assert (process.returncode, out) == (0, b"")


async def test_links_go_by_a_name_and_the_address_works_as_well(tmp_path: Path) -> None:
    """Browsers give passkeys to names only; who typed the address before goes on doing so."""
    async with serve(tmp_path) as server:
        (link,) = [line.split()[-1] for line in server.printed if "/welcome/" in line]
        assert link.startswith(f"{server.url}/"), link
        path = link.removeprefix(server.url)
        for url in (server.url, server.url.replace("localhost", "127.0.0.1")):
            async with browser_at(url) as browser:
                assert (await browser.get(path)).status == 200
                assert (await browser.post(path, sign_up_form(terms=""))).status == 400
                text = (await browser.get("/login")).text
                assert ("passkey" in text) == ("localhost" in url)


async def test_a_loopback_address_without_that_name_stays_as_it_is(tmp_path: Path) -> None:
    """Such as 127.0.0.2, where localhost does not lead."""
    async with serve(tmp_path, MEETD_SERVER_HOST="127.0.0.2") as server:
        assert re.fullmatch(r"http://127\.0\.0\.2:\d+", server.url)


async def test_a_public_address_is_printed_as_it_was_set(tmp_path: Path) -> None:
    async with serve(tmp_path, MEETD_SERVER_PUBLIC_URL="http://127.0.0.1:8080") as server:
        assert server.url == "http://127.0.0.1:8080"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_within_5_seconds_also_with_a_meeting(
    number: signal.Signals, tmp_path: Path
) -> None:
    async with serve(tmp_path) as server, guests_at(server.url) as guests:
        ada = await guests.join(ROOM, "Ada")
        await guests.join(ROOM, "Bo")
        await ada.say("hello")
        os.kill(server.pid, number)
        async with asyncio.timeout(5):
            assert await server.wait() == 0


async def test_a_second_process_on_the_same_data_is_refused_with_the_pid(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        second = ("serve", "--data", str(tmp_path), "--port", "0", "--media-port", "0")
        message = await refused(*second, status=1)
        assert f"{tmp_path} is in use by another meetd, process {server.pid}." in message


async def test_started_twice_it_keeps_what_was_said(tmp_path: Path) -> None:
    await prepare_data(tmp_path)
    server = ServerProcess(tmp_path)
    await server.start()
    try:
        async with guests_at(server.url) as guests:
            await (await guests.join(ROOM, "Ada")).say("kept")
        assert await server.stop() == 0
        await server.start()
        async with guests_at(server.url) as guests:
            assert [m.text for m in (await guests.join(ROOM, "Bo")).messages] == ["kept"]
    finally:
        await server.stop()
