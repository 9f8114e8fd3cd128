"""What is kept about people with an account is shown, erased and purged."""

from meetd.accounts.ending_store import EndingStore
from tests.accounts.conftest import House
from tests.support.ageing import purge


async def test_everything_kept_is_shown_and_no_secret(house: House) -> None:
    account = await house.sign_up()
    await house.sign_in()
    rows = [row async for row in house.accounts.holding.export_for(account.id)]
    assert [row["kind"] for row in rows] == ["account", *["consent"] * 3, "session", "reach"]
    assert rows[0]["email"] == "ada@example.org"
    assert "argon2" not in str(rows)
    assert [row async for row in house.accounts.holding.export_for("nobody")] == []


async def test_erasing_one_leaves_the_others(house: House) -> None:
    ada = await house.sign_up()
    bob = await house.sign_up("bob@example.org")
    token = await house.sign_in("bob@example.org")
    await house.accounts.joining.password_link(ada, by_hand=True)
    assert await house.accounts.holding.erase_for(ada.id) == 1
    assert await house.accounts.holding.erase_for(ada.id) == 0
    assert await house.accounts.by_id(ada.id) is None
    assert await house.accounts.who(token) is not None
    assert [account.id async for account in house.accounts.all()] == [bob.id]
    keys = await house.keys.read("SELECT owner FROM keys WHERE scope = 'account'")
    assert [row["owner"] for row in keys] == [bob.id]
    assert (await house.sign_up()).id != ada.id, "the address is free again"


async def test_accounts_not_used_for_long_are_found_administrators_stay(house: House) -> None:
    token = await house.accounts.joining.administrator_link()
    keeper = await house.sign_up("root@example.org", way="administrator", token=token)
    ada = await house.sign_up()
    house.clock.forward(days=100)
    bob = await house.sign_up("bob@example.org")
    await house.accounts.joining.invite()
    house.clock.forward(days=10)
    long_ago = house.clock.now() - 50 * 86_400_000
    store = EndingStore(house.database)
    unused = [each.account_id for each in await store.to_tell(long_ago)]
    assert unused == [ada.id]
    assert keeper.id not in unused
    assert bob.id not in unused
    house.clock.forward(days=50)
    await purge(house.accounts.holding, house.clock.now())
    assert await house.database.read("SELECT 1 FROM account_links") == []
