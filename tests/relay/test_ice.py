"""ICE-lite: which paths are a peer's, and which one is used. A fake network, time by hand."""

import pytest

from meetd.relay.transport.ice import CONSENT_SECONDS, MAX_PATHS, IceLite, IceParameters
from tests.relay.checks import PRIORITY, FakePath, answer, check, read

HERE = FakePath("192.0.2.7", 40_000)
THERE = FakePath("198.51.100.9", 50_000)


@pytest.fixture
def ice() -> IceLite:
    return IceLite(made=0.0)


def comes(ice: IceLite, path: FakePath, now: float, **how: object) -> bool:
    """A check arrives; was it valid?"""
    to = how.pop("to", None)
    assert to is None or isinstance(to, IceParameters)
    asked = check(to or ice.local, **how)  # type: ignore[arg-type]
    return ice.on_check(read(asked), path, now)[1]


def test_credentials_are_what_ice_allows_and_each_time_others() -> None:
    many = [IceParameters.new() for _ in range(100)]
    assert len({one.ufrag for one in many} | {one.pwd for one in many}) == 200
    assert all(len(one.ufrag) == 8 and len(one.pwd) == 24 for one in many)
    text = "".join(one.ufrag + one.pwd for one in many)
    assert all(char.isascii() and (char.isalnum() or char in "+/") for char in text)


def test_a_valid_check_is_answered_with_where_it_came_from(ice: IceLite) -> None:
    asked = check(ice.local)
    told, is_valid = ice.on_check(read(asked), HERE, 0.0)
    message = answer(told, ice.local.pwd)
    assert is_valid
    assert message.transaction_id == asked[8:20]
    assert message.attributes["XOR-MAPPED-ADDRESS"] == HERE.source
    assert ice.paths() == [HERE]


def test_a_check_alone_does_not_choose_a_path_but_a_nomination_does(ice: IceLite) -> None:
    assert comes(ice, HERE, 0.0)
    assert ice.selected is None
    assert comes(ice, HERE, 0.1, nominate=True)
    assert ice.selected is HERE


def test_a_wrong_password_is_told_and_changes_nothing(ice: IceLite) -> None:
    asked = check(ice.local, password="not the password of anybody", nominate=True)
    told, is_valid = ice.on_check(read(asked), HERE, 0.0)
    assert not is_valid
    assert answer(told).error_code == 401
    assert len(told) < len(asked)
    assert (ice.paths(), ice.selected, ice.counters.refused) == ([], None, 1)


def test_a_peer_that_thinks_it_is_controlled_is_corrected(ice: IceLite) -> None:
    asked = check(ice.local, role="ICE_CONTROLLED")
    told, is_valid = ice.on_check(read(asked), HERE, 0.0)
    assert not is_valid
    assert answer(told, ice.local.pwd).error_code == 487
    assert ice.paths() == []


def test_an_attribute_that_must_be_understood_and_is_not_is_named(ice: IceLite) -> None:
    told, is_valid = ice.on_check(read(check(ice.local, LIFETIME=1)), HERE, 0.0)
    assert not is_valid
    assert told[20:32] == b"\x00\x09\x00\x04\x00\x00\x04\x14" + b"\x00\x0a\x00\x02"
    assert told[32:34] == b"\x00\x0d"


def test_among_living_paths_the_peers_own_order_decides(ice: IceLite) -> None:
    comes(ice, HERE, 0.0, nominate=True)
    for moment in (0.1, 1.0, 2.0):  # Firefox nominates all that work, again and again
        comes(ice, THERE, moment, nominate=True, priority=PRIORITY - 1)
        comes(ice, HERE, moment, nominate=True)
        assert ice.selected is HERE
    comes(ice, THERE, 2.1, nominate=True, priority=PRIORITY + 1)
    assert ice.selected is THERE


def test_a_nominated_path_follows_one_that_has_gone_quiet(ice: IceLite) -> None:
    comes(ice, HERE, 0.0, nominate=True)
    comes(ice, THERE, 4.0, nominate=True, priority=1)
    assert ice.selected is THERE


def test_media_from_a_validated_address_moves_the_peer(ice: IceLite) -> None:
    comes(ice, HERE, 0.0, nominate=True)
    comes(ice, THERE, 0.1)
    assert ice.selected is HERE
    ice.on_media(THERE, 0.2)
    assert ice.selected is THERE


def test_media_from_a_foreign_address_moves_nobody(ice: IceLite) -> None:
    comes(ice, HERE, 0.0, nominate=True)
    ice.on_media(THERE, 0.2)
    assert ice.selected is HERE
    assert ice.paths() == [HERE]


def test_consent_ends_with_the_last_check_whatever_else_arrives(ice: IceLite) -> None:
    comes(ice, HERE, 10.0, nominate=True)
    ice.on_media(HERE, 39.0)
    assert ice.expired(39.9) == []
    assert ice.expired(10.0 + CONSENT_SECONDS) == [HERE]
    assert ice.silence(40.0) == CONSENT_SECONDS


def test_who_never_checks_is_as_silent_as_who_no_longer_does(ice: IceLite) -> None:
    assert ice.silence(31.0) == 31.0
    comes(ice, HERE, 31.0, password="wrong password, no consent")
    assert ice.silence(31.0) == 31.0


def test_when_the_used_path_ends_the_freshest_other_one_is_used(ice: IceLite) -> None:
    oldest, fresh = FakePath(port=1), FakePath(port=2)
    comes(ice, oldest, 0.0)
    comes(ice, fresh, 1.0)
    comes(ice, HERE, 2.0, nominate=True)
    ice.forget(HERE)
    assert ice.selected is fresh
    ice.forget(fresh)
    ice.forget(oldest)
    assert ice.selected is None


def test_an_ice_restart_takes_new_credentials_and_keeps_the_path(ice: IceLite) -> None:
    comes(ice, HERE, 0.0, nominate=True)
    former = ice.local
    fresh = ice.restart()
    assert fresh == ice.local
    assert fresh != former
    assert ice.selected is HERE
    assert comes(ice, HERE, 1.0, to=former)  # the answer is still on its way
    assert comes(ice, THERE, 2.0, to=fresh)
    assert not comes(ice, HERE, 3.0, to=former)
    assert comes(ice, THERE, 6.0, to=fresh, nominate=True)
    assert ice.selected is THERE


def test_one_peer_has_so_many_addresses_and_no_more(ice: IceLite) -> None:
    comes(ice, HERE, 0.0, nominate=True)
    for place in range(MAX_PATHS + 5):
        comes(ice, FakePath(port=place), 1.0 + place)
        for surplus in ice.surplus():
            ice.forget(surplus)
    assert len(ice.paths()) == MAX_PATHS
    assert ice.selected is HERE, "the path in use made room for one that is not used"
