"""What is kept of a month leads back to nobody, whatever the stays were."""

from collections import Counter, defaultdict
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from meetd.usage.stay import PathUsed, Stay, browser_and_system, path_of
from meetd.usage.sums import FEWEST, Month

MINUTE = 60_000


def stay(
    minutes: int = 10,
    used: tuple[str, ...] = (),
    browser: str = "Firefox",
    system: str = "Linux",
    path: PathUsed = "direct",
    sent: int = 0,
    address: str = "203.0.113.7",
) -> Stay:
    return Stay(
        room="study",
        came_at=0,
        left_at=minutes * MINUTE,
        used=used,  # type: ignore[arg-type]
        path=path,
        browser=browser,
        system=system,
        address=address,
        sent=sent,
    )


def people(number: int, first: int = 0, **like: object) -> list[tuple[str, Stay]]:
    """Each at an address of their own."""
    return [
        (f"p{each}", stay(**{"address": f"198.51.100.{each}"} | like))  # type: ignore[arg-type]
        for each in range(first, first + number)
    ]


def sums_of(stays: list[tuple[str, Stay]]) -> dict[str, int]:
    """Of stays, each with whose it was."""
    month = Month()
    for whose, stay in stays:
        month.add(whose, stay)
    return month.sums()


def test_of_few_people_nothing_is_kept() -> None:
    assert sums_of([]) == {}
    assert sums_of(people(FEWEST - 1)) == {}
    assert sums_of(people(3) * 100) == {}, "many stays of few people"


def test_private_windows_of_one_person_are_not_many_people() -> None:
    assert sums_of(people(30, address="203.0.113.7")) == {}
    assert sums_of(people(30, address="")) == {}, "where no address is known, nobody can tell"
    sums = sums_of(people(20) + people(40, 20, address="203.0.113.7", browser="Lynx"))
    assert sums["people"] == 60
    assert not any(name.startswith("browser") for name in sums), "all with Lynx may be one person"


def test_of_many_people_the_sums_are_kept() -> None:
    sums = sums_of(people(12, used=("chat",)) + people(10, 12, used=("people",)))
    assert sums["stays"] == sums["people"] == 20, "in whole tens"
    assert sums["minutes"] == 220
    assert (sums["used chat"], sums["used people"]) == (10, 10)
    assert (sums["browser Firefox"], sums["system Linux"], sums["path direct"]) == (20, 20, 20)
    assert "study" not in str(sums)
    assert "203.0.113.7" not in str(sums)


def test_what_somebody_did_alone_is_not_in_the_difference() -> None:
    sums = sums_of([*people(20, used=("chat",)), *people(1, 20, browser="Lynx")])
    assert "used chat" not in sums, "all but one used it"
    assert not any(name.startswith("browser") for name in sums), "one had another"
    assert sums["people"] == 20


def test_whoever_is_in_two_groups_counts_in_the_one_they_were_in_for_longest() -> None:
    kinds = people(29, 1) + people(12, 19, minutes=20, browser="Lynx")
    sums = sums_of(kinds)  # 19 to 29 had both
    assert (sums["browser Firefox"], sums["browser Lynx"]) == (10, 10)
    # Everybody but one had Firefox too: 30 - 29 would be that one.
    kinds = people(29, 1, minutes=20) + people(12, 19, browser="Lynx")
    assert not any(name.startswith("browser") for name in sums_of(kinds))


def test_a_sum_that_is_mostly_of_one_person_is_not_kept() -> None:
    sums = sums_of([*people(20, minutes=1), *people(1, 20, minutes=10_000)])
    assert "minutes" not in sums
    assert sums["people"] == 20
    windows = people(12, 20, minutes=10, address="203.0.113.7")
    assert "minutes" not in sums_of(people(20, minutes=5) + windows), "in many windows"


def test_bytes_count_those_who_went_through_the_relay() -> None:
    assert sums_of(people(20, sent=3_000_000))["relayed"] == 60
    few = people(20) + people(9, 20, sent=3_000_000)
    assert "relayed" not in sums_of(few), "fewer than ten did"


def test_few_are_put_together_until_they_are_many() -> None:
    kinds = people(30) + people(12, 30, browser="Chrome") + people(4, 50, browser="Edge")
    sums = sums_of(kinds)
    assert sums["browser Firefox"] == 30
    assert sums["browser other"] == 10
    assert "browser Chrome" not in sums


