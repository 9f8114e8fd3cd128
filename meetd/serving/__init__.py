"""What every door stands on: listening, TLS, whose request it is, headers, limits, faults, logs.

Knows aiohttp and no feature. May import ``core`` and ``config``; never a meeting, a room or a page.
Each door hands its routes to ``app/front.py``; ``doorway`` is what every request walks through
first.
"""
