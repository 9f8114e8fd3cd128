"""What was said in a room: kept, encrypted with the room's key, and the latest of it at hand.

Uses ``rooms``, ``protocol`` and ``storage``; never aiohttp, never a live meeting.
"""