_BROWSERS = ("Firefox", "Firefox", "Chrome", "Chrome", "Edge", "")
_SYSTEMS = ("Linux", "Windows", "Windows", "")
_PATHS: tuple[PathUsed, ...] = ("direct", "direct", "relayed", "relayed", "both", "alone")
_USED = ((), (), ("chat",), ("chat", "people"), ("people", "shared content"))


def month_of(drawn: bytes) -> list[tuple[str, Stay]]:
    """Of four numbers each: most have one browser, system and path, some have several."""
    stays = []
    for who, minutes, kind, away in zip(*[iter(drawn)] * 4, strict=True):
        whose = who % 60
        had = kind if away > 220 else whose
        like = stay(
            minutes=minutes,
            used=_USED[kind % len(_USED)],
            browser=_BROWSERS[had % len(_BROWSERS)],
            system=_SYSTEMS[had % len(_SYSTEMS)],
            path=_PATHS[had // 7 % len(_PATHS)],
            sent=0 if whose % 3 else minutes * 100_000,
            address=f"198.51.100.{(kind if away % 5 == 0 else whose) % 50}",
        )
        stays.append((f"p{whose}", like))
    return stays


_MONTHS = st.integers(0, 200).flatmap(
    lambda many: st.binary(min_size=4 * many, max_size=4 * many).map(month_of)
)


def in_one_each(stays: list[tuple[str, Stay]], kind: str) -> dict[str, str]:
    """By person: what they had for longest, the first by name of what they had for as long."""
    had: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for person, each in stays:
        had[person][getattr(each, kind)] += each.minutes
    return {
        person: min(kinds, key=lambda each: (-kinds[each], each)) for person, kinds in had.items()
    }


class Beside:
    """Whom a sum is about, and whom it leaves out, as the stays themselves say."""

    def __init__(self, stays: list[tuple[str, Stay]]) -> None:
        self.stays = stays
        self.everybody = {person for person, _ in stays}
        self.addresses = in_one_each(stays, "address")

    def check(self, those: set[str], value: int | None) -> None:
        """``value``: what is kept; of whoever is beside that nothing is, and nobody may be."""
        if those or value is not None:
            assert len({self.addresses[each] for each in those}) >= FEWEST
        assert value is None or len(those) - FEWEST < value <= len(those)

    def check_used(self, panel: str, value: int) -> None:
        those = {person for person, each in self.stays if panel in each.used}
        self.check(those, value)
        self.check(self.everybody - those, None)

    def check_parts(self, kind: str, kept: dict[str, int]) -> None:
        had = in_one_each(self.stays, kind)
        for name in kept.keys() - {"other"}:
            those = {person for person, each in had.items() if each == name}
            self.check(those, kept[name])
            self.check(self.everybody - those, None)
        if kept:
            rest = {person for person, each in had.items() if each not in kept}
            self.check(rest, kept.get("other"))

    def check_shares(self, amount: str) -> None:
        shares: Counter[str] = Counter()
        for person, each in self.stays:
            shares[self.addresses[person]] += getattr(each, amount)
        assert 2 * max(shares.values()) <= shares.total()
        assert len(+shares) >= FEWEST


@settings(max_examples=300, deadline=None)
@given(_MONTHS)
def test_nobody_is_found_in_a_sum_or_beside_it(stays: list[tuple[str, Stay]]) -> None:
    beside = Beside(stays)
    kept: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for name, value in sums_of(stays).items():
        group, _, of = name.partition(" ")
        kept[group][of] = value
    for panel, value in kept["used"].items():
        beside.check_used(panel, value)
    for kind in ("browser", "system", "path"):
        beside.check_parts(kind, kept[kind])
    for name, amount in (("minutes", "minutes"), ("relayed", "sent")):
        if kept[name]:
            beside.check_shares(amount)


@settings(max_examples=100, deadline=None)
@given(_MONTHS)
def test_nothing_small_comes_of_sums_taken_together_or_from_each_other(
    stays: list[tuple[str, Stay]],
) -> None:
    sums = sums_of(stays)
    for number in (1, 2, 3):
        for some in combinations(sums.values(), number):
            for signs in product((1, -1), repeat=number):
                found = sum(sign * value for sign, value in zip(signs, some, strict=True))
                assert abs(found) not in range(1, FEWEST)


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
