"""Files that stay in a room: taken in over bad connections, kept encrypted, listed and read.

Uses ``rooms``, ``protocol`` and ``storage``; never aiohttp, never a live meeting.
"""
