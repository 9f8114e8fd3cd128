"""What is kept of a month leads back to nobody, whatever the stays were."""

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from meetd.usage.stay import PathUsed, Stay, browser_and_system, path_of
from meetd.usage.sums import FEWEST, sums_of

MINUTE = 60_000


def stay(
    minutes: int = 10,
    used: tuple[str, ...] = (),
    browser: str = "Firefox",
    system: str = "Linux",
    path: PathUsed = "direct",
    sent: int = 0,
) -> Stay:
    return Stay(
        room="study",
        came_at=0,
        left_at=minutes * MINUTE,
        used=used,  # type: ignore[arg-type]
        path=path,
        browser=browser,
        system=system,
        address="203.0.113.7",
        sent=sent,
    )


def people(number: int, first: int = 0, **like: object) -> list[tuple[str, Stay]]:
    return [(f"p{first + each}", stay(**like)) for each in range(number)]  # type: ignore[arg-type]


def test_of_few_people_nothing_is_kept() -> None:
    assert sums_of([]) == {}
    assert sums_of(people(FEWEST - 1)) == {}
    assert sums_of(people(3) * 100) == {}, "many stays of few people"


def test_of_many_people_the_sums_are_kept() -> None:
    sums = sums_of(people(12, used=("chat",)) + people(10, 12, used=("people",)))
    assert sums["stays"] == sums["people"] == 22
    assert sums["minutes"] == 220
    assert (sums["used chat"], sums["used people"]) == (12, 10)
    assert (sums["browser Firefox"], sums["system Linux"], sums["path direct"]) == (22, 22, 22)
    assert "study" not in str(sums)
    assert "203.0.113.7" not in str(sums)


def test_what_somebody_did_alone_is_not_in_the_difference() -> None:
    sums = sums_of([*people(20, used=("chat",)), ("eve", stay(browser="Lynx"))])
    assert "used chat" not in sums, "all but one used it"
    assert not any(name.startswith("browser") for name in sums), "one had another"
    assert sums["people"] == 21


def test_a_sum_that_is_mostly_of_one_person_is_not_kept() -> None:
    sums = sums_of([*people(20, minutes=1), ("eve", stay(minutes=10_000))])
    assert "minutes" not in sums
    assert sums["people"] == 21


def test_bytes_count_those_who_went_through_the_relay() -> None:
    assert sums_of(people(20, sent=3_000_000))["relayed"] == 60
    few = people(20) + people(9, 20, sent=3_000_000)
    assert "relayed" not in sums_of(few), "fewer than ten did"


def test_few_are_put_together_until_they_are_many() -> None:
    kinds = people(30) + people(12, 30, browser="Chrome") + people(4, 50, browser="Edge")
    sums = sums_of(kinds)
    assert sums["browser Firefox"] == 30
    assert sums["browser other"] == 16
    assert "browser Chrome" not in sums


_PEOPLE = st.integers(0, 25).map(str)
_STAYS = st.builds(
    stay,
    minutes=st.integers(0, 500),
    used=st.sets(st.sampled_from(["people", "shared content", "chat"])).map(tuple),
    browser=st.sampled_from(["Firefox", "Chrome", "Edge", ""]),
    system=st.sampled_from(["Linux", "Windows", ""]),
    path=st.sampled_from(["alone", "direct", "relayed", "both"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_PEOPLE, _STAYS), max_size=120))
def test_nobody_is_found_in_a_sum_or_beside_it(stays: list[tuple[str, Stay]]) -> None:
    sums = sums_of(stays)
    everybody = {person for person, _ in stays}
    for name, value in sums.items():
        group, _, of = name.partition(" ")
        if group == "used":
            who = {person for person, each in stays if of in each.used}
            assert value == len(who) >= FEWEST
            assert len(everybody - who) == 0 or len(everybody - who) >= FEWEST
        elif group in {"browser", "system", "path"}:
            assert value >= FEWEST
    for group in ("browser", "system", "path"):
        kept = {name.partition(" ")[2] for name in sums if name.startswith(f"{group} ")}
        found = defaultdict(set)
        for person, each in stays:
            found[getattr(each, group) or "other"].add(person)
        for name in kept - {"other"}:
            elsewhere = set().union(*(found[each] for each in found if each != name))
            alone = found[name] - elsewhere
            assert len(alone) >= FEWEST, (name, "only few are in it and nowhere else")
    if "minutes" in sums:
        minutes: defaultdict[str, int] = defaultdict(int)
        for person, each in stays:
            minutes[person] += each.minutes
        assert 2 * max(minutes.values()) <= sums["minutes"]


def test_the_path_and_the_browser_in_words_that_are_few() -> None:
    assert [path_of(each) for each in ([], [True], [False], [True, False])] == [
        "alone",
        "relayed",
        "direct",
        "both",
    ]
    assert browser_and_system("Firefox, Linux") == ("Firefox", "Linux")
    assert browser_and_system("") == ("", "")
    assert "203.0.113.7" not in repr(stay())
    assert stay(minutes=0).minutes == 0
    assert Stay("r", 0, 1, (), "alone", "", "", "").minutes == 1
    assert Stay("r", 9, 1, (), "alone", "", "", "").minutes == 0, "a clock that went back"
