"""Hosts who are away are told of a knock, as they want to be, and not too often."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meetd.accounts.reach import QuietHours, Reach
from meetd.audit.entry import OPERATOR
from meetd.calling.call import Told
from meetd.calling.caller import MAX_HOSTS, Caller
from meetd.calling.holdings import CallHolding
from meetd.calling.store import LASTS, CallStore
from meetd.core.limits import Bucket
from meetd.core.refusals import StorageFull
from meetd.push.encryption import MAX_PLAIN
from tests.calling.conftest import HOST, PUBLIC, House, link_in, token_in
from tests.support.ageing import purge
from tests.support.people import Browser
from tests.support.server import running_server, test_settings

HOUR = 3_600


async def test_a_mail_says_who_knocks_where_and_leads_to_the_answer(house: House) -> None:
    ada = await house.host()
    call = await house.call(ada)
    letter, text = await house.postbox.next()
    assert letter["To"] == "ada@example.org"
    assert letter["Subject"] == "Bob knocks at garden"
    assert "> It is me" in text
    assert f"{PUBLIC}/account" in text
    called = await house.server.house.caller.look(token_in(link_in(text)))
    assert called is not None
    assert (called.knock_id, called.account_id) == (call.knock_id, ada.id)
    assert (called.door, called.knocker, called.message) == ("garden", "Bob", "It is me")
    assert "Bob" not in repr(called)
    assert "Bob" not in repr(call)


async def test_a_notification_says_the_same(house: House) -> None:
    ada = await house.host()
    await house.browser_of(ada)
    await house.call(ada)
    arrived = await house.service.next()
    assert arrived.headers["TTL"] == str(LASTS // 1_000)
    notice = arrived.notice
    link = notice.pop("link")
    assert notice == {
        "title": "Bob knocks at garden",
        "text": "It is me",
        "language": "en",
        "admit": "Admit",
        "turnAway": "Turn away",
    }
    _, text = await house.postbox.next()
    assert link_in(text) == link


async def test_the_longest_knock_fits_into_a_notification(house: House) -> None:
    ada = await house.host()
    await house.browser_of(ada)
    wide = "\U0001f469\u200d" * 5_000
    await house.call(ada, door=wide, knocker=wide, message='"\n' * 5_000)
    arrived = await house.service.next()
    assert len(arrived.plain) <= MAX_PLAIN
    assert len(arrived.notice["text"]) == 300


async def test_what_a_stranger_wrote_stays_in_its_place(house: House) -> None:
    ada = await house.host()
    await house.call(ada, knocker="Eve\r\nBcc: all@example.org", message="Hi\n\nAdmit here: evil")
    letter, text = await house.postbox.next()
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Eve Bcc: all@example.org knocks at garden"
    assert text.splitlines()[4:7] == ["> Hi", "> ", "> Admit here: evil"]


async def test_hosts_are_told_in_their_language(house: House) -> None:
    ada = await house.host()
    await house.server.stores.accounts.reach.keep(ada.id, Reach(language="nl"))
    await house.call(ada, message="")
    letter, text = await house.postbox.next()
    assert letter["Subject"] == "Bob klopt bij garden"
    assert "schrijft" not in text
    await house.server.stores.accounts.reach.keep(ada.id, Reach(language="xx"))
    house.clock.forward(seconds=HOUR)
    await house.call(ada)
    letter, _ = await house.postbox.next()
    assert letter["Subject"] == "Bob knocks at garden"


async def test_everybody_is_told_as_they_want_to_be(house: House) -> None:
    by_mail = await house.host("mail@example.org")
    by_push = await house.host("push@example.org")
    neither = await house.host("neither@example.org")
    for host, reach in (
        (by_mail, Reach(by_push=False)),
        (by_push, Reach(by_mail=False)),
        (neither, Reach(by_mail=False, by_push=False)),
    ):
        await house.browser_of(host)
        await house.server.stores.accounts.reach.keep(host.id, reach)
    call = await house.call(by_mail, by_push, neither)
    letter, _ = await house.postbox.next()
    assert letter["To"] == "mail@example.org"
    await house.service.next()
    assert house.postbox.letters == []
    assert house.service.arrived == []
    rows = await house.server.stores.database.read("SELECT account_id, knock_id FROM knock_calls")
    assert {tuple(row) for row in rows} == {(host.id, call.knock_id) for host in (by_mail, by_push)}


async def test_in_quiet_hours_nobody_is_told(house: House) -> None:
    ada = await house.host()
    night = QuietHours(0, 1_439, "UTC")
    await house.server.stores.accounts.reach.keep(ada.id, Reach(quiet=night))
    await house.call(ada)
    assert house.postbox.letters == []
    await house.server.stores.accounts.reach.keep(ada.id, Reach())
    await house.call(ada)
    await house.postbox.next()


async def test_blocked_gone_and_unconfirmed_hosts_are_not_written_to(house: House) -> None:
    blocked = await house.host("blocked@example.org")
    await house.server.stores.accounts.block(blocked, actor=OPERATOR)
    gone = await house.host("gone@example.org")
    await house.server.stores.accounts.erase(gone, actor=OPERATOR)
    unconfirmed = await house.host("unconfirmed@example.org", confirmed=False)
    await house.call(blocked, gone, unconfirmed)
    assert house.postbox.letters == []
    assert await house.server.stores.database.read("SELECT 1 FROM knock_calls") == []


async def test_what_goes_wrong_with_one_host_keeps_no_other_from_being_told(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    ada, eve = await house.host(), await house.host("eve@example.org")
    lost = QuietHours(0, 60, "Europe/Atlantis")  # as when the system's time zones are removed
    await house.server.stores.accounts.reach.keep(ada.id, Reach(quiet=lost))
    await house.call(ada, eve)
    assert [letter["To"] for letter in house.postbox.letters] == [eve.email]
    assert "a host could not be called: ZoneInfoNotFoundError" in caplog.text


async def test_a_knock_is_told_once_to_each_host(house: House) -> None:
    ada = await house.host()
    eve = await house.host("eve@example.org")
    call = await house.call(ada, ada)
    house.clock.forward(seconds=HOUR)
    await house.call(ada, eve, knock_id=call.knock_id)
    assert [letter["To"] for letter in house.postbox.letters] == [ada.email, eve.email]


async def test_also_after_it_was_answered(house: House) -> None:
    ada = await house.host()
    call = await house.call(ada)
    _, text = await house.postbox.next()
    await house.server.house.caller.answer(token_in(link_in(text)), "admit")
    house.clock.forward(seconds=HOUR)
    await house.call(ada, knock_id=call.knock_id)
    assert house.postbox.letters == []


async def test_one_host_is_called_once_a_minute_six_times_an_hour_twenty_a_day(
    house: House,
) -> None:
    ada = await house.host()

    async def told() -> bool:
        await house.call(ada, door=f"room-{house.clock.ms}")
        letters = len(house.postbox.letters)
        house.postbox.letters.clear()
        return letters == 1

    assert await told()
    house.clock.forward(seconds=59)
    assert not await told()
    house.clock.forward(seconds=1)
    assert await told()
    for _ in range(4):
        house.clock.forward(seconds=60)
        assert await told()
    house.clock.forward(seconds=60)
    assert not await told(), "a seventh time within an hour"
    day = 6
    for _ in range(40):
        house.clock.forward(seconds=HOUR / 2)
        day += await told()
    assert day == 20
    house.clock.forward(days=1)
    assert await told()


async def test_the_limits_outlive_a_restart(house: House) -> None:
    ada = await house.host()
    await house.call(ada)
    await house.postbox.next()
    caller, server = house.server.house.caller, house.server
    again = await Caller.open(
        store=CallStore(server.stores.database, server.stores.vault, caller._limits, house.clock),
        limits=caller._limits,
        clock=house.clock,
        accounts=house.server.stores.accounts,
        post=caller._post,
        push=caller._push,
        telling=caller._telling,
    )
    house.server.house = replace(server.house, caller=again)
    await house.call(ada)
    assert house.postbox.letters == []
    house.clock.forward(seconds=60)
    await house.call(ada)
    await house.postbox.next()


async def test_all_knocks_together_are_limited(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    hosts = [await house.host(f"host{number}@example.org") for number in range(3)]
    house.server.house.caller._overall = Bucket(1 / 60, 2, house.clock.monotonic())
    for host in hosts:
        await house.call(host)
    assert len(house.postbox.letters) == 2
    again = await house.server.house.caller.call(house.knock(hosts[2]))
    assert again == Told(anybody=False, again=True)
    assert "more knocks than hosts are told of" in caplog.text


async def test_only_so_many_hosts_of_a_door_are_called(house: House) -> None:
    ada = await house.host()
    strangers = tuple(f"nobody-{number}" for number in range(MAX_HOSTS))
    await house.call(account_ids=(*strangers, ada.id))
    assert house.postbox.letters == []


async def test_nobody_can_be_told_where_there_is_no_host_or_no_way(
    house: House, tmp_path: Path
) -> None:
    nobody = Told(anybody=False, again=False)
    assert await house.server.house.caller.call(house.knock()) == nobody
    settings = test_settings(push={"services": []})
    async with running_server(tmp_path / "other", settings) as (other, _):
        assert await other.house.caller.call(house.knock(account_ids=("a",))) == nobody


async def test_a_call_says_who_was_told_and_who_is_still_to_be(house: House) -> None:
    ada, off = await house.host(), await house.host("off@example.org")
    asleep = await house.host("asleep@example.org")
    reach = house.server.stores.accounts.reach
    await reach.keep(off.id, Reach(by_mail=False, by_push=False))
    await reach.keep(asleep.id, Reach(quiet=QuietHours(0, 1_439, "UTC")))
    call = house.server.house.caller.call
    knock = house.knock(ada, off)
    for _ in range(2):
        assert await call(knock) == Told(anybody=True, again=False)
    assert await call(house.knock(ada)) == Told(anybody=False, again=True), "called just now"
    assert await call(house.knock(off)) == Told(anybody=False, again=False)
    assert await call(house.knock(off, asleep)) == Told(anybody=False, again=True)
    house.clock.forward(seconds=60)
    assert await call(house.knock(ada, asleep)) == Told(anybody=True, again=True)
    await house.quiet()
    assert len(house.postbox.letters) == 2


async def test_who_cannot_be_called_costs_others_nothing(house: House) -> None:
    ada, eve = await house.host(), await house.host("eve@example.org")
    caller = house.server.house.caller
    caller._overall = Bucket(1e-9, 2, house.clock.monotonic())
    await house.call(ada, network="192.0.2.1")
    for _ in range(5):
        await house.call(ada, network="192.0.2.1")
    await house.call(eve)
    house.clock.forward(seconds=60)
    caller._overall.put_back()
    await house.call(ada, network="192.0.2.1")
    assert [letter["To"] for letter in house.postbox.letters] == [ada.email, eve.email, ada.email]


async def test_one_network_does_not_use_up_what_a_host_takes(house: House) -> None:
    ada = await house.host()
    for _ in range(6):
        await house.call(ada, network="192.0.2.1")
        house.clock.forward(seconds=60)
    assert len(house.postbox.letters) == 2
    await house.call(ada, network="192.0.2.2")
    assert len(house.postbox.letters) == 3
    house.clock.forward(seconds=HOUR / 2)
    await house.call(ada, network="192.0.2.1")
    assert len(house.postbox.letters) == 4


async def test_a_link_stays_good_when_the_answer_failed(house: House, browser: Browser) -> None:
    link = await house.link(await house.host())
    house.lobby.refusal = StorageFull()
    failed = await browser.post(link, {"verdict": "admit"}, **HOST)
    assert failed.status == 507
    assert "press the button again" in failed.text
    house.lobby.refusal = None
    assert (await browser.post(link, {"verdict": "admit"}, **HOST)).status == 200
    assert (await browser.post(link, {"verdict": "admit"}, **HOST)).status == 410
    assert len(house.lobby.answers) == 1


async def test_an_answer_reaches_who_keeps_the_knocks(house: House) -> None:
    ada = await house.host()
    await house.call(ada)
    _, text = await house.postbox.next()
    token = token_in(link_in(text))
    house.lobby.outcome = "answered"
    assert await house.server.house.caller.answer(token, "turn_away") == "answered"
    assert [(who, verdict) for _, who, verdict in house.lobby.answers] == [(ada.id, "turn_away")]
    assert await house.server.house.caller.answer(token, "admit") is None
    assert len(house.lobby.answers) == 1


async def test_a_knock_that_is_over_is_forgotten(house: House) -> None:
    ada = await house.host()
    eve = await house.host("eve@example.org")
    call = await house.call(ada, eve)
    tokens = [token_in(link_in(letter.get_content())) for letter in house.postbox.letters]
    await house.server.house.caller.forget(call.knock_id)
    for token in tokens:
        assert await house.server.house.caller.look(token) is None
        assert await house.server.house.caller.take(token) is None
    rows = await house.server.stores.database.read("SELECT sealed FROM knock_calls")
    assert [row["sealed"] for row in rows] == [None, None]


async def test_what_ran_out_is_removed(house: House) -> None:
    ada = await house.host()
    link = await house.link(ada)
    store = house.server.house.caller._store
    house.clock.forward(seconds=LASTS / 1_000)
    assert await store.look(token_in(link)) is None
    await store.sweep()
    rows = await house.server.stores.database.read("SELECT sealed FROM knock_calls")
    assert [row["sealed"] for row in rows] == [None]
    house.clock.forward(days=1)
    assert await purge(CallHolding(store), house.clock.now()) == 1
    assert await house.server.stores.database.read("SELECT 1 FROM knock_calls") == []


async def test_the_holding_shows_erases_and_purges(house: House) -> None:
    ada = await house.host()
    link = await house.link(ada)
    house.clock.forward(seconds=HOUR)
    await house.link(ada)
    await house.server.house.caller.take(token_in(link))
    holding = CallHolding(house.server.stores.calls)
    rows: list[dict[str, Any]] = [row async for row in holding.export_for(ada.id)]
    assert [row["kind"] for row in rows] == ["call", "call"]
    assert [row.get("knocker") for row in rows] == [None, "Bob"]
    assert token_in(link) not in str(rows)
    house.clock.forward(seconds=23.5 * HOUR)
    assert await purge(holding, house.clock.now()) == 1
    assert await holding.erase_for(ada.id) == 1
    assert [row async for row in holding.export_for(ada.id)] == []
