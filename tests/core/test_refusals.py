"""Refusals are a closed list with stable codes."""

from dataclasses import is_dataclass

import pytest

from meetd.core.refusals import REFUSALS, Refusal, RoomFull


def all_refusals(base: type[Refusal] = Refusal) -> set[type[Refusal]]:
    return {sub for direct in base.__subclasses__() for sub in (direct, *all_refusals(direct))}


def test_every_refusal_is_in_the_closed_list_once() -> None:
    assert set(REFUSALS) == all_refusals()
    assert len({refusal.code for refusal in REFUSALS}) == len(REFUSALS)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_code_status_and_facts(refusal: type[Refusal]) -> None:
    assert refusal.code == refusal.__name__
    assert 400 <= refusal.status < 600
    if not is_dataclass(refusal):
        assert refusal().facts() == {}


def test_facts_are_plain_data() -> None:
    assert RoomFull(limit=50).facts() == {"limit": 50}
