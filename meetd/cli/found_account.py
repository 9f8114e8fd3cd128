"""The account that a command names."""

import sys

from meetd.accounts.account import Account
from meetd.accounts.accounts import Accounts


async def find_account(accounts: Accounts, email: str) -> Account | None:
    """Says so where there is none."""
    account = await accounts.by_email(email)
    if account is None:
        print(
            "meetd: There is no account with that e-mail address. meetd accounts list shows all.",
            file=sys.stderr,
        )
    return account
