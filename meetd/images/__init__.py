"""Personal images and those of waiting rooms: re-encoded, encrypted, one per account and room.

Nothing that somebody sent is ever decoded in the server's own process (``reencoding.py``). Uses
``storage`` and ``core``; knows no feature and no aiohttp.
"""
