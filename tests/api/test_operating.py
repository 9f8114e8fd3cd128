"""Alive, ready, figures: what operators and their machines ask."""

from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from meetd.api.operating import OperatingDoor
from meetd.serving.addresses import Addresses
from tests.serving.requests import make_request
from tests.support.guest import guests_at
from tests.support.operator import execute_beside
from tests.support.server import running_server


def door(*, ready: bool = True, trusted_proxies: tuple[str, ...] = ()) -> OperatingDoor:
    async def is_ready() -> bool:
        return ready

    return OperatingDoor(
        addresses=Addresses(trusted_proxies),
        is_ready=is_ready,
        figures={"lamps": ("Lamps that burn.", lambda: 3)},
    )


async def status(session: aiohttp.ClientSession, url: str) -> tuple[int, object]:
    async with session.get(url) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(("ready", "expected"), [(True, 200), (False, 503)])
async def test_ready_only_while_meetings_can_be_served(*, ready: bool, expected: int) -> None:
    asked = door(ready=ready)
    assert (await asked.ready(make_request())).status == expected
    assert (await asked.alive(make_request())).status == 200


async def test_a_server_whose_database_fails_is_alive_but_not_ready(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), aiohttp.ClientSession() as session:
        assert await status(session, f"{url}/healthz") == (200, {"status": "alive"})
        assert await status(session, f"{url}/readyz") == (200, {"status": "ready"})
        await execute_beside(tmp_path / "meetd.db", "ALTER TABLE rooms RENAME TO elsewhere")
        assert await status(session, f"{url}/readyz") == (503, {"status": "not ready"})
        assert await status(session, f"{url}/healthz") == (200, {"status": "alive"})
        await execute_beside(tmp_path / "meetd.db", "ALTER TABLE elsewhere RENAME TO rooms")
        assert await status(session, f"{url}/readyz") == (200, {"status": "ready"})


async def test_this_machine_gets_the_figures(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), guests_at(url) as guests:
        await guests.join("figures", "Ada")
        async with guests.session.get(f"{url}/metrics") as response:
            assert response.status == 200
            assert response.headers["Content-Type"].startswith("text/plain; version=")
            lines = (await response.text()).splitlines()
    assert {"meetd_meetings 1.0", "meetd_sockets 1.0"} <= set(lines)
    assert {"meetd_stun_answered 0.0", "meetd_stun_dropped 0.0"} <= set(lines)
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_every_loopback_address_is_this_machine(peer: str) -> None:
    response = await door().metrics(make_request(peer=peer))
    assert isinstance(response.body, bytes)
    assert b"meetd_lamps 3.0" in response.body


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("203.0.113.7", []),
        ("192.168.1.5", []),
        ("2001:db8::1", []),
        ("127.0.0.1", [("X-Forwarded-For", "203.0.113.7")]),
        ("127.0.0.1", [("X-Forwarded-For", "127.0.0.1")]),
        ("127.0.0.1", [("Forwarded", "for=127.0.0.1")]),
    ],
)
@pytest.mark.parametrize("trusted", [(), ("127.0.0.1",)], ids=["no proxy", "proxy"])
async def test_nobody_else_gets_the_figures(
    peer: str, headers: list[tuple[str, str]], trusted: tuple[str, ...]
) -> None:
    with pytest.raises(web.HTTPNotFound):
        await door(trusted_proxies=trusted).metrics(make_request(*headers, peer=peer))


async def test_a_proxy_on_this_machine_gets_no_figures_over_the_wire(tmp_path: Path) -> None:
    async with running_server(tmp_path) as (_, url), aiohttp.ClientSession() as session:
        for header in ("X-Forwarded-For", "Forwarded"):
            async with session.get(f"{url}/metrics", headers={header: "127.0.0.1"}) as response:
                assert response.status == 404
