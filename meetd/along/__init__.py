"""A room is taken along: written into one archive that opens in any browser without a network,
and brought here from one, on this server or another.

Uses ``chat``, ``content``, ``boards``, ``rooms`` and ``storage``; never aiohttp, never a live
meeting. An archive holds what everybody in the room may see, with names of people as text: nothing
in it belongs to an account. One that is brought here is a stranger's file (``reading.py``).
"""
