"""What happens by itself: the schedule and its ledger, backups, restoring. Knows holdings, storage
and settings; imports no feature and no aiohttp.

What copies and encrypts runs in a process of its own (``worker``): it takes no time and no memory
from the meetings, and may be killed at any moment.
"""
