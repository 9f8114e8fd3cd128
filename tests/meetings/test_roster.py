"""Public keys of the people in a meeting, and the post between them."""

import pytest
from msgspec.structs import replace

from meetd.core.refusals import NoSuchParticipant, OtherKeys, RoomFull, TooFast
from meetd.protocol.e2ee import (
    AcknowledgeKey,
    DeviceProof,
    KeyAcknowledged,
    KeyAsked,
    KeyPlease,
    KeysWrapped,
    PresentKeys,
    WrapKeys,
    WrappedKey,
)
from meetd.protocol.people import ParticipantChanged
from tests.meetings.scenario import Scenario


def met(*names: str) -> Scenario:
    """Everybody joined and presented keys; nothing waits any more."""
    scenario = Scenario(limit=300)
    for number, name in enumerate(names):
        scenario.join(name)
        scenario.present_keys(name, "ABCDEFGH"[number])
    for name in names:
        scenario.received(name)
    return scenario


def wrapped_for(*names: str) -> WrapKeys:
    keys = tuple(WrappedKey(to=name, wrapped="W" * 59, signature="S" * 86) for name in names)
    return WrapKeys(epoch=3, roster_hash="H" * 43, keys=keys)


def crowd(scenario: Scenario) -> None:
    """Send Bob as much as may wait for him."""
    while not scenario.outboxes["Bob"].is_crowded:
        scenario.meeting.roster.pass_keys("ada", wrapped_for("bob"))


def leaf(scenario: Scenario, name: str) -> int | None:
    participant = scenario.meeting.find(name.lower())
    assert participant is not None
    return participant.keys.leaf if participant.keys else None


def test_everybody_is_told_of_keys_and_whoever_comes_later_too() -> None:
    scenario = Scenario()
    scenario.join("Ada")
    scenario.join("Bob")
    scenario.received("Bob")
    scenario.present_keys("Ada", "A")
    (event,) = scenario.received("Bob")
    assert isinstance(event, ParticipantChanged)
    assert event.participant.keys is not None
    assert event.participant.keys.sign_key == "A" * 43
    assert scenario.meeting.snapshot().participants[0].keys == event.participant.keys


def test_the_same_keys_again_change_nothing_and_others_get_another_leaf() -> None:
    scenario = met("Ada", "Bob")
    scenario.present_keys("Ada", "A")
    assert scenario.received("Bob") == []
    assert leaf(scenario, "Ada") == 0
    scenario.meeting.roster.free("ada")  # they come back, with a page that was loaded again
    scenario.present_keys("Ada", "Z")
    assert len(scenario.received("Bob")) == 1
    assert leaf(scenario, "Ada") == 2


def test_one_page_uses_up_no_leaves() -> None:
    """Neither with keys nor with devices of its own that it changes again and again."""
    scenario = met("Ada", "Bob")
    proof = DeviceProof(key="D" * 43, signature="D" * 86)
    same = PresentKeys(sign_key="A" * 43, dh_key="A" * 43, signature="A" * 86)
    others = [replace(same, device=proof), replace(same, sign_key="Z" * 43)]
    for other in [*others, replace(same, dh_key="Z" * 43)] * 100:
        with pytest.raises(OtherKeys):
            scenario.meeting.present_keys("ada", other)
    assert scenario.received("Bob") == []
    assert leaf(scenario, "Ada") == 0
    scenario.join("Carol")
    scenario.present_keys("Carol", "C")
    assert leaf(scenario, "Carol") == 2


def test_a_connection_that_drops_and_comes_back_keeps_its_keys() -> None:
    scenario = met("Ada", "Bob")
    scenario.drop("Bob")
    participant = scenario.meeting.find("bob")
    assert participant is not None
    assert participant.keys is not None
    scenario.present_keys("Bob", "B")
    assert leaf(scenario, "Bob") == 1


def test_a_leaf_comes_again_only_after_all_others() -> None:
    scenario = met("Ada")
    for number in range(1, 256):
        scenario.join("Bob")
        scenario.present_keys("Bob", "B")
        assert leaf(scenario, "Bob") == number
        scenario.leave("Bob")
    scenario.join("Bob")
    scenario.present_keys("Bob", "B")
    assert leaf(scenario, "Bob") == 1  # Ada has 0 all the time


def test_nobody_gets_a_leaf_when_256_are_in_use() -> None:
    scenario = Scenario(limit=300)
    for number in range(257):
        scenario.join(f"P{number}")
    for number in range(256):
        scenario.present_keys(f"P{number}", "P")
    with pytest.raises(RoomFull):
        scenario.present_keys("P256", "P")
    assert leaf(scenario, "P256") is None


def test_wrapped_keys_go_each_to_one_member_in_the_senders_name() -> None:
    scenario = met("Ada", "Bob", "Carol")
    scenario.meeting.roster.pass_keys("ada", wrapped_for("bob", "ada", "nobody"))
    (event,) = scenario.received("Bob")
    assert event == KeysWrapped(
        sender="ada", epoch=3, roster_hash="H" * 43, wrapped="W" * 59, signature="S" * 86
    )
    assert scenario.received("Ada") == scenario.received("Carol") == []


def test_acknowledgements_and_questions_go_to_one_member() -> None:
    scenario = met("Ada", "Bob", "Carol")
    scenario.meeting.roster.acknowledge("bob", AcknowledgeKey(to="ada", epoch=3, proof="P" * 38))
    scenario.meeting.roster.ask("bob", KeyPlease(to="ada"))
    assert scenario.received("Ada") == [
        KeyAcknowledged(sender="bob", epoch=3, proof="P" * 38),
        KeyAsked(sender="bob"),
    ]
    assert scenario.received("Carol") == []


@pytest.mark.parametrize("to", ["nobody", "ada", "guest"])
def test_only_other_members_are_reached(to: str) -> None:
    scenario = met("Ada")
    scenario.join("Guest")
    scenario.received("Guest")
    with pytest.raises(NoSuchParticipant):
        scenario.meeting.roster.ask("ada", KeyPlease(to=to))
    scenario.meeting.roster.pass_keys("ada", wrapped_for(to))
    assert scenario.received("Guest") == []


def test_somebody_without_keys_sends_none() -> None:
    scenario = met("Ada")
    scenario.join("Guest")
    scenario.received("Ada")
    scenario.meeting.roster.pass_keys("guest", wrapped_for("ada"))
    with pytest.raises(NoSuchParticipant):
        scenario.meeting.roster.acknowledge(
            "guest", AcknowledgeKey(to="ada", epoch=3, proof="P" * 38)
        )
    assert scenario.received("Ada") == []


def test_whoever_cannot_keep_up_is_left_out_and_holds_nobody_up() -> None:
    scenario = met("Ada", "Bob", "Carol")
    roster = scenario.meeting.roster
    crowd(scenario)
    waiting = len(scenario.received("Bob"))
    crowd(scenario)
    roster.pass_keys("ada", wrapped_for("bob", "carol"))
    with pytest.raises(TooFast):
        roster.ask("ada", KeyPlease(to="bob"))
    assert len(scenario.received("Bob")) == waiting
    assert len(scenario.received("Carol")) == 1
