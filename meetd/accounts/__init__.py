"""People with an account: who they are, how they prove it, and where they are signed in.

Uses ``config``, ``storage`` and ``core``; never aiohttp, never a room. Doors ask ``Accounts``
(``accounts.py``); what it refuses is ``AccountRefused``, which is no part of the room's protocol.
"""
