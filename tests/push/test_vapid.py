"""Push services can tell that a message is from this server."""

from meetd.push.services import Services
from meetd.push.vapid import Vapid
from tests.push.conftest import House
from tests.support.push_service import check_vapid

PLACE = Services(("push.example.org",)).place("https://push.example.org/a")


async def test_the_signature_and_the_claims(house: House) -> None:
    vapid = await Vapid.open(house.server.stores.vault, "mailto:keeper@example.org", house.clock)
    claims = check_vapid(vapid.authorization(PLACE), "https://push.example.org")
    assert claims["sub"] == "mailto:keeper@example.org"
    now = house.clock.now() // 1_000
    assert now < claims["exp"] <= now + 86_400


async def test_the_key_stays_and_is_nowhere_to_read(house: House) -> None:
    first = await Vapid.open(house.server.stores.vault, "", house.clock)
    house.server.stores.vault._ciphers.clear()
    second = await Vapid.open(house.server.stores.vault, "", house.clock)
    assert first.public_key == second.public_key
    assert "sub" not in check_vapid(second.authorization(PLACE), "https://push.example.org")
    rows = await house.server.stores.keys.read("SELECT wrapped FROM keys WHERE owner LIKE '%vapid'")
    assert len(rows) == 1
    assert first._seed.reveal() not in rows[0]["wrapped"]


async def test_another_server_has_another_key(house: House) -> None:
    key = await house.server.stores.vault.fingerprints("something else")
    assert key.of("first half") != (await house.server.stores.vault.fingerprints("vapid")).of(
        "first half"
    )
