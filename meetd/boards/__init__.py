"""Whiteboards that stay in a room: Yjs documents, kept encrypted, update by update.

Uses ``rooms``, ``protocol`` and ``storage``; never aiohttp, never a live meeting. Updates are read
by our own strict reader (``updates.py``); the library that merges them runs in a process of its own
(``compacting.py``).
"""
