"""A room while people are in it: presence, order, fan-out, and the paths of media between people.

``Meeting`` stays thin: it holds the seats and announces; presence, paths and the way back are rules
of their own beside it, and what is said is a matter of ``chat``. Knows no aiohttp.
"""
